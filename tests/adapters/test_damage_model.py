"""Models of both kinds are checked against their cards, and answer in probabilities or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import ModelProto

from photo_models import CLASSES, SIDE, brightness_model, card, fixed_model, model, node, port, weight, write
from realestate.adapters.damage_model import DamageModel
from realestate.adapters.model_outputs import HEAT_SIDE, Looks
from realestate.errors import UnusableInputError

BOXES = {"kind": "detector", "boxes": "boxes", "scores": "scores", "box_format": "xyxy", "box_units": "normalised"}


def load(folder: Path, made: ModelProto, **changes: Any) -> DamageModel:  # noqa: ANN401  any JSON
    return DamageModel.load(*write(folder, made, card(**changes)))


def refusal(folder: Path, made: ModelProto, **changes: Any) -> str:  # noqa: ANN401  any JSON
    with pytest.raises(UnusableInputError) as refused:
        load(folder, made, **changes)
    assert "\n" not in refused.value.message
    return refused.value.message


def photos(*colours: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Photos of one colour each."""
    return np.stack([np.full((SIDE, SIDE, 3), colour, np.uint8) for colour in colours])


def look(loaded: DamageModel, count: int = 1) -> Looks:
    return loaded.look(photos(*[(0, 0, 0)] * count))


def test_each_photo_of_a_batch_gets_its_scores_and_heat(tmp_path: Path) -> None:
    looks = load(tmp_path, brightness_model()).look(photos((255, 0, 0), (0, 51, 102)))
    assert looks.scores == pytest.approx(np.array([[1, 0, 0], [0, 0.2, 0.4]]))
    assert looks.heat.shape == (2, 3, SIDE, SIDE)
    assert looks.heat[1, 2] == pytest.approx(0.4)
    assert list(looks.strangeness) == [0, 0]


def test_a_fixed_batch_is_filled_up_and_cut_again(tmp_path: Path) -> None:
    loaded = load(tmp_path, brightness_model(batch=2))
    scores = loaded.look(photos((255, 0, 0), (0, 255, 0), (0, 0, 255))).scores
    assert scores == pytest.approx(np.eye(3))


def test_the_card_says_how_a_photo_is_scaled(tmp_path: Path) -> None:
    scaled = {**card()["input"], "scale": 0.01, "mean": [0.5, 0, 0], "std": [1, 2, 4]}
    output = {"kind": "grid", "scores": "scores", "activation": "sigmoid"}
    loaded = load(tmp_path, brightness_model(), input=scaled, output=output)
    logits = np.array([[0.5, 0.5, 0.25]])
    assert loaded.look(photos((100, 100, 100))).scores == pytest.approx(1 / (1 + np.exp(-logits)))


def test_uint8_photos_go_in_as_they_are(tmp_path: Path) -> None:
    nodes = [
        node("Cast", ["photos"], ["float"], to=1),
        node("Mul", ["float", "scale"], ["scaled"]),
        node("ReduceMean", ["scaled"], ["scores"], axes=[1, 2], keepdims=0),
    ]
    made = model(
        nodes,
        [port("photos", ["batch", SIDE, SIDE, 3], 2)],
        [port("scores", ["batch", 3])],
        [weight("scale", np.float32(1 / 255))],
    )
    spec = {"name": "photos", "height": SIDE, "width": SIDE, "layout": "NHWC", "dtype": "uint8"}
    looks = load(tmp_path, made, input=spec, output={"kind": "grid", "scores": "scores"}).look(photos((0, 51, 255)))
    assert looks.scores == pytest.approx(np.array([[0, 0.2, 1]]), abs=1e-5)
    assert looks.heat[0, :, 0, 0] == pytest.approx(looks.scores[0])


def test_scores_are_pooled_where_there_is_heat_alone(tmp_path: Path) -> None:
    heat = np.zeros((3, 2, 2))
    heat[0, 1, 1] = 0.8
    looks = look(load(tmp_path, fixed_model(heat=heat), output={"kind": "grid", "heat": "heat"}))
    assert looks.scores == pytest.approx(np.array([[0.5, 0, 0]]))


def test_logits_become_probabilities_where_the_card_says_so(tmp_path: Path) -> None:
    output = {"kind": "grid", "scores": "scores", "activation": "sigmoid"}
    looks = look(load(tmp_path, fixed_model(scores=[0, -1000, 1000]), output=output))
    assert looks.scores == pytest.approx(np.array([[0.5, 0, 1]]))


