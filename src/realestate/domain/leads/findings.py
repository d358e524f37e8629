"""What an audit finds wrong with the leads as a whole: owners who live there, lists gone stale, nobody to reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from realestate.domain.leads.pictures import Source

OWNER_OCCUPIED, STALE, UNREACHABLE = "owner_occupied", "stale", "unreachable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: ``found`` of ``of`` leads (of lists, where lists are stale) are not as they should be.

    Attributes:
        list: The list it speaks of; ``None`` for all leads or all lists.
        note: What was seen, in words.
    """

    check: str
    list: str | None
    of: int
    found: int
    note: str

    @property
    def percent(self) -> float:
        """The share of what was found, 0 to 100."""
        return round(100 * self.found / self.of, 1) if self.of else 0.0


def occupied(lists: Iterable[tuple[str, int, int]]) -> Iterator[Finding]:
    """Judge absentee lists: name, leads, and leads whose owner's mail goes to the property."""
    for name, leads, suspects in lists:
        yield Finding(OWNER_OCCUPIED, name, leads, suspects, "the owner's mail goes to the property")


def stale(sources: Iterable[Source], today: date, days: int) -> Iterator[Finding]:
    """Name lists whose newest event, or newest import, is longer ago than so many days; then count them."""
    begin = today - timedelta(days=days)
    known = list(sources)
    old = [each for each in known if each.as_of < begin or (each.newest_event and each.newest_event < begin)]
    for each in old:
        event = f"newest event {each.newest_event}, " if each.newest_event else ""
        yield Finding(STALE, each.list, 0, 0, f"{event}as of {each.as_of}; {each.leads} leads")
    yield Finding(STALE, None, len(known), len(old), f"lists that say nothing newer than {begin}")


def unreachable(leads: int, silent: int) -> Finding:
    """Judge all leads by whether anybody may be called, written to or mailed."""
    return Finding(UNREACHABLE, None, leads, silent, "no phone, e-mail or mailbox that may be used")
