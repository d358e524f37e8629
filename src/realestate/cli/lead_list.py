"""``realestate leads list`` and ``leads diff``: many leads at a time."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Annotated, Any

import typer

from realestate.cli.lead_filters import takes_filters
from realestate.cli.output import OutputOption, emit, say
from realestate.cli.reading import share, since
from realestate.cli.session import toolkit
from realestate.domain.leads.records import LeadFilter

SHOWN_ON_A_TERMINAL = 50


@takes_filters
def list_leads(
    wanted: LeadFilter,
    everything: Annotated[bool, typer.Option("--all", help="Every lead, also on a terminal.")] = False,
    output: OutputOption = None,
) -> None:
    """List leads, the best first; in a pipe all of them, on a terminal the first 50."""
    shown = wanted.limit
    if shown is None and not everything and output is None and sys.stdout.isatty():
        shown = SHOWN_ON_A_TERMINAL
    counted = Counted()
    emit(counted(asdict(line) for line in toolkit().leads.search(replace(wanted, limit=shown))), output)
    if not counted.count:
        say("No lead fits.")
    elif wanted.limit is None and shown == counted.count:
        say(f"The first {shown} are shown; --all shows every one.")


def diff(
    begin: Annotated[
        date, typer.Option("--since", parser=since, metavar="DATE", help="The day to compare with, or 7d, 2w, 3m.")
    ],
    least: Annotated[
        float, typer.Option(parser=share, metavar="SCORE", help="A score that moved by less is no change.")
    ] = 0.02,
    output: OutputOption = None,
) -> None:
    """Say which leads are new, hotter, cooler or closed since a day."""
    counted = Counted()
    emit(counted(asdict(change) for change in toolkit().leads.diff(begin, least)), output)
    if not counted.count:
        say(f"Nothing changed since {begin}.")


class Counted:
    """Counts rows while they stream by."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        """Pass rows on."""
        for row in rows:
            self.count += 1
            yield row
