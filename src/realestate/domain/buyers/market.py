"""A market: all buyers' purchases, ready to be met by one property at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from realestate.domain.buyers.affinity import Amount, Grid, Likeness, Nearby, SameStreet, SharedValue
from realestate.domain.buyers.habits import HABITS, habits, known_or_nan
from realestate.domain.buyers.purchases import PurchaseTable, Statements

if TYPE_CHECKING:
    from realestate.domain.buyers.affinity import Floats, Ints, Touch
    from realestate.domain.buyers.buybox import Property

PARTS = ("place", "price", "type", "size", "recency", "frequency", "reliability")

NEAR_KM, AROUND_KM = 0.5, 2.0
"""Length scales of "on this block" and "in this part of town"."""


PARCELS_READ = 20_000
"""Parcel numbers that tell the shape of all of them."""

PRIOR: dict[str, float] = {
    "within_0.5_km": 0.3, "within_2_km": 0.3, "street": 0.1, "zip": 0.5, "city": 0.3,
    "parcel_1": 0.1, "parcel_2": 0.1, "parcel_3": 0.1,
    "price": 0.5, "type": 0.5, "beds": 0.2, "sqft": 0.2,
    "count": 0.5, "repeat": 1.0, "regular": 0.2, "recent": 0.4, "since": 0.2, "reliability": 1.0,
    "placed": 2.0, "priced": 0.5,
}  # fmt: skip
"""Weights before a market has taught better ones.

Round figures of ours. Were every feature independent and exact, each would weigh 1; those that
tell one fact twice (a ZIP, a street and a parcel map all tell the place) share it, and every
weight stays below 1 because habits change.
"""


class Market:
    """Purchases as arrays, and every buyer's log odds for a property.

    Args:
        table: Purchases with the buyers' positions.
        count: Number of buyers.
        statements: What is known of them beside purchases.
    """

    def __init__(self, table: PurchaseTable, count: int, statements: Statements | None = None) -> None:
        import numpy as np

        self.count = count
        said = statements or Statements()
        who = np.asarray(table.buyer, np.int64)
        self.likenesses = _likenesses(table, who, count, said)
        self.part_of = HABITS | {likeness.name: likeness.part for likeness in self.likenesses}
        self.habits = habits(table, who, count, said)
        self.habit_means = {name: float(habit.mean()) for name, habit in self.habits.items()}
        self._sums: dict[tuple[str, ...], Floats] = {}
        self._weights: Mapping[str, float] = {}

    def meet(self, offer: Property, weights: Mapping[str, float]) -> Meeting:
        """Every buyer's likeness to one property, under some weights."""
        touches = [(like, touch) for like in self.likenesses if (touch := like.touch(offer)) is not None]
        return Meeting(self, touches, weights)

    def resting(self, touches: Sequence[tuple[Likeness, Touch]], weights: Mapping[str, float]) -> Floats:
        """Log odds of buyers who bought nothing like the property; the same for most properties, so kept."""
        import numpy as np

        if weights is not self._weights:
            self._sums, self._weights = {}, weights
        names = tuple(like.name for like, _ in touches)
        if names not in self._sums:
            total = np.zeros(self.count, np.float32)
            for name, habit in self.habits.items():
                total += np.float32(weights[name]) * habit
            for like, touch in touches:
                total += np.float32(weights[like.name]) * touch.rest
            self._sums[names] = total
        return self._sums[names]


class Meeting:
    """One property met by a market."""

    def __init__(self, market: Market, touches: Sequence[tuple[Likeness, Touch]], weights: Mapping[str, float]) -> None:
        self._market, self._touches, self._weights = market, touches, weights

    def log_odds(self) -> Floats:
        """Every buyer's log odds, up to a constant, in the order of their positions."""
        import numpy as np

        lasting = [(like, touch) for like, touch in self._touches if not isinstance(like, Amount)]
        total = self._market.resting(lasting, self._weights).copy()
        for like, touch in self._touches:
            weight = np.float32(self._weights[like.name])
            if isinstance(like, Amount):
                total += weight * touch.rest
            else:
                total[touch.buyers] += weight * touch.gain
        return total

    def features(self, buyers: Ints) -> dict[str, Floats]:
        """Each named feature of some buyers; a feature without the facts is left out."""
        found = {name: habit[buyers] for name, habit in self._market.habits.items()}
        return found | {like.name: _own(touch, buyers) for like, touch in self._touches}

    def lifts(self, buyers: Ints) -> dict[str, Floats]:
        """Weighted part sums of some buyers, less those of the market's average buyer."""
        import numpy as np

        market = self._market
        means = dict(market.habit_means)
        for like, touch in self._touches:
            means[like.name] = float(touch.rest.mean() + touch.gain.sum() / market.count)
        parts: dict[str, Floats] = {}
        for name, values in self.features(buyers).items():
            lift = np.float32(self._weights[name]) * (values - np.float32(means[name]))
            part = market.part_of[name]
            parts[part] = parts[part] + lift if part in parts else lift
        return {part: parts[part] for part in PARTS if part in parts}


