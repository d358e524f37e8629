"""Heat maps become boxes and an area share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from made_readings import spot, unhurried
from realestate.domain.repairs.regions import find_regions, label

HEATS = arrays(np.float32, st.tuples(st.integers(1, 12), st.integers(1, 12)), elements=st.floats(0, 1, width=32))


def test_a_warm_rectangle_is_boxed_in_pixels_of_the_photo() -> None:
    found = find_regions(spot(slice(2, 4), slice(5, 10)), 4_000, 3_000)
    assert found.boxes == ((2_000, 600, 2_000, 600),)
    assert found.area == pytest.approx(0.1)


def test_regions_that_touch_at_a_corner_are_one_and_the_largest_comes_first() -> None:
    heat = np.zeros((4, 4), np.float32)
    heat[0, 0] = heat[1, 1] = heat[1, 2] = heat[3, 3] = 1.0
    assert find_regions(heat, 40, 40).boxes == ((0, 0, 30, 20), (30, 30, 10, 10))


def test_a_faint_map_is_marked_from_half_of_its_peak() -> None:
    heat = spot(value=0.2)
    heat[9, 9] = 0.11
    assert len(find_regions(heat, 100, 100).boxes) == 2
    heat[9, 9] = 0.09
    assert len(find_regions(heat, 100, 100).boxes) == 1


@pytest.mark.parametrize("empty", [np.zeros((3, 3), np.float32), np.full((3, 3), np.nan, np.float32)])
def test_a_map_without_heat_says_nothing_about_place_or_size(empty: np.ndarray) -> None:
    assert find_regions(empty, 640, 480).boxes == ((0, 0, 640, 480),)
    assert find_regions(empty, 640, 480).area == 0


def test_a_map_finer_than_the_photo_gives_boxes_inside_it() -> None:
    assert find_regions(spot(slice(9, 10), slice(9, 10)), 3, 2).boxes == ((2, 1, 1, 1),)


def test_a_winding_region_is_one() -> None:
    mask = np.array([[1, 1, 1, 1, 1], [0, 0, 0, 0, 1], [1, 1, 1, 0, 1], [1, 0, 0, 0, 1], [1, 1, 1, 1, 1]], bool)
    assert len(np.unique(label(mask)[mask])) == 1


@unhurried(60)
@given(HEATS, st.integers(1, 5_000), st.integers(1, 5_000))
def test_boxes_are_inside_the_photo_and_hold_the_hottest_cell(heat: np.ndarray, width: int, height: int) -> None:
    found = find_regions(heat, width, height)
    assert 0 <= found.area <= 1
    assert all(0 <= x < x + w <= width and 0 <= y < y + h <= height for x, y, w, h in found.boxes)
    if heat.max() > 0:
        assert found.mask[np.unravel_index(heat.argmax(), heat.shape)]
