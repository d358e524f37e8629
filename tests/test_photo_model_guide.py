"""docs/photo-models.md says what really is: its cards are read as they stand, its keys are those that are known."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from realestate.adapters.model_cards import read_card
from realestate.adapters.model_outputs import HEAT_SIDE
from realestate.adapters.model_trial import LONGEST_S, MEMORY_BYTES
from realestate.adapters.onnx_file import MOST_ELEMENTS
from realestate.domain.repairs.taxonomy import CLASSES

GUIDE = (Path(__file__).parents[1] / "docs" / "photo-models.md").read_text(encoding="utf-8")
CARDS = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)


@pytest.mark.parametrize("text", CARDS)
def test_the_cards_of_the_guide_are_cards(text: str, tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    path.write_text(text, encoding="utf-8")
    assert read_card(path).card.classes


def test_there_is_one_card_of_each_kind() -> None:
    assert [("detector" in text, "grid" in text) for text in CARDS] == [(False, True), (True, False)]


def test_every_class_and_limit_is_the_one_in_force() -> None:
    assert all(f"`{name}`" in GUIDE for name in CLASSES)
    assert f"{MOST_ELEMENTS / 1e6:.0f} million values" in GUIDE
    assert f"{MEMORY_BYTES >> 30} GiB" in GUIDE
    assert LONGEST_S == 60
    assert f"{HEAT_SIDE} by {HEAT_SIDE}" in GUIDE
