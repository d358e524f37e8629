"""Views are what a model is to see: the right size, different each time, the same for the same chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realestate.training.views import SIDE, STORED, make_view, paste, plain_view

CHANCES = st.integers(0, 2**32 - 1).map(np.random.default_rng)


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    ramp = np.linspace(0, 255, STORED, dtype=np.uint8)
    return np.stack([np.tile(ramp, (STORED, 1)), np.tile(ramp[:, None], (1, STORED)), np.full((STORED, STORED), 90)], 2)


@settings(max_examples=25, deadline=None)
@given(CHANCES, st.floats(0.3, 1))
def test_a_view_has_the_size_that_the_model_takes(photo: np.ndarray, chance: np.random.Generator, least: float) -> None:
    view = make_view(photo.astype(np.uint8), chance, least)
    assert view.shape == (SIDE, SIDE, 3)
    assert view.dtype == np.uint8


def test_the_same_chance_makes_the_same_view(photo: np.ndarray) -> None:
    one, other = (make_view(photo.astype(np.uint8), np.random.default_rng(4), 0.5) for _ in range(2))
    assert (one == other).all()
    assert (one != make_view(photo.astype(np.uint8), np.random.default_rng(5), 0.5)).any()


def test_a_plain_view_is_the_whole_photo(photo: np.ndarray) -> None:
    view = plain_view(photo.astype(np.uint8))
    assert view.shape == (SIDE, SIDE, 3)
    assert view[0, 0, 0] < 3
    assert view[0, -1, 0] > 252


@settings(max_examples=25, deadline=None)
@given(CHANCES)
def test_a_pasted_wall_changes_part_of_the_room(chance: np.random.Generator) -> None:
    room = np.full((STORED, STORED, 3), 200, np.uint8)
    wall = np.random.default_rng(1).integers(0, 255, (STORED, STORED, 3), dtype=np.uint8)
    changed = (paste(room, wall, chance) != room).any(axis=2).mean()
    assert 0.005 < changed < 0.6
