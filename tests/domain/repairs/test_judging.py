"""One photo: what it shows, and why an empty answer is not always good news."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_readings import CARD, FINE, THRESHOLD, reading, spot, unhurried
from realestate.domain.repairs.analysis import STRANGE
from realestate.domain.repairs.judging import judge
from realestate.domain.repairs.readings import Quality
from realestate.domain.repairs.severity import STEPS, at_least, grade, worst
from realestate.domain.repairs.taxonomy import CLASSES


def test_what_reaches_its_threshold_is_an_issue_with_area_box_and_severity() -> None:
    photo = judge(reading(scores={"crack": 0.8, "mould": 0.49}), CARD)
    (issue,) = photo.issues
    assert (issue.issue, issue.score, issue.severity) == ("crack", 0.8, "minor")
    assert (issue.area, issue.box) == (pytest.approx(0.09), (800, 600, 1_200, 900))
    assert photo.scores["mould"] == 0.49
    assert photo.counts


def test_a_class_without_a_threshold_is_to_be_inspected_from_its_own_limit() -> None:
    photo = judge(reading(scores={"roof_damage": 0.31}), CARD)
    assert [issue.severity for issue in photo.issues] == ["needs inspection"]
    assert not judge(reading(scores={"roof_damage": 0.29}), CARD).issues
    assert not judge(reading(scores={"roof_damage": 0.99}), replace(CARD, inspect_from={})).issues


@pytest.mark.parametrize(
    ("quality", "doubt"),
    [
        (Quality(0.0, 0.0, 0.0, 480), "too dark"),
        (Quality(1.0, 0.0, 0.0, 480), "too bright"),
        (Quality(0.5, 0.001, 0.0, 480), "one even surface, nothing to see"),
        (Quality(0.5, 0.2, 500.0, 60), "too small"),
    ],
)
def test_a_photo_that_shows_nothing_says_so_and_nothing_is_found_in_it(quality: Quality, doubt: str) -> None:
    photo = judge(reading(scores={"crack": 0.99}, quality=quality), CARD)
    assert photo.doubts == (doubt,)
    assert not photo.issues
    assert not photo.counts
    assert photo.scores["crack"] == 0.99


@pytest.mark.parametrize(
    ("quality", "doubt"),
    [(Quality(0.5, 0.2, 3.0, 480), "too blurred"), (Quality(0.5, 0.2, 500.0, 120), "too small")],
)
def test_in_a_poor_photo_what_is_found_counts_and_nothing_found_does_not(quality: Quality, doubt: str) -> None:
    found = judge(reading(scores={"crack": 0.9}, quality=quality), CARD)
    assert found.doubts == (doubt,)
    assert found.counts
    assert not judge(reading(quality=quality), CARD).counts


def test_a_smooth_wall_is_not_blurred() -> None:
    assert not judge(reading(quality=Quality(0.6, 0.015, 3.0, 480)), CARD).doubts


def test_a_strange_photo_is_believed_only_when_it_is_sure() -> None:
    empty = judge(reading(strangeness=10.1), CARD)
    assert empty.doubts == (STRANGE,)
    assert not empty.counts
    faint = judge(reading(scores={"crack": 0.74}, strangeness=10.1), CARD)
    assert not faint.issues
    sure = judge(reading(scores={"crack": 0.76}, strangeness=10.1), CARD)
    assert sure.issues
    assert sure.counts


def test_a_model_that_does_not_say_what_is_strange_finds_nothing_strange() -> None:
    assert not judge(reading(strangeness=1e9), replace(CARD, strange_above=None)).doubts


def test_answers_that_are_no_numbers_are_no_issues() -> None:
    photo = judge(reading(scores=dict.fromkeys(CLASSES, float("nan")), strangeness=float("nan")), CARD)
    assert not photo.issues
    assert photo.doubts == (STRANGE,)


def test_heat_that_is_no_number_has_no_area() -> None:
    nothing = np.full((10, 10), np.nan, np.float32)
    (issue,) = judge(reading(scores={"crack": 0.9}, heat=nothing), CARD).issues
    assert (issue.area, issue.severity) == (0, "minor")


def test_a_preview_is_kept_only_when_it_is_wanted() -> None:
    made = reading(preview=b"jpeg")
    assert judge(made, CARD).preview == b""
    assert judge(made, CARD, keep_preview=True).preview == b"jpeg"


@unhurried(100)
@given(st.sampled_from(CLASSES), st.floats(THRESHOLD, 1), st.floats(THRESHOLD, 1), st.floats(0, 1), st.floats(0, 1))
def test_more_area_or_certainty_is_never_milder(name: str, one: float, other: float, less: float, more: float) -> None:
    mild = grade(name, min(one, other), min(less, more), THRESHOLD)
    assert at_least(grade(name, max(one, other), max(less, more), THRESHOLD), mild)


def test_what_needs_an_inspection_is_worst_only_alone() -> None:
    assert worst(["needs inspection", "minor"]) == "minor"
    assert worst(["needs inspection"]) == "needs inspection"
    assert not any(at_least("needs inspection", step) for step in STEPS)


def test_a_large_sure_finding_is_severe() -> None:
    assert (
        judge(reading(scores={"mould": 0.95}, heat=spot(slice(0, 8), slice(0, 8))), CARD).issues[0].severity == "severe"
    )
    assert FINE.short_side > 96
