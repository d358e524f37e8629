"""One score out of many signals: golden leads worked out by hand, and the laws that hold for all others."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate.adapters import reference_data
from realestate.domain.leads.records import SignalLine
from realestate.domain.leads.score_parts import explain
from realestate.domain.leads.scoring import equity_share

TODAY = date(2026, 6, 1)
MODEL = reference_data.score_model()


def said(
    signal: str,
    weeks: int | None = 0,
    *,
    amount: int | None = None,
    years: float | None = None,
    left: int | None = None,
    closed: date | None = None,
    run: int = 1,
    as_of: date = TODAY,
) -> SignalLine:
    """What a list states: an event so many weeks ago, an amount in dollars, so many days to the deadline."""
    return SignalLine(
        signal=signal,
        event_date=None if weeks is None else TODAY - timedelta(weeks=weeks),
        as_of=as_of,
        amount=None if amount is None else amount * 100,
        years=years,
        deadline=None if left is None else TODAY + timedelta(days=left),
        closed_on=closed,
        list="a list",
        file="list.csv",
        row=2,
        run=run,
    )


LISTED = said("on_market", 4)
SOLD = {"sale_date": "2026-03-01", "sale_price": 210_000}

# Worked out with a pocket calculator from the weights in data/signals.toml: 1 - product(1 - w * severity * ageing).
GOLDEN = {
    "a vacant house, seen today": ([said("vacant")], {}, 0.15),
    "a vacant house, seen a year ago": ([said("vacant", 52)], {}, 0.075),
    "six days are no week": ([replace(said("vacant"), event_date=TODAY - timedelta(days=6))], {}, 0.15),
    "unpaid tax without a sum: 0.2 * 0.8": ([said("tax_delinquent")], {}, 0.16),
    "unpaid tax of 300 dollars: 0.2 * 0.7": ([said("tax_delinquent", amount=300)], {}, 0.14),
    "unpaid tax of 6,000 dollars: 0.2 * 1.0": ([said("tax_delinquent", amount=6_000)], {}, 0.2),
    "unpaid tax over three years: 0.2 * 1.3": ([said("tax_delinquent", amount=6_000, years=3)], {}, 0.26),
    "unpaid tax over three years, two years ago": ([said("tax_delinquent", 104, years=3)], {}, 0.13),
    "vacant and in probate: 1 - 0.85 * 0.78": ([said("vacant"), said("probate")], {}, 0.337),
    "vacant on two lists counts once": ([said("vacant"), said("vacant", 52)], {}, 0.15),
    "probate, vacant, unpaid tax: 1 - 0.78 * 0.85 * 0.8": (
        [said("probate"), said("vacant"), said("tax_delinquent", amount=6_000)],
        {},
        0.4696,
    ),
    "an auction today": ([said("foreclosure_auction", 10, left=0)], {}, 0.3),
    "an auction in eight weeks counts half": ([said("foreclosure_auction", 10, left=56)], {}, 0.15),
    "an auction yesterday is over": ([said("foreclosure_auction", 10, left=-1), said("vacant")], {}, 0.15),
    "a violation that was closed": ([said("code_violation", 3, closed=TODAY), said("vacant")], {}, 0.15),
    "half of it paid off: 0.15 * 1.5": ([said("vacant")], {"value": 200_000, "equity": 100_000}, 0.225),
    "a third of it paid off: 0.15 * 1.2": ([said("vacant")], {"value": 300_000, "loan_balance": 200_000}, 0.18),
    "sold in March: the lien of January was the former owner's": (
        [said("tax_lien", 20), said("vacant", 4)],
        SOLD,
        0.15 * 0.5 ** (4 / 52),
    ),
    "a deed for ten dollars is no sale": ([said("vacant", 52)], {**SOLD, "sale_price": 10}, 0.075),
    "listed for sale": ([said("probate"), LISTED], {}, 0.0),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_leads_score_as_worked_out_by_hand(name: str) -> None:
    signals, facts, score = GOLDEN[name]
    explained = explain(1, signals, facts, MODEL, TODAY)

    assert explained.score == pytest.approx(score, abs=1e-9)
    assert math.fsum(part.points for part in explained.parts) == pytest.approx(explained.score, abs=1e-9)


def test_there_are_twenty_golden_leads() -> None:
    assert len(GOLDEN) == 20


def test_a_listed_house_says_why_it_scores_nothing_and_a_stale_listing_is_over() -> None:
    assert explain(1, [said("probate"), LISTED], {}, MODEL, TODAY).suppressed_by == "on_market"
    assert explain(1, [said("probate"), said("on_market", 30)], {}, MODEL, TODAY).score == pytest.approx(0.22)


def test_a_later_import_that_says_closed_closes_the_very_matter() -> None:
    then, now = TODAY - timedelta(weeks=4), TODAY
    opened = said("code_violation", 10, as_of=then)
    closed = said("code_violation", 10, closed=TODAY - timedelta(days=3), run=2, as_of=now)
    other = said("code_violation", 9, as_of=then)

    assert explain(1, [opened, closed], {}, MODEL, TODAY).score == 0
    assert explain(1, [opened, closed, other], {}, MODEL, TODAY).score > 0
    assert explain(1, [replace(opened, as_of=now, run=3), closed], {}, MODEL, then).score > 0


def test_what_comes_near_a_protected_class_neither_scores_nor_is_searched_by() -> None:
    assert "senior_owner" not in {*MODEL.rules, *MODEL.attributes, *MODEL.suppressors}
    assert explain(1, [said("senior_owner")], {}, MODEL, TODAY).score == 0


@pytest.mark.parametrize(
    ("facts", "share"),
    [
        ({}, None),
        ({"value": 0, "equity": 5}, None),
        ({"value": 200_000, "equity": 50_000, "loan_balance": 1}, 0.25),
        ({"value": 100_000, "loan_balance": 120_000}, -0.2),
        ({"equity_percent": 40}, 0.4),
    ],
)
def test_equity_is_read_from_what_is_there(facts: dict[str, float], share: float | None) -> None:
    assert equity_share(facts) == (None if share is None else pytest.approx(share))


statements = st.builds(
    said,
    st.sampled_from(sorted({*MODEL.rules, *MODEL.attributes})),
    st.none() | st.integers(0, 400),
    amount=st.none() | st.integers(0, 100_000),
    years=st.none() | st.integers(0, 10).map(float),
    left=st.none() | st.integers(-30, 400),
    closed=st.none() | st.integers(-50, 50).map(lambda days: TODAY + timedelta(days=days)),
    run=st.integers(1, 3),
)
many = st.lists(statements, max_size=12)
houses = st.fixed_dictionaries(
    {},
    optional={
        "value": st.integers(1, 900_000),
        "equity": st.integers(-100_000, 900_000),
        "loan_balance": st.integers(0, 900_000),
        "equity_percent": st.integers(-50, 100),
        "sale_date": st.dates(date(2015, 1, 1), date(2027, 1, 1)).map(str),
        "sale_price": st.sampled_from([0, 10, 999, 1_000, 250_000]),
    },
)


@given(many, houses)
def test_a_score_stays_within_0_and_1_and_its_parts_add_up(signals: list[SignalLine], facts: dict[str, object]) -> None:
    explained = explain(1, signals, facts, MODEL, TODAY)

    assert 0 <= explained.score <= 1
    assert abs(math.fsum(part.points for part in explained.parts) - explained.score) < 1e-9
    assert all(part.points >= 0 for part in explained.parts)


@given(many, statements, houses)
def test_a_further_signal_never_lowers_a_score(
    signals: list[SignalLine], further: SignalLine, facts: dict[str, object]
) -> None:
    further = replace(further, closed_on=None)
    with_it = explain(1, [*signals, further], facts, MODEL, TODAY).score

    assert with_it >= explain(1, signals, facts, MODEL, TODAY).score - 1e-12


@given(statements, st.integers(0, 300))
def test_age_never_raises_a_signal_without_a_deadline(one: SignalLine, days: int) -> None:
    one = replace(one, deadline=None, closed_on=None, event_date=one.event_date or TODAY)
    later = TODAY + timedelta(days=days)

    assert explain(1, [one], {}, MODEL, later).score <= explain(1, [one], {}, MODEL, TODAY).score


@given(statements, st.integers(0, 200))
def test_a_signal_rises_towards_its_deadline_and_is_over_the_day_after(one: SignalLine, days: int) -> None:
    one = replace(one, signal="tax_sale", deadline=TODAY + timedelta(days=days), closed_on=None)
    scores = [explain(1, [one], {}, MODEL, TODAY + timedelta(days=day)).score for day in range(days + 1)]

    assert scores == sorted(scores)
    assert explain(1, [one], {}, MODEL, TODAY + timedelta(days=days + 1)).score == 0


@given(many, houses, st.integers(0, 99))
def test_repeats_and_order_change_nothing(signals: list[SignalLine], facts: dict[str, object], seed: int) -> None:
    shuffled = random.Random(seed).sample(signals * 2, 2 * len(signals))
    first, second = explain(1, signals, facts, MODEL, TODAY), explain(1, shuffled, facts, MODEL, TODAY)

    assert second.score == pytest.approx(first.score, abs=1e-12)
    assert {part.signal for part in second.parts} == {part.signal for part in first.parts}
