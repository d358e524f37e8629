"""How long one property takes among many generated buyers, warm, in the library.

    python tests/benchmarks/buyer_speed.py [BUYERS ...]      100000 when omitted

Generates buyers with three purchases each on average, a third of them around one home ground, over a square of 80 by
80 kilometres, and ranks 300 properties among all of them. Nothing here is anybody's: places and prices are drawn from
a fixed seed. Prints milliseconds a property (median and 95th percentile) and properties a second.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from realestate.domain.buyers.buybox import Buyer, Property
from realestate.domain.buyers.learning import Ranking
from realestate.domain.buyers.market import PRIOR
from realestate.domain.buyers.matching import Matcher
from realestate.domain.buyers.purchases import PurchaseTable, Statements

PROPERTIES, WANTED = 300, 10
LAST_DAY, YEARS = 739_000, 8
DEGREES = 0.72
"""About 80 kilometres."""


def made_table(count: int, rng: np.random.Generator) -> PurchaseTable:
    """Purchases of so many buyers."""
    who = np.sort(np.concatenate([np.arange(count), rng.integers(0, count, 2 * count)]))
    size = len(who)
    home = rng.random((count, 2))
    place = np.where(rng.random((size, 1)) < 1 / 3, home[who] + rng.normal(0, 0.02, (size, 2)), rng.random((size, 2)))
    block = (place.clip(0, 0.999) * 40).astype(int)
    streets = rng.integers(0, 4_000, size)
    nothing = np.full(size, np.nan)
    return PurchaseTable(
        buyer=who.tolist(),
        day=(LAST_DAY - rng.integers(0, 365 * YEARS, size)).astype(float).tolist(),
        street=[f"STREET {number}" for number in streets],
        number=rng.integers(1, 9_999, size).astype(float).tolist(),
        city=["MADETOWN"] * size,
        zip=[f"{43000 + 20 * north + east // 2}" for north, east in block],
        parcel=[f"{north:02d}{east:02d}{lot:04d}" for (north, east), lot in zip(block, streets, strict=True)],
        lat=(39 + DEGREES * place[:, 0]).tolist(),
        lon=(-83 + DEGREES * place[:, 1]).tolist(),
        price=np.round(np.exp(rng.normal(11.6, 0.6, size)), -2).tolist(),
        type=["single_family"] * size,
        beds=rng.integers(1, 6, size).astype(float).tolist(),
        sqft=nothing.tolist(),
    )


def made_offer(table: PurchaseTable, rng: np.random.Generator) -> Property:
    """A property beside one that was bought."""
    return table.offer(int(rng.integers(0, len(table))))


def measure(count: int) -> None:
    """Print the line of one number of buyers."""
    rng = np.random.default_rng(count)
    table = made_table(count, rng)
    start = time.perf_counter()
    matcher = Matcher([Buyer(place) for place in range(count)], table, Statements(), Ranking(PRIOR))
    built = time.perf_counter() - start
    taken = []
    for offer in [made_offer(table, rng) for _ in range(PROPERTIES)]:
        start = time.perf_counter()
        matcher.match(offer, WANTED)
        taken.append(1000 * (time.perf_counter() - start))
    middle, late = np.percentile(taken, [50, 95])
    print(
        f"{count:,} buyers, {len(table):,} purchases: {middle:.1f} ms a property, 95 % within {late:.1f} ms, "
        f"{1000 / np.mean(taken):.0f} a second; made ready in {built:.1f} s"
    )


def main() -> None:
    """Measure every number of buyers asked for."""
    for count in sys.argv[1:] or ["100000"]:
        measure(int(count))


if __name__ == "__main__":
    main()
