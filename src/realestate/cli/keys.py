"""``realestate keys``: the keys of personal data, made, turned over, moved and saved."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from realestate.cli import secrets
from realestate.cli.output import OutputOption, confirm, emit, next_step, progress, say
from realestate.cli.session import toolkit
from realestate.errors import ExitCode, UsageError

app = typer.Typer()

FileArgument = Annotated[Path, typer.Argument(help="The backup.", metavar="FILE")]
PassphraseStdin = Annotated[
    bool, typer.Option("--passphrase-stdin", help="Read the passphrase from the first line of standard input.")
]


@app.command()
def init(output: OutputOption = None) -> None:
    """Make the first keys; where there are keys, nothing changes."""
    emit(map(asdict, toolkit().office.init_keys()), output)
    next_step("realestate keys backup FILE")


@app.command()
def status(output: OutputOption = None) -> None:
    """Show the data keys, what they are wrapped by, and how many of your values stand under each."""
    emit(map(asdict, toolkit().office.keys.status()), output)


@app.command()
def rotate() -> None:
    """Encrypt under a new key from now on; what is there stays readable."""
    made = toolkit().office.keys.rotate()
    say(f"Data key {made} is active.")
    next_step("realestate keys reencrypt")


@app.command()
def reencrypt(
    batch: Annotated[int, typer.Option(help="Values per transaction.", min=1, max=100_000)] = 1_000,
) -> None:
    """Put every value under the active key; when it is stopped, the next run goes on where it was."""
    with progress("Encrypting again") as tick:
        written = toolkit().office.reencrypt(batch, tick)
    say(f"{written:,} values were put under the active key.")
    next_step("realestate keys status")


@app.command()
def rewrap(
    to: Annotated[str, typer.Option("--to", help="aws-kms:ARN of a symmetric key, or local.", metavar="KEY")],
) -> None:
    """Put the data keys under another key; no value is touched."""
    count = toolkit().office.rewrap(to)
    say(f"{count} data keys are under {to.partition(':')[0]} now.")
    next_step("realestate keys check")


@app.command()
def check(output: OutputOption = None) -> None:
    """Open every key and every one of your values."""
    findings = list(toolkit().office.check_keys())
    emit(({"what": f.subject, "state": "FAIL" if f.problem else "OK", "problem": f.problem} for f in findings), output)
    if any(finding.problem for finding in findings):
        raise typer.Exit(ExitCode.NOT_ALLOWED)


@app.command()
def backup(file: FileArgument, passphrase_stdin: PassphraseStdin = False) -> None:
    """Copy the local key to a file: without it, nobody can ever read the personal data again."""
    name = toolkit().office.backup_key(file, _new_passphrase(from_stdin=passphrase_stdin))
    say(f"The key {name} is saved to {file}. Keep it away from this machine and from backups of the database.")
    next_step("realestate db backup FILE")


@app.command()
def restore(file: FileArgument, passphrase_stdin: PassphraseStdin = False) -> None:
    """Bring the local key back from its copy; another key is never replaced."""
    office = toolkit().office
    passphrase = None
    if office.backup_needs_passphrase(file):
        passphrase = secrets.password("Passphrase", from_stdin=passphrase_stdin)
    say(f"The key {office.restore_key(file, passphrase)} is back.")
    next_step("realestate keys check")


def _new_passphrase(*, from_stdin: bool) -> str | None:
    """A passphrase for the copy, or ``None`` for a plain one that was agreed to."""
    if from_stdin:
        return secrets.line() or None
    if confirm("Write the key without a passphrase?"):
        return None
    try:
        return secrets.password("Passphrase", from_stdin=False, twice=True)
    except UsageError:
        raise UsageError(
            "A copy of the key wants a passphrase.", "Pipe one in with --passphrase-stdin, or agree to none with --yes"
        ) from None
