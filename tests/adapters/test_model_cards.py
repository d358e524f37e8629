"""A card says what it has to, or is refused by file, key and reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from photo_models import card
from realestate.adapters.model_cards import CardFile, DetectorOutput, GridOutput, read_card
from realestate.errors import UnusableInputError

DETECTOR = {"kind": "detector", "boxes": "b", "scores": "s", "box_format": "xyxy", "box_units": "pixels"}


def read(folder: Path, document: Any) -> CardFile:  # noqa: ANN401  any JSON
    path = folder / "roofs.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return read_card(path)


def refusal(folder: Path, document: Any) -> str:  # noqa: ANN401  any JSON
    with pytest.raises(UnusableInputError) as refused:
        read(folder, document)
    assert "roofs.json" in refused.value.message
    return refused.value.message


def changed(part: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON
    return card(**{part: {**card()[part], **changes}})


def test_a_card_is_read_as_it_stands(tmp_path: Path) -> None:
    file = read(tmp_path, card(strange_above=2.5, notes=["anything else is documentation"]))
    assert file.card.classes == ("crack", "mould", "roof_damage")
    assert file.card.thresholds == {"crack": 0.5, "mould": 0.6, "roof_damage": None}
    assert file.card.inspect_from == {"roof_damage": 0.4}
    assert file.card.strange_above == 2.5
    assert file.output == GridOutput("scores", "heat", None, sigmoid=False)
    assert file.columns == (0, 1, 2)
    assert (file.input.mean, file.input.std) == ((0.0,), (1.0,))


def test_a_detector_says_how_its_boxes_are_meant(tmp_path: Path) -> None:
    file = read(tmp_path, card(output={**DETECTOR, "overlap": 0.5, "activation": "sigmoid"}))
    assert file.output == DetectorOutput("b", "s", None, "xyxy", True, 0.5, 0.05, True)


def test_labels_are_ours_none_or_their_own(tmp_path: Path) -> None:
    classes = ["hairline", "wide crack", "intact", "Broken Window!"]
    labels = {"hairline": "crack", "wide crack": "crack", "intact": None}
    document = card(classes=classes, labels=labels, thresholds={"crack": 0.5, "broken_window": 0.5}, inspect_from={})
    file = read(tmp_path, document)
    assert file.card.classes == ("crack", "broken_window")
    assert file.columns == (0, 0, None, 1)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("", "no JSON"),
        ("[]", "no JSON object"),
        ("[" * 100_000, "no JSON"),
        ('{"name": NaN}', "NaN is no number"),
        ('{"name": "a", "name": "b"}', "'name' stands there twice"),
        ("\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "no JSON"),
        (card(name="../../etc"), 'name is "../../etc"'),
        (card(name=7), "name is 7"),
        (card(sha256="abc"), 'sha256 is "abc"'),
        (card(classes=[]), "classes is []"),
        (card(classes=["crack", "crack"]), "each stands there once"),
        (card(classes=["crack", "mould", "?"]), "a letter or a digit"),
        (card(classes="crack"), "a list"),
        (card(labels={"crack": "fire_damage"}), 'labels.crack is "fire_damage"; it is one of crack'),
        (card(labels={"window": "crack"}), "labels.window"),
        (card(labels=dict.fromkeys(card()["classes"])), "no class is left"),
        (card(thresholds={"crack": 0.5, "mould": 0.5}), "thresholds.roof_damage is missing"),
        (changed("thresholds", crack=1.5), "thresholds.crack is 1.5; it is a number from 0 to 1, or null"),
        (changed("thresholds", crack=True), "thresholds.crack is true"),
        (changed("thresholds", crack="high"), 'thresholds.crack is "high"'),
        (changed("thresholds", crack=10**400), "thresholds.crack is 1000"),
        (changed("thresholds", attic=0.5), "thresholds.attic is 0.5; the classes are"),
        (card(inspect_from={"attic": 0.5}), "inspect_from.attic"),
        (card(strange_above=-1), "strange_above is -1"),
        (card(input=[]), "input is []; it is an object"),
        (changed("input", layout="HWC"), 'input.layout is "HWC"; it is NHWC or NCHW'),
        (changed("input", dtype="int8"), 'input.dtype is "int8"'),
        (changed("input", dtype="uint8"), "input.scale is"),
        (changed("input", height=4), "input.height is 4; it is a whole number from 16 to 2048"),
        (changed("input", width=224.0), "input.width is 224.0"),
        (changed("input", std=[1, 0, 1]), "input.std is [1, 0, 1]; it is above 0"),
        (changed("input", mean=[1, 2]), "input.mean is [1, 2]"),
        (changed("input", scaling=2), "input.scaling is 2; the keys here are"),
        (changed("output", kind="segments"), 'output.kind is "segments"; it is grid or detector'),
        (card(output={"kind": "grid"}), "output.scores is missing; name the output"),
        (changed("output", box_format="xyxy"), "output.box_format"),
        (card(output={**DETECTOR, "box_format": "yxyx"}), "output.box_format"),
        (card(output={**DETECTOR, "overlap": 2}), "output.overlap is 2"),
    ],
)
def test_a_card_that_cannot_be_is_refused_by_key_and_reason(tmp_path: Path, document: Any, words: str) -> None:  # noqa: ANN401
    assert words in refusal(tmp_path, document)


def test_no_key_of_a_card_can_be_missing_without_a_word(tmp_path: Path) -> None:
    for key in ("name", "sha256", "input", "output", "classes", "thresholds"):
        document = card()
        del document[key]
        assert f"{key} is missing" in refusal(tmp_path, document)
