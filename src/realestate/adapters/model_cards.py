"""Reads the JSON card beside a model: what goes in, what comes out, what the classes are and from where they count."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from realestate.adapters.card_fields import CardFields
from realestate.adapters.plain_files import read_file
from realestate.domain.repairs.readings import ModelCard
from realestate.domain.repairs.taxonomy import CLASSES
from realestate.errors import UnusableInputError

MOST_BYTES = 4 << 20
MOST_CLASSES = 200
SIDES = (16, 2048)
"""Pixels of a photo as a model takes it, smallest and largest."""

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
LEAST_SCORE = 0.05
"""Boxes of a detector below it are noise that would colour half the photo."""


@dataclass(frozen=True, slots=True)
class InputSpec:
    """How a photo goes in: RGB, squashed to ``height`` by ``width``.

    Attributes:
        layout: Order of the axes.
        dtype: ``uint8`` photos go in as they are; ``float32`` ones as ``(value * scale - mean) / std``.
        scale: Factor on values of 0 to 255.
        mean: One value, or one for each of red, green and blue.
        std: The same.
    """

    name: str
    height: int
    width: int
    layout: Literal["NHWC", "NCHW"]
    dtype: Literal["uint8", "float32"]
    scale: float
    mean: tuple[float, ...]
    std: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class GridOutput:
    """A model that scores each class, and may say where: float32 (batch, classes) and (batch, classes, rows, columns).

    Attributes:
        scores: Name of the output; ``None`` when scores are pooled from the heat.
        heat: Name of the output; ``None`` when the model says only what, not where.
        strangeness: Name of the output, float32 (batch,); ``None`` when the model does not say.
        sigmoid: Whether scores and heat come as logits.
    """

    scores: str | None
    heat: str | None
    strangeness: str | None
    sigmoid: bool


@dataclass(frozen=True, slots=True)
class DetectorOutput:
    """A model that gives boxes, (batch, boxes, 4), and for each box a score per class, (batch, boxes, classes).

    Attributes:
        boxes: Name of the output; when it is that of the scores, too, boxes are its first four columns.
        scores: Name of the output; with ``labels`` one score per box, (batch, boxes).
        labels: Name of the output with the class of each box, counted from 0; ``None`` when scores tell it.
        box_format: Corners, or a corner or the centre with width and height.
        in_pixels: Whether boxes are in pixels of the model's input, or in shares of it.
        overlap: Of two boxes of a class that overlap by more (intersection over union) the weaker one is dropped;
            ``None`` when the graph has seen to it.
        least_score: Boxes below it are not looked at.
        sigmoid: Whether scores come as logits.
    """

    boxes: str
    scores: str
    labels: str | None
    box_format: Literal["xyxy", "xywh", "cxcywh"]
    in_pixels: bool
    overlap: float | None
    least_score: float
    sigmoid: bool


@dataclass(frozen=True, slots=True)
class CardFile:
    """A card as it was read.

    Attributes:
        card: What the model claims.
        input: How a photo goes in.
        output: What comes out.
        columns: For each class of the model's output the place of the class of ours that it counts as; ``None``: none.
        document: All that the card says.
    """

    card: ModelCard
    input: InputSpec
    output: GridOutput | DetectorOutput
    columns: tuple[int | None, ...]
    document: Mapping[str, Any]


def read_card(path: Path) -> CardFile:
    """Read the card of a model.

    Raises:
        UnusableInputError: If it is missing or says something that cannot be; file and key are named.
    """
    try:
        text = read_file(path, MOST_BYTES).decode("utf-8-sig")
        document = json.loads(text, parse_constant=_no_number, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        raise UnusableInputError(f"{path}: no JSON: {error}.", "See: realestate models card -o json") from None
    if not isinstance(document, dict):
        raise UnusableInputError(f"{path}: no JSON object.", "See: realestate models card -o json")
    return parse_card(CardFields(path.name, document))


def parse_card(fields: CardFields) -> CardFile:
    """The card in a document.

    Raises:
        UnusableInputError: If it says something that cannot be.
    """
    theirs = fields.texts("classes", MOST_CLASSES)
    ours, columns = _classes(fields, theirs)
    return CardFile(_card(fields, ours), _input(fields.inner("input")), _output(fields), columns, fields.values)


def _card(fields: CardFields, classes: tuple[str, ...]) -> ModelCard:
    name, sha256 = fields.text("name"), fields.text("sha256").lower()
    if not NAME.fullmatch(name):
        fields.refuse("name", "it takes up to 40 small letters, digits, - and _")
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        fields.refuse("sha256", "it is the SHA-256 of the ONNX file, 64 hexadecimal digits; sha256sum FILE prints it")
    thresholds = fields.inner("thresholds")
    for named in thresholds.values.keys() - set(classes):
        thresholds.refuse(named, f"the classes are {', '.join(classes)}")
    inspect = fields.inner("inspect_from", {})
    for named in inspect.values.keys() - set(classes):
        inspect.refuse(named, f"the classes are {', '.join(classes)}")
    return ModelCard(
        name=name,
        sha256=sha256,
        classes=classes,
        thresholds={one: thresholds.number_or_none(one, 0, 1, required=True) for one in classes},
        inspect_from={one: inspect.number(one, 0, 1) for one in classes if one in inspect.values},
        strange_above=fields.number_or_none("strange_above", 0, float("inf")),
    )


def _classes(fields: CardFields, theirs: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[int | None, ...]]:
    """The classes by our names, and for each class of the model its place among them."""
    labels = fields.inner("labels", {})
    for named in labels.values.keys() - set(theirs):
        labels.refuse(named, f"the classes are {', '.join(theirs)}")
    for named, ours in labels.values.items():
        if ours is not None and ours not in CLASSES:
            labels.refuse(named, f"it is one of {', '.join(CLASSES)}, or null for what is no damage")
    names = [labels.values.get(one, _slug(one)) for one in theirs]
    kept = tuple(dict.fromkeys(name for name in names if name is not None))
    if not all(kept):
        fields.refuse("classes", "each needs a letter or a digit")
    if not kept:
        fields.refuse("labels", "no class is left")
    return kept, tuple(None if name is None else kept.index(name) for name in names)


def _slug(text: str) -> str:
    """What we do not know keeps its own name, in small letters and underscores; it is shown and never priced."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:40]


