"""The terminal side of ``realestate chat``: the dialogue, and beside it what was heard."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from realestate.cli.output import printable, say
from realestate.cli.session import toolkit
from realestate.errors import UsageError

if TYPE_CHECKING:
    from realestate.domain.chat.talk import TurnResult

HELP = "Type what the seller says. /facts what is known · /why the verdict · /undo the last message · /quit"


def converse(take: Callable[[str, str | None], TurnResult], lead: int | None) -> None:
    """Read what the seller says until /quit or the end of the input; Ctrl-C ends without a half turn."""
    say(HELP)
    last: TurnResult | None = None
    while (line := _prompt()) is not None:
        command = line.strip().lower()
        if command == "/quit":
            return
        if command.startswith("/"):
            _command(command, last, lead)
            continue
        last = take(line, None)
        _show(last)


def _prompt() -> str | None:
    try:
        return input("seller> ")
    except EOFError:
        return None


def _command(command: str, last: TurnResult | None, lead: int | None) -> None:
    if command == "/undo":
        _undo(lead)
    elif last is None:
        say("Nothing was said in this session yet." if command in {"/facts", "/why"} else HELP)
    elif command == "/facts":
        say("\n".join(f"{fact}: {value}" for fact, value in last.facts.items()) or "Nothing is known yet.")
    elif command == "/why":
        parts = ", ".join(f"{name} {points:g}" for name, points in last.verdict.parts.items())
        say(f"{last.verdict.status}, {last.verdict.score:g} ({parts})\n" + "\n".join(last.verdict.reasons))
    else:
        say(HELP)


def _undo(lead: int | None) -> None:
    if lead is None:
        say("A talk with --scratch keeps nothing; begin again instead.")
        return
    try:
        toolkit().chat.lead_talks().undo(lead)
    except UsageError as error:
        say(error.message)
        return
    say("Taken back.")


def _show(result: TurnResult) -> None:
    """The reply on the left, what was heard on the right."""
    from rich.columns import Columns
    from rich.console import Console
    from rich.panel import Panel
    from rich.text import Text

    heard = "\n".join(f"{one['fact']}: {one['value']}  «{one['words']}»" for one in result.as_json()["heard"])
    reply = result.reply or "(silence)"
    title = f"{result.verdict.status} {result.verdict.score:g}"
    left = Panel(Text(printable(reply)), title="held, do not send yet" if result.held else "reply", width=56)
    right = Panel(Text("\n".join(map(printable, heard.split("\n"))) or "-"), title=title, width=56)
    Console().print(Columns([left, right]))
    for note in result.notes:
        say(note)
    if result.hand_over:
        say(f"A person should take over: {result.hand_over}.")
