"""What the law asks before any message goes out: quiet hours by state, and dated notes on states."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FEDERAL_HOURS = (8, 21)
"""47 CFR 64.1200(c)(1): no solicitation before 8:00 or after 21:00, the called party's local time."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When a state lets us write, by the recipient's clock.

    Attributes:
        state: Two letters.
        weekday: First and last allowed hour Monday to Friday, as (8, 21); None = not at all.
        saturday: The same for Saturdays.
        sunday: The same for Sundays and public holidays.
        zones: IANA time zones of the state; a draft must be allowed in all of them.
        source: Where the hours stand, and of which date.
    """

    state: str
    weekday: tuple[int, int] | None
    saturday: tuple[int, int] | None
    sunday: tuple[int, int] | None
    zones: tuple[str, ...]
    source: str

    def allowed(self, local: dt.datetime, holidays: frozenset[dt.date] = frozenset()) -> bool:
        """Whether a message may go out at this local time."""
        if local.weekday() == 6 or local.date() in holidays:
            hours = self.sunday
        else:
            hours = self.saturday if local.weekday() == 5 else self.weekday
        return hours is not None and hours[0] <= local.hour + local.minute / 60 < hours[1]


def strictest(rows: Iterable[QuietHours]) -> QuietHours | None:
    """The hours allowed by every one of several sources on the same state; None without a row."""
    found = list(rows)
    if not found:
        return None
    return QuietHours(
        found[0].state,
        _overlap(row.weekday for row in found),
        _overlap(row.saturday for row in found),
        _overlap(row.sunday for row in found),
        tuple(dict.fromkeys(zone for row in found for zone in row.zones)),
        "; ".join(row.source for row in found),
    )


def _overlap(hours: Iterable[tuple[int, int] | None]) -> tuple[int, int] | None:
    start, end = FEDERAL_HOURS
    for one in hours:
        if one is None:
            return None
        start, end = max(start, one[0]), min(end, one[1])
    return (start, end) if start < end else None


def public_holidays(year: int) -> frozenset[dt.date]:
    """The eleven federal holidays of a year (5 U.S.C. 6103), on their own dates."""

    def nth(month: int, weekday: int, n: int) -> dt.date:
        first = dt.date(year, month, 1)
        return first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))

    last_of_may = dt.date(year, 5, 31)
    return frozenset(
        {
            *(dt.date(year, month, day) for month, day in ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))),
            *(
                nth(month, weekday, n)
                for month, weekday, n in ((1, 0, 3), (2, 0, 3), (9, 0, 1), (10, 0, 2), (11, 3, 4))
            ),
            last_of_may - dt.timedelta(days=last_of_may.weekday()),
        }
    )


@dataclass(frozen=True, slots=True)
class StateNote:
    """What a state asks of wholesalers or of those who buy from owners in foreclosure; a note, never advice."""

    state: str
    subject: str
    note: str
    as_of: dt.date
    source: str


def notes_for(
    state: str, notes: Iterable[StateNote], shown: Mapping[str, bool] | frozenset[str] = frozenset()
) -> list[StateNote]:
    """The notes of a state, none if they were shown before."""
    return [] if state in shown else [note for note in notes if note.state == state]
