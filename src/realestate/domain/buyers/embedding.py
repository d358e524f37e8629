"""Our own vector of a buyer's purchases and wishes: deterministic, offline, without personal data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from hashlib import blake2b

from realestate.domain.buyers.buybox import BuyBox, Property
from realestate.domain.buyers.place import PROPERTY_TYPES

VERSION = "buyers-1"
"""Part of the index's name: vectors of two versions never meet."""

PLACE, PRICE, SIZE = 64, 12, 6
TYPE = len(PROPERTY_TYPES)
DIMENSION = PLACE + PRICE + TYPE + SIZE + 1

_WEIGHTS = {"place": 0.75, "price": 0.4, "type": 0.35, "size": 0.2, "recency": 0.3}
_LOWEST_PRICE, _HIGHEST_PRICE = math.log(10_000), math.log(2_000_000)
_SMALLEST, _LARGEST = math.log(500), math.log(5_000)
_HASHED = 3
"""Places of the vector that one area touches."""


def embed_buyer(purchases: Sequence[Property], box: BuyBox | None = None) -> list[float]:
    """A unit vector of what a buyer bought and asked for; all zeros when nothing is known.

    Args:
        purchases: His purchases.
        box: What he asked for, counted as one purchase in each of its areas.
    """
    areas = sorted(box.areas) if box else []
    wished = [Property(zip=area) if area.isdigit() else Property(city=area) for area in areas]
    prices = [p.price for p in purchases if p.price] or _middle(box)
    types = [p.type for p in purchases if p.type] or sorted(box.types if box else [])
    last = max((p.day for p in purchases if p.day), default=None)
    blocks = {
        "place": _place([*purchases, *wished]),
        "price": _spread(prices, _LOWEST_PRICE, _HIGHEST_PRICE, PRICE),
        "type": [float(types.count(name)) for name in PROPERTY_TYPES],
        "size": _spread([p.sqft for p in purchases if p.sqft], _SMALLEST, _LARGEST, SIZE),
        "recency": [_recency(last)],
    }
    return _join(blocks)


def embed_offer(offer: Property) -> list[float]:
    """The vector of a property on offer, nearest to those of buyers who buy the like, lately."""
    blocks = {
        "place": _place([offer]),
        "price": _spread([offer.price] if offer.price else [], _LOWEST_PRICE, _HIGHEST_PRICE, PRICE),
        "type": [float(name == offer.type) for name in PROPERTY_TYPES],
        "size": _spread([offer.sqft] if offer.sqft else [], _SMALLEST, _LARGEST, SIZE),
        "recency": [1.0],
    }
    return _join(blocks)


def _recency(last: date | None) -> float:
    """Place of a day on a fixed scale of 0 to 1, so that a vector does not change as time goes by."""
    first, end = date(2000, 1, 1).toordinal(), date(2040, 1, 1).toordinal()
    return min(max((last.toordinal() - first) / (end - first), 0.0), 1.0) if last else 0.0


def _middle(box: BuyBox | None) -> list[float]:
    limits = [limit for limit in (box.price_min, box.price_max) if limit] if box else []
    return [math.exp(sum(map(math.log, limits)) / len(limits))] if limits else []


def _place(bought: Iterable[Property]) -> list[float]:
    """Areas hashed into a fixed number of places, so that new towns need no new vector."""
    vector = [0.0] * PLACE
    for one in bought:
        for area, weight in _areas(one):
            for place, sign in _spots(area):
                vector[place] += sign * weight
    return vector


def _areas(one: Property) -> Iterable[tuple[str, float]]:
    if one.zip:
        yield f"zip {one.zip}", 1.0
    if one.city:
        yield f"city {one.city}", 0.5
    if one.parcel:
        yield f"sheet {one.parcel[:3]}", 0.7
        yield f"block {one.parcel[:5]}", 0.7
    if one.lat is not None and one.lon is not None:
        for size, weight in ((0.02, 1.0), (0.08, 0.7)):
            yield f"cell {size} {math.floor(one.lat / size)} {math.floor(one.lon / size)}", weight


@lru_cache(maxsize=65_536)
def _spots(area: str) -> tuple[tuple[int, float], ...]:
    digest = blake2b(area.encode(), digest_size=2 * _HASHED).digest()
    pairs = zip(digest[::2], digest[1::2], strict=True)
    return tuple((place % PLACE, 1.0 if sign & 1 else -1.0) for place, sign in pairs)


def _spread(amounts: Sequence[float], low: float, high: float, bins: int) -> list[float]:
    """Amounts as soft steps of a logarithmic scale: near amounts share steps."""
    vector = [0.0] * bins
    for amount in amounts:
        step = (math.log(amount) - low) / (high - low) * (bins - 1)
        for place in range(bins):
            vector[place] += math.exp(-((place - min(max(step, 0), bins - 1)) ** 2))
    return vector


def _join(blocks: dict[str, list[float]]) -> list[float]:
    joined: list[float] = []
    for name, block in blocks.items():
        length = math.sqrt(sum(value * value for value in block))
        weight = _WEIGHTS[name] / length if length and name != "recency" else _WEIGHTS[name]
        joined += [weight * value for value in block]
    length = math.sqrt(sum(value * value for value in joined))
    return [round(value / length, 6) for value in joined] if length else joined
