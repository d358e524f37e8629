"""Which spots are one lead."""

from __future__ import annotations

import pytest

from realestate.domain.leads.decisions import decide
from realestate.domain.leads.explaining import Spot, explain
from realestate.domain.leads.spots import Spots, spot_keys
from realestate.domain.leads.stacking import Joins, stack

OAK = "100||OAKWOOD|ST||"
MEMPHIS = {"city": "MEMPHIS", "state": "TN"}


def spot(
    address: str = OAK, city: str = "", state: str = "", zip5: str = "", parcel: str = "", county: str = ""
) -> Spot:
    return Spot(address, city, state, zip5, parcel, county)


def spots_of(rows: list[Spot]) -> Spots:
    return Spots(*([row[i] for row in rows] for i in range(6)))


def stacked(*rows: Spot, crowded: list[bool] | None = None) -> Joins:
    spots = spots_of(list(rows))
    return stack(spots, spot_keys(spots), crowded)


def leads(*rows: Spot) -> list[int]:
    """Number the leads of the rows in order of appearance."""
    seen: dict[int, int] = {}
    return [seen.setdefault(group, len(seen)) for group in stacked(*rows).group]


def test_a_spot_without_parcel_joins_the_only_parcel_at_its_address() -> None:
    joins = stacked(spot(parcel="12345"), spot())
    assert joins.group[0] == joins.group[1]
    assert joins.how == ["parcel", "address"]


def test_an_address_with_two_parcels_is_its_own_lead_and_flagged() -> None:
    joins = stacked(spot(parcel="12345"), spot(parcel="54321"), spot(), spot(zip5="38103"))
    assert len(set(joins.group)) == 3
    assert joins.many_parcels == [False, False, True, True]


def test_one_parcel_joins_its_addresses_however_different() -> None:
    assert leads(spot(parcel="12345"), spot("7||ELM|AVE||", parcel="12345"), spot("7||ELM|AVE||")) == [0, 0, 0]


def test_equal_parcel_numbers_of_two_counties_are_two_leads() -> None:
    shelby = spot(parcel="12345", state="TN", county="SHELBY")
    assert leads(shelby, spot("7||ELM|AVE||", parcel="12345", state="OH", county="LUCAS")) == [0, 1]
    assert leads(shelby, spot("7||ELM|AVE||", parcel="12345", state="TN")) == [0, 0]


@pytest.mark.parametrize(
    "other",
    [
        "100|N|OAKWOOD|ST||",
        "100||OAKWOOD|ST||2",
        "102||OAKWOOD|ST||",
        "100 1/2||OAKWOOD|ST||",
        "100||OAKWOOD|CT||",
        "100|S|OAKWOOD|ST||",
    ],
)
def test_direction_unit_number_and_plain_suffix_part_leads(other: str) -> None:
    assert leads(spot(zip5="38103"), spot(other, zip5="38103")) == [0, 1]


def test_an_address_without_place_joins_the_only_place_that_has_it() -> None:
    assert leads(spot(zip5="38103", **MEMPHIS), spot()) == [0, 0]
    assert leads(spot(zip5="38103"), spot(**MEMPHIS)) == [0, 0]
    assert leads(spot(zip5="38103"), spot(zip5="39201"), spot()) == [0, 1, 2]
    assert leads(spot(**MEMPHIS), spot(city="TOLEDO", state="OH"), spot(state="OH")) == [0, 1, 1]


def test_one_zip_is_one_place_and_one_city_too_where_prefixes_say_so() -> None:
    assert leads(spot(city="MEMPHIS", zip5="38103"), spot(city="MEMPHS", zip5="38103")) == [0, 0]
    assert leads(spot(zip5="60622"), spot(zip5="60642")) == [0, 0]
    assert leads(spot(zip5="60622"), spot(zip5="60827")) == [0, 0]
    assert leads(spot(zip5="60622"), spot(zip5="60601"), spot(zip5="60402")) == [0, 0, 1]
    assert leads(spot(zip5="38103"), spot(zip5="38104")) == [0, 1]


def test_a_missing_suffix_joins_a_single_street() -> None:
    bare = "100||OAKWOOD|||"
    assert leads(spot(), spot(bare)) == [0, 0]
    assert leads(spot(), spot("100||OAKWOOD|CT||"), spot(bare)) == [0, 1, 2]


def test_habitual_suffixes_are_one_street_where_it_has_a_name() -> None:
    assert leads(spot("100|S|OAKWOOD|ST||"), spot("100|S|OAKWOOD|AVE||"), spot("100|S|OAKWOOD|||")) == [0, 0, 0]
    assert leads(spot("100|S|OAKWOOD|ST||"), spot("100|S|OAKWOOD|CT||")) == [0, 1]
    assert leads(spot("100|S|22ND|ST||"), spot("100|S|22ND|AVE||")) == [0, 1]


