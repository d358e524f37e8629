"""Knows every signal by name: which words and columns state it, and reads the dated signals of a list's rows."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from realestate.domain.leads import values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from realestate.domain.leads.columns import ColumnPlan

NONE = "none"
"""What a list stands for that carries no distress: a skip-trace return, comps, contacts."""
DISTRESS, ATTRIBUTE, EVENT, SUPPRESSOR = "distress", "attribute", "event", "suppressor"
_SEPARATORS = re.compile(r"[,;|/\n]+")
_LONGEST_PHRASE = 5


@dataclass(frozen=True, slots=True)
class SignalGuess:
    """What a list stands for as far as its names tell; `signal` is "" when they do not."""

    signal: str
    confidence: float
    why: str


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


class SignalCatalog:
    """The signals of signals.toml.

    Args:
        table: Its content.
        canonical: Brings a text into the words of headers.
    """

    def __init__(self, table: Mapping[str, Any], canonical: Callable[[str], str]) -> None:
        self.kinds: dict[str, str] = {slug: entry["kind"] for slug, entry in table["signals"].items()}
        self.titles: dict[str, str] = {slug: entry["title"] for slug, entry in table["signals"].items()}
        self._canonical = canonical
        self._words = {canonical(slug): slug for slug in self.kinds}
        self._told: dict[str, dict[str, str]] = defaultdict(dict)
        for slug, entry in table["signals"].items():
            self._words |= {canonical(phrase): slug for phrase in entry["words"]}
            for place, phrases in entry.get("told", {}).items():
                self._told[place] |= {canonical(phrase): slug for phrase in phrases}
        self._none_words = {canonical(phrase) for phrase in table["none"]["words"]}
        self._none_columns = [set(map(canonical, names)) for names in table["none"]["columns"]]
        self._closed = frozenset(table["closed"]["words"])
        self._slugs: dict[str, str] = {}
        self._cells: dict[tuple[str, str], tuple[str, ...]] = {}

    def slug(self, text: str) -> str:
        """The signal that a text names, such as "Tax Delinquent" or "tax_delinquent"; "" for none."""
        if text not in self._slugs:
            if len(self._slugs) > values.MEMORY:
                self._slugs.clear()
            self._slugs[text] = self._words.get(self._canonical(text), "")
        return self._slugs[text]

    def stated_in(self, cell: str, place: str = "") -> tuple[str, ...]:
        """The signals that a cell lists, as in "Vacant, High Equity".

        Args:
            cell: The text of the cell.
            place: "mls", "lien" or "foreclosure" where the column speaks of that.
        """
        key = (place, cell)
        if key not in self._cells:
            if len(self._cells) > values.MEMORY:
                self._cells.clear()
            self._cells[key] = tuple(dict.fromkeys(self._read_items(cell, place)))
        return self._cells[key]

    def is_over(self, status: str) -> bool:
        """Whether a status says that the matter is closed, paid or complied with."""
        return status.strip().lower() in self._closed

    def guess(self, list_name: str, file_name: str, header: Sequence[str]) -> SignalGuess:
        """What a list stands for, by its name, then its file's name, then its headers."""
        for text, what in ((list_name, "the list's name"), (file_name, "the file's name")):
            found = self._longest_phrase(text)
            if found:
                phrase, signal = found
                return SignalGuess(signal, 0.9 if " " in phrase else 0.8, f"{what} says {phrase!r}")
        phrases = [self._canonical(name) for name in header]
        if any(names.issubset(phrases) for names in self._none_columns):
            return SignalGuess(NONE, 0.9, "its columns are those of contacts or sales")
        return self._by_headers(phrases)

    def _read_items(self, cell: str, place: str) -> Iterator[str]:
        told = self._told.get(place, {})
        for item in _SEPARATORS.split(cell):
            phrase = self._canonical(item)
            signal = told.get(phrase) or self._words.get(phrase)
            if signal:
                yield signal

    def _longest_phrase(self, text: str) -> tuple[str, str] | None:
        words = [word for word in self._canonical(text).split() if not word.isdigit()]
        for size in range(_LONGEST_PHRASE, 0, -1):
            phrases = [" ".join(words[at : at + size]) for at in range(len(words) - size + 1)]
            for phrase in phrases:
                if phrase in self._words:
                    return phrase, self._words[phrase]
            for phrase in phrases:
                if phrase in self._none_words:
                    return phrase, NONE
        return None

    def _by_headers(self, phrases: Sequence[str]) -> SignalGuess:
        votes: dict[str, list[str]] = defaultdict(list)
        for phrase in phrases:
            found = self._longest_phrase(phrase)
            if found and found[1] != NONE and self.kinds[found[1]] in (DISTRESS, EVENT):
                # A single word says little ("Sold as Vacant"); two headers or two words say enough.
                votes[found[1]] += [phrase] * (1 + (" " in found[0]))
        votes = {slug: phrases for slug, phrases in votes.items() if len(phrases) > 1}
        if not votes:
            return SignalGuess("", 0.0, "neither its name nor its columns say what it stands for")
        ranked = sorted(votes, key=lambda slug: -len(votes[slug]))
        if len(ranked) > 1 and len(votes[ranked[0]]) == len(votes[ranked[1]]):
            return SignalGuess("", 0.0, f"its columns speak of {ranked[0]} as much as of {ranked[1]}")
        shown = ", ".join(repr(phrase) for phrase in dict.fromkeys(votes[ranked[0]]))
        return SignalGuess(ranked[0], 0.8 if len(votes[ranked[0]]) > 2 else 0.6, f"its columns say {shown}")


def column_phrases(table: Mapping[str, Any]) -> dict[str, str]:
    """Header phrase -> "slug:part" of all columns that state a signal, for the vocabulary of headers."""
    found: dict[str, str] = {}
    for slug, entry in table["signals"].items():
        for part, phrases in entry.get("columns", {}).items():
            found |= dict.fromkeys(phrases, f"{slug}:{part}")
    for place, parts in table["told"].items():
        for part, phrases in parts.items():
            found |= dict.fromkeys(phrases, f"{place}:{part}")
    return found


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
