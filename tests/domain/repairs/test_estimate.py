"""The estimate: in order, monotone, explained, and silent where nothing is known."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_readings import issue, unhurried
from realestate.adapters.repair_reference import read_price_book
from realestate.domain.money import CostRange
from realestate.domain.repairs.analysis import HouseIssue
from realestate.domain.repairs.estimate import estimate
from realestate.domain.repairs.house import House
from realestate.domain.repairs.price_book import PriceBook, Region
from realestate.domain.repairs.remedies import REMEDIES
from realestate.domain.repairs.severity import STEPS
from realestate.domain.repairs.taxonomy import CLASSES

BOOK = read_price_book()
HOUSE = House(stated_sqft=1_500, photos=30)
ISSUES = st.builds(
    issue,
    st.sampled_from(CLASSES),
    st.sampled_from(STEPS),
    places=st.integers(1, 12),
    area=st.floats(0, 1),
)
VISITS = st.lists(ISSUES, max_size=8, unique_by=lambda one: one.issue)
HOUSES = st.builds(
    House,
    st.none() | st.floats(100, 20_000),
    st.integers(0, 60),
    st.builds(Region, st.just("XX"), st.floats(0.5, 2), st.just("")),
)


def total(issues: list[HouseIssue], house: House = HOUSE) -> CostRange:
    return estimate(issues, house, BOOK).cost


def never_less(more: CostRange, less: CostRange) -> bool:
    return more.low >= less.low and more.likely >= less.likely and more.high >= less.high


@unhurried(80)
@given(VISITS, HOUSES)
def test_the_range_is_in_order_and_the_sum_of_its_lines(issues: list[HouseIssue], house: House) -> None:
    found = estimate(issues, house, BOOK)
    assert 0 <= found.cost.low <= found.cost.likely <= found.cost.high
    assert found.cost == CostRange.total(line.cost for line in found.lines)
    assert all(line.quantity > 0 or not line.cost.high for line in found.lines)


@unhurried(150)
@given(VISITS, ISSUES, HOUSES)
def test_a_further_issue_never_costs_less(issues: list[HouseIssue], further: HouseIssue, house: House) -> None:
    if further.issue not in {one.issue for one in issues}:
        assert never_less(total([*issues, further], house), total(issues, house))


@unhurried(150)
@given(ISSUES, ISSUES, st.integers(0, 5), st.floats(0, 1), st.sampled_from(STEPS), HOUSES)
def test_worse_damage_never_costs_less(
    one: HouseIssue, other: HouseIssue, places: int, area: float, severity: str, house: House
) -> None:
    files = tuple(f"{one.issue}-{number}.jpg" for number in range(one.places + places))
    worse = replace(
        one,
        photos=files,
        views=files,
        area=max(one.area, area),
        severity=max(one.severity, severity, key=STEPS.index),  # type: ignore[arg-type, type-var]
    )
    beside = [other] if other.issue != one.issue else []
    assert never_less(total([worse, *beside], house), total([one, *beside], house))


@unhurried(100)
@given(VISITS, st.floats(100, 20_000), st.floats(100, 20_000))
def test_a_larger_house_never_costs_less(issues: list[HouseIssue], one: float, other: float) -> None:
    small, large = House(min(one, other), 0), House(max(one, other), 0)
    assert never_less(total(issues, large), total(issues, small))


@pytest.mark.parametrize("name", CLASSES)
def test_what_needs_an_inspection_is_never_priced(name: str) -> None:
    assert total([issue(name, "needs inspection")]) == total([])


@pytest.mark.parametrize("name", CLASSES)
def test_what_has_a_threshold_has_a_price(name: str) -> None:
    assert total([issue(name, "minor")]).low > 0


def test_a_class_that_nobody_knows_is_not_priced() -> None:
    assert total([issue("fire_damage", "severe")]) == total([])


def test_every_remedy_is_in_the_price_book() -> None:
    items = {remedy.item for remedies in REMEDIES.values() for remedy in remedies}
    assert items <= set(BOOK.items)


def test_a_book_without_an_item_is_refused_by_its_name() -> None:
    bare = PriceBook({item: BOOK.price(item) for item in BOOK.items if item != "primer"})
    with pytest.raises(ValueError, match="'primer'"):
        estimate([issue("peeling_paint")], HOUSE, bare)


@pytest.mark.parametrize("sqft", [math.nan, math.inf, 0.0, -1.0, 99.0, 1e9])
def test_a_living_area_that_cannot_be_is_refused(sqft: float) -> None:
    with pytest.raises(ValueError, match="living area"):
        House(sqft, 5)


def test_an_area_that_is_no_number_never_becomes_a_price() -> None:
    with pytest.raises(ValueError, match="range"):
        total([issue("plaster_loss", area=math.nan)])


def test_rooms_that_were_not_seen_have_an_allowance_of_their_own() -> None:
    (line,) = estimate([], House(1_500, 3), BOOK).lines
    assert line.item == "unseen"
    assert (line.cost.low, line.cost.likely) == (0, 0)
    assert line.cost.high > 10_000
    assert "3 photos for about 17% of the house" in line.reason
    assert not estimate([], House(1_500, 30), BOOK).lines


def test_a_wall_with_two_kinds_of_damage_is_painted_once() -> None:
    apart = [issue("crack", views=["a"]), issue("peeling_paint", views=["b"])]
    together = [issue("crack", views=["a"]), issue("peeling_paint", views=["a"])]
    quantities = [
        next(line.quantity for line in estimate(issues, HOUSE, BOOK).lines if line.item == "interior_paint")
        for issues in (apart, together)
    ]
    assert quantities[0] == pytest.approx(2 * quantities[1], abs=0.2)


def test_a_small_patch_of_mould_is_a_small_job_and_what_is_beyond_goes_by_area() -> None:
    small = estimate([issue("mould", "minor", area=0.1)], HOUSE, BOOK)
    large = estimate([issue("mould", "minor", places=6, area=0.5)], HOUSE, BOOK)
    assert "mould_area" not in {line.item for line in small.lines}
    assert {"mould_small", "mould_area"} <= {line.item for line in large.lines}


def test_a_place_moves_the_price_and_is_a_driver() -> None:
    there = replace(HOUSE, region=Region("New York City", 1.6, "table"))
    found = estimate([issue("plaster_loss")], there, BOOK)
    assert found.cost.likely > 1.3 * total([issue("plaster_loss")]).likely
    assert any("New York City" in driver for driver in found.drivers)


def test_drivers_and_assumptions_are_named() -> None:
    found = estimate([issue("plaster_loss", "severe", places=4)], House(None, 5, year_built=1950), BOOK)
    assert "Plaster repair" in found.drivers[0]
    assert any("not seen" in driver for driver in found.drivers)
    assert "unknown size" in found.assumptions[0]
    assert any(str(BOOK.date) in text for text in found.assumptions)
    assert not any("lead" in text for text in found.assumptions)
    painted = estimate([issue("peeling_paint")], House(None, 5, year_built=1950), BOOK)
    assert any("lead-safe" in text for text in painted.assumptions)


def test_contingency_and_permits_are_lines_of_their_own() -> None:
    found = estimate([issue("structural_collapse", "severe")], HOUSE, BOOK)
    assert [line.item for line in found.lines][-2:] == ["permits", "contingency"]
    charged = CostRange.total(line.cost for line in found.lines[:-1])
    contingency = found.lines[-1].cost
    assert (contingency.low, contingency.high) == (round(charged.low * 0.1), pytest.approx(charged.high * 0.2, abs=1))


def test_ranges_of_money_add_up_and_refuse_what_is_none() -> None:
    assert CostRange.of(0.5, 1.49, 2) == CostRange(1, 1, 2)
    assert CostRange.total([CostRange(1, 2, 3), CostRange(1, 1, 1)]) == CostRange(2, 3, 4)
    assert CostRange.total([]) == CostRange(0, 0, 0)
    for wrong in ((3, 2, 4), (-1, 2, 3)):
        with pytest.raises(ValueError, match="range"):
            CostRange(*wrong)
    with pytest.raises(ValueError, match="range of money"):
        CostRange.of(0, 1, math.inf)
