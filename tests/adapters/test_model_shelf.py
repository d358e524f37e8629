"""A user's model is taken in once it was tried in a process of its own, and tried again when anything changed."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, helper

from photo_models import SIDE, brightness_model, card, fixed_model, model, node, port, weight, write
from realestate.adapters import model_trial
from realestate.adapters.model_shelf import TRIED, ModelShelf
from realestate.adapters.model_trial import try_apart
from realestate.errors import UnusableInputError, UsageError

GRID = {"kind": "grid", "scores": "scores"}
PHOTOS = port("photos", ["batch", 3, SIDE, SIDE])


@pytest.fixture
def shelf(tmp_path: Path) -> ModelShelf:
    return ModelShelf(tmp_path / "data" / "models", tmp_path / "packaged")


def filling(*shape: int) -> ModelProto:
    """A model that fills a tensor of a shape which only shows when it runs."""
    nodes = [
        node("Shape", ["photos"], ["sides"]),
        node("Mul", ["sides", "factors"], ["shape"]),
        node("ConstantOfShape", ["shape"], ["filled"]),
        node("ReduceMean", ["filled"], ["mean"], axes=[2, 3], keepdims=0),
        node("Identity", ["mean"], ["scores"]),
    ]
    return model(nodes, [PHOTOS], [port("scores", None)], [weight("factors", np.array(shape, np.int64))])


def counting(steps: int) -> ModelProto:
    """A model that goes round in circles."""
    body_nodes = [node("Identity", ["going"], ["still"]), node("Sin", ["value"], ["next"])]
    body = helper.make_graph(
        body_nodes,
        "body",
        [port("i", [], 7), port("going", [], 9), port("value", None)],
        [port("still", [], 9), port("next", None)],
    )
    nodes = [node("Loop", ["steps", "", "photos"], ["scores"], body=body)]
    return model(nodes, [PHOTOS], [port("scores", None)], [weight("steps", np.array(steps, np.int64))])


def test_a_model_is_copied_with_its_card_for_its_owner_alone(shelf: ModelShelf, tmp_path: Path) -> None:
    added = shelf.add(*write(tmp_path, brightness_model(), card()))
    assert [one.name for one in shelf.all()] == ["tiny"]
    assert shelf.ready("tiny") == added
    for path in (added.onnx.parent.parent, added.onnx.parent, *added.onnx.parent.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_the_same_model_again_changes_nothing_and_another_needs_a_word(shelf: ModelShelf, tmp_path: Path) -> None:
    files = write(tmp_path, brightness_model(), card())
    before = shelf.add(*files).onnx.stat().st_mtime_ns
    assert shelf.add(*files).onnx.stat().st_mtime_ns == before
    other = write(tmp_path, fixed_model(scores=[0.1] * 3), card(output=GRID), "other")
    with pytest.raises(UsageError, match="already"):
        shelf.add(*other)
    assert shelf.add(*other, replace=True).onnx.read_bytes() == other[0].read_bytes()
    second = shelf.add(*files, name="second")
    assert second.read_card().card.name == "second"
    assert shelf.add(*files, name="second") == second
    assert [one.name for one in shelf.all()] == ["second", "tiny"]
    assert sorted(one.name for one in (tmp_path / "data" / "models").iterdir()) == ["second", "tiny"]


@pytest.mark.parametrize("name", ["damage", "../up", "a/b", "", "Ünder", "x" * 41])
def test_a_name_that_is_taken_or_is_a_path_is_refused(shelf: ModelShelf, tmp_path: Path, name: str) -> None:
    files = write(tmp_path, brightness_model(), card())
    if name:
        with pytest.raises(UsageError):
            shelf.add(*files, name=name)
    with pytest.raises((UsageError, UnusableInputError)):
        shelf.find(name)


def test_a_model_that_was_changed_on_the_shelf_is_tried_again(shelf: ModelShelf, tmp_path: Path) -> None:
    added = shelf.add(*write(tmp_path, brightness_model(), card()))
    document = json.loads(added.card.read_text())
    added.card.write_text(json.dumps({**document, "notes": ["changed"]}))
    tried = (added.onnx.parent / TRIED).read_bytes()
    shelf.ready("tiny")
    assert (added.onnx.parent / TRIED).read_bytes() != tried
    added.onnx.write_bytes(added.onnx.read_bytes() + b"\0")
    with pytest.raises(UnusableInputError, match="is not the model of its card"):
        shelf.ready("tiny")


def test_a_refused_model_leaves_nothing_behind(shelf: ModelShelf, tmp_path: Path) -> None:
    with pytest.raises(UnusableInputError, match=r"tiny\.onnx is refused"):
        shelf.add(*write(tmp_path, fixed_model(scores=[np.nan] * 3), card(output=GRID)))
    assert not list(shelf.all())
    assert not list((tmp_path / "data" / "models").iterdir())


@pytest.mark.parametrize(
    ("made", "changes", "words"),
    [
        (filling(1, 1, 10_000, 10_000), {}, "does not run"),
        (fixed_model(scores=[0.5, 0.5, 2]), {}, "not from 0 to 1"),
    ],
)
def test_what_only_shows_when_it_runs_is_refused_in_one_line(
    tmp_path: Path, made: ModelProto, changes: dict[str, Any], words: str
) -> None:
    files = write(tmp_path, made, card(output=GRID, **changes))
    with pytest.raises(UnusableInputError, match=words) as refused:
        try_apart(*files)
    assert "\n" not in refused.value.message


def test_a_model_that_never_ends_is_left_at_the_limit(tmp_path: Path) -> None:
    files = write(tmp_path, counting(1 << 40), card(output=GRID))
    with pytest.raises(UnusableInputError, match="not done after 2 seconds"):
        try_apart(*files, longest_s=2)


def test_a_process_that_dies_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_trial, "__name__", "realestate.no_such_module")
    with pytest.raises(UnusableInputError, match="ends the process"):
        try_apart(*write(tmp_path, brightness_model(), card()))


def test_modules_in_the_working_folder_are_not_taken_for_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    try_apart(*write(tmp_path, brightness_model(), card()))


def test_a_model_whose_batch_is_burnt_in_is_found_out(tmp_path: Path) -> None:
    made = model(
        [
            node("ReduceMean", ["photos"], ["mean"], axes=[0, 2, 3], keepdims=0),
            node("Reshape", ["mean", "shape"], ["scores"]),
        ],
        [PHOTOS],
        [port("scores", ["batch", 3])],
        [weight("shape", np.array([1, 3], np.int64))],
    )
    with pytest.raises(UnusableInputError, match="has the shape"):
        try_apart(*write(tmp_path, made, card(output=GRID)))


def test_the_shipped_model_is_named_when_it_is_missing(shelf: ModelShelf) -> None:
    with pytest.raises(UnusableInputError, match="not in this installation"):
        shelf.ready("damage")
