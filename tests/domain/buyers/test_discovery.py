"""Deeds become buyers; invented sales."""

from __future__ import annotations

from datetime import date

import pytest

from realestate.domain.buyers.buybox import describe_property
from realestate.domain.buyers.discovery import Deed, discover, reason_to_leave_out


def deed(buyer: str, price: float = 90_000, day: str = "2024-03-01", **facts: object) -> Deed:
    bought = describe_property(address="12 Oak St", city="Millbrook", price=price, day=date.fromisoformat(day))
    return Deed(buyer, bought, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sale", "reason"),
    [
        (deed("CITY OF MILLBROOK"), "government"),
        (deed("Millbrook Housing Authority"), "government"),
        (deed("Secretary of Housing and Urban Development"), "government"),
        (deed("First Example Bank"), "bank"),
        (deed("Example National Bank NA"), "bank"),
        (deed("SAMPLE, KIM", seller="SAMPLE, TERRY"), "family transfer"),
        (deed("OTHER, KIM", price=10, deed_type="QUIT CLAIM DEED"), "family transfer"),
        (deed("OTHER, KIM", seller="Millbrook Builders Inc", year_built=2024), "builder's first sale"),
        (deed(""), "no buyer"),
        (deed("  ,  "), "no buyer"),
        (deed("City Lights Holdings LLC"), ""),
        (deed("Example Bank Custodian for Alder Fund"), ""),
        (deed("Alder Homes LLC", seller="Millbrook Builders Inc"), ""),
        (deed("OTHER, KIM", seller="SAMPLE, TERRY"), ""),
    ],
)
def test_who_is_left_out(sale: Deed, reason: str) -> None:
    assert reason_to_leave_out(sale) == reason


def test_a_single_home_buyer_with_a_mortgage_is_no_investor() -> None:
    found = discover([deed("OTHER, KIM", mortgaged=True, absentee=False)])
    assert found.buyers == []
    assert found.left_out == {"single home purchase": 1}


@pytest.mark.parametrize(("facts", "mark"), [({"mortgaged": False}, "cash"), ({"absentee": True}, "absentee")])
def test_cash_and_absentee_purchasers_are_found(facts: dict[str, bool], mark: str) -> None:
    assert list(discover([deed("OTHER, KIM", **facts)]).buyers[0].marks) == [mark]


def test_repeat_purchasers_are_summed_up() -> None:
    found = discover([deed("Elm LLC", 100_000), deed("ELM, L.L.C.", 60_000, "2024-05-02"), deed("Ash LLC")], 2)
    (elm,) = found.buyers
    assert (elm.summary.total, elm.summary.average_price, elm.summary.last) == (2, 80_000, date(2024, 5, 2))
    assert (elm.summary.price_min, elm.summary.price_max, elm.summary.areas) == (60_000, 100_000, ["MILLBROOK"])
    assert found.left_out == {"too few purchases": 1}


def test_all_buyers_keeps_everybody_with_a_name() -> None:
    found = discover([deed("OTHER, KIM"), deed("City of Millbrook"), deed("")], all_buyers=True)
    assert len(found.buyers) == 2
    assert found.left_out == {"no buyer": 1}
