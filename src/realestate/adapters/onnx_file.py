"""Reads what an ONNX file claims and refuses what no photo model needs, before anything runs it.

Field numbers are those of onnx.proto (ONNX 1.19, IR version 12), which only ever adds to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod

from realestate.adapters.protobuf_wire import Budget, MalformedMessageError, Value, fields, integers

STANDARD_DOMAINS = frozenset({"", "ai.onnx", "ai.onnx.ml"})
OPSETS = range(7, 100)
"""Versions of the standard operators that are plausible; the engine refuses those it does not know."""

IR_VERSIONS = range(3, 100)
MOST_FIELDS = 2_000_000
MOST_PARTS = 50_000
"""Steps, weights and inputs."""

DEEPEST = 8
"""Graphs within graphs: the branches of If, the bodies of Loop and Scan."""

MOST_ELEMENTS = 1 << 27
"""Values in one tensor that the graph makes out of nothing: 512 MiB as float32."""

LONGEST_SHAPE = 16
FLOAT, UINT8, INT32, INT64, FLOAT16, DOUBLE = 1, 2, 6, 7, 10, 11
"""Of TensorProto.DataType."""

SHAPED_BY_INPUT = {"ConstantOfShape": 0, "Expand": 1}
"""Operators that make a tensor of the size that an input names, and which input that is."""


class RefusedModelError(ValueError):
    """Why the file is not run, in a few words."""


@dataclass(frozen=True, slots=True)
class Port:
    """One input or output; a dimension that is not fixed is ``None``, a shape that is not stated as well."""

    name: str
    dtype: int
    shape: tuple[int | None, ...] | None


@dataclass(slots=True)
class OnnxFile:
    """What the file claims; inputs are those that a caller has to give."""

    ir_version: int = 0
    opset: int = 0
    nodes: int = 0
    inputs: list[Port] = field(default_factory=list)
    outputs: list[Port] = field(default_factory=list)


def read_onnx(data: bytes) -> OnnxFile:
    """Read a model from the bytes of its file.

    Raises:
        RefusedModelError: If it is no ONNX model, is malformed, reads other files, brings operators of its own,
            or would make a tensor beyond all measure.
    """
    walk = _Walk(len(data))
    try:
        walk.model(memoryview(data))
    except MalformedMessageError as error:
        raise RefusedModelError(f"it is no ONNX model: {error}") from None
    if not walk.file.nodes:
        raise RefusedModelError("it is no ONNX model: it holds no graph")
    if walk.file.ir_version not in IR_VERSIONS or walk.file.opset not in OPSETS:
        versions = f"IR version {walk.file.ir_version}, operator set {walk.file.opset}"
        raise RefusedModelError(f"its format is not known here: {versions}")
    return walk.file


class _Walk:
    """One pass over a file; every occurrence of a field is looked at, also where a later one would hide it."""

    def __init__(self, size: int) -> None:
        self.file = OnnxFile()
        self._size = size
        self._budget = Budget(MOST_FIELDS)
        self._constants: dict[str, int] = {}

    def model(self, message: memoryview) -> None:
        for number, value in self._fields(message):
            if number == 1 and isinstance(value, int):
                self.file.ir_version = value
            elif number == 7:
                self._graph(_bytes(value), 0)
            elif number == 8:
                self._opset(_bytes(value))
            elif number == 20:
                raise RefusedModelError("it carries training steps; export it for inference")
            elif number == 25:
                raise RefusedModelError("it carries functions of its own; export it with its functions inlined")

    def _fields(self, message: memoryview) -> Iterator[tuple[int, Value]]:
        return fields(message, self._budget)

    def _opset(self, message: memoryview) -> None:
        domain, version = "", 0
        for number, value in self._fields(message):
            if number == 1:
                domain = _text(value)
            elif number == 2 and isinstance(value, int):
                version = value
        _require_standard(domain)
        if domain in ("", "ai.onnx"):
            self.file.opset = version

    def _graph(self, message: memoryview, depth: int) -> None:
        if depth > DEEPEST:
            raise RefusedModelError(f"it nests graphs deeper than {DEEPEST}")
        inputs: list[Port] = []
        weights: set[str] = set()
        nodes: list[memoryview] = []
        for number, value in self._fields(message):
            if number == 1:
                nodes.append(_bytes(value))
            elif number == 5:
                name, size = self._tensor(_bytes(value))
                weights.add(name)
                # Two weights of one name, in graphs side by side: the larger one counts.
                self._constants[name] = max(size, self._constants.get(name, 1))
            elif number == 11:
                inputs.append(self._port(_bytes(value)))
            elif number == 12 and depth == 0:
                self.file.outputs.append(self._port(_bytes(value)))
            elif number == 15:
                raise RefusedModelError("it carries sparse weights")
        if len(nodes) + len(weights) + len(inputs) > MOST_PARTS:
            raise RefusedModelError(f"it has more than {MOST_PARTS} parts")
        if depth == 0:
            # Before IR version 4 every weight was listed as an input, too.
            self.file.inputs += [port for port in inputs if port.name not in weights]
        for node in nodes:
            self._node(node, depth)

    def _node(self, message: memoryview, depth: int) -> None:
        self.file.nodes += 1
        if self.file.nodes > MOST_PARTS:
            raise RefusedModelError(f"it has more than {MOST_PARTS} steps")
        operator = ""
        inputs: list[str] = []
        outputs: list[str] = []
        constants: list[int] = []
        for number, value in self._fields(message):
            if number == 1:
                inputs.append(_text(value))
            elif number == 2:
                outputs.append(_text(value))
            elif number == 4:
                operator = _text(value)
            elif number == 5:
                constants += self._attribute(_bytes(value), depth)
            elif number == 7:
                _require_standard(_text(value))
        if operator == "Constant":
            self._constants.update(dict.fromkeys(outputs, max(constants, default=1)))
        self._require_modest(operator, inputs, constants)

    def _require_modest(self, operator: str, inputs: list[str], constants: list[int]) -> None:
        """Refuse a step that would make an enormous tensor; what only shows when it runs, the trial's limit stops."""
        sizes = constants if operator.startswith("Random") else []
        place = SHAPED_BY_INPUT.get(operator)
        if place is not None and place < len(inputs):
            sizes = [self._constants.get(inputs[place], 1)]
        if max(sizes, default=1) > MOST_ELEMENTS:
            raise RefusedModelError(f"a step {operator} would make {max(sizes):,} values")

    def _attribute(self, message: memoryview, depth: int) -> list[int]:
        """How many values tensors of the shapes that stand in an attribute would hold."""
        numbers: list[int] = []
        sizes: list[int] = []
        for number, value in self._fields(message):
            if number in (5, 10):
                sizes.append(self._tensor(_bytes(value))[1])
            elif number in (6, 11):
                self._graph(_bytes(value), depth + 1)
            elif number == 8 and len(numbers) < LONGEST_SHAPE:
                numbers += integers(value)
            elif number in (22, 23):
                raise RefusedModelError("it carries sparse weights")
        return [*sizes, _elements(numbers)]

    def _tensor(self, message: memoryview) -> tuple[str, int]:
        """The name of a tensor, and how many values one would hold that has it for a shape."""
        name, dtype = "", 0
        dims: list[int] = []
        values: list[int] = []
        for number, value in self._fields(message):
            if number == 1:
                dims += integers(value)
            elif number == 2 and isinstance(value, int):
                dtype = value
            elif number == 7 and len(values) < LONGEST_SHAPE:
                values += integers(value)
            elif number == 8:
                name = _text(value)
            elif number == 9 and len(_bytes(value)) <= 8 * LONGEST_SHAPE:
                raw = _bytes(value)
                values += [int.from_bytes(raw[i : i + 8], "little", signed=True) for i in range(0, len(raw) - 7, 8)]
            elif number == 13 or (number == 14 and value != 0):
                raise RefusedModelError("it keeps weights in other files; save it with its weights inside")
        if min(dims, default=0) < 0 or prod(dims) > 2 * self._size:
            raise RefusedModelError(f"a tensor claims {prod(dims):,} values, more than the file can hold")
        return name, _elements(values) if dtype == INT64 else 1

    def _port(self, message: memoryview) -> Port:
        name, dtype = "", 0
        shape: tuple[int | None, ...] | None = None
        for number, value in self._fields(message):
            if number == 1:
                name = _text(value)
            elif number == 2:
                dtype, shape = self._type(_bytes(value))
        return Port(name, dtype, shape)

    def _type(self, message: memoryview) -> tuple[int, tuple[int | None, ...] | None]:
        """Element type and shape; 0 for what is no tensor."""
        dtype, shape = 0, None
        for number, value in self._fields(message):
            if number != 1:
                continue
            for part, inner in self._fields(_bytes(value)):
                if part == 1 and isinstance(inner, int):
                    dtype = inner
                elif part == 2:
                    shape = tuple(self._dimension(_bytes(d)) for n, d in self._fields(_bytes(inner)) if n == 1)
        return dtype, shape

    def _dimension(self, message: memoryview) -> int | None:
        fixed = [integers(value)[0] for number, value in self._fields(message) if number == 1]
        return fixed[-1] if fixed and fixed[-1] > 0 else None


def _elements(shape: list[int]) -> int:
    """How many values a tensor of this shape holds; a dimension of -1 or 0 stands for one that is copied."""
    return prod(max(dimension, 1) for dimension in shape) if len(shape) <= LONGEST_SHAPE else 1


def _require_standard(domain: str) -> None:
    if domain not in STANDARD_DOMAINS:
        raise RefusedModelError(f"it needs operators that are not standard: {domain[:60]}")


def _bytes(value: Value) -> memoryview:
    if isinstance(value, int):
        raise MalformedMessageError("a number where a message belongs")
    return value


def _text(value: Value) -> str:
    return bytes(_bytes(value)).decode("utf-8", "replace")
