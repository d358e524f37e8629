"""One buyer behind many spellings; invented names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realestate.domain.buyers.identity import Party, find_links, group, read_name, same_buyer

ONE_NAME = [
    ("Oak Hollow Homes, LLC", "OAK HOLLOW HOMES L.L.C."),
    ("Oak Hollow Homes LLC", "OAK HOLLOW HOMES LIMITED LIABILITY COMPANY"),
    ("The Oak Hollow Fund LP", "OAK HOLLOW FUND, LIMITED PARTNERSHIP"),
    ("ACORN & ASH LLC", "ACORN &  ASH, L L C"),
    ("Acorn Realty Co., LLC", "ACORN REALTY COMPANY LLC"),
    ("Oak Hollow Homes LLC c/o Pat Example", "OAK HOLLOW HOMES LLC"),
    ("Oak Hollow Homes LLC % Jo Sample", "OAK HOLLOW HOMES LLC"),
    ("Oak Hollow Homes LLC Series 4", "OAK HOLLOW HOMES LLC SERIES 9"),
    ("Oak Hollow Series 4 LLC", "OAK HOLLOW LLC"),
    ("SAMPLE, TERRY and wife", "Sample Terry"),
    ("SAMPLE, TERRY ET UX", "Sample Terry"),
    ("SAMPLE, TERRY, a married man", "Sample, Terry"),
    ("O'Example Terry", "OEXAMPLE TERRY"),
    ("Oak Hollow Homes", "Oak Hollow Homes Inc"),
]

TWO_NAMES = [
    ("Oak Hollow Homes LLC", "Oak Hollow Homes Inc"),
    ("Oak Hollow Homes LLC", "Oak Hollow Rentals LLC"),
    ("Oak Holdings 2012 LLC", "Oak Holdings 2014 LLC"),
    ("Sample, Terry Jr", "Sample, Terry"),
    ("Sample, Terry", "Sample, Terry & Kim"),
    ("", ""),
    ("LLC", "L.L.C."),
]


@pytest.mark.parametrize(("one", "other"), ONE_NAME)
def test_spellings_of_one_name_are_one_buyer(one: str, other: str) -> None:
    assert same_buyer(Party(one), Party(other))


@pytest.mark.parametrize(("one", "other"), TWO_NAMES[:-1])
def test_names_that_may_be_two_buyers_stay_two(one: str, other: str) -> None:
    assert not same_buyer(Party(one), Party(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Oak Holdings 2012 LLC", "Oak Holdings 2014 LLC"),
        ("Oak Hollow Homes LLC", "Oak Hollow Home LLC"),
        ("Oak Hollow Homes LLC", "Oak Hollow Homes Inc"),
        ("Sample, Terry", "Sample, Terry & Kim"),
    ],
)
def test_a_shared_mailing_address_tells_more(one: str, other: str) -> None:
    assert "mailing address" in same_buyer(Party(one, "12 ELM ST|00000"), Party(other, "12 ELM ST|00000"))
    assert not same_buyer(Party(one, "12 ELM ST|00000"), Party(other, "14 ELM ST|00000"))


def test_an_agents_address_joins_nobody() -> None:
    names = [f"Alder Fund {number} LLC" for number in range(9)]
    assert find_links([Party(name, "1 AGENT PLAZA") for name in names]) == []


def test_groups_are_named_by_their_first_member() -> None:
    parties = [Party("Elm LLC"), Party("Ash LLC"), Party("ELM, L.L.C."), Party("Elm LLC")]
    assert group(parties) == [0, 1, 0, 0]


def test_every_link_says_why() -> None:
    assert [link.reason for link in find_links([Party("Elm LLC"), Party("ELM L.L.C.")])] == ["same name"]


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_texts_are_compared_alike_both_ways(one: str, other: str) -> None:
    first, second = Party(one, "X"), Party(other, "X")
    assert bool(same_buyer(first, second)) == bool(same_buyer(second, first))


@settings(deadline=None)
@given(st.text(max_size=60))
def test_reading_a_core_again_changes_nothing_of_its_words(text: str) -> None:
    core = read_name(text).core
    assert core == core.upper()
    assert "  " not in core
