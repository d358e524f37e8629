"""What single remarks mean: numbers, times, denials, ifs, other people's events, lists of defects."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate.adapters.chat_reference import read_ear
from realestate.domain.chat.cleaning import MAX_CHARACTERS
from realestate.domain.chat.hearing.ear import known
from realestate.domain.chat.hearing.turn import Memory
from realestate.domain.chat.qualification import qualify

TODAY = dt.date(2026, 11, 22)


def facts(*messages: str, asked: str | None = None) -> dict[str, Any]:
    """What stands after these messages; the last one answers `asked`."""
    slots = [None] * (len(messages) - 1) + [asked]
    return known(read_ear().hear_all(messages, slots, date=TODAY))[0]


@pytest.mark.parametrize(
    ("message", "price"),
    [
        ("I want one ninety five", 195_000),
        ("asking forty two hundred for the lot", 4_200),
        ("two hundred and fifty thousand firm", 250_000),
        ("take a buck fifty", 150_000),
        ("half a million and it's yours", 500_000),
        ("1.2 mil", 1_200_000),
        ("pido ciento ochenta mil", 180_000),
        ("between 95 and 100", (95_000, 100_000)),
        ("would take 130", 130_000),
        ("150 not 130, sorry, I want 150", 150_000),
        ("wouldn't take less than 200", 200_000),
        ("zillow says 240 but I'd do 220", 220_000),
        ("paid 95 for it in 2004, want 150", 150_000),
        ("a guy offered me 70, I need 90", 90_000),
        ("a mobile home, I want 8500", 8_500),
    ],
)
def test_a_price_is_heard_however_it_is_said(message: str, price: object) -> None:
    assert facts(message)["asking_price"] == price


@pytest.mark.parametrize(
    "message",
    [
        "house number is 2207",
        "call me at 555-0142 after 6",
        "payment is 1,120 a month",
        "3 bed 1 bath 1180 sqft built 1954",
        "I'd sell for a million dollars and a unicorn lol",
        "my neighbor wants 300 for his",
        "I don't have 18k to fix it",
        "I want 10^400 dollars",
        "she's 90 and looking for memory care",
        "there are 2 liens on it",
        "it's free and clear, paid that note off in oh eight",
        "the boiler is pushing 30",
    ],
)
def test_a_number_that_is_no_price_is_none(message: str) -> None:
    assert "asking_price" not in facts(message)


@pytest.mark.parametrize(
    ("message", "days"),
    [
        ("need it sold in 3 weeks", 21),
        ("couple months would suit me", 60),
        ("want out by the end of next month", 39),
        ("we have to move by december 15th", 23),
        ("before thanksgiving we want it sold", 4),
        ("we need to be gone by christmas", 33),
        ("in 6 months... naw make it 2 months", 60),
    ],
)
def test_a_time_ahead_is_counted_from_the_day_of_the_talk(message: str, days: int) -> None:
    assert facts(message)["timeline_days"] == days


@pytest.mark.parametrize(
    "message",
    [
        "I'm 3 months behind",
        "been empty for 2 years",
        "mom passed in february",
        "the listing expired in june",
        "roof is 5 years old",
        "same tenant for 4 yrs",
        "call me back tomorrow",
        "I told you last week",
        "signed it over to my cousin back in July",
    ],
)
def test_a_time_gone_by_is_no_timeline(message: str) -> None:
    assert "timeline_days" not in facts(message)


@pytest.mark.parametrize(
    "message",
    [
        "we are not behind on anything and not getting divorced",
        "if i ever got divorced maybe",
        "my neighbor is in foreclosure",
        "we were in foreclosure in 2009",
        "was behind but we got caught up",
        "foreclosure? no",
        "do you buy houses in foreclosure?",
    ],
)
def test_a_reason_that_is_denied_past_or_somebody_elses_is_none(message: str) -> None:
    assert "motivation" not in facts(message)


@pytest.mark.parametrize(
    ("message", "grade"),
    [
        ("needs a roof, furnace and plumbing", "poor"),
        ("needs a new roof", "fair"),
        ("roof leaks a bit", "fair"),
        ("paint and carpet, nothing crazy", "fair"),
        ("cracked foundation", "poor"),
        ("we had a fire and it's boarded up", "uninhabitable"),
        ("turnkey, everything is new", "excellent"),
        ("it's in good shape, new roof last year", "good"),
        ("2 yr old hvac, good condition", "good"),
        ("not in good condition", "poor"),
        ("needs everything cosmetic", "fair"),
        ("le faltan pisos y pintura", "fair"),
        ("it's about a 6 out of 10", "fair"),
        ("burned the mortgage last year, place is in good shape", "good"),
        ("a limb fell through the roof", "poor"),
    ],
)
def test_remarks_on_the_house_make_one_grade(message: str, grade: str) -> None:
    assert facts(message)["condition"] == grade


@pytest.mark.parametrize(
    ("asked", "message", "fact", "value"),
    [
        ("price", "145", "asking_price", 145_000),
        ("mortgage", "nope", "mortgage_balance", 0),
        ("mortgage", "zero", "mortgage_balance", 0),
        ("mortgage", "don't have one", "mortgage_balance", 0),
        ("mortgage", "like 90ish left", "mortgage_balance", 90_000),
        ("liens", "none", "liens", 0),
        ("timeline", "january", "timeline_days", 54),
        ("listed", "no", "listed_with_agent", False),
        ("occupancy", "renters", "occupancy", "tenant"),
        ("decision_maker", "me and my wife", "decision_maker", "joint"),
        ("condition", "7 out of 10", "condition", "good"),
    ],
)
def test_a_bare_answer_is_read_by_the_question(asked: str, message: str, fact: str, value: object) -> None:
    assert facts(message, asked=asked)[fact] == value


@pytest.mark.parametrize("correction", ["*172", "*172 sorry fat thumbs", "actually make that 172", "my bad, 172"])
def test_a_corrected_price_takes_the_place_of_the_first(correction: str) -> None:
    assert facts("I'd want 127", correction)["asking_price"] == 172_000


def test_that_nobody_sells_does_not_make_a_house_vacant() -> None:
    assert "occupancy" not in facts("nobody is selling grandma's house")
    assert facts("nobody is in it right now")["occupancy"] == "vacant"


@pytest.mark.parametrize(
    "message",
    [
        "I got this number off your letter, I'd sell",
        "I have not accepted an offer yet",
        "we put it in our trust, I transferred it to my llc",
        "I have sold a few houses before",
        "gotta go through them boxes first",
    ],
)
def test_what_only_sounds_like_the_end_of_a_talk_is_none(message: str) -> None:
    found, flags = known(read_ear().hear_all([message], [None], date=TODAY))
    assert not {"wrong_number", "listed_with_agent"} & set(found)
    assert found.get("decision_maker") != "not_owner"
    assert "not_interested" not in flags


def test_a_garage_that_leans_and_a_baby_are_neither_liens_nor_care() -> None:
    assert "liens" not in facts("the garage leans and we had a baby this year")
    assert "motivation" not in facts("I can't make it at 3 today")
    assert "mortgage_balance" not in facts("don't have any idea", asked="mortgage")


def test_of_several_houses_only_the_one_on_offer_counts() -> None:
    heard = facts("I have two. Sycamore and Oak", "Sycamore is rented, keeping that one", "Oak is empty, 50 for Oak")
    assert (heard["occupancy"], heard["asking_price"]) == ("vacant", 50_000)


def test_every_fact_quotes_the_sellers_own_words_and_the_turn() -> None:
    memory = read_ear().hear_all(["hi", "Needs a ROOF, I'd take $120,000"], date=TODAY)
    quoted = {one.fact: (one.words, one.turn) for one in memory.heard}
    assert quoted["asking_price"] == ("I'd take $120,000", 1)
    assert "ROOF" in quoted["condition"][0]


def test_the_verdict_needs_three_pillars_and_nobody_against() -> None:
    three = {"motivation": ["probate"], "condition": "poor", "asking_price": 90_000}
    assert qualify(three).status == "qualified"
    assert qualify(three, {"dm_conflict"}).status == "pending"
    assert qualify(three | {"decision_maker": "joint", "hostile": True}).status == "qualified"
    for against in ({"opted_out": True}, {"wrong_number": True}, {"decision_maker": "not_owner"}):
        assert qualify(three | against).status == "not_qualified"
    assert qualify({"motivation": ["taxes"], "condition": "fair", "timeline_days": 91}).status == "pending"


@given(st.text(max_size=300))
def test_any_text_is_heard_without_failing_and_quotes_itself(text: str) -> None:
    memory = read_ear().hear(text, Memory(), date=TODAY)
    verdict = qualify(*known(memory))
    assert 0 <= verdict.score <= 1
    assert all(len(one.words) <= MAX_CHARACTERS for one in memory.heard)


TELLING = ("roof", "behind", "3", "months", "not", "if", "90k", "stop", "lol", "my", "neighbor", "no", "$", "by", "may")


@given(st.lists(st.sampled_from(TELLING), max_size=25))
def test_any_run_of_telling_words_is_heard_without_failing(words: list[str]) -> None:
    memory = read_ear().hear(" ".join(words), Memory(), asked="timeline", date=TODAY)
    assert qualify(*known(memory)).status in {"pending", "qualified", "not_qualified"}
