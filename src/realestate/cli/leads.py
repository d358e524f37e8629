"""``realestate leads``: bring in distress lists, look at what they stack up to, and work it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer

from realestate.cli.lead_export import export
from realestate.cli.lead_import import import_lists
from realestate.cli.output import Format, OutputOption, emit, emit_one, next_step, say, write
from realestate.cli.reading import day, share
from realestate.cli.session import toolkit

app = typer.Typer()
app.command("import")(import_lists)
app.command("export")(export)

LeadArgument = Annotated[int, typer.Argument(help="Number of the lead, as `realestate leads list` shows it.")]
SHOWN_ON_A_TERMINAL = 50


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
    else:
        from realestate.cli.lead_screen import screen

        for line in screen(record):
            write(line)
    if record.locked:
        raise record.locked


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