def _own(touch: Touch, buyers: Ints) -> Floats:
    """The log ratios of some buyers; the touched ones stand in ascending order."""
    import numpy as np

    values = touch.rest[buyers]
    if len(touch.buyers):
        place = np.minimum(np.searchsorted(touch.buyers, buyers), len(touch.buyers) - 1)
        hit = touch.buyers[place] == buyers
        values[hit] += touch.gain[place[hit]]
    return values


def _likenesses(table: PurchaseTable, who: Ints, count: int, said: Statements) -> list[Likeness]:
    """Every likeness whose facts the market holds at all."""
    return [*_values(table, who, count, said), *_sheets(table, who, count), *_spots(table, who, count),
            *_amounts(table, who, count, said)]  # fmt: skip


def _values(table: PurchaseTable, who: Ints, count: int, said: Statements) -> Iterable[Likeness]:
    """A wish counts as one purchase in the area asked for."""
    import numpy as np

    zips = [wish for wish in said.wishes if wish[1].isdigit()]
    cities = [wish for wish in said.wishes if not wish[1].isdigit()]
    beds = ["" if value != value else f"{value:g}" for value in table.beds]
    columns = [("zip", "place", table.zip, zips), ("city", "place", table.city, cities),
               ("type", "type", table.type, []), ("beds", "size", beds, [])]  # fmt: skip
    for name, part, texts, wishes in columns:
        everything = [*texts, *(area for _, area in wishes)]
        buyers = np.concatenate([who, np.array([buyer for buyer, _ in wishes], np.int64)])
        if any(everything):
            yield SharedValue(name, part, (buyers, everything), count, attribute=name)


def _sheets(table: PurchaseTable, who: Ints, count: int) -> Iterable[Likeness]:
    for depth, length in enumerate(prefix_lengths(table.parcel), 1):
        values = who, table.parcel
        yield SharedValue(f"parcel_{depth}", "place", values, count, attribute="parcel", length=length)


def _spots(table: PurchaseTable, who: Ints, count: int) -> Iterable[Likeness]:
    if any(table.street):
        yield SameStreet(table, who, count)
    grid = Grid(table, who, count, 3 * AROUND_KM)
    if grid.size:
        yield Nearby(grid, NEAR_KM)
        yield Nearby(grid, AROUND_KM)


def _amounts(table: PurchaseTable, who: Ints, count: int, said: Statements) -> Iterable[Likeness]:
    """A stated average price counts as one purchase at that price."""
    import numpy as np

    prices = np.concatenate([np.asarray(table.price, np.float32), known_or_nan(said.average_price, count)])
    everyone = np.concatenate([who, np.arange(count)])
    yield Amount("price", "price", (everyone, prices), count, attribute="price")
    yield Amount("sqft", "size", (who, np.asarray(table.sqft, np.float32)), count, attribute="sqft")


def prefix_lengths(parcels: Sequence[str]) -> list[int]:
    """How many characters of a parcel number name a district, a sheet and a block of the parcel map.

    Chosen by the numbers themselves: the lengths whose distinct prefixes are nearest to the
    fourth root, the square root and the three-quarter power of the distinct parcels.
    """
    known = set(filter(None, parcels[:: len(parcels) // PARCELS_READ + 1]))
    if len(known) < 2:
        return []
    longest = max(map(len, known))
    distinct = {length: len({parcel[:length] for parcel in known}) for length in range(1, longest + 1)}
    goals = [len(known) ** power for power in (0.25, 0.5, 0.75)]
    return sorted({min(distinct, key=lambda length: abs(distinct[length] / goal - 1)) for goal in goals})
