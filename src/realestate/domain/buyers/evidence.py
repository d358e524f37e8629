"""The facts behind a match in words: what a buyer bought that is like the property."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from realestate.domain.buyers.buybox import Buyer, Property
    from realestate.domain.buyers.purchases import PurchaseTable

NEAR_KM = 1.0
SHEET = 5
"""Characters of a parcel number that a reason about the parcel map shows."""

LOOKED_AT = 300
"""Purchases of one buyer that reasons are drawn from, the latest ones."""


class Evidence:
    """Purchases by buyer, for the words of a few matches at a time."""

    def __init__(self, table: PurchaseTable, buyers: Sequence[Buyer]) -> None:
        import numpy as np

        who = np.asarray(table.buyer, np.int64)
        self._table, self._buyers = table, buyers
        self._days = np.nan_to_num(np.asarray(table.day, np.float64), nan=0.0)
        self._order = np.lexsort((-self._days, who))
        self._starts = np.searchsorted(who[self._order], np.arange(len(buyers) + 1))
        self._totals: dict[int, list[str]] = {}

    def reasons(self, place: int, offer: Property, parts: Mapping[str, float]) -> list[str]:
        """Facts of one buyer for one property, those of his strongest parts first, gaps last."""
        rows = self._rows(place)
        words = {
            "place": self._place(place, rows, offer),
            "price": self._price(place, rows, offer),
            "type": self._type(place, rows, offer),
        }
        ordered = sorted(words, key=lambda part: -parts.get(part, 0.0))
        return [words[part] for part in ordered if words[part]] + self.totals(place) + self._gaps(place, rows)

    def totals(self, place: int) -> list[str]:
        """How much and how lately he bought, whatever the property."""
        if place not in self._totals:
            self._totals[place] = self._count(place)
        return self._totals[place]

    def _rows(self, place: int) -> list[int]:
        found: list[int] = self._order[self._starts[place] : self._starts[place + 1]][:LOOKED_AT].tolist()
        return found

    def _count(self, place: int) -> list[str]:
        rows, buyer = self._rows(place), self._buyers[place]
        number = max(int(self._starts[place + 1] - self._starts[place]), buyer.stated_purchases)
        latest = int(self._days[rows[0]]) if rows else 0
        last = date.fromordinal(latest) if latest else buyer.last_purchase
        when = f", last {last:%Y-%m}" if last else ""
        return [f"{number} purchase{'s' * (number != 1)}{when}"] if number else ["no purchase known"]

    def _place(self, place: int, rows: Sequence[int], offer: Property) -> str:
        """The narrowest place in which he bought or wants to buy."""
        for count, words in self._places(rows, offer):
            if count:
                return f"{count} bought {words}"
        box = self._buyers[place].box
        wished = next((area for area in (offer.zip, offer.city) if box and area and area in box.areas), None)
        return f"wants {wished}" if wished else ""

    def _places(self, rows: Sequence[int], offer: Property) -> list[tuple[int, str]]:
        table, sheet = self._table, offer.parcel[:SHEET]
        near = sum(_km(table, row, offer) <= NEAR_KM for row in rows) if offer.lat is not None else 0
        same = [
            (sum(table.street[row] == offer.street for row in rows), f"on {offer.street}", offer.street),
            (near, f"within {NEAR_KM:g} km", "near"),
            (sum(table.zip[row] == offer.zip for row in rows), f"in {offer.zip}", offer.zip),
            (sum(table.parcel[row][:SHEET] == sheet for row in rows), f"on parcel sheet {sheet}", sheet),
            (sum(table.city[row] == offer.city for row in rows), f"in {offer.city}", offer.city),
        ]
        return [(count, words) for count, words, known in same if known]

    def _price(self, place: int, rows: Sequence[int], offer: Property) -> str:
        box = self._buyers[place].box
        if box and (box.price_min or box.price_max):
            return f"wants {_dollars(box.price_min or 0)} to {_dollars(box.price_max)}"
        paid = sorted(p for row in rows if (p := self._table.price[row]) == p)
        if not paid or offer.price is None:
            return ""
        low, high = paid[len(paid) // 10], paid[-1 - len(paid) // 10]
        return f"paid {_dollars(low)} to {_dollars(high)}" if low < high else f"paid {_dollars(low)}"

    def _type(self, place: int, rows: Sequence[int], offer: Property) -> str:
        box = self._buyers[place].box
        if box and offer.type and offer.type in box.types:
            return f"wants {offer.type}"
        known = [self._table.type[row] for row in rows if self._table.type[row]]
        same = known.count(offer.type) if offer.type else 0
        return f"{same} of {len(known)} {offer.type}" if same else ""

    def _gaps(self, place: int, rows: Sequence[int]) -> list[str]:
        """What is not known of a buyer, and therefore keeps him low."""
        box, table = self._buyers[place].box, self._table
        found = []
        if not (box and box.areas) and not any(
            table.zip[row] or table.city[row] or table.street[row] or table.parcel[row] for row in rows
        ):
            found.append("no area known")
        priced = box and (box.price_min or box.price_max)
        average = self._buyers[place].average_price
        if not priced and not average and not any(table.price[row] == table.price[row] for row in rows):
            found.append("no price known")
        return found


def _km(table: PurchaseTable, row: int, offer: Property) -> float:
    if offer.lat is None or offer.lon is None:
        return math.inf
    north = table.lat[row] - offer.lat
    east = (table.lon[row] - offer.lon) * math.cos(math.radians(offer.lat))
    apart = math.hypot(north, east) * 111.2
    return apart if apart == apart else math.inf


def _dollars(amount: float | None) -> str:
    return "any price" if amount is None else f"${amount:,.0f}"
