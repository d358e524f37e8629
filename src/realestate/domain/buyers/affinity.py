"""How much likelier a buyer's purchases make one property than the market's purchases do.

Each kind of likeness meets a property and gives log ratios. Those of place touch only the buyers
who bought something like it; the ratio of all others depends on how much they bought elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from realestate.domain.buyers.buybox import Property
    from realestate.domain.buyers.purchases import PurchaseTable

    Floats = NDArray[np.float32]
    Counts = NDArray[np.floating | np.integer]
    Ints = NDArray[np.int64]

PRIOR_MASS = 1.0
"""How many purchases the market's habits weigh against a buyer's own."""

HOUSES_ALONG = 300.0
"""House numbers along a street over which likeness falls to a third."""

MANY = 1_000
"""Buyers from which on the answer for a value is kept; there are few such values."""
LIMIT = 4.0
"""Largest log ratio of an amount: one odd price neither makes nor breaks a match."""


@dataclass(frozen=True, slots=True)
class Touch:
    """One likeness meeting one property, in natural logarithms.

    Attributes:
        rest: The log ratio of each buyer, were nothing he bought like the property.
        buyers: The buyers who did buy something like it, each once and in ascending order.
        gain: What that adds for each of them.
    """

    rest: Floats
    buyers: Ints
    gain: Floats


class Likeness(Protocol):
    """One thing that a property and a purchase can have in common."""

    name: str
    part: str

    def touch(self, offer: Property) -> Touch | None:
        """Meet one property; ``None`` where it or the market lacks the fact."""
        ...


class SharedValue:
    """Purchases with the property's own ZIP, city, type, bedrooms, or prefix of the parcel number."""

    def __init__(
        self,
        name: str,
        part: str,
        values: tuple[Ints, Sequence[str]],
        count: int,
        *,
        attribute: str,
        length: int | None = None,
    ) -> None:
        import numpy as np

        self.name, self.part, self._attribute, self._length = name, part, attribute, length
        who, texts = values
        self._codes, codes = _encode(texts, length)
        known = codes >= 0
        pairs, mass = np.unique(codes[known] * count + who[known], return_counts=True)
        self._buyers, self._mass = pairs % count, mass.astype(np.float32)
        self._starts = np.searchsorted(pairs // count, np.arange(len(self._codes) + 1))
        self._total = float(mass.sum())
        self._rest = _rest(np.bincount(self._buyers, self._mass, count))
        self._common: dict[int, Touch] = {}

    def touch(self, offer: Property) -> Touch | None:
        """Meet one property by its own value; what many buyers share is reckoned once."""
        code = self._codes.get(_text(getattr(offer, self._attribute))[: self._length])
        if code is None:
            return None
        touch = self._common.get(code) or self._touch(code)
        if len(touch.buyers) >= MANY:
            self._common[code] = touch
        return touch

    def _touch(self, code: int) -> Touch:
        import numpy as np

        span = slice(self._starts[code], self._starts[code + 1])
        mass = self._mass[span]
        gain = np.log1p(mass * (self._total / (PRIOR_MASS * mass.sum()))).astype(np.float32)
        return Touch(self._rest, self._buyers[span], gain)


def _text(value: str | float | None) -> str:
    return value if isinstance(value, str) else "" if value is None or value != value else f"{value:g}"


def _encode(texts: Sequence[str], length: int | None = None) -> tuple[dict[str, int], Ints]:
    """Number the distinct texts (or prefixes) in order of appearance; -1 stands for an empty one."""
    import numpy as np

    codes: dict[str, int] = {}
    numbered = [codes.setdefault(text[:length], len(codes)) if text else -1 for text in texts]
    return codes, np.array(numbered, np.int64)


def _rest(bought: Counts) -> Floats:
    import numpy as np

    return np.asarray(math.log(PRIOR_MASS) - np.log(bought + PRIOR_MASS), np.float32)


def _touch(rest: Floats, buyers: Ints, mass: Floats, purchases: int) -> Touch | None:
    """Sum the likeness of each buyer's purchases and set it against the market's."""
    import numpy as np

    total = float(mass.sum())
    if not total > 0:
        return None
    who, own = _sum_by_buyer(buyers, mass, len(rest))
    return Touch(rest, who, np.log1p(own * (purchases / (PRIOR_MASS * total))).astype(np.float32))


def _sum_by_buyer(buyers: Ints, mass: Floats, count: int) -> tuple[Ints, Counts]:
    """The distinct buyers in ascending order, and the mass of each; sorts few, counts through many."""
    import numpy as np

    if len(buyers) < count // 20:
        who, place = np.unique(buyers, return_inverse=True)
        return who, np.bincount(place, mass, len(who))
    own = np.bincount(buyers, mass, count)
    who = np.flatnonzero(own)
    return who, own[who]


class SameStreet:
    """Purchases on the property's street, the more alike the nearer their house numbers."""

    name, part = "street", "place"

    def __init__(self, table: PurchaseTable, buyers: Ints, count: int) -> None:
        import numpy as np

        self._codes, codes = _encode(table.street)
        order = np.argsort(codes, kind="stable")
        order = order[codes[order] >= 0]
        self._starts = np.searchsorted(codes[order], np.arange(len(self._codes) + 1))
        self._buyers = buyers[order]
        self._number = np.asarray(table.number, np.float32)[order]
        self._cities, cities = _encode(table.city)
        self._city = cities[order]
        self._rest = _rest(np.bincount(self._buyers, minlength=count))

    def touch(self, offer: Property) -> Touch | None:
        """Meet one property by its street; equal streets of two known cities are two streets."""
        import numpy as np

        code = self._codes.get(offer.street)
        if code is None:
            return None
        span = slice(self._starts[code], self._starts[code + 1])
        apart = np.abs(self._number[span] - (np.nan if offer.number is None else offer.number))
        mass = np.exp(-np.nan_to_num(apart, nan=3 * HOUSES_ALONG) / HOUSES_ALONG)
        if offer.city:
            here = self._cities.get(offer.city, -2)
            mass = mass * ((self._city[span] == here) | (self._city[span] < 0))
        return _touch(self._rest, self._buyers[span], mass, len(self._buyers))


class Nearby:
    """Purchases around the property's coordinates, fading over a length scale."""

    part = "place"

    def __init__(self, grid: Grid, scale_km: float) -> None:
        self.name = f"within_{scale_km:g}_km"
        self._grid, self._scale = grid, scale_km

    def touch(self, offer: Property) -> Touch | None:
        """Meet one property by its coordinates, out to three length scales."""
        import numpy as np

        if offer.lat is None or offer.lon is None:
            return None
        buyers, km = self._grid.around(offer.lat, offer.lon)
        inside = slice(None) if 3 * self._scale >= self._grid.radius_km else km <= 3 * self._scale
        return _touch(self._grid.rest, buyers[inside], np.exp(-km[inside] / self._scale), self._grid.size)


class Grid:
    """Purchases with coordinates in bands of latitude, each band sorted by longitude."""

    KM_PER_DEGREE = 111.2

    def __init__(self, table: PurchaseTable, buyers: Ints, count: int, radius_km: float) -> None:
        import numpy as np

        self.radius_km = radius_km
        self._last: tuple[tuple[float, float], tuple[Ints, Floats]] | None = None
        # Single precision places a point within a metre and halves the memory to walk through.
        lat, lon = np.asarray(table.lat, np.float32), np.asarray(table.lon, np.float32)
        known = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon))
        band = np.floor(lat * self.KM_PER_DEGREE)
        order = known[np.lexsort((lon[known], band[known]))]
        self.size = len(order)
        self._lat, self._lon, self._buyers = lat[order], lon[order], buyers[order]
        bands = band[order].astype(np.int64)
        self._first = int(bands[0]) if self.size else 0
        last = int(bands[-1]) if self.size else -1
        self._starts = np.searchsorted(bands, np.arange(self._first, last + 2))
        self.rest = _rest(np.bincount(self._buyers, minlength=count))

    def around(self, lat: float, lon: float) -> tuple[Ints, Floats]:
        """Buyers of the purchases within the radius, and the kilometres to each.

        The answer for the last point is kept: the features of all scales ask for the same one.
        """
        if self._last is None or self._last[0] != (lat, lon):
            self._last = (lat, lon), self._look(lat, lon)
        return self._last[1]

    def _look(self, lat: float, lon: float) -> tuple[Ints, Floats]:
        import numpy as np

        shrink = max(math.cos(math.radians(lat)), 0.01)
        wide = self.radius_km / (self.KM_PER_DEGREE * shrink)
        spans = [self._span(row, lon - wide, lon + wide) for row in self._rows(lat)]
        none = slice(0, 0)
        north, east, buyers = (
            np.concatenate([column[span] for span in (none, *spans)]) for column in (self._lat, self._lon, self._buyers)
        )
        north -= np.float32(lat)
        east = (east - np.float32(lon)) * np.float32(shrink)
        km = np.sqrt(north * north + east * east) * np.float32(self.KM_PER_DEGREE)
        inside = km <= self.radius_km
        return (buyers, km) if inside.all() else (buyers[inside], km[inside])

    def _rows(self, lat: float) -> range:
        middle = lat * self.KM_PER_DEGREE
        low = math.floor(middle - self.radius_km) - self._first
        high = math.floor(middle + self.radius_km) - self._first
        return range(max(low, 0), min(high, len(self._starts) - 2) + 1)

    def _span(self, row: int, west: float, east: float) -> slice:
        start, end = self._starts[row], self._starts[row + 1]
        low, high = self._lon[start:end].searchsorted([west, east])
        return slice(start + low, start + high)


