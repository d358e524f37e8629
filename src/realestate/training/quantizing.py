"""Static quantization: the model computes in 8 bits what its layers spend their time on, in half the time of 32.

Weights keep 7 bits: with 8, processors without VNNI instructions overflow the sum of two products and would give
other scores than the rest. The first five convolutions and the heads stay at 32 bits, where rounding costs most.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RANGES_FROM = 160
"""Photos on which the ranges of the values between layers are measured."""

MOST_LOST = 0.005
"""Mean average precision that speed may cost; a model that loses more stays at 32 bits."""

_FIRST, _HEADS = 5, 2
_QUANTIZED = ("Conv", "Clip")


def quantize_model(model: Path, squares: Iterable[NDArray[np.uint8]], file: Path) -> None:
    """Write a quantized copy of an exported model.

    Args:
        model: With 32 bits.
        squares: Photos as the model sees them, uint8 RGB (side, side, 3), of those it was trained on.
        file: Where to write.
    """
    import onnx
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    class Photos(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self._photos: Iterator[NDArray[np.uint8]] = iter(squares)

        def get_next(self) -> dict[str, Any] | None:
            return next(({"photos": square[None]} for square in self._photos), None)

    convolutions = [node.name for node in onnx.load(str(model)).graph.node if node.op_type == "Conv"]
    with _no_advice():
        quantize_static(
            str(model),
            str(file),
            Photos(),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(_QUANTIZED),
            nodes_to_exclude=[*convolutions[:_FIRST], *convolutions[-_HEADS:]],
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
    _drop_unused_constants(file)


@contextmanager
def _no_advice() -> Iterator[None]:
    """Keep the quantizer's advice from whoever trains: its preparation adds operators that no loader here admits."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


def _drop_unused_constants(file: Path) -> None:
    """Limits of activations, which their quantized form no longer reads; the engine warns of each that is left."""
    import onnx

    model = onnx.load(str(file))
    read = {name for node in model.graph.node for name in node.input}
    kept = [node for node in model.graph.node if node.op_type != "Constant" or node.output[0] in read]
    del model.graph.node[:]
    model.graph.node.extend(kept)
    onnx.save(model, str(file))


def run_logits(model: Path, squares: Iterable[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """Logits (photos, classes) of photos one by one, from a model whose only output they are."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(None, {"photos": square[None]})[0] for square in squares])
