"""Prices: the packaged book, a user's own over it, and what they come to in a place."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_readings import unhurried
from realestate.adapters.repair_reference import read_price_book, read_region_factors
from realestate.adapters.zip_places import state_of_zip
from realestate.domain.repairs.price_book import PriceBook

BOOK = read_price_book()
NEW = {
    "item": "skylight",
    "name": "Skylight",
    "trade": "openings",
    "unit": "each",
    "low": "500",
    "likely": "$1,000",
    "high": "2000",
    "labour_share": "0.4",
    "source": "our roofer",
    "date": "2026-02-01",
}


def over(**cells: str) -> PriceBook:
    return PriceBook.read([(2, cells)], BOOK)


def test_the_packaged_book_names_source_and_date_of_every_price() -> None:
    prices = [BOOK.price(item) for item in BOOK.items]
    assert len(prices) >= 60
    assert all(price.source and price.low <= price.likely <= price.high for price in prices)
    assert all(0.4 <= price.labour_share <= 0.6 for price in prices if price.unit != "percent")
    assert max(price.date for price in prices) == BOOK.date


def test_a_row_over_a_known_item_keeps_what_it_leaves_empty() -> None:
    price = over(item="roof_square", low="400", likely="550", high="700").price("roof_square")
    assert (price.low, price.likely, price.high) == (400, 550, 700)
    assert (price.name, price.unit) == (BOOK.price("roof_square").name, "square")
    assert BOOK.price("roof_square").low == 300


def test_a_new_item_needs_every_column() -> None:
    assert over(**NEW).price("skylight").likely == 1_000
    with pytest.raises(ValueError, match="line 2: unit is empty; 'skylight' is new"):
        over(**(NEW | {"unit": ""}))


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"item": ""}, "item is empty"),
        ({"low": "cheap"}, "low 'cheap' is not a number"),
        ({"low": "nan"}, "low 'nan' is not a number"),
        ({"high": "inf"}, "high 'inf' is not a number"),
        ({"low": "-1"}, "low '-1' is not a number from 0"),
        ({"low": "800"}, "800, 550, 700 do not rise"),
        ({"unit": "sf"}, "unit 'sf' of 'roof_square' has to stay 'square'"),
        ({"labour_share": "40"}, "labour_share '40' is not a number from 0 to 1"),
        ({"date": "1/2/26"}, "date '1/2/26' is not a day"),
    ],
)
def test_a_row_that_makes_no_price_is_named_with_line_column_and_value(cells: dict[str, str], told: str) -> None:
    row = {"item": "roof_square", "low": "400", "likely": "550", "high": "700"} | cells
    with pytest.raises(ValueError, match=f"^line 2: {re.escape(told)}"):
        over(**row)


def test_an_item_that_stands_twice_is_refused() -> None:
    row = {"item": "toilet", "low": "1", "likely": "2", "high": "3"}
    with pytest.raises(ValueError, match="line 3: item 'toilet' stands twice"):
        PriceBook.read([(2, row), (3, row)], BOOK)


def test_a_book_that_was_kept_is_the_same_book_again() -> None:
    again = PriceBook.read(enumerate(BOOK.as_rows(), start=1))
    assert again.as_rows() == BOOK.as_rows()
    assert again.date == BOOK.date


def test_labour_follows_the_factor_of_a_place_in_full_and_material_by_half() -> None:
    price = over(item="roof_square", low="100", likely="200", high="300", labour_share="0.6").price("roof_square")
    assert price.at(1.5) == pytest.approx((0.6 * 150 + 0.4 * 125, 0.6 * 300 + 0.4 * 250, 0.6 * 450 + 0.4 * 375))
    assert price.at(1.0) == (100, 200, 300)


@unhurried(100)
@given(st.floats(0.5, 2), st.sampled_from(BOOK.items))
def test_a_range_stays_in_order_wherever_the_house_stands(factor: float, item: str) -> None:
    low, likely, high = BOOK.price(item).at(factor)
    assert 0 <= low <= likely <= high


@pytest.mark.parametrize(
    ("zip_code", "place", "factor"),
    [
        ("48201", "Detroit", 0.80),
        ("49503", "MI", 0.97),
        ("10001", "New York City", 1.60),
        ("00000", "United States", 1),
    ],
)
def test_a_metro_beats_its_state_and_an_unknown_place_is_the_country(zip_code: str, place: str, factor: float) -> None:
    region = read_region_factors().of(zip_code, state_of_zip(zip_code))
    assert (region.place, region.factor) == (place, factor)


def test_every_state_has_a_factor_of_its_own() -> None:
    factors = read_region_factors()
    states = "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH"
    states += " OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC"
    assert len(states.split()) == 51
    assert all(factors.of(None, state.lower()).place == state for state in states.split())
