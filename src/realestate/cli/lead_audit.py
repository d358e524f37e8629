"""``realestate leads audit``: what is wrong with the leads as a whole."""

from __future__ import annotations

from typing import Annotated

import typer

from realestate.cli.output import OutputOption, emit, say
from realestate.cli.session import toolkit
from realestate.errors import ExitCode


def audit(
    limit: Annotated[
        float, typer.Option(min=0, max=100, metavar="PCT", help="Percent above which a finding is an exit code of 3.")
    ] = 10.0,
    stale_days: Annotated[
        int, typer.Option("--stale-after", min=1, metavar="DAYS", help="A list is stale when it is silent for longer.")
    ] = 180,
    output: OutputOption = None,
) -> None:
    """Find owners who live in absentee houses, lists gone stale, and leads that nobody can reach."""
    findings = toolkit().lead_audit.run(stale_days)
    over = [finding for finding in findings if finding.percent > limit]
    emit(
        (
            {
                "check": finding.check,
                "list": finding.list,
                "of": finding.of,
                "found": finding.found,
                "percent": finding.percent,
                "over": finding.percent > limit,
                "note": finding.note,
            }
            for finding in findings
        ),
        output,
    )
    if over:
        say(f"Above {limit:g} percent: {len(over)}.")
        raise typer.Exit(ExitCode.PARTIAL)
