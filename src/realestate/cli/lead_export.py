"""``realestate leads export``: leads go out, to a spreadsheet, another tool, a mailing house or a dialer."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from realestate.cli.lead_filters import takes_filters
from realestate.cli.output import next_step, progress, say
from realestate.cli.session import toolkit
from realestate.domain.leads.records import LeadFilter
from realestate.errors import UsageError

if TYPE_CHECKING:
    from realestate.domain.leads.layouts import Layout
    from realestate.services.exporting import ExportReport, RowWriter

FORMATS = ("csv", "xlsx", "jsonl")
STDOUT = "-"
_PLURAL = {"phone": "phones", "email": "e-mail addresses", "mailing": "mailing addresses"}


@takes_filters
def export(
    wanted: LeadFilter,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="The file to write; - is standard output.")
    ] = STDOUT,
    fmt: Annotated[
        str | None, typer.Option("--format", metavar="FORMAT", help="csv, xlsx or jsonl; by the file's name, else csv.")
    ] = None,
    layout: Annotated[
        str, typer.Option(help="Columns of realestate, propstream, batchleads or dealmachine.")
    ] = "realestate",
    purpose: Annotated[
        str | None, typer.Option("--for", metavar="PURPOSE", help="Only what skiptrace, mail or dialer needs.")
    ] = None,
    include_restricted: Annotated[
        bool, typer.Option("--include-restricted", help="Also contacts that may not be called, written to or mailed.")
    ] = False,
) -> None:
    """Write leads to a file; contacts under a restriction are left out and counted."""
    file, kind = _target(output, fmt)

    def opened(columns: Layout) -> AbstractContextManager[RowWriter]:
        return toolkit().outgoing_file(file, kind, columns)

    with progress("Exporting leads") as tick:
        report = toolkit().exporter.run(
            wanted, opened, _layout(layout, purpose), include_restricted=include_restricted, tick=tick
        )
    _tell(report, file, purpose)


def _target(output: str, fmt: str | None) -> tuple[str, str]:
    """Find file and format; a format's bare name after -o means standard output, as in every other command."""
    if fmt is None and output in FORMATS:
        return STDOUT, output
    kind = fmt or Path(output).suffix.removeprefix(".").lower() or "csv"
    if kind not in FORMATS and fmt is None and output != STDOUT:
        raise UsageError(f"{output!r} does not say which format it is.", f"Add --format {', '.join(FORMATS)}")
    _known(kind, FORMATS, "format")
    if kind == "xlsx" and output == STDOUT and sys.stdout.isatty():
        raise UsageError("A workbook is not for a terminal.", "Name a file: -o leads.xlsx")
    return output, kind


def _layout(layout: str, purpose: str | None) -> Layout:
    from realestate.domain.leads.layouts import LAYOUTS, PURPOSES

    _known(layout, tuple(LAYOUTS), "layout")
    if purpose is None:
        return LAYOUTS[layout]
    _known(purpose, tuple(PURPOSES), "purpose")
    if layout != "realestate":
        raise UsageError("--layout and --for both say which columns to write.", "Leave one of them out.")
    return PURPOSES[purpose]


def _known(value: str, known: tuple[str, ...], what: str) -> None:
    from difflib import get_close_matches

    if value not in known:
        likely = get_close_matches(value, known, 1)
        meant = f" Did you mean {likely[0]}?" if likely else ""
        raise UsageError(f"{value!r} is no {what}.{meant}", f"Known: {', '.join(known)}")


def _tell(report: ExportReport, file: str, purpose: str | None) -> None:
    if not report.leads:
        say("No lead fits." if not report.unserved else f"None of {report.unserved} leads serves for {purpose}.")
    elif file == STDOUT:
        say(f"{report.leads} leads.")
    else:
        say(f"{report.leads} leads are in {file}; it is not encrypted.")
    if report.leads and report.unserved:
        say(f"{report.unserved} leads were left out: nothing to use for {purpose}.")
    if report.closed:
        parts = [f"{count} {_PLURAL[kind]} ({why})" for (kind, why), count in sorted(report.closed.items())]
        say(f"Left out: {', '.join(parts)}; --include-restricted writes them too.")
    if report.squeezed:
        say(f"{report.squeezed} further contacts have no column in this layout.")
    if purpose == "skiptrace" and report.leads and file != STDOUT:
        next_step("realestate leads import RETURNED_FILE")
