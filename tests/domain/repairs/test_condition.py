"""C3 to C6 by appraisal terms, and no rating where too little was seen."""

from __future__ import annotations

import pytest

from made_readings import issue, photos
from realestate.domain.repairs.analysis import HouseIssue
from realestate.domain.repairs.condition import FEWEST_FOR_C3, FEWEST_PHOTOS, rate

ENOUGH = photos(*[{}] * FEWEST_FOR_C3)


@pytest.mark.parametrize(
    ("issues", "rating"),
    [
        ([], "C3"),
        ([issue("peeling_paint", "minor")], "C4"),
        ([issue("peeling_paint", "severe"), issue("debris_clutter", "severe")], "C4"),
        ([issue("crack", "severe")], "C4"),
        ([issue("crack", "severe", places=2)], "C5"),
        ([issue("crack", "moderate"), issue("plaster_loss", "moderate")], "C4"),
        ([issue("crack", "moderate"), issue("mould", "moderate")], "C5"),
        ([issue("crack", "minor"), issue("mould", "minor")], "C4"),
        ([issue("roof_damage", "needs inspection")], "C4"),
        ([issue("structural_collapse", "severe")], "C6"),
        ([issue("structural_collapse", "needs inspection")], "C4"),
    ],
)
def test_a_house_is_rated_by_what_was_found(issues: list[HouseIssue], rating: str) -> None:
    condition = rate(ENOUGH, issues)
    assert condition.rating == rating
    assert condition.reasons


def test_too_few_photos_say_nothing_good() -> None:
    few = photos(*[{}] * (FEWEST_PHOTOS - 1))
    for issues in ([], [issue("crack", "minor")]):
        condition = rate(few, issues)
        assert condition.rating is None
        assert "too little seen" in condition.reasons[0]


def test_a_house_without_findings_takes_more_photos() -> None:
    assert rate(photos(*[{}] * FEWEST_PHOTOS), []).rating is None
    assert rate(photos(*[{}] * FEWEST_PHOTOS), [issue("crack", "minor")]).rating == "C4"


def test_a_collapse_needs_no_further_photo() -> None:
    assert rate(photos({}), [issue("structural_collapse", "severe")]).rating == "C6"


def test_reasons_name_what_was_found_and_what_is_open() -> None:
    reasons = rate(ENOUGH, [issue("mould", "severe", places=3), issue("roof_damage", "needs inspection")]).reasons
    assert any("severe mould" in reason and "3 places" in reason for reason in reasons)
    assert any("damaged roof: to be inspected" in reason for reason in reasons)
