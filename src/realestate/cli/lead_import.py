"""``realestate leads import``: lists come in, each all or nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from realestate.cli.output import Format, OutputOption, detail, emit, emit_one, next_step, progress, report, say
from realestate.cli.reading import day
from realestate.cli.session import toolkit
from realestate.errors import ExitCode, UnusableInputError

if TYPE_CHECKING:
    from realestate.services.importing import ImportOptions, ImportReport

MAX_REASONS_SHOWN = 5


def import_lists(
    files: Annotated[list[str], typer.Argument(help="Lists (CSV, TSV, XLSX, gz ...), or - for standard input.")],
    signal: Annotated[
        str | None, typer.Option(help="What the list stands for, e.g. tax_delinquent; none for no distress.")
    ] = None,
    list_name: Annotated[
        str | None, typer.Option("--list", help="Name of the list; the file's name when omitted.")
    ] = None,
    as_of: Annotated[
        date | None, typer.Option("--as-of", parser=day, metavar="DATE", help="Day the list speaks of; today.")
    ] = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", metavar="HEADER=FIELD", help="Say what a column is.")
    ] = None,
    city: Annotated[str | None, typer.Option(help="City of every row that names none.")] = None,
    state: Annotated[str | None, typer.Option(help="State of every row that names none.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of the file, where it is guessed wrong.")] = None,
    rejects: Annotated[Path | None, typer.Option(help="Write the rejected rows to this file.")] = None,
    tolerate: Annotated[float, typer.Option(help="Percent of rows that may be rejected without exit code 3.")] = 1.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen and keep nothing.")] = False,
    output: OutputOption = None,
) -> None:
    """Import lists; each is stacked into leads all or nothing, and repeating one changes nothing."""
    from realestate.services.importing import ImportOptions

    options = ImportOptions(
        signal=signal,
        list_name=list_name,
        as_of=as_of,
        mapping=dict(_pair(text) for text in mapping or ()),
        city=city,
        state=state,
        encoding=encoding,
        dry_run=dry_run,
    )
    reports = [report for file in files if (report := _import(file, options, alone=len(files) == 1))]
    if rejects:
        _write_rejects([report.run for report in reports], rejects)
    if output in (Format.JSON, Format.JSONL):
        emit_one({"runs": [report.as_json() for report in reports]}, output)
    else:
        emit((report.as_row() for report in reports), output)
    if not reports:
        raise typer.Exit(ExitCode.NOTHING_USABLE)
    next_step("the same command without --dry-run" if dry_run else "realestate leads list")
    if len(reports) < len(files) or any(report.left_out(tolerate) for report in reports):
        raise typer.Exit(ExitCode.PARTIAL)


def _import(file: str, options: ImportOptions, *, alone: bool) -> ImportReport | None:
    """Import one file and say what was decided; one unusable file does not keep the others out."""
    try:
        with progress(f"Importing {Path(file).name}") as tick:
            found = toolkit().importer.run(file, options, tick)
    except UnusableInputError as error:
        if alone:
            raise
        report(error)
        return None
    for note in found.notes:
        say(f"{found.file}: {note}")
    for words in found.details:
        detail(f"{found.file}: {words}")
    for line, reason in found.rejections[:MAX_REASONS_SHOWN]:
        say(f"{found.file}, line {line}: rejected, {reason}")
    if found.rejected > MAX_REASONS_SHOWN:
        say(f"... and {found.rejected - MAX_REASONS_SHOWN} more: realestate runs rejects {found.run}")
    return found


def _write_rejects(runs: list[int], path: Path) -> None:
    """Write the rejected rows where only their owner can read them."""
    import os

    from realestate.cli.runs import write_rejects

    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    with os.fdopen(descriptor, "w", newline="", encoding="utf-8") as stream:
        write_rejects(runs, stream)
    say(f"The rejected rows are in {path}.")


def _pair(text: str) -> tuple[str, str]:
    header, equals, name = text.rpartition("=")
    if not equals or not header:
        raise typer.BadParameter(f"{text!r} is not HEADER=FIELD, e.g. 'Situs=address'")
    return header, name
