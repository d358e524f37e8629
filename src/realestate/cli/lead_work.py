"""``realestate leads add``, ``edit``, ``note``, ``tag``, ``due``, ``merge`` and ``split``: leads worked by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import typer

from realestate.cli.output import OutputOption, emit, next_step, say
from realestate.cli.reading import ahead
from realestate.cli.session import toolkit

LeadArgument = Annotated[int, typer.Argument(help="Number of the lead, as `realestate leads list` shows it.")]


def add(
    address: Annotated[str, typer.Argument(help="Street address, best with city, state and ZIP code.")],
    fields: Annotated[
        list[str] | None, typer.Argument(metavar="FIELD=VALUE", help="owner_name=..., phone=..., value=... and so on.")
    ] = None,
    source: Annotated[str, typer.Option(help="manual, or referral for a tip.")] = "manual",
    signal: Annotated[str | None, typer.Option(help="What speaks for a sale, e.g. driving_for_dollars.")] = None,
) -> None:
    """Add one lead by hand; a house that lists know already is joined."""
    known = _pairs(fields)
    if signal:
        known["signal"] = toolkit().leads.signal(signal)
    lead, is_new = toolkit().working.add(address, known, source)
    say(f"Lead {lead} is new." if is_new else f"Lead {lead} is that house already; what you know was added to it.")
    next_step(f"realestate leads show {lead}")


def edit(
    lead: LeadArgument,
    fields: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE", help="owner_name=..., phone=..., value=...")],
) -> None:
    """Correct what a lead shows, or add an owner, phone or e-mail address to it."""
    toolkit().working.edit(lead, _pairs(fields))
    say(f"Lead {lead} is changed; what lists say of it stays on file.")
    next_step(f"realestate leads show {lead}")


def note(
    lead: LeadArgument, text: Annotated[str, typer.Argument(help="What to keep; - reads standard input.")]
) -> None:
    """Write something down about a lead; notes are encrypted."""
    import sys

    toolkit().working.note(lead, sys.stdin.read() if text == "-" else text)
    say(f"Noted on lead {lead}.")
    next_step(f"realestate leads show {lead}")


def tag(
    lead: LeadArgument,
    tags: Annotated[list[str], typer.Argument(help="Words to find it by; not encrypted, so no names.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take them away instead.")] = False,
) -> None:
    """Give a lead tags, or take them away."""
    left = toolkit().working.tag(lead, tags, remove=remove)
    say(f"Lead {lead} has {', '.join(left) if left else 'no tags'}.")
    next_step(f"realestate leads list --tag {left[0]!r}" if left else f"realestate leads show {lead}")


def due(
    lead: Annotated[int | None, typer.Argument(help="Number of the lead; none lists what is due.")] = None,
    when: Annotated[
        str | None, typer.Argument(help="Day to follow up, such as 2026-01-31 or 3d; none: no more.")
    ] = None,
    until: Annotated[str, typer.Option(metavar="DATE", help="List what is due up to this day, e.g. 7d.")] = "0d",
    output: OutputOption = None,
) -> None:
    """Set the day on which to follow a lead up, or list the leads that are due."""
    if lead is None:
        from realestate.domain.leads.records import LeadFilter

        lines = [asdict(line) for line in toolkit().leads.search(LeadFilter(due_by=ahead(until), sort="due"))]
        emit(lines, output)
        if not lines:
            say("Nothing is due.")
        return
    if when is None:
        raise typer.BadParameter(f"say when: realestate leads due {lead} 3d, or none")
    day = None if when == "none" else ahead(when)
    before = toolkit().working.due(lead, day)
    say(f"Lead {lead}: {before or 'not due'} -> {day or 'not due'}.")
    next_step("realestate leads due")


def merge(
    one: Annotated[int, typer.Argument(help="A lead.")],
    other: Annotated[int, typer.Argument(help="The lead that is the same house.")],
) -> None:
    """Make two leads one for good; the one with the oldest row stays, with the work of both."""
    stays = toolkit().deciding.merge(one, other)
    gone = other if stays == one else one
    say(f"Lead {stays} holds lead {gone} too; later imports keep them together.")
    next_step(f"realestate leads show {stays}")


def split(
    lead: LeadArgument,
    rows: Annotated[list[str], typer.Argument(help="RUN:ROW, as `realestate leads show` names the rows of a lead.")],
) -> None:
    """Take rows out of a lead for good; they are a lead of their own. It undoes a merge too."""
    parted = toolkit().deciding.split(lead, rows)
    if parted.along:
        say(f"{parted.along} more rows name the same address and parcel, and went along.")
    say(f"Lead {parted.new} is split from lead {parted.lead}; later imports keep them apart.")
    next_step(f"realestate leads show {parted.new}")


def _pairs(texts: list[str] | None) -> dict[str, str]:
    pairs = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or not value.strip():
            raise typer.BadParameter(f"{text!r} is not FIELD=VALUE, e.g. phone=614-555-0101")
        pairs[name.strip().lower().replace("-", "_")] = value.strip()
    return pairs


WORK: dict[str, Callable[..., None]] = {
    "add": add,
    "edit": edit,
    "note": note,
    "tag": tag,
    "due": due,
    "merge": merge,
    "split": split,
}
"""The commands of this module, by their names."""
