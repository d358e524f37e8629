"""Compares what an ONNX file claims with what its card says."""

from __future__ import annotations

from realestate.adapters.model_cards import CardFile, DetectorOutput, GridOutput, InputSpec
from realestate.adapters.onnx_file import (
    DOUBLE,
    FLOAT,
    FLOAT16,
    INT32,
    INT64,
    UINT8,
    OnnxFile,
    Port,
    RefusedModelError,
)

MOST_BATCH = 256
DTYPES = {"uint8": UINT8, "float32": FLOAT}
DTYPE_NAMES = {FLOAT: "float32", UINT8: "uint8", INT32: "int32", INT64: "int64", FLOAT16: "float16", DOUBLE: "float64"}
REAL = (FLOAT, FLOAT16, DOUBLE)


def wanted_outputs(spec: CardFile) -> list[str]:
    """The names of the outputs that the card speaks of."""
    output = spec.output
    if isinstance(output, GridOutput):
        names = [output.scores, output.heat, output.strangeness]
    else:
        names = [output.boxes, output.scores, output.labels]
    return [name for name in names if name is not None]


def require_fit(file: OnnxFile, spec: CardFile) -> None:
    """Refuse a model whose input and outputs are not those of its card.

    Raises:
        RefusedModelError: With what differs.
    """
    if len(file.inputs) != 1:
        raise RefusedModelError(f"it takes {len(file.inputs)} inputs; a photo is one")
    _require_input(file.inputs[0], spec.input)
    outputs = {port.name: port for port in file.outputs}
    for name in wanted_outputs(spec):
        if name not in outputs:
            raise RefusedModelError(f"it has no output {name}; it has {', '.join(outputs)}"[:300])
    for name, shape in _shapes(spec).items():
        _require_output(outputs[name], shape, spec)


def _require_input(port: Port, spec: InputSpec) -> None:
    sides = (spec.height, spec.width, 3) if spec.layout == "NHWC" else (3, spec.height, spec.width)
    fits = port.shape is None or (len(port.shape) == 4 and _alike(port.shape[1:], sides))
    if port.name != spec.name or port.dtype != DTYPES[spec.dtype] or not fits:
        card = f"{spec.name} {spec.dtype} {_written((None, *sides))}"
        raise RefusedModelError(f"its input is {_described(port)}; the card says {card}")
    if port.shape and (port.shape[0] or 1) > MOST_BATCH:
        raise RefusedModelError(f"it takes {port.shape[0]} photos at once; at most {MOST_BATCH} are given")


def _shapes(spec: CardFile) -> dict[str, tuple[int | None, ...] | None]:
    """The shape of each output that the card speaks of; ``None`` where several are possible."""
    output, classes = spec.output, len(spec.columns)
    shapes: dict[str | None, tuple[int | None, ...] | None]
    if isinstance(output, GridOutput):
        shapes = {output.scores: (None, classes), output.heat: (None, classes, None, None), output.strangeness: None}
    else:
        shapes = {
            output.boxes: (None, None, 4),
            output.labels: (None, None),
            output.scores: _score_shape(output, classes),
        }
    return {name: shape for name, shape in shapes.items() if name is not None}


def _score_shape(output: DetectorOutput, classes: int) -> tuple[int | None, ...] | None:
    if output.boxes == output.scores:
        return None
    return (None, None) if output.labels else (None, None, classes)


def _require_output(port: Port, shape: tuple[int | None, ...] | None, spec: CardFile) -> None:
    whole = isinstance(spec.output, DetectorOutput) and port.name == spec.output.labels
    if port.dtype not in ((INT32, INT64) if whole else REAL):
        raise RefusedModelError(f"its output is {_described(port)}; it has to be {'int64' if whole else 'float32'}")
    if shape is not None and port.shape is not None and not _alike(port.shape, shape):
        raise RefusedModelError(f"its output is {_described(port)}; the card makes it {_written(shape)}")


def _alike(one: tuple[int | None, ...], other: tuple[int | None, ...]) -> bool:
    pairs = zip(one, other, strict=False)
    return len(one) == len(other) and all(a == b or a is None or b is None for a, b in pairs)


def _described(port: Port) -> str:
    return f"{port.name[:60]} {DTYPE_NAMES.get(port.dtype, f'type {port.dtype}')} {_written(port.shape or ())}"


def _written(shape: tuple[int | None, ...]) -> str:
    return f"({', '.join('any' if side is None else str(side) for side in shape)})"
