"""``realestate privacy``: what is kept about one person, shown, handed out, erased, or left alone."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from realestate.cli.output import OutputOption, confirm, emit, emit_one, next_step, say
from realestate.cli.session import toolkit
from realestate.errors import UsageError

app = typer.Typer()

WhoArgument = Annotated[
    list[str],
    typer.Argument(
        help="Phones, e-mail addresses and names of one person; - reads one per line of standard input.", metavar="WHO"
    ),
]


@app.command()
def show(who: WhoArgument, output: OutputOption = None) -> None:
    """Show everything kept about a person, and where; audited."""
    words, privacy = _words(who), toolkit().office.privacy
    emit(privacy.show(words), output)
    barred = sum(not privacy.may_contact(word) for word in words if privacy.is_contact(word))
    if barred:
        say(f"{barred} of these may not be contacted.")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="A new file, of mode 0600.", metavar="FILE")], who: WhoArgument
) -> None:
    """Write everything kept about a person to a file, to hand it out; audited."""
    if file.exists():
        raise UsageError(f"{file} exists and was not replaced.", "Name another file.")
    entries = toolkit().office.privacy.show(_words(who), action="privacy.export")
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as out:
        json.dump(entries, out, ensure_ascii=False, indent=1)
    say(f"{len(entries)} entries were written to {file}; they are not encrypted.")


@app.command()
def erase(who: WhoArgument, output: OutputOption = None) -> None:
    """Take a person out of leads, raw rows, notes, conversations, buyers and pictures, and keep them out; audited."""
    words = _words(who)
    if not confirm("Erase everything about this person? It cannot be taken back."):
        raise UsageError("Nothing was erased.", "Look first with: realestate privacy show WHO, then agree with --yes")
    emit_one(toolkit().office.privacy.erase(words), output)
    say("Backups made before today still hold this person: delete them when you no longer need them.")
    next_step("realestate privacy show WHO")


@app.command()
def block(
    who: WhoArgument,
    reason: Annotated[str, typer.Option(help="A word for why, e.g. asked; no personal data.")] = "asked",
) -> None:
    """Never contact these phones and e-mail addresses, whatever later lists say."""
    count = toolkit().office.privacy.silence(_words(who), reason)
    say(f"{count} will not be contacted.")


def _words(who: list[str]) -> list[str]:
    """What was named; from standard input it does not show in the list of processes."""
    if who == ["-"]:
        return [line.strip() for line in sys.stdin if line.strip()]
    return who