def test_a_misspelt_name_joins_only_names_that_are_all_alike() -> None:
    burnham, burnhan, burnam = (f"100||{name}|AVE||" for name in ("BURNHAM", "BURNHAN", "BURNAM"))
    assert leads(spot(burnham), spot(burnhan)) == [0, 0]
    assert leads(spot(burnhan), spot(burnham), spot(burnam)) == [0, 1, 2]
    assert leads(spot("100||WARD|AVE||"), spot("100||WARE|AVE||")) == [0, 1]
    assert leads(spot("100||22ND|AVE||"), spot("100||23RD|AVE||")) == [0, 1]


def test_a_surname_stands_for_the_street_named_in_full() -> None:
    assert leads(spot("100||MARTIN LUTHER KING|DR||"), spot("100||KING|DR||"), spot("100||KING|||")) == [0, 0, 0]


def test_a_range_joins_a_single_number_inside_it() -> None:
    whole, first, second = "100:104||OAKWOOD|ST||", OAK, "102||OAKWOOD|ST||"
    assert leads(spot(whole), spot(first)) == [0, 0]
    assert leads(spot(whole), spot(second)) == [0, 0]
    assert leads(spot(whole), spot("101||OAKWOOD|ST||")) == [0, 1]
    assert leads(spot(whole), spot(first), spot(second)) == [0, 1, 2]
    assert leads(spot(whole, parcel="12345"), spot(first)) == [0, 0]
    assert leads(spot(whole, parcel="12345"), spot(first, parcel="54321")) == [0, 1]


def test_the_spelling_of_a_number_follows_it_into_its_range() -> None:
    assert leads(spot("100:104||OAKWOOD|ST||", parcel="12345"), spot(OAK), spot("100||OAKWOOD|||")) == [0, 0, 0]


def test_an_address_that_one_list_repeats_is_flagged_and_joins_no_range() -> None:
    joins = stacked(spot("100:104||OAKWOOD|ST||"), spot(), crowded=[False, True])
    assert joins.group[0] != joins.group[1]
    assert joins.many_parcels == [False, True]


def test_descriptions_join_only_word_for_word() -> None:
    text = "=ES 12 FT ALLEY 50 FT N OF OAK ST"
    assert leads(spot(text), spot(text, zip5="38103"), spot(text + "REET")) == [0, 0, 1]


def test_a_floor_joins_the_house_where_no_other_unit_is_known() -> None:
    house, first, second = spot(), spot("100||OAKWOOD|ST||FL 1"), spot("100||OAKWOOD|ST||FL 2")
    assert leads(house, first) == [0, 0]
    assert leads(spot("100||OAKWOOD|||"), house, first) == [0, 0, 0]
    assert leads(spot(parcel="12345"), first) == [0, 0]
    assert leads(house, first, second) == [0, 1, 2]
    assert leads(house, first, spot("100||OAKWOOD|ST||5")) == [0, 1, 2]
    assert leads(house, spot("100||OAKWOOD|ST||BLDG 2 FL 1")) == [0, 1]
    assert leads(spot(parcel="12345"), spot(parcel="54321"), first) == [0, 1, 2]
    assert leads(spot("100|N|OAKWOOD|ST||"), first) == [0, 1]


def test_keys_are_the_same_in_every_process() -> None:
    keys = spot_keys(spots_of([spot(zip5="38103", parcel="12345")]))
    assert keys.spot == [-8927830131395169729]
    assert keys.street == [-7566489826708126424]


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (spot(parcel="12345"), spot("7||ELM|AVE||", parcel="12345"), "both name parcel 12345"),
        (spot(parcel="12345"), spot(parcel="54321"), "different parcels, 12345 and 54321"),
        (spot(), spot(zip5="38103"), "same address, 100 OAKWOOD ST"),
        (spot(), spot("100||OAKWOOD|||"), "same but for a missing street suffix, and the only street it can be"),
        (spot(), spot("100||OAKWOD|ST||"), "OAKWOOD and OAKWOD at the same number read as one name"),
        (spot(), spot("100|N|OAKWOOD|ST||5"), "different direction, unit"),
        (spot(), spot("100||OAKWOOD|||FL 2"), "a floor of the house, and the only part of it that is known"),
        (
            spot(),
            spot("100:104||OAKWOOD|ST||"),
            "a house number inside the range of the other, and the only one known there",
        ),
    ],
)
def test_joins_are_explained_in_words(one: Spot, other: Spot, words: str) -> None:
    assert explain(one, other) == words


def test_decisions_outlive_what_stacking_says() -> None:
    decided = decide({1: 10, 2: 10, 3: 30, 4: 40}, together=[(3, 4), (2, 3), (9, 1)], apart=[(1, 2), (1, 3)])
    groups = [decided.group(spot, stacked) for spot, stacked in ((1, 10), (2, 10), (3, 30), (4, 40), (5, 40))]
    assert groups[0] == 10
    assert len(set(groups[1:])) == 1
    assert groups[1] != 10


def test_the_order_of_decisions_does_not_matter() -> None:
    pairs = [(1, 2), (3, 4), (2, 3), (5, 6)]
    stacked_groups = {spot: 10 * spot for spot in range(1, 7)}
    assert decide(stacked_groups, pairs, []) == decide(stacked_groups, [(b, a) for a, b in reversed(pairs)], [])
