"""Makes small ONNX models and their cards for tests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT
CLASSES = ("crack", "mould", "roof_damage")
SIDE = 16


def node(operator: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Any) -> NodeProto:  # noqa: ANN401
    return helper.make_node(operator, list(inputs), list(outputs), **attributes)


def port(name: str, shape: Sequence[int | str] | None, dtype: int = FLOAT) -> Any:  # noqa: ANN401  onnx has no types
    return helper.make_tensor_value_info(name, dtype, shape)


def weight(name: str, values: Any) -> TensorProto:  # noqa: ANN401  whatever numpy takes
    return numpy_helper.from_array(np.asarray(values), name)


def model(
    nodes: Sequence[NodeProto],
    inputs: Sequence[Any],
    outputs: Sequence[Any],
    weights: Sequence[TensorProto] = (),
    **opsets: int,
) -> ModelProto:
    """A model of the standard operators 17, and of those named by keyword with ``_`` for the dots of their domain."""
    graph = helper.make_graph(list(nodes), "graph", list(inputs), list(outputs), list(weights))
    sets = [helper.make_opsetid("", 17)]
    sets += [helper.make_opsetid(name.replace("_", "."), version) for name, version in opsets.items()]
    made = helper.make_model(graph, opset_imports=sets)
    made.ir_version = 8
    return made


def brightness_model(batch: int | str = "batch") -> ModelProto:
    """Scores are the mean red, green and blue of a float NCHW photo, heat is the photo itself."""
    nodes = [
        node("ReduceMean", ["photos"], ["scores"], axes=[2, 3], keepdims=0),
        node("Identity", ["photos"], ["heat"]),
    ]
    sides = [batch, 3, SIDE, SIDE]
    return model(nodes, [port("photos", sides)], [port("scores", [batch, 3]), port("heat", sides)])


def fixed_model(**outputs: Any) -> ModelProto:  # noqa: ANN401  whatever numpy takes
    """Answers the same for every photo: each output by name without its batch axis; ``labels`` are whole numbers."""
    nodes = [
        node("ReduceMean", ["photos"], ["mean"], axes=[1, 2, 3], keepdims=0),
        node("Mul", ["mean", "nought"], ["empty"]),
    ]
    weights, ports = [weight("nought", np.float32(0))], []
    for name, values in outputs.items():
        array = np.asarray(values, np.int64 if name == "labels" else np.float32)
        ones = [1] * array.ndim
        weights += [weight(f"{name}_values", array[None]), weight(f"{name}_shape", np.array([-1, *ones], np.int64))]
        nodes += [
            node("Cast", ["empty"], [f"{name}_flat"], to=helper.np_dtype_to_tensor_dtype(array.dtype)),
            node("Reshape", [f"{name}_flat", f"{name}_shape"], [f"{name}_column"]),
            node("Add", [f"{name}_column", f"{name}_values"], [name]),
        ]
        ports.append(port(name, ["batch", *array.shape], helper.np_dtype_to_tensor_dtype(array.dtype)))
    return model(nodes, [port("photos", ["batch", 3, SIDE, SIDE])], ports, weights)


def card(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON
    """The card of :func:`brightness_model`, with changes."""
    made = {
        "name": "tiny",
        "version": "1",
        "sha256": "0" * 64,
        "input": {
            "name": "photos",
            "height": SIDE,
            "width": SIDE,
            "layout": "NCHW",
            "dtype": "float32",
            "scale": 1 / 255,
        },
        "output": {"kind": "grid", "scores": "scores", "heat": "heat"},
        "classes": list(CLASSES),
        "thresholds": {"crack": 0.5, "mould": 0.6, "roof_damage": None},
        "inspect_from": {"roof_damage": 0.4},
    }
    return {**made, **changes}


def write(folder: Path, made: ModelProto | bytes, document: dict[str, Any], name: str = "tiny") -> tuple[Path, Path]:
    """Write a model and its card, with the right hash where the card states none; gives both paths."""
    data = made if isinstance(made, bytes) else made.SerializeToString()
    if document.get("sha256") == "0" * 64:
        document = {**document, "sha256": hashlib.sha256(data).hexdigest()}
    onnx_path, card_path = folder / f"{name}.onnx", folder / f"{name}.json"
    onnx_path.write_bytes(data)
    card_path.write_text(json.dumps(document), encoding="utf-8")
    return onnx_path, card_path