def _input(fields: CardFields) -> InputSpec:
    fields.require_only("name", "height", "width", "layout", "dtype", "scale", "mean", "std")
    dtype = fields.choice("dtype", ("uint8", "float32"))
    if dtype == "uint8":
        for key in ("scale", "mean", "std"):
            if fields.values.get(key) is not None:
                fields.refuse(key, "a model that takes uint8 photos scales them itself; write null")
    std = fields.colours("std", (1.0,))
    if min(std) <= 0:
        fields.refuse("std", "it is above 0")
    return InputSpec(
        name=fields.text("name"),
        height=fields.whole("height", *SIDES),
        width=fields.whole("width", *SIDES),
        layout=fields.choice("layout", ("NHWC", "NCHW")),  # type: ignore[arg-type]
        dtype=dtype,  # type: ignore[arg-type]
        scale=fields.number_or_none("scale", 0, 255) or 1.0,
        mean=fields.colours("mean", (0.0,)),
        std=std,
    )


def _output(fields: CardFields) -> GridOutput | DetectorOutput:
    inner = fields.inner("output")
    if inner.choice("kind", ("grid", "detector")) == "grid":
        return _grid(inner)
    return _detector(inner)


def _grid(fields: CardFields) -> GridOutput:
    fields.require_only("kind", "scores", "heat", "strangeness", "activation")
    scores, heat = fields.text_or_none("scores"), fields.text_or_none("heat")
    if scores is None and heat is None:
        fields.refuse("scores", "name the output with the scores, or heat for one with heat maps")
    return GridOutput(scores, heat, fields.text_or_none("strangeness"), _sigmoid(fields))


def _detector(fields: CardFields) -> DetectorOutput:
    known = ("boxes", "scores", "labels", "box_format", "box_units", "overlap", "least_score", "activation")
    fields.require_only("kind", *known)
    return DetectorOutput(
        boxes=fields.text("boxes"),
        scores=fields.text("scores"),
        labels=fields.text_or_none("labels"),
        box_format=fields.choice("box_format", ("xyxy", "xywh", "cxcywh")),  # type: ignore[arg-type]
        in_pixels=fields.choice("box_units", ("normalised", "pixels")) == "pixels",
        overlap=fields.number_or_none("overlap", 0, 1),
        least_score=fields.number("least_score", 0, 1, LEAST_SCORE),
        sigmoid=_sigmoid(fields),
    )


def _sigmoid(fields: CardFields) -> bool:
    return fields.choice("activation", ("none", "sigmoid"), "none") == "sigmoid"


def _no_number(constant: str) -> object:
    raise ValueError(f"{constant} is no number")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"{max(keys, key=keys.count)!r} stands there twice")
    return values
