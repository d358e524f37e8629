"""What an ONNX file claims is read without running it, and what no photo model needs is refused."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import ModelProto, TensorProto, helper

from photo_models import FLOAT, SIDE, brightness_model, model, node, port, weight
from realestate.adapters.onnx_file import RefusedModelError, read_onnx

PHOTO = port("photos", ["batch", 3, SIDE, SIDE])
SCORES = port("scores", ["batch", 3])
PASS = node("Identity", ["photos"], ["scores"])
GOOD = brightness_model().SerializeToString()


def refusal(made: ModelProto | bytes) -> str:
    with pytest.raises(RefusedModelError) as refused:
        read_onnx(made if isinstance(made, bytes) else made.SerializeToString())
    return str(refused.value)


def outside(name: str = "w") -> TensorProto:
    """A tensor whose values stand in another file."""
    tensor = TensorProto(name=name, data_type=FLOAT, dims=[1], data_location=TensorProto.EXTERNAL)
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../elsewhere.bin"
    return tensor


def branching(then: list[object], weights: list[TensorProto]) -> ModelProto:
    """A model with an If whose branch holds nodes and weights."""
    branch = helper.make_graph(then, "branch", [], [port("inner", None)], weights)  # type: ignore[arg-type]
    step = node("If", ["choice"], ["scores"], then_branch=branch, else_branch=branch)
    return model([step], [PHOTO], [SCORES], [weight("choice", np.array(True))])


def test_inputs_outputs_and_versions_are_read() -> None:
    file = read_onnx(GOOD)
    assert [(one.name, one.dtype, one.shape) for one in file.inputs] == [("photos", FLOAT, (None, 3, SIDE, SIDE))]
    assert [(one.name, one.shape) for one in file.outputs] == [
        ("scores", (None, 3)),
        ("heat", (None, 3, SIDE, SIDE)),
    ]
    assert (file.ir_version, file.opset, file.nodes) == (8, 17, 2)


def test_weights_that_old_files_list_as_inputs_are_none() -> None:
    made = model([node("Mul", ["photos", "w"], ["scores"])], [PHOTO, port("w", [1])], [SCORES], [weight("w", [1.0])])
    assert [one.name for one in read_onnx(made.SerializeToString()).inputs] == ["photos"]


@pytest.mark.parametrize(
    "made",
    [
        model([node("Mul", ["photos", "w"], ["scores"])], [PHOTO], [SCORES], [outside()]),
        model([node("Constant", [], ["c"], value=outside("")), PASS], [PHOTO], [SCORES]),
        branching([node("Identity", ["w"], ["inner"])], [outside()]),
        branching([node("Constant", [], ["inner"], value=outside(""))], []),
    ],
    ids=["weight", "constant", "weight of a branch", "constant of a branch"],
)
def test_weights_in_other_files_are_refused_wherever_they_are_named(made: ModelProto) -> None:
    assert "weights in other files" in refusal(made)


def test_a_place_outside_that_a_later_field_takes_back_is_still_refused() -> None:
    inside = TensorProto(data_location=TensorProto.DEFAULT).SerializeToString()
    tensor = outside().SerializeToString() + inside
    initializer = bytes([5 << 3 | 2, len(tensor)]) + tensor
    graph = bytes([7 << 3 | 2, len(initializer)]) + initializer
    assert "weights in other files" in refusal(GOOD + graph)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (model([node("Evil", ["photos"], ["scores"], domain="com.evil")], [PHOTO], [SCORES]), "com.evil"),
        (branching([node("Evil", [], ["inner"], domain="com.evil")], []), "com.evil"),
        (model([PASS], [PHOTO], [SCORES], com_evil=1), "com.evil"),
        (
            model([node("ConstantOfShape", ["w"], ["scores"])], [PHOTO], [SCORES], [weight("w", [10**5, 10**6])]),
            "values",
        ),
        (
            model(
                [
                    node("Constant", [], ["w"], value=weight("", np.array([2**20, 2**20]))),
                    node("Expand", ["photos", "w"], ["scores"]),
                ],
                [PHOTO],
                [SCORES],
            ),
            "1,099,511,627,776 values",
        ),
        (model([node("RandomNormal", [], ["scores"], shape=[2**20, 2**20]), PASS], [PHOTO], [SCORES]), "RandomNormal"),
        (model([PASS], [PHOTO], [SCORES], [TensorProto(name="w", data_type=FLOAT, dims=[2**40])]), "can hold"),
        (model([PASS], [PHOTO], [SCORES], [TensorProto(name="w", data_type=FLOAT, dims=[-1])]), "can hold"),
        (ModelProto(ir_version=8), "no graph"),
        (b"", "no graph"),
    ],
)
def test_what_no_photo_model_needs_is_refused(made: ModelProto | bytes, words: str) -> None:
    assert words in refusal(made)


def test_functions_training_and_sparse_weights_are_refused() -> None:
    function = brightness_model()
    function.functions.add(name="f", domain="own")
    assert "functions" in refusal(function)
    training = brightness_model()
    training.training_info.add()
    assert "training" in refusal(training)
    sparse = brightness_model()
    sparse.graph.sparse_initializer.add(dims=[2**40])
    assert "sparse" in refusal(sparse)


def test_graphs_in_graphs_end_somewhere() -> None:
    graph = helper.make_graph([node("Identity", ["choice"], ["inner"])], "g", [], [port("inner", None)])
    for _ in range(20):
        step = node("If", ["choice"], ["inner"], then_branch=graph, else_branch=graph)
        graph = helper.make_graph([step], "g", [], [port("inner", None)])
        if len(graph.SerializeToString()) > 100_000:
            break
    assert "deeper" in refusal(model(list(graph.node), [PHOTO], [SCORES]))


@pytest.mark.parametrize(("ir", "opset"), [(0, 17), (8, 999), (8, 1)])
def test_formats_that_are_not_known_are_refused(ir: int, opset: int) -> None:
    made = brightness_model()
    made.ir_version = ir
    made.opset_import[0].version = opset
    assert "not known here" in refusal(made)


@pytest.mark.parametrize("cut", [1, 10, len(GOOD) // 2, len(GOOD) - 1])
def test_a_file_cut_short_is_refused(cut: int) -> None:
    assert refusal(GOOD[:cut]).startswith("it is no ONNX model")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_bytes_end_in_a_reading_or_a_refusal(data: st.DataObject) -> None:
    mutated = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        mutated[data.draw(st.integers(0, len(GOOD) - 1))] = data.draw(st.integers(0, 255))
    with suppress(RefusedModelError):
        read_onnx(bytes(mutated))
