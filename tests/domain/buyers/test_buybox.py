"""Buy boxes and their hard limits."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realestate.domain.buyers.buybox import Buyer, Property, describe_property, make_buy_box, summarise
from realestate.domain.buyers.limits import Limits
from realestate.domain.buyers.place import PROPERTY_TYPES, property_type, street_key

LINE = "0012-14 Oak Street, Millbrook"
OFFER = describe_property(address=LINE, zip_code="30301-1234", price=90_000, type_words="SFR")


def test_a_property_is_read_from_words() -> None:
    assert (OFFER.street, OFFER.number, OFFER.city, OFFER.zip) == ("OAK ST", 12, "MILLBROOK", "30301")
    assert OFFER.type == "single_family"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("VACANT RESIDENTIAL LAND", "land"), ("DUPLEX", "multi_family"), ("RESIDENTIAL CONDO", "condo"),
        ("ZERO LOT LINE", "townhouse"), ("Single Family Residence", "single_family"), ("2-4 unit", "multi_family"),
        ("Mobile Home", "mobile_home"), ("CHURCH", "commercial"), ("DORMITORY/BOARDING", "other"), ("", ""),
    ],
)  # fmt: skip
def test_property_types_of_counties_and_vendors(words: str, name: str) -> None:
    assert property_type(words) == name


@pytest.mark.parametrize(
    ("line", "key"),
    [("1718 A  BROOK AVENUE", ("BROOK AVE", 1718)), ("12 1/2 Oak St", ("OAK ST", 12)), ("Oak St", ("OAK ST", None)),
     ("12 Oak St Apt 4", ("OAK ST", 12)), ("", ("", None)), ("5TH ST", ("5TH ST", None))],
)  # fmt: skip
def test_street_keys(line: str, key: tuple[str, int | None]) -> None:
    assert street_key(line) == key


def test_swapped_prices_are_put_right() -> None:
    box = make_buy_box([], 200_000, 50_000, [])
    assert (box.price_min, box.price_max) == (50_000, 200_000)


@pytest.mark.parametrize(
    ("areas", "low", "high", "types", "failures"),
    [
        ([], None, None, [], []),
        (["30301"], 50_000, 100_000, ["single family"], []),
        (["30302"], None, None, [], ["area"]),
        (["Millbrook"], None, None, [], []),
        (["30302", "Millbrook"], None, None, [], []),
        ([], 100_000, None, [], ["price"]),
        ([], None, 80_000, ["duplex"], ["price", "type"]),
    ],
)
def test_stated_limits_are_hard(
    areas: list[str], low: float | None, high: float | None, types: list[str], failures: list[str]
) -> None:
    assert make_buy_box(areas, low, high, types).failures(OFFER) == failures


def test_a_fact_the_offer_lacks_breaks_no_limit() -> None:
    assert make_buy_box(["30302"], 1, 2, ["condo"]).failures(Property()) == []


def test_nobody_who_asked_not_to_be_contacted_is_offered_anything() -> None:
    assert Buyer(1, do_not_contact=True).failures(OFFER) == ["do_not_contact"]
    assert Buyer(1, active=False).failures(OFFER) == ["inactive"]


areas = st.lists(st.sampled_from(["30301", "30302", "MILLBROOK", "ELMTON"]), max_size=3)
prices = st.none() | st.floats(1_000, 300_000)
boxes = st.builds(make_buy_box, areas, prices, prices, st.lists(st.sampled_from(PROPERTY_TYPES), max_size=2))
buyers = st.builds(Buyer, st.integers(1, 9), st.none() | boxes, do_not_contact=st.booleans(), active=st.booleans())
offers = st.builds(
    Property,
    zip=st.sampled_from(["", "30301", "30303"]),
    city=st.sampled_from(["", "MILLBROOK", "OAKTOWN"]),
    price=prices,
    type=st.sampled_from(["", *PROPERTY_TYPES]),
)


@settings(deadline=None)
@given(st.lists(buyers, min_size=1, max_size=5), offers)
def test_limits_of_many_agree_with_each_ones_own(group: list[Buyer], offer: Property) -> None:
    assert Limits(group).allow(offer).tolist() == [not buyer.failures(offer) for buyer in group]


def test_a_summary_of_nothing_is_empty() -> None:
    assert summarise([]).total == 0
    assert summarise([Property(day=date(2024, 1, 1))]).average_price is None


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -5.0, 0.0])
def test_impossible_numbers_are_unknown(number: float) -> None:
    assert describe_property(price=number).price is None
    assert describe_property(lat=number, lon=999).lat is None
