"""Reads the dated signals that the rows of a list carry: many to a row, from flags, dates, words and the list."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from realestate.domain.leads import values
from realestate.domain.leads.signal_catalog import (
    ATTRIBUTE,
    DISTRESS,
    EVENT,
    NONE,
    SUPPRESSOR,
    SignalCatalog,
    SignalGuess,
    column_phrases,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from realestate.domain.leads.columns import ColumnPlan

__all__ = [
    "ATTRIBUTE",
    "DISTRESS",
    "EVENT",
    "NONE",
    "SUPPRESSOR",
    "SeenSignals",
    "SignalCatalog",
    "SignalGuess",
    "column_phrases",
    "read_signals",
]


@dataclass(slots=True)
class SeenSignals:
    """Signals of a batch held by column: entry i says that row `rows[i]` carries `signals[i]`.

    Amounts are whole US cents. `closed[i]` means that the matter is over, on `closed_on[i]` where that is
    known. `bad` names (row, column, reason) of each date or amount that could not be understood.
    """

    rows: list[int] = field(default_factory=list)
    signals: list[str] = field(default_factory=list)
    event_dates: list[date | None] = field(default_factory=list)
    amounts: list[int | None] = field(default_factory=list)
    years: list[float | None] = field(default_factory=list)
    deadlines: list[date | None] = field(default_factory=list)
    closed: list[bool] = field(default_factory=list)
    closed_on: list[date | None] = field(default_factory=list)
    bad: list[tuple[int, int, str]] = field(default_factory=list)


def read_signals(
    plan: ColumnPlan, columns: Sequence[Sequence[str]], catalog: SignalCatalog, list_signal: str = NONE
) -> SeenSignals:
    """All signals that the rows of a batch carry.

    Args:
        plan: How the columns are read.
        columns: The cells, by column.
        catalog: The signals.
        list_signal: What the list as a whole stands for; each of its rows carries that.
    """
    seen = SeenSignals()
    count = len(columns[0]) if columns else 0
    for slug, parts in plan.signals.items():
        if slug in catalog.kinds:
            _add_columns(seen, slug, _Parts(columns, parts, seen), count)
        else:
            _add_told(seen, slug, _Parts(columns, parts, seen), catalog)
    for index in plan.flag_lists:
        _add_stated(seen, columns[index], catalog)
    stated = columns[plan.fields["signal"][0]] if "signal" in plan.fields else None
    if stated is not None or list_signal not in ("", NONE):
        _add_listed(seen, plan, columns, catalog, stated, list_signal)
    return seen


class _Parts:
    """The parsed columns of one signal; a column that the list lacks reads as all None."""

    def __init__(self, columns: Sequence[Sequence[str]], parts: Mapping[str, int], seen: SeenSignals) -> None:
        self._columns = columns
        self._parts = parts
        self._seen = seen
        self._count = len(columns[0])

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    def cells(self, part: str) -> Sequence[str]:
        return self._columns[self._parts[part]] if part in self._parts else [""] * self._count

    def read(self, part: str, reader: Callable[[Sequence[str]], values.Parsed[Any]]) -> list[Any]:
        if part not in self._parts or not any(self.cells(part)):
            return [None] * self._count
        parsed = reader(self.cells(part))
        self._seen.bad.extend((row, self._parts[part], reason) for row, reason in parsed.bad)
        return parsed.values

    def event_dates(self) -> list[date | None]:
        """The date, or for a tax year the New Year after it, when the unpaid tax counts as delinquent."""
        stated = self.read("date", values.dates)
        years = self.read("year", values.dates)
        return [day or (date(year.year + 1, 1, 1) if year else None) for day, year in zip(stated, years, strict=True)]


def _add_columns(seen: SeenSignals, slug: str, parts: _Parts, count: int) -> None:
    dates, deadlines = parts.event_dates(), parts.read("deadline", values.dates)
    amounts, years = parts.read("amount", values.amounts), parts.read("years", values.numbers)
    closed_on = parts.read("closed", values.dates)
    flags = _flags(parts, count)
    for row in range(count):
        told = bool(dates[row] or deadlines[row] or (amounts[row] or 0) > 0 or (years[row] or 0) > 0)
        if told if flags[row] is None else flags[row]:
            _add(seen, row, slug, dates[row], amounts[row], years[row], deadlines[row], closed_on[row])


def _flags(parts: _Parts, count: int) -> list[bool | None]:
    """Per row whether the flag column says yes, says no, or says nothing."""
    if "flag" in parts:
        cells = parts.cells("flag")
        raised, said = values.says_yes(cells), values.booleans(cells)
        return [True if up else plain for up, plain in zip(raised, said, strict=True)]
    if "not_flag" in parts:
        return [None if said is None else not said for said in values.booleans(parts.cells("not_flag"))]
    return [None] * count


def _add_told(seen: SeenSignals, place: str, parts: _Parts, catalog: SignalCatalog) -> None:
    """Signals that a column names in words, such as "Lien Type", with the date and amount beside it."""
    if not any(parts.cells("type")):
        return
    dates, amounts = parts.event_dates(), parts.read("amount", values.amounts)
    for row, cell in enumerate(parts.cells("type")):
        for slug in catalog.stated_in(cell, place) if cell else ():
            _add(seen, row, slug, dates[row], amounts[row])


def _add_stated(seen: SeenSignals, cells: Sequence[str], catalog: SignalCatalog) -> None:
    for row, cell in enumerate(cells):
        for slug in catalog.stated_in(cell) if cell else ():
            _add(seen, row, slug)


def _add_listed(
    seen: SeenSignals,
    plan: ColumnPlan,
    columns: Sequence[Sequence[str]],
    catalog: SignalCatalog,
    stated: Sequence[str] | None,
    list_signal: str,
) -> None:
    """The signal of the list itself, with the list's own date, amount, years and status."""
    own = {"event_date": "date", "tax_year": "year", "year": "year", "closed_date": "closed"}
    fields = {own.get(name, name): indexes[0] for name, indexes in plan.fields.items()}
    parts = _Parts(columns, fields, seen)
    dates, amounts, years = (
        parts.event_dates(),
        parts.read("amount", values.amounts),
        parts.read("years", values.numbers),
    )
    closed_on, statuses = parts.read("closed", values.dates), parts.cells("status")
    slugs = [catalog.slug(cell) or list_signal for cell in stated] if stated else [list_signal] * len(dates)
    over = [catalog.is_over(status) for status in statuses] if any(statuses) else [False] * len(dates)
    rows = [row for row, slug in enumerate(slugs) if slug and slug != NONE]
    _extend(seen, rows, slugs, dates, amounts, years, closed_on, over)


