"""Makes scores, heat and strangeness of what a model puts out; what cannot be a probability is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from realestate.adapters.model_cards import CardFile, DetectorOutput, GridOutput
from realestate.adapters.onnx_file import RefusedModelError

Floats = NDArray[np.float32]

HEAT_SIDE = 32
"""Rows and columns of the heat that boxes are drawn into."""

MOST_BOXES = 300
"""The surest boxes of a class in a photo; more are noise."""

ROUNDING = 1e-3
"""How far a probability may lie outside of 0 to 1 by rounding."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What a model makes of a batch of photos.

    Attributes:
        scores: Calibrated probabilities, (batch, classes), 0 to 1.
        heat: Local probabilities, (batch, classes, rows, columns), 0 to 1; rows and columns span the photo evenly.
        strangeness: (batch,), 0 or more; all 0 when the model does not say.
    """

    scores: Floats
    heat: Floats
    strangeness: Floats


def read_outputs(outputs: Mapping[str, NDArray[Any]], model: CardFile, batch: int) -> Looks:
    """The looks in a model's outputs.

    Raises:
        RefusedModelError: If an output has another shape than the card says, or holds what is no probability.
    """
    if isinstance(model.output, GridOutput):
        return _grid(outputs, model.output, model.columns, batch)
    return _detector(outputs, model.output, model, batch)


def join(parts: Sequence[Looks]) -> Looks:
    """One batch made of several."""
    if len(parts) == 1:
        return parts[0]
    scores, heat, strangeness = zip(*((one.scores, one.heat, one.strangeness) for one in parts), strict=True)
    return Looks(np.concatenate(scores), np.concatenate(heat), np.concatenate(strangeness))


def _grid(outputs: Mapping[str, NDArray[Any]], grid: GridOutput, columns: tuple[int | None, ...], batch: int) -> Looks:
    heat = scores = None
    if grid.heat is not None:
        heat = _shaped(outputs, grid.heat, (batch, len(columns), None, None))
        heat = _merged(_probabilities(heat, grid.heat, sigmoid=grid.sigmoid), columns)
    if grid.scores is not None:
        scores = _shaped(outputs, grid.scores, (batch, len(columns)))
        scores = _merged(_probabilities(scores, grid.scores, sigmoid=grid.sigmoid), columns)
    if heat is None:
        assert scores is not None  # noqa: S101  a card names one of the two
        heat = scores[:, :, None, None]
    return Looks(_pooled(heat) if scores is None else scores, heat, _strangeness(outputs, grid.strangeness, batch))


def _pooled(heat: Floats) -> Floats:
    """A score for a photo whose model gives heat alone: half its hottest cell, half its mean.

    The hottest cell alone would take one odd cell for damage, the mean alone would overlook a crack.
    """
    hottest, mean = heat.max((2, 3)), heat.mean((2, 3), dtype=np.float32)
    return np.asarray((hottest + mean) / 2, np.float32)


def _strangeness(outputs: Mapping[str, NDArray[Any]], name: str | None, batch: int) -> Floats:
    if name is None:
        return np.zeros(batch, np.float32)
    values = np.asarray(outputs[name], np.float32).reshape(-1)
    if len(values) != batch or not np.isfinite(values).all() or (values < 0).any():
        raise RefusedModelError(f"its output {name} is not one number from 0 up for each photo")
    return values


def _detector(outputs: Mapping[str, NDArray[Any]], detector: DetectorOutput, model: CardFile, batch: int) -> Looks:
    boxes, scores = _boxes_and_scores(outputs, detector, len(model.columns), batch)
    scores = _merged(scores.swapaxes(1, 2), model.columns)
    corners = _corners(boxes, detector, model)
    heat = np.zeros((*scores.shape[:2], HEAT_SIDE, HEAT_SIDE), np.float32)
    for photo in range(batch):
        for kind in range(scores.shape[1]):
            _draw(heat[photo, kind], corners[photo], scores[photo, kind], detector)
    best = scores.max(2, initial=0.0)
    return Looks(best, heat, np.zeros(batch, np.float32))


def _boxes_and_scores(
    outputs: Mapping[str, NDArray[Any]], detector: DetectorOutput, classes: int, batch: int
) -> tuple[Floats, Floats]:
    """(batch, boxes, 4) and (batch, boxes, classes)."""
    if detector.boxes == detector.scores:
        both = np.asarray(outputs[detector.boxes], np.float32)
        if both.ndim == 3 and both.shape[1] == 4 + classes != both.shape[2]:
            both = both.swapaxes(1, 2)
        _require_shape(both, detector.boxes, (batch, None, 4 + classes))
        boxes, scores = both[:, :, :4], both[:, :, 4:]
    else:
        boxes = _shaped(outputs, detector.boxes, (batch, None, 4))
        tail = () if detector.labels else (classes,)
        scores = _shaped(outputs, detector.scores, (batch, boxes.shape[1], *tail))
    if detector.labels:
        scores = scores[:, :, None] * _one_hot(outputs[detector.labels], scores.shape, classes)
    if not np.isfinite(boxes).all():
        raise RefusedModelError(f"its output {detector.boxes} holds what is no number")
    return boxes, _probabilities(scores, detector.scores, sigmoid=detector.sigmoid)


def _one_hot(labels: NDArray[Any], shape: tuple[int, ...], classes: int) -> Floats:
    """1 where a box is of a class, (batch, boxes, classes); a label below 0 stands for no box."""
    if labels.shape != shape or (labels >= classes).any():
        raise RefusedModelError(f"its labels are not one of {classes} classes for each box")
    hot: Floats = (labels[:, :, None] == np.arange(classes)).astype(np.float32)
    return hot


def _corners(boxes: Floats, detector: DetectorOutput, model: CardFile) -> Floats:
    """Left, top, right and bottom as shares of the photo, 0 to 1."""
    first, second = boxes[..., :2], boxes[..., 2:]
    if detector.box_format == "cxcywh":
        first = np.asarray(first - second / 2, np.float32)
    if detector.box_format != "xyxy":
        second = np.asarray(first + second, np.float32)
    corners = np.concatenate((first, second), axis=-1)
    if detector.in_pixels:
        corners /= np.array([model.input.width, model.input.height] * 2, np.float32)
    elif corners.size and np.abs(corners).max() > 2:
        raise RefusedModelError(f"its output {detector.boxes} is in pixels; the card says normalised")
    return corners.clip(0, 1)


def _draw(heat: Floats, corners: Floats, scores: Floats, detector: DetectorOutput) -> None:
    """Give each cell the score of the surest box over it."""
    rows, columns = heat.shape
    for i in _kept(corners, scores, detector):
        left, right = _cells(corners[i, 0], corners[i, 2], columns)
        top, bottom = _cells(corners[i, 1], corners[i, 3], rows)
        cells = heat[top:bottom, left:right]
        np.maximum(cells, scores[i], out=cells)


def _cells(start: float, end: float, count: int) -> tuple[int, int]:
    """The cells from one share of a side to another; the smallest box has one."""
    first = min(round(float(start) * count), count - 1)
    return first, max(first + 1, round(float(end) * count))


def _kept(corners: Floats, scores: Floats, detector: DetectorOutput) -> list[int]:
    """The boxes that count, the surest first, without those that a surer one covers."""
    solid = (corners[:, 2] > corners[:, 0]) & (corners[:, 3] > corners[:, 1])
    able = np.flatnonzero(solid & (scores >= detector.least_score))
    order = able[np.argsort(-scores[able], kind="stable")][:MOST_BOXES]
    if detector.overlap is None:
        return list(order)
    kept: list[int] = []
    for i in order:
        if not kept or _overlaps(corners[i], corners[kept]).max() <= detector.overlap:
            kept.append(i)
    return kept


def _overlaps(box: Floats, others: Floats) -> Floats:
    """Intersection over union of one box with each of the others."""
    shared = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    common = shared.clip(0).prod(1)
    areas = (others[:, 2:] - others[:, :2]).prod(1)
    union = (box[2:] - box[:2]).prod() + areas - common
    return np.asarray(common / union, np.float32)


def _shaped(outputs: Mapping[str, NDArray[Any]], name: str, shape: tuple[int | None, ...]) -> Floats:
    values = np.asarray(outputs[name], np.float32)
    _require_shape(values, name, shape)
    return values


def _require_shape(values: Floats, name: str, shape: tuple[int | None, ...]) -> None:
    alike = values.ndim == len(shape) and all(b in (None, a) for a, b in zip(values.shape, shape, strict=True))
    if not alike or 0 in values.shape[:1]:
        wanted = ", ".join("any" if side is None else str(side) for side in shape)
        raise RefusedModelError(f"its output {name} has the shape {values.shape}; the card makes it ({wanted})")


def _probabilities(values: Floats, name: str, *, sigmoid: bool) -> Floats:
    """Values that are 0 to 1; NaN and infinity are never taken for "no damage"."""
    if not np.isfinite(values).all():
        raise RefusedModelError(f"its output {name} holds what is no number")
    if sigmoid:
        values = 1 / (1 + np.exp(-values.clip(-60, 60)))
    if values.size and (values.min() < -ROUNDING or values.max() > 1 + ROUNDING):
        raise RefusedModelError(
            f"its output {name} goes from {values.min():.3g} to {values.max():.3g}, not from 0 to 1"
        )
    return values.clip(0, 1)


def _merged(values: Floats, columns: tuple[int | None, ...]) -> Floats:
    """One entry for each class of ours along the second axis: the largest of those that count as it."""
    count = 1 + max(place for place in columns if place is not None)
    if columns == tuple(range(count)):
        return values
    merged = np.zeros((values.shape[0], count, *values.shape[2:]), np.float32)
    for theirs, ours in enumerate(columns):
        if ours is not None:
            np.maximum(merged[:, ours], values[:, theirs], out=merged[:, ours])
    return merged
