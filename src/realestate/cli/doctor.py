"""``realestate doctor``: is every part in order, and if not, which command mends it."""

from __future__ import annotations

import typer

from realestate.cli.output import OutputOption, emit
from realestate.cli.session import toolkit
from realestate.errors import ExitCode


def doctor(output: OutputOption = None) -> None:
    """Check every part of the set-up and name the command that mends it."""
    findings = toolkit().doctor.examine()
    emit(({"part": f.part, "state": f.state, "what": f.what, "mend": f.mend} for f in findings), output)
    if any(finding.state == "FAIL" for finding in findings):
        raise typer.Exit(ExitCode.PARTIAL)
