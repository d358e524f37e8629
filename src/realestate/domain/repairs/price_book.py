"""What repairs cost: items with low, likely and high prices, a user's own laid over them, and factors of places."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

UNITS = ("each", "sf", "lf", "square", "percent")
"""``square`` is 100 square feet of roof; ``percent`` is taken of the lines of repairs."""

COLUMNS = ("item", "name", "trade", "unit", "low", "likely", "high", "labour_share", "source", "date")
NEEDED = ("item", "low", "likely", "high")
"""What a row over a known item must hold; the other columns keep what the book says."""

DEAREST = 1_000_000.0
"""US dollars for one unit above which a price is taken for a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Price:
    """One item of a price book, with labour and material, in US dollars for one unit.

    Attributes:
        labour_share: Part of the price that is labour, 0 to 1.
        source: Who publishes the figures.
        date: Day that they speak of.
    """

    item: str
    name: str
    trade: str
    unit: str
    low: float
    likely: float
    high: float
    labour_share: float
    source: str
    date: date

    def at(self, factor: float) -> tuple[float, float, float]:
        """Low, likely and high at a place: labour follows its factor in full, material half of the deviation."""
        share = self.labour_share
        scale = share * factor + (1 - share) * (1 + (factor - 1) / 2)
        return self.low * scale, self.likely * scale, self.high * scale


class PriceBook:
    """Prices by item.

    Args:
        prices: At most one for an item.
    """

    def __init__(self, prices: Mapping[str, Price]) -> None:
        self._prices = dict(prices)

    @property
    def items(self) -> tuple[str, ...]:
        """Every item."""
        return tuple(self._prices)

    @property
    def date(self) -> date:
        """Day of the youngest price."""
        return max(price.date for price in self._prices.values())

    def price(self, item: str) -> Price:
        """The price of an item.

        Raises:
            KeyError: If the book has none.
        """
        return self._prices[item]

    def find(self, item: str) -> Price | None:
        """The price of an item, if the book has one."""
        return self._prices.get(item)

    def as_rows(self) -> list[dict[str, Any]]:
        """Give the book as it is kept beside an estimate: one mapping of plain values for each item."""
        return [asdict(price) | {"date": price.date.isoformat()} for price in self._prices.values()]

    @classmethod
    def read(cls, rows: Iterable[tuple[int, Mapping[str, Any]]], base: PriceBook | None = None) -> Self:
        """Read rows with the columns of :data:`COLUMNS`, over another book where one is given.

        Args:
            rows: Line of each row, and its cells by column.
            base: Gives what a row leaves empty, and the items without a row.

        Raises:
            ValueError: If a row makes no price; the text names its line, column and value.
        """
        prices: dict[str, Price] = {}
        for line, row in rows:
            price = _price(line, row, base)
            if price.item in prices:
                raise ValueError(f"line {line}: item {price.item!r} stands twice")
            prices[price.item] = price
        below = {item: base.price(item) for item in base.items} if base else {}
        return cls(below | prices)


def _price(line: int, row: Mapping[str, Any], base: PriceBook | None) -> Price:
    cells = {name: "" if row.get(name) is None else str(row[name]).strip() for name in COLUMNS}
    known = base.find(cells["item"]) if base else None
    for name in NEEDED if known else COLUMNS:
        if not cells[name]:
            why = "" if known or name == "item" else f"; {cells['item']!r} is new, so it needs every column"
            raise ValueError(f"line {line}: {name} is empty{why}")
    before = asdict(known) if known else {}
    text = {name: cells[name] or before[name] for name in ("name", "trade", "unit", "source")}
    _check_unit(line, text["unit"], known)
    low, likely, high = (_number(line, name, cells[name], DEAREST) for name in ("low", "likely", "high"))
    if not low <= likely <= high:
        raise ValueError(f"line {line}: {low:g}, {likely:g}, {high:g} do not rise from low to high")
    share = _number(line, "labour_share", cells["labour_share"] or str(before["labour_share"]), 1.0)
    day = _day(line, cells["date"]) if cells["date"] else before["date"]
    return Price(cells["item"], **text, low=low, likely=likely, high=high, labour_share=share, date=day)


def _check_unit(line: int, unit: str, known: Price | None) -> None:
    if known and unit != known.unit:
        raise ValueError(f"line {line}: unit {unit!r} of {known.item!r} has to stay {known.unit!r}")
    if unit not in UNITS:
        raise ValueError(f"line {line}: unit {unit!r} is none of {', '.join(UNITS)}")


def _number(line: int, name: str, cell: str, most: float) -> float:
    try:
        value = float(cell.replace(",", "").removeprefix("$"))
    except ValueError:
        value = math.nan
    if not 0 <= value <= most:
        raise ValueError(f"line {line}: {name} {cell!r} is not a number from 0 to {most:,.0f}")
    return value


def _day(line: int, cell: str) -> date:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise ValueError(f"line {line}: date {cell!r} is not a day, such as 2026-01-31") from None


@dataclass(frozen=True, slots=True)
class Region:
    """A place and what repairs cost there.

    Attributes:
        place: A state's two letters, or a metro area.
        factor: 1 is the average of the country.
        source: Who publishes it.
    """

    place: str
    factor: float
    source: str


NATIONAL = Region("United States", 1.0, "no place given")


class RegionFactors:
    """Factors by state, and by ZIP prefix for metro areas.

    Args:
        states: Two letters to region.
        prefixes: First three digits of ZIP codes to region.
    """

    def __init__(self, states: Mapping[str, Region], prefixes: Mapping[str, Region]) -> None:
        self._states, self._prefixes = states, prefixes

    def of(self, zip_code: str | None, state: str | None) -> Region:
        """The region of a place: its metro area, else its state, else the country."""
        metro = self._prefixes.get((zip_code or "")[:3])
        return metro or self._states.get((state or "").upper(), NATIONAL)

    @classmethod
    def read(cls, rows: Iterable[Mapping[str, str]]) -> Self:
        """Read rows of place, zip_prefixes, factor and source."""
        states, prefixes = {}, {}
        for row in rows:
            region = Region(row["place"], float(row["factor"]), row["source"])
            if not row["zip_prefixes"]:
                states[region.place] = region
            prefixes.update(dict.fromkeys(row["zip_prefixes"].split(), region))
        return cls(states, prefixes)
