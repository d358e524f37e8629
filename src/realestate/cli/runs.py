"""``realestate runs``: the ledger of imports, their rejected rows, and the way back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, TextIO

import typer

from realestate.cli.output import OutputOption, confirm, emit, emit_one, next_step, say
from realestate.cli.session import toolkit
from realestate.errors import UsageError

app = typer.Typer()

RunArgument = Annotated[int, typer.Argument(help="Number of the run, as `realestate runs list` shows it.")]
SUMMARY = ("run", "list", "file", "signal", "state", "rows", "created", "merged", "unchanged", "rejected", "empty")


@app.command("list")
def list_runs(output: OutputOption = None) -> None:
    """List the imports, the latest first."""
    runs = toolkit().leads.runs()
    if not runs:
        say("No list has been imported yet.")
        next_step("realestate leads import LIST.csv")
    emit((asdict(run) for run in runs), output, SUMMARY)


@app.command("show")
def show_run(run: RunArgument, output: OutputOption = None) -> None:
    """Show one import: its counts and how its columns were read."""
    emit_one(asdict(toolkit().leads.run(run)), output)


@app.command("rejects")
def rejected_rows(run: RunArgument) -> None:
    """Print the rejected rows as CSV with line and reason, to be mended and imported again."""
    import sys

    write_rejects([run], sys.stdout)


def write_rejects(runs: Iterable[int], stream: TextIO) -> None:
    """Write the rejected rows of imports of one format as one CSV; the columns of before come first."""
    import csv

    leads = toolkit().leads
    writer = csv.writer(stream, lineterminator="\n")
    header: list[str] = []
    for run in runs:
        record = leads.run(run)
        if not header:
            header = list(record.header)
            writer.writerow([*header, "rejected line", "rejected because"])
        for line, reason, cells in leads.rejects(run):
            padded = [*cells, *[""] * (len(header) - len(cells))]
            writer.writerow([*padded, line, reason])


@app.command("undo")
def undo_run(run: RunArgument) -> None:
    """Take back what an import brought; leads that carry work stay and are named."""
    leads = toolkit().leads
    record = leads.run(run)
    if not confirm(f"Undo run {run} ({record.file}: {record.rows} rows)?"):
        raise UsageError(f"Run {run} was not undone.", f"To agree: realestate runs undo {run} --yes")
    undone = toolkit().undoer.run(run)
    say(f"Run {run} is undone: {undone.removed} leads are gone.")
    for lead in undone.kept:
        say(f"Lead {lead} stays, because it carries work.")
    next_step("realestate runs list")
