"""From the issues of a house to a priced range: lines of work, what no photo shows, and what may go wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from realestate.domain.money import CostRange
from realestate.domain.repairs.analysis import Estimate, EstimateLine
from realestate.domain.repairs.remedies import PERMITTED, works
from realestate.domain.repairs.taxonomy import count

if TYPE_CHECKING:
    from realestate.domain.repairs.analysis import HouseIssue
    from realestate.domain.repairs.house import House
    from realestate.domain.repairs.price_book import Price, PriceBook
    from realestate.domain.repairs.remedies import Work

MOST_DRIVERS = 3
WORTH_NAMING = 0.1
"""Share of the likely sum from which a line is a driver."""

LEAD_PAINT_UNTIL = 1978
"""Year from which lead was banned from house paint in the United States."""

LEVELS = ("level_gut", "level_heavy", "level_medium", "level_light")
"""Rules of thumb for whole houses, the dearest first."""


def estimate(issues: Sequence[HouseIssue], house: House, book: PriceBook) -> Estimate:
    """Price what photos show of a house.

    More damage never costs less, and what needs an inspection costs nothing here: it is not known to be there.

    Args:
        issues: Of the house.
        house: Gives quantities, allowances and the place.
        book: Gives prices.

    Raises:
        ValueError: If the book lacks an item.
    """
    repairs = sorted((_line(work, house, book) for work in works(issues, house)), key=lambda line: -line.cost.likely)
    permits = list(_permits(repairs, book))
    charged = [*repairs, *permits]
    lines = (*charged, *_unseen(repairs, house, book), *_contingency(charged, book))
    cost = CostRange.total(line.cost for line in lines)
    return Estimate(
        cost=cost,
        lines=lines,
        drivers=tuple(_drivers(cost, lines, house)),
        assumptions=tuple(_assumptions(cost, issues, house, book)),
        house=house,
        book_date=book.date,
    )


def _line(work: Work, house: House, book: PriceBook) -> EstimateLine:
    price = _price(book, work.item)
    low, likely, high = price.at(house.region.factor)
    quantity = round(work.quantity, 1)
    cost = CostRange.of(low * quantity, likely * quantity, high * quantity)
    return _priced(price, quantity, cost, work.reason)


def _price(book: PriceBook, item: str) -> Price:
    price = book.find(item)
    if price is None:
        raise ValueError(f"the price book has no item {item!r}")
    return price


def _priced(price: Price, quantity: float, cost: CostRange, reason: str) -> EstimateLine:
    return EstimateLine(price.item, price.name, price.trade, quantity, price.unit, cost, price.source, reason)


def _permits(repairs: Sequence[EstimateLine], book: PriceBook) -> Iterator[EstimateLine]:
    permitted = [line for line in repairs if line.item in PERMITTED]
    if permitted:
        price = _price(book, "permits")
        names = ", ".join(sorted({line.name.lower() for line in permitted}))
        cost = _percent(price, CostRange.total(line.cost for line in permitted))
        yield _priced(price, price.likely, cost, f"for {names}")


def _unseen(repairs: Sequence[EstimateLine], house: House, book: PriceBook) -> Iterator[EstimateLine]:
    """An allowance for rooms that no photo shows: more of the same, and at worst a light rehab of them."""
    unseen = round(house.unseen, 2)
    if not unseen:
        return
    price = _price(book, "unseen")
    same = _percent(price, CostRange.total(line.cost for line in repairs))
    light = _price(book, "level_light").at(house.region.factor)[0] * house.sqft
    cost = CostRange.of(unseen * same.low, unseen * same.likely, unseen * (same.high + light))
    yield _priced(price, 100 * unseen, cost, f"{count(house.photos, 'photo')} for about {1 - unseen:.0%} of the house")


def _contingency(charged: Sequence[EstimateLine], book: PriceBook) -> Iterator[EstimateLine]:
    if charged:
        price = _price(book, "contingency")
        cost = _percent(price, CostRange.total(line.cost for line in charged))
        yield _priced(price, price.likely, cost, "what shows once walls are open")


def _percent(price: Price, base: CostRange) -> CostRange:
    pairs = ((price.low, base.low), (price.likely, base.likely), (price.high, base.high))
    return CostRange.of(*(percent / 100 * amount for percent, amount in pairs))


def _drivers(cost: CostRange, lines: Sequence[EstimateLine], house: House) -> Iterator[str]:
    """What moves the sum: the dearest lines, and whatever widens the range most."""
    dear = [line for line in lines if line.unit != "percent" and line.cost.likely >= WORTH_NAMING * cost.likely > 0]
    for line in dear[:MOST_DRIVERS]:
        yield f"{line.name}: ${line.cost.likely:,} of ${cost.likely:,} ({line.reason})"
    for line in lines:
        if line.item == "unseen":
            yield f"{line.quantity:.0f}% of the house was not seen: up to ${line.cost.high:,}"
    if house.region.factor != 1:
        yield f"{house.region.place}: {house.region.factor:g} times the country's wages and prices"


def _assumptions(cost: CostRange, issues: Sequence[HouseIssue], house: House, book: PriceBook) -> Iterator[str]:
    given = "as stated" if house.stated_sqft else "taken for a house of unknown size"
    yield f"{house.sqft:,.0f} sf of living area, {given}"
    yield f"{house.region.place} ({house.region.source})"
    yield f"a photo shows about {house.wall_sf:,.0f} sf of wall or ceiling, and damaged walls are plaster or drywall"
    yield f"prices of {book.date}, labour and material, for a contractor; no purchase, holding or selling costs"
    yield _level(cost, house, book)
    if house.year_built and house.year_built < LEAD_PAINT_UNTIL and any(one.issue == "peeling_paint" for one in issues):
        yield f"built in {house.year_built}: old paint may hold lead, and lead-safe work is not priced"


def _level(cost: CostRange, house: House, book: PriceBook) -> str:
    """Hold the sum against rules of thumb for whole houses."""
    per_sqft = cost.likely / house.sqft
    for item in LEVELS:
        price = _price(book, item)
        least, _, most = price.at(house.region.factor)
        if per_sqft >= least:
            return (
                f"${per_sqft:,.2f} per sf of living area, like a {_lower(price.name)} (${least:,.0f} to ${most:,.0f})"
            )
    return f"${per_sqft:,.2f} per sf of living area, less than a light rehab of the whole house"


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