class Amount:
    """How the property's price or size sits with what a buyer pays, on a logarithmic scale.

    A buyer's own mean and spread are drawn to the market's, the more the less he bought.
    """

    def __init__(self, name: str, part: str, amounts: tuple[Ints, Floats], count: int, *, attribute: str) -> None:
        import numpy as np

        self.name, self.part, self._attribute = name, part, attribute
        who, dollars = amounts
        known = np.flatnonzero(dollars > 0)
        logs, who = np.log(dollars[known].astype(np.float64)), who[known]
        self._known = len(known) > 0
        self._mean = float(logs.mean()) if self._known else 0.0
        self._spread = max(float(logs.std()), 0.05) if self._known else 1.0
        bought = np.bincount(who, minlength=count) + PRIOR_MASS
        mean = (np.bincount(who, logs, count) + PRIOR_MASS * self._mean) / bought
        squares = np.bincount(who, (logs - mean[who]) ** 2, count) + PRIOR_MASS * self._spread**2
        spread = np.sqrt(squares / bought + PRIOR_MASS * (mean - self._mean) ** 2 / bought + 0.01)
        self._means, self._inverse = mean.astype(np.float32), (1 / spread).astype(np.float32)
        self._scale = (math.log(self._spread) + np.log(self._inverse)).astype(np.float32)
        self._none = np.zeros(0, np.int64), np.zeros(0, np.float32)

    def touch(self, offer: Property) -> Touch | None:
        """Meet one property by its amount; every buyer has a ratio, so nobody is touched specially."""
        import numpy as np

        amount = getattr(offer, self._attribute)
        if amount is None or not self._known:
            return None
        log = math.log(amount)
        market = (log - self._mean) / self._spread
        own = (self._means - np.float32(log)) * self._inverse
        ratio = self._scale + np.float32(0.5 * market * market) - np.float32(0.5) * own * own
        return Touch(np.clip(ratio, -LIMIT, LIMIT), *self._none)
