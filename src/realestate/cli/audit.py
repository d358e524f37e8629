"""``realestate audit``: what was done by whom, and whether the record was tampered with."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from realestate.cli.output import OutputOption, emit, emit_one, next_step, say
from realestate.cli.session import toolkit
from realestate.errors import ExitCode

app = typer.Typer()


@app.command("list")
def list_entries(
    limit: Annotated[int, typer.Option(help="How many of the latest entries.", min=1)] = 50,
    output: OutputOption = None,
) -> None:
    """Show the latest entries: all of them to an administrator, else one's own."""
    emit(toolkit().office.audit_entries(limit), output)


@app.command()
def verify(
    head: Annotated[
        str | None, typer.Option(help="A head that an earlier run printed; shows a chain that was cut short.")
    ] = None,
    output: OutputOption = None,
) -> None:
    """Walk the chain over the log; exits 1 where it was tampered with."""
    report = toolkit().office.verify_audit(head)
    emit_one(asdict(report), output)
    if report.unsealed:
        say(f"{report.unsealed} entries are not chained yet.")
        next_step("realestate audit seal")
    if report.broken:
        say(f"The log was tampered with: {report.broken}.")
        raise typer.Exit(ExitCode.UNEXPECTED)


@app.command()
def seal() -> None:
    """Chain the entries that are not chained yet."""
    sealed = toolkit().office.seal_audit()
    say("Another process is chaining them." if sealed is None else f"{sealed} entries were chained.")
