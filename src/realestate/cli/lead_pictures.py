"""``realestate leads map`` and ``leads report``: pictures of many leads in one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from realestate.cli.lead_filters import takes_filters
from realestate.cli.output import progress, say
from realestate.cli.session import toolkit
from realestate.domain.leads.records import LeadFilter

FileArgument = Annotated[Path, typer.Argument(help="The HTML file to write; it needs nothing else to be shown.")]


@takes_filters
def draw_map(file: FileArgument, wanted: LeadFilter) -> None:
    """Draw where leads are, coloured by score, with a table of the best."""
    with progress("Drawing the map"):
        leads = toolkit().draw_map(wanted, file)
    say(f"{leads} leads are in {file}." if leads else f"No lead fits; {file} says so.")


@takes_filters
def draw_report(file: FileArgument, wanted: LeadFilter) -> None:
    """Draw how leads score, which signals meet, and which lists they come from."""
    with progress("Drawing the report"):
        leads = toolkit().draw_report(wanted, file)
    say(f"{leads} leads are in {file}." if leads else f"No lead fits; {file} says so.")
