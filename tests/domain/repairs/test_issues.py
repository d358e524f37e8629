"""Photos of a visit become issues of the house: repeats count once, and many photos need more evidence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_readings import CARD, photos, reading, spot, unhurried
from realestate.domain.repairs.inspections import inspections
from realestate.domain.repairs.issues import doubtful, house_issues
from realestate.domain.repairs.judging import judge
from realestate.domain.repairs.readings import Quality
from realestate.domain.repairs.views import agreement, mark_duplicates

CLEAN = [{}] * 19


def names(*scores: dict[str, float]) -> list[str]:
    return [issue.issue for issue in house_issues(photos(*scores), CARD)]


def test_one_borderline_photo_is_an_issue_alone_but_not_among_twenty() -> None:
    assert names({"crack": 0.55}) == ["crack"]
    assert names({"crack": 0.55}, *CLEAN) == []


def test_one_sure_photo_is_an_issue_among_twenty() -> None:
    assert names({"crack": 0.9}, *CLEAN) == ["crack"]


def test_borderline_photos_of_several_places_are_one_together() -> None:
    assert names(*[{"crack": 0.6}] * 4, *CLEAN[:16]) == ["crack"]


def test_the_same_borderline_photo_twenty_times_is_one_borderline_photo() -> None:
    same = [judge(reading(f"{number}.jpg", {"crack": 0.6}, look=7), CARD) for number in range(20)]
    marked = mark_duplicates(same)
    assert [photo.same_as for photo in marked] == [None, *["0.jpg"] * 19]
    (issue,) = house_issues(marked, CARD)
    assert issue.photos == ("0.jpg",)


def test_a_photo_saved_again_is_a_duplicate_and_another_place_is_not() -> None:
    again = judge(reading("again.jpg", look=0b0111111), CARD)
    other = judge(reading("other.jpg", look=0b1111111), CARD)
    first = judge(reading("first.jpg", look=0), CARD)
    assert [photo.same_as for photo in mark_duplicates([first, again, other])] == [None, "first.jpg", None]


def test_photos_that_cannot_be_judged_are_no_duplicates_of_each_other() -> None:
    dark = Quality(0.0, 0.0, 0.0, 480)
    marked = mark_duplicates([judge(reading(f"{number}.jpg", look=0, quality=dark), CARD) for number in range(3)])
    assert [photo.same_as for photo in marked] == [None] * 3


def test_one_defect_seen_from_two_steps_counts_once_and_names_both_photos() -> None:
    near, moved = spot(slice(2, 5), slice(2, 5)), spot(slice(3, 6), slice(3, 6))
    seen = [
        judge(reading("near.jpg", {"crack": 0.9}, near, look=0), CARD),
        judge(reading("moved.jpg", {"crack": 0.8}, moved, look=0xFFF), CARD),
    ]
    (issue,) = house_issues(mark_duplicates(seen), CARD)
    assert issue.photos == ("near.jpg", "moved.jpg")
    assert issue.views == ("near.jpg",)
    assert "distinct" in issue.reasons[1]


@pytest.mark.parametrize(
    ("heat", "look"),
    [(spot(slice(3, 6), slice(3, 6)), 0xFFFFFFFF), (spot(slice(0, 1), slice(0, 10)), 0xFFF)],
    ids=["another view", "another shape"],
)
def test_two_defects_count_twice(heat: np.ndarray, look: int) -> None:
    seen = [
        judge(reading("one.jpg", {"crack": 0.9}, spot(), look=0), CARD),
        judge(reading("two.jpg", {"crack": 0.8}, heat, look=look), CARD),
    ]
    assert house_issues(seen, CARD)[0].places == 2


def test_maps_of_different_sizes_or_without_contrast_do_not_agree() -> None:
    flat = np.full((10, 10), 0.5, np.float32)
    assert agreement(spot(), flat) == -1
    assert agreement(spot(), spot()[:5]) == -1
    assert agreement(spot(), spot()) == pytest.approx(1)


def test_photos_that_cannot_be_judged_give_no_issue_and_do_not_dilute_one() -> None:
    dark = Quality(0.0, 0.0, 0.0, 480)
    seen = [judge(reading(f"{number}.jpg", quality=dark), CARD) for number in range(19)]
    assert [issue.issue for issue in house_issues([*photos({"crack": 0.55}), *seen], CARD)] == ["crack"]


def test_an_unmeasured_class_asks_for_an_inspection_by_the_right_trade() -> None:
    (issue,) = house_issues(photos({"roof_damage": 0.9}), CARD)
    assert issue.severity == "needs inspection"
    (asked,) = inspections([issue], {})
    assert (asked.issue, asked.who) == ("roof_damage", "a roofer")


def test_one_photo_is_enough_to_ask_for_an_inspection() -> None:
    assert names({"roof_damage": 0.31}, *CLEAN) == ["roof_damage"]


def test_hints_that_are_too_faint_among_many_are_named_and_not_priced() -> None:
    seen = photos({"crack": 0.55}, *CLEAN)
    hints = doubtful(seen, house_issues(seen, CARD))
    assert hints == {"crack": ("0.jpg",)}
    assert "too faintly" in inspections([], hints)[0].why


def test_a_class_of_another_model_is_found_and_sent_to_an_inspector() -> None:
    card = replace(CARD, classes=("fire_damage",), thresholds={"fire_damage": 0.5})
    seen = [judge(reading(scores={"fire_damage": 0.9}, heat=spot()[None][0]), card)]
    (issue,) = house_issues(seen, card)
    assert "not priced" in inspections([issue], {})[0].why


@unhurried(40)
@given(st.lists(st.floats(0.5, 0.999), min_size=1, max_size=6), st.integers(0, 5), st.floats(0.5, 0.999))
def test_a_further_damaged_photo_never_takes_an_issue_away(scores: list[float], clean: int, more: float) -> None:
    before = [{"crack": score} for score in scores] + [{}] * clean
    # A photo at the threshold is no more than the share of evidence that one more photo asks for.
    if names(*before) and more >= 0.6:
        assert names(*before, {"crack": more})
