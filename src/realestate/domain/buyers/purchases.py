"""Purchases held by column, as they travel from the database to the arrays of matching."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from realestate.domain.buyers.buybox import Property

if TYPE_CHECKING:
    from collections.abc import Callable

NAN = float("nan")


@dataclass(slots=True)
class PurchaseTable:
    """Purchases by column; every column is a list or an array of one length.

    Unknown numbers are ``nan``, unknown texts empty.

    Attributes:
        buyer: Position of the buyer, counted from 0.
        day: Proleptic ordinal of the date.
        price: US dollars.
    """

    buyer: Sequence[int] = ()
    day: Sequence[float] = ()
    street: Sequence[str] = ()
    number: Sequence[float] = ()
    city: Sequence[str] = ()
    zip: Sequence[str] = ()
    parcel: Sequence[str] = ()
    lat: Sequence[float] = ()
    lon: Sequence[float] = ()
    price: Sequence[float] = ()
    type: Sequence[str] = ()
    beds: Sequence[float] = ()
    sqft: Sequence[float] = ()

    def __len__(self) -> int:
        return len(self.buyer)

    def rows(self, places: Sequence[int]) -> PurchaseTable:
        """Some of the purchases, in the order asked for."""
        return PurchaseTable(**{f.name: _take(getattr(self, f.name), places) for f in fields(self)})

    def offer(self, place: int) -> Property:
        """One purchase as if it were on offer now; its day is left out."""
        row = {f.name: getattr(self, f.name)[place] for f in fields(self) if f.name not in ("buyer", "day")}
        for name in ("number", "lat", "lon", "price", "beds", "sqft"):
            row[name] = None if row[name] != row[name] else float(row[name])
        return Property(**row)

    def bought(self, place: int) -> Property:
        """One purchase with its day."""
        day = self.day[place]
        return replace(self.offer(place), day=None if day != day else date.fromordinal(int(day)))


def _take(column: Any, places: Sequence[int]) -> Any:  # noqa: ANN401 - a list or an array of any kind
    return [column[place] for place in places] if isinstance(column, list | tuple) else column[list(places)]


_COLUMNS: dict[str, Callable[[Property], Any]] = {
    "day": lambda p: p.day.toordinal() if p.day else NAN,
    "street": lambda p: p.street,
    "number": lambda p: _or_nan(p.number),
    "city": lambda p: p.city,
    "zip": lambda p: p.zip,
    "parcel": lambda p: p.parcel,
    "lat": lambda p: _or_nan(p.lat),
    "lon": lambda p: _or_nan(p.lon),
    "price": lambda p: _or_nan(p.price),
    "type": lambda p: p.type,
    "beds": lambda p: _or_nan(p.beds),
    "sqft": lambda p: _or_nan(p.sqft),
}


def _or_nan(value: float | None) -> float:
    return NAN if value is None else float(value)


def tabulate(purchases: Iterable[tuple[int, Property]]) -> PurchaseTable:
    """A table of (buyer's position, property bought)."""
    pairs = list(purchases)
    columns = {name: [read(bought) for _, bought in pairs] for name, read in _COLUMNS.items()}
    return PurchaseTable(buyer=[buyer for buyer, _ in pairs], **columns)


@dataclass(slots=True)
class Statements:
    """What buyers or lists say beside recorded purchases; one entry per buyer, or empty for none at all.

    Attributes:
        purchases: The number of purchases claimed.
        last_day: Ordinal of the last purchase claimed, ``nan`` if none.
        average_price: US dollars, ``nan`` if unknown.
        reliability: 0 to 1, ``nan`` if unknown.
        wishes: Pairs of a buyer's position and a ZIP or city he asked for.
    """

    purchases: Sequence[float] = ()
    last_day: Sequence[float] = ()
    average_price: Sequence[float] = ()
    reliability: Sequence[float] = ()
    wishes: list[tuple[int, str]] = field(default_factory=list)
