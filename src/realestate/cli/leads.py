"""``realestate leads``: bring in distress lists, look at what they stack up to, and work it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from realestate.cli.output import Format, OutputOption, emit, emit_one, next_step, progress, say, write
from realestate.cli.session import toolkit
from realestate.errors import ExitCode

app = typer.Typer()

LeadArgument = Annotated[int, typer.Argument(help="Number of the lead, as `realestate leads list` shows it.")]
SHOWN_ON_A_TERMINAL = 50
MAX_REASONS_SHOWN = 5


def day(text: str) -> date:
    """Read a day as people write it, without guessing."""
    for form in ("%Y-%m-%d", "%Y%m%d", "%m/%d/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise typer.BadParameter(f"{text!r} is not a day; write 2026-01-31")


def share(text: str) -> float:
    """Read a score from 0 to 1."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise typer.BadParameter(f"{text!r} is not a score; write a number from 0 to 1, e.g. 0.7")
    return value


@app.command("import")
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
    reports = []
    worst = ExitCode.DONE
    for file in files:
        with progress(f"Importing {Path(file).name}") as tick:
            report = toolkit().importer.run(file, options, tick)
        for note in report.notes:
            say(f"{report.file}: {note}")
        for line, reason in report.rejections[:MAX_REASONS_SHOWN]:
            say(f"{report.file}, line {line}: rejected, {reason}")
        if report.rejected > MAX_REASONS_SHOWN:
            say(f"... and {report.rejected - MAX_REASONS_SHOWN} more: realestate runs rejects {report.run}")
        if report.left_out(tolerate):
            worst = ExitCode.PARTIAL
        reports.append(report)
    if rejects:
        _write_rejects([report.run for report in reports], rejects)
    if output in (Format.JSON, Format.JSONL):
        emit_one({"runs": [report.as_json() for report in reports]}, output)
    else:
        emit((report.as_row() for report in reports), output)
    next_step("realestate leads list" if not dry_run else "the same command without --dry-run")
    raise typer.Exit(worst)


def _write_rejects(runs: list[int], path: Path) -> None:
    """Write the rejected rows where only their owner can read them."""
    import os

    from realestate.cli.runs import write_rejects

    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", newline="", encoding="utf-8") as stream:
        os.chmod(path, 0o600)
        write_rejects(runs, stream)
    say(f"The rejected rows are in {path}.")


def _pair(text: str) -> tuple[str, str]:
    header, equals, name = text.rpartition("=")
    if not equals or not header:
        raise typer.BadParameter(f"{text!r} is not HEADER=FIELD, e.g. 'Situs=address'")
    return header, name


@app.command("list")
def list_leads(
    everything: Annotated[bool, typer.Option("--all", help="Every lead, also on a terminal.")] = False,
    limit: Annotated[int | None, typer.Option(min=0, help="How many at most.")] = None,
    signal: Annotated[list[str] | None, typer.Option(help="Only leads with this open signal; may repeat.")] = None,
    min_signals: Annotated[int | None, typer.Option(help="Distinct open signals at least.")] = None,
    min_score: Annotated[float | None, typer.Option(parser=share, metavar="SCORE", help="Lowest score.")] = None,
    city: Annotated[str | None, typer.Option(help="Only this city.")] = None,
    zip_code: Annotated[str | None, typer.Option("--zip", help="Only this ZIP code.")] = None,
    status: Annotated[str | None, typer.Option(help="new, contacted, qualified, converted or lost.")] = None,
    new_since: Annotated[
        date | None, typer.Option("--new-since", parser=day, metavar="DATE", help="Leads made since this day.")
    ] = None,
    run: Annotated[int | None, typer.Option(help="Only leads that this run names.")] = None,
    sort: Annotated[str, typer.Option(help="Column to sort by.")] = "score",
    output: OutputOption = None,
) -> None:
    """List leads, the best first; in a pipe all of them, on a terminal the first 50."""
    import sys

    from realestate.domain.leads.records import LeadFilter

    shown = limit
    if limit is None and not everything and output is None and sys.stdout.isatty():
        shown = SHOWN_ON_A_TERMINAL
    wanted = LeadFilter(
        signals=signal or [],
        min_signals=min_signals,
        min_score=min_score,
        city=city,
        zip=zip_code,
        status=status,
        new_since=new_since,
        run=run,
        sort=sort,
        limit=shown,
    )
    counted = _Counted()
    emit(counted(asdict(line) for line in toolkit().leads.search(wanted)), output)
    if not counted.count:
        say("No lead fits.")
    elif limit is None and shown == counted.count:
        say(f"The first {shown} are shown; --all shows every one.")


class _Counted:
    """Counts rows while they stream by."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        for row in rows:
            self.count += 1
            yield row


@app.command("show")
def show_lead(lead: LeadArgument, output: OutputOption = None) -> None:
    """Show one lead with its owner, signals, contacts and history."""
    record = toolkit().leads.show(lead)
    if output in (Format.JSON, Format.JSONL):
        emit_one(record.as_json(), output)
        return
    from realestate.cli.lead_screen import screen

    for line in screen(record):
        write(line)


@app.command("why")
def why(lead: LeadArgument, output: OutputOption = None) -> None:
    """Name the file, row and date behind each point of a score."""
    explained = toolkit().leads.why(lead)
    if output in (Format.JSON, Format.JSONL):
        emit_one(explained.as_json(), output)
        return
    emit((asdict(part) for part in explained.parts), output)
    say(f"Lead {lead} scores {explained.score:.3f} as of {explained.as_of} (weights {explained.model}).")


@app.command("rows")
def rows(
    run: Annotated[int, typer.Argument(help="Number of the run, as `realestate runs list` shows it.")],
    output: OutputOption = None,
) -> None:
    """Say of every row of an import what became of it."""
    emit((asdict(row) for row in toolkit().leads.rows(run)), output)


@app.command("score")
def score(
    as_of: Annotated[
        date | None, typer.Option("--as-of", parser=day, metavar="DATE", help="The day to score for; today.")
    ] = None,
) -> None:
    """Score every lead again; only scores that moved are written."""
    written = toolkit().leads.score(as_of)
    say(f"{written} scores moved.")
    next_step("realestate leads list")


@app.command("set-status")
def set_status(
    lead: LeadArgument, status: Annotated[str, typer.Argument(help="new, contacted, qualified, converted or lost.")]
) -> None:
    """Set the status of a lead."""
    before = toolkit().leads.set_status(lead, status)
    say(f"Lead {lead}: {before} -> {status}.")
    next_step(f"realestate leads show {lead}")
