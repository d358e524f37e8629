"""Lists of leads: every order, whole and cut off, and every filter, against what plain Python finds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from list_tools import toolkit_on

from databases import TestDatabase
from realestate.domain.leads.records import NUMBERS, SORTS, LeadFilter
from realestate.errors import UsageError
from realestate.services.importing import ImportOptions
from realestate.toolkit import Toolkit

HEADER = (
    "Property Address,City,State,Zip,Parcel Number,Property Type,Beds,Baths,Building Sqft,Lot Size Sqft,Year Built,"
    "Estimated Value,Equity,Loan Balance,Last Sale Date,Last Sale Price"
)
ROWS = (
    "12 Oak St,Larkfield,OH,43999,11-222,Single Family,3,2,1400,5000,1950,200000,90000,110000,2015-06-01,120000",
    "14 Oak St,Larkfield,OH,43999,11-223,single family,3,1,1100,5000,1948,150000,,,2011-01-05,80000",
    "16 Elm Ave,Farwell,IN,46101,,Condo,2,1,900,,2001,150000,20000,130000,,",
    "18 Elm Ave,Farwell,IN,46101,,,,,,,,,,,,",
    "20 Pine Rd,Larkfield,,43998,,Duplex,4,2,2100,7000,,,,,2020-03-02,95000",
    "22 Pine Rd,,,43998,,,,,,,1950,90000,90000,0,,",
)
TODAY = date.today()  # noqa: DTZ011 - the day where the test runs


@pytest.fixture(scope="module")
def street(database: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toolkit]:
    """Seven houses, of which some are on several lists, worked, due or added by hand."""
    folder = tmp_path_factory.mktemp("looking")
    with toolkit_on(database, folder / "home") as made:
        for name, rows in (("vacant", ROWS), ("probate", ROWS[:3]), ("judgment", ROWS[1:2]), ("none", ROWS[3:5])):
            path = folder / f"{name}.csv"
            path.write_text("\n".join([HEADER, *rows]) + "\n")
            made.importer.run(str(path), ImportOptions(signal=name, list_name=name))
        ids = {line.address: line.id for line in made.leads.search(LeadFilter())}
        made.leads.set_status(ids["14 OAK ST"], "qualified")
        made.leads.set_status(ids["22 PINE RD"], "contacted")
        made.leads.set_status(ids["16 ELM AVE"], "contacted")
        made.working.due(ids["16 ELM AVE"], TODAY + timedelta(days=3))
        made.working.due(ids["12 OAK ST"], TODAY + timedelta(days=1))
        made.working.add("30 Birch Ln, Larkfield OH 43999", {}, "referral")
        yield made


def ids(toolkit: Toolkit, wanted: LeadFilter) -> list[int]:
    return [line.id for line in toolkit.leads.search(wanted)]


@pytest.mark.parametrize("sort", SORTS)
def test_a_list_cut_off_begins_like_the_whole_one(street: Toolkit, sort: str) -> None:
    for reverse in (False, True):
        whole = ids(street, LeadFilter(sort=sort, reverse=reverse))
        assert len(whole) == len(set(whole)) == 7
        for limit in (0, 1, 3, 6, 50):
            cut = ids(street, LeadFilter(sort=sort, reverse=reverse, limit=limit))
            assert (sort, reverse, limit, cut) == (sort, reverse, limit, whole[:limit])


@pytest.mark.parametrize("sort", ["score", "status", "value", "lists", "due", "city", "updated"])
def test_a_filter_holds_in_every_slice_of_an_order(street: Toolkit, sort: str) -> None:
    for wanted in ({"city": "Larkfield"}, {"signals": ["probate"]}, {"min_score": 0.2}, {"due_by": TODAY}):
        whole = ids(street, LeadFilter(sort=sort, **wanted))  # type: ignore[arg-type]
        assert ids(street, LeadFilter(sort=sort, limit=2, **wanted)) == whole[:2]  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [*NUMBERS, "sale_date", "property_type"])
def test_what_lists_say_of_a_house_sorts_by_its_value_and_unknown_comes_last(street: Toolkit, name: str) -> None:
    said = [(street.leads.show(lead).lead.facts or {}).get(name) for lead in ids(street, LeadFilter(sort=name))]
    known = [value.lower() if isinstance(value, str) else value for value in said if value is not None]

    assert known == sorted(known, reverse=name != "property_type")
    assert len(known) >= 3
    assert said[len(known) :] == [None] * (len(said) - len(known))


FOUND = (
    (LeadFilter(min_lists=2), ["12 OAK ST", "14 OAK ST", "16 ELM AVE", "18 ELM AVE", "20 PINE RD"]),
    (LeadFilter(min_lists=3), ["14 OAK ST"]),
    (LeadFilter(max_score=0), ["30 BIRCH LN"]),
    (LeadFilter(min_signals=2), ["12 OAK ST", "14 OAK ST", "16 ELM AVE"]),
    (LeadFilter(min_signals=4), []),
    (LeadFilter(parcel="11 222"), ["12 OAK ST"]),
    (LeadFilter(parcel="99-888"), []),
    (LeadFilter(property_type="SINGLE  family"), ["12 OAK ST", "14 OAK ST"]),
    (LeadFilter(at_least={"value": 150_000}, at_most={"beds": 2}), ["16 ELM AVE"]),
    (LeadFilter(at_least={"loan_balance": 0}, at_most={"loan_balance": 0}), ["22 PINE RD"]),
    (LeadFilter(status="contacted"), ["16 ELM AVE", "22 PINE RD"]),
    (LeadFilter(status="new", source="referral"), ["30 BIRCH LN"]),
)


@pytest.mark.parametrize(("wanted", "found"), FOUND)
def test_a_filter_finds_what_it_says(street: Toolkit, wanted: LeadFilter, found: list[str]) -> None:
    assert sorted(line.address for line in street.leads.search(wanted)) == found
    limited = LeadFilter(**{field: getattr(wanted, field) for field in wanted.__slots__} | {"limit": 50})
    assert sorted(line.address for line in street.leads.search(limited)) == found


def test_what_is_no_parcel_number_is_refused(street: Toolkit) -> None:
    with pytest.raises(UsageError, match="'none' is no parcel number"):
        ids(street, LeadFilter(parcel="none"))