def test_classes_that_count_as_one_give_the_larger_score(tmp_path: Path) -> None:
    labels = {"crack": "crack", "mould": "crack", "roof_damage": None}
    changes = {"labels": labels, "thresholds": {"crack": 0.5}, "inspect_from": {}}
    output = {"kind": "grid", "scores": "scores"}
    loaded = load(tmp_path, fixed_model(scores=[0.2, 0.7, 0.9]), output=output, **changes)
    assert loaded.card.classes == ("crack",)
    assert look(loaded, 2).scores == pytest.approx(np.full((2, 1), 0.7))


def test_strangeness_is_handed_on(tmp_path: Path) -> None:
    output = {"kind": "grid", "scores": "scores", "strangeness": "strangeness"}
    made = fixed_model(scores=[0.1, 0.1, 0.1], strangeness=np.float32(3))
    assert list(look(load(tmp_path, made, output=output), 2).strangeness) == [3, 3]


@pytest.mark.parametrize(
    ("form", "units", "box"),
    [
        ("xyxy", "normalised", [0.5, 0, 1, 0.25]),
        ("xywh", "normalised", [0.5, 0, 0.5, 0.25]),
        ("cxcywh", "normalised", [0.75, 0.125, 0.5, 0.25]),
        ("xyxy", "pixels", [SIDE / 2, 0, SIDE, SIDE / 4]),
    ],
)
def test_boxes_of_each_format_are_drawn_where_they_are(tmp_path: Path, form: str, units: str, box: list[float]) -> None:
    made = fixed_model(boxes=[box, [0, 0, 0, 0]], scores=[[0, 0.9, 0], [0.01, 0, 0]])
    looks = look(load(tmp_path, made, output={**BOXES, "box_format": form, "box_units": units}))
    expected = np.zeros((HEAT_SIDE, HEAT_SIDE))
    expected[: HEAT_SIDE // 4, HEAT_SIDE // 2 :] = 0.9
    assert looks.heat[0, 1] == pytest.approx(expected)
    assert not looks.heat[0, 0].any()
    assert looks.scores == pytest.approx(np.array([[0.01, 0.9, 0]]))


def test_the_surest_box_colours_a_cell_and_the_class(tmp_path: Path) -> None:
    made = fixed_model(boxes=[[0, 0, 1, 1], [0, 0, 0.5, 0.5]], scores=[[0.3, 0, 0], [0.8, 0, 0]])
    looks = look(load(tmp_path, made, output=BOXES))
    assert looks.scores[0, 0] == pytest.approx(0.8)
    assert looks.heat[0, 0, 0, 0] == pytest.approx(0.8)
    assert looks.heat[0, 0, -1, -1] == pytest.approx(0.3)


def test_a_box_that_a_surer_one_covers_is_dropped_where_the_graph_has_not_done_so(tmp_path: Path) -> None:
    made = fixed_model(boxes=[[0, 0, 0.5, 1], [0, 0, 0.625, 1]], scores=[[0.9, 0, 0], [0.6, 0, 0]])
    edge = HEAT_SIDE * 9 // 16
    assert look(load(tmp_path, made, output=BOXES)).heat[0, 0, 0, edge] == pytest.approx(0.6)
    assert look(load(tmp_path, made, output={**BOXES, "overlap": 0.5})).heat[0, 0, 0, edge] == 0


def test_labels_can_stand_apart_from_scores(tmp_path: Path) -> None:
    made = fixed_model(boxes=[[0, 0, 1, 1]] * 3, scores=[0.7, 0.6, 0.0], labels=[2, 0, -1])
    looks = look(load(tmp_path, made, output={**BOXES, "labels": "labels"}), 2)
    assert looks.scores == pytest.approx(np.array([[0.6, 0, 0.7]] * 2))


@pytest.mark.parametrize("turned", [False, True])
def test_boxes_and_scores_can_stand_in_one_output(tmp_path: Path, turned: bool) -> None:
    rows = np.array([[0.5, 0.5, 1, 1, 0.2, 0.3, 0.4], [0.5, 0.5, 1, 1, 0.5, 0, 0]])
    made = fixed_model(found=rows.T if turned else rows)
    output = {**BOXES, "boxes": "found", "scores": "found", "box_format": "cxcywh"}
    assert look(load(tmp_path, made, output=output)).scores == pytest.approx(np.array([[0.5, 0.3, 0.4]]))


def test_a_detector_without_a_box_finds_nothing(tmp_path: Path) -> None:
    made = fixed_model(boxes=np.zeros((0, 4)), scores=np.zeros((0, 3)))
    looks = look(load(tmp_path, made, output=BOXES))
    assert not looks.scores.any()
    assert not looks.heat.any()


GRID = {"kind": "grid", "scores": "scores"}


@pytest.mark.parametrize(
    ("made", "changes", "words"),
    [
        (fixed_model(scores=[0.1, np.nan, 0.1]), {"output": GRID}, "holds what is no number"),
        (fixed_model(scores=[0.1, np.inf, 0.1]), {"output": GRID}, "holds what is no number"),
        (fixed_model(scores=[0.1, 2.5, 0.1]), {"output": GRID}, "0.1 to 2.5, not from 0 to 1"),
        (fixed_model(scores=[0.1, -0.5, 0.1]), {"output": GRID}, "not from 0 to 1"),
        (fixed_model(scores=[0.1, 0.1]), {"output": GRID}, "scores float32 (any, 2); the card makes it (any, 3)"),
        (fixed_model(labels=[1, 1, 1]), {"output": {**GRID, "scores": "labels"}}, "int64"),
        (fixed_model(scores=[0.1] * 3), {"output": {**GRID, "heat": "map"}}, "no output map; it has scores"),
        (
            fixed_model(scores=[0.1] * 3, strangeness=np.float32(-1)),
            {"output": {**GRID, "strangeness": "strangeness"}},
            "one number from 0 up",
        ),
        (fixed_model(boxes=[[0, 0, 9, 9]], scores=[[0.1, 0.1, 0.1]]), {"output": BOXES}, "is in pixels"),
        (fixed_model(boxes=[[0, 0, np.nan, 9]], scores=[[0.1, 0.1, 0.1]]), {"output": BOXES}, "no number"),
        (
            fixed_model(boxes=[[0, 0, 1, 1]], scores=[0.5], labels=[3]),
            {"output": {**BOXES, "labels": "labels"}},
            "one of 3 classes",
        ),
        (brightness_model(batch=1000), {}, "1000 photos at once"),
        (brightness_model(), {"input": {**card()["input"], "height": 32}}, "the card says photos float32"),
        (brightness_model(), {"input": {**card()["input"], "name": "image"}}, "the card says image float32"),
        (brightness_model(), {"sha256": "1" * 64}, "is not the model of its card"),
    ],
)
def test_what_is_no_answer_is_refused_when_the_model_is_loaded(
    tmp_path: Path, made: ModelProto, changes: dict[str, Any], words: str
) -> None:
    assert words in refusal(tmp_path, made, **changes)


def test_a_number_that_is_none_at_run_time_is_never_no_damage(tmp_path: Path) -> None:
    nodes = [
        node("ReduceMean", ["photos"], ["mean"], axes=[2, 3], keepdims=0),
        node("Sub", ["half", "mean"], ["left"]),
        node("Sqrt", ["left"], ["scores"]),
    ]
    sides = ["batch", 3, SIDE, SIDE]
    made = model(nodes, [port("photos", sides)], [port("scores", ["batch", 3])], [weight("half", np.float32(0.5))])
    loaded = load(tmp_path, made, output=GRID)
    assert look(loaded).scores == pytest.approx(np.sqrt(0.5))
    with pytest.raises(UnusableInputError, match="no number"):
        loaded.look(photos((0, 0, 0), (255, 255, 255)))


def test_what_the_engine_says_becomes_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    made = model([node("Frobnicate", ["photos"], ["scores"])], [port("photos", None)], [port("scores", None)])
    words = refusal(tmp_path, made, output=GRID)
    assert "tiny.onnx is refused: it does not run:" in words
    assert "onnxruntime_src" not in words
    assert capfd.readouterr().err == ""


def test_a_step_that_fails_at_run_time_becomes_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    made = model(
        [node("Reshape", ["photos", "shape"], ["scores"])],
        [port("photos", ["batch", 3, SIDE, SIDE])],
        [port("scores", None)],
        [weight("shape", np.array([5, 7], np.int64))],
    )
    assert "does not run" in refusal(tmp_path, made, output=GRID)
    assert capfd.readouterr().err == ""


def test_photos_of_another_size_are_a_mistake_of_the_caller(tmp_path: Path) -> None:
    loaded = load(tmp_path, brightness_model())
    assert loaded.side == (SIDE, SIDE)
    assert loaded.card.classes == CLASSES
    with pytest.raises(ValueError, match="photos of uint8"):
        loaded.look(np.zeros((1, SIDE, SIDE + 1, 3), np.uint8))