def _extend(
    seen: SeenSignals,
    rows: list[int],
    slugs: Sequence[str],
    dates: Sequence[date | None],
    amounts: Sequence[int | None],
    years: Sequence[float | None],
    closed_on: Sequence[date | None],
    over: Sequence[bool],
) -> None:
    """As `_add`, for these rows of whole columns at once."""
    seen.rows += rows
    seen.signals += [slugs[row] for row in rows]
    seen.event_dates += [dates[row] for row in rows]
    seen.amounts += [amounts[row] for row in rows]
    seen.years += [years[row] for row in rows]
    seen.deadlines += [None] * len(rows)
    seen.closed += [over[row] or closed_on[row] is not None for row in rows]
    seen.closed_on += [closed_on[row] for row in rows]


def _add(
    seen: SeenSignals,
    row: int,
    slug: str,
    event_date: date | None = None,
    amount: int | None = None,
    years: float | None = None,
    deadline: date | None = None,
    closed_on: date | None = None,
) -> None:
    seen.rows.append(row)
    seen.signals.append(slug)
    seen.event_dates.append(event_date)
    seen.amounts.append(amount)
    seen.years.append(years)
    seen.deadlines.append(deadline)
    seen.closed.append(closed_on is not None)
    seen.closed_on.append(closed_on)
