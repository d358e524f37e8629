"""Days of the calendar counted from the day of the talk."""

from __future__ import annotations

import calendar
import datetime as dt

from realestate.domain.chat.amounts import Amount


def thanksgiving(today: dt.date) -> dt.date:
    """The next Thanksgiving after today."""
    for year in (today.year, today.year + 1):
        first = dt.date(year, 11, 1)
        day = first + dt.timedelta(days=(3 - first.weekday()) % 7 + 21)
        if day > today:
            return day
    return today


def slashed_day(raw: str, today: dt.date) -> dt.date | None:
    """The day of a date written in numbers, month first; None where there is no such day."""
    parts = [int(part) for part in raw.split("/")]
    month, day = parts[0], parts[1]
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    if len(parts) == 3:
        year = parts[2] + 2000 if parts[2] < 100 else parts[2]
        return _safe(year, month, day) if 1 <= year <= 9000 else None
    return coming(today, month, day)


def day_of_month(today: dt.date, day: int, which: str) -> dt.date:
    """The next such day of a month; of the month after this one for "next"."""
    if which == "next":
        after = month_after(today)
        return _safe(after.year, after.month, day)
    here = _safe(today.year, today.month, day)
    after = month_after(today)
    return here if here > today else _safe(after.year, after.month, day)


def coming(today: dt.date, month: int, day: int) -> dt.date:
    """The next such day after today."""
    here = _safe(today.year, month, day)
    return here if here > today else _safe(today.year + 1, month, day)


def _safe(year: int, month: int, day: int) -> dt.date:
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def month_after(today: dt.date) -> dt.date:
    """The first day of the month after."""
    return (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def last_day(today: dt.date) -> dt.date:
    """The last day of the month."""
    return today.replace(day=calendar.monthrange(today.year, today.month)[1])


def middle_of_quarter(which: str, number: Amount | None, today: dt.date) -> dt.date | None:
    """The middle of the next such quarter."""
    names = {"first": 1, "second": 2, "third": 3, "fourth": 4}
    quarter = names.get(which) or int(number.low if number else 0)
    return coming(today, 3 * quarter - 1, 15) if 1 <= quarter <= 4 else None
