"""``realestate leads``: bring in distress lists, look at what they stack up to, and work it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer

from realestate.cli.lead_audit import audit
from realestate.cli.lead_export import export
from realestate.cli.lead_import import import_lists
from realestate.cli.lead_list import Counted, diff, list_leads
from realestate.cli.lead_pictures import draw_map, draw_report
from realestate.cli.lead_screen import reasons, screen
from realestate.cli.lead_work import WORK
from realestate.cli.output import Format, OutputOption, emit, emit_one, next_step, say, write
from realestate.cli.reading import day
from realestate.cli.session import toolkit

app = typer.Typer()
app.command("import")(import_lists)
app.command("export")(export)
app.command("audit")(audit)
app.command("map")(draw_map)
app.command("report")(draw_report)
app.command("list")(list_leads)
app.command("diff")(diff)
for name, command in WORK.items():
    app.command(name)(command)

LeadArgument = Annotated[int, typer.Argument(help="Number of the lead, as `realestate leads list` shows it.")]


@app.command("show")
def show_lead(lead: LeadArgument, output: OutputOption = None) -> None:
    """Show one lead with its owner, signals, contacts and history."""
    record = toolkit().leads.show(lead)
    if output in (Format.JSON, Format.JSONL):
        emit_one(record.as_json(), output)
    else:
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
    for reason in reasons(explained):
        say(reason)


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
        date | None,
        typer.Option("--as-of", parser=day, metavar="DATE", help="Print what the imports up to this day knew."),
    ] = None,
    output: OutputOption = None,
) -> None:
    """Score every lead for today, writing only what moved; or print the scores of a day gone by."""
    leads = toolkit().leads
    if as_of is None or as_of == leads.today():
        say(f"{leads.score()} scores moved.")
        next_step("realestate leads list")
        return
    counted = Counted()
    emit(counted(asdict(line) for line in leads.scores_on(as_of)), output)
    if not counted.count:
        say(f"No import speaks of {as_of} or a day before.")


@app.command("set-status")
def set_status(
    lead: LeadArgument,
    status: Annotated[str, typer.Argument(help="new, contacted, qualified, converted or lost.")],
    force: Annotated[bool, typer.Option("--force", help="Also backwards.")] = False,
) -> None:
    """Set the status of a lead; forwards only, unless forced."""
    before = toolkit().leads.set_status(lead, status, force=force)
    say(f"Lead {lead} is {status} already." if before == status else f"Lead {lead}: {before} -> {status}.")
    next_step(f"realestate leads show {lead}")
