"""How good a photo model is on labelled photos: average precision, F1, the surest class, and false alarms by source."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

UNKNOWN = -1
LEAST_FOR_AP = 2
"""Photos that show a class before its average precision says anything."""

LEAST_FOR_MEAN = 20
"""Photos that show a class before its F1 counts in the mean."""

DRAWS = 100
SEED = 1
SOUND = ("crack", "plaster_loss")
"""Classes that an undamaged photo was judged for at least, where the labels know them."""


@dataclass(frozen=True, slots=True)
class LabelledPhoto:
    """What people say of a photo.

    Attributes:
        file: As the table names it.
        shown: Classes it shows.
        absent: Classes it was judged for and does not show; what is in neither is unknown.
        parent: What it was taken with: a house, a visit. Never torn apart by a draw.
        source: Where it came from.
        tier: ``A`` when an explicit licence covers it, else ``B``.
    """

    file: str
    shown: AbstractSet[str]
    absent: AbstractSet[str]
    parent: str
    source: str
    tier: str = "B"


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of a photo: class to probability, and the classes at or above their thresholds."""

    scores: Mapping[str, float]
    issues: AbstractSet[str]


def predict(scores: Mapping[str, float], thresholds: Mapping[str, float | None]) -> Prediction:
    """The prediction that goes with scores; a class without a threshold is never an issue."""
    issues = {name for name, bar in thresholds.items() if bar is not None and scores.get(name, 0.0) >= bar}
    return Prediction(scores, issues)


def average_precision(labels: NDArray[np.int8], scores: NDArray[np.float64]) -> float | None:
    """Mean precision at each positive, the positives last among equal scores; ``None`` without a positive.

    Args:
        labels: 1 or 0.
        scores: As many.
    """
    hits = labels[np.lexsort((labels, -scores))] == 1
    if not hits.any():
        return None
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precision[hits].mean())


def f1(right: int, wrong: int, missed: int) -> float | None:
    """Harmonic mean of precision and recall; ``None`` when there is nothing to find and nothing was found."""
    return 2 * right / (2 * right + wrong + missed) if right + wrong + missed else None


class Evaluation:
    """Photos of which both are known, held as tables for many looks.

    Args:
        photos: Labelled ones; those without a prediction count as missing and nothing else.
        predictions: By file.
        classes: To be judged, in the order that settles equal scores.
    """

    def __init__(
        self, photos: Sequence[LabelledPhoto], predictions: Mapping[str, Prediction], classes: Sequence[str]
    ) -> None:
        self._photos = [photo for photo in photos if photo.file in predictions]
        self._missing = len(photos) - len(self._photos)
        self._classes = tuple(classes)
        found = [predictions[photo.file] for photo in self._photos]
        shape = (len(found), len(classes))
        labels = [[_label(photo, name) for name in classes] for photo in self._photos]
        self._labels = np.array(labels, np.int8).reshape(shape)
        scores = [[one.scores.get(name, 0.0) for name in classes] for one in found]
        self._scores = np.array(scores, np.float64).reshape(shape)
        self._issues = [one.issues for one in found]

    def figures(self) -> dict[str, Any]:
        """All figures by name, ready for JSON; ``None`` for what these photos cannot tell."""
        ap = dict(self._by_class(range(len(self._photos))))
        scores = dict(self._f1())
        support = {name: int((self._labels[:, i] == 1).sum()) for i, name in enumerate(self._classes)}
        return {
            "photos": len(self._photos),
            "missing": self._missing,
            "map": _mean_rounded(list(ap.values())),
            "map_interval": self._interval(),
            "macro_f1": _mean_rounded([value for name, value in scores.items() if support[name] >= LEAST_FOR_MEAN]),
            "top1_on_damaged": self._top1(),
            "ap": _rounded(ap),
            "f1": _rounded(scores),
            "positives": support,
            "undamaged_flagged": self._undamaged(),
        }

    def _by_class(self, rows: Sequence[int] | NDArray[np.intp]) -> Iterator[tuple[str, float]]:
        """Average precision of each class that these photos show often enough."""
        labels, scores = self._labels[rows], self._scores[rows]
        for i, name in enumerate(self._classes):
            known = labels[:, i] != UNKNOWN
            if (labels[:, i] == 1).sum() >= LEAST_FOR_AP:
                value = average_precision(labels[known, i], scores[known, i])
                if value is not None:
                    yield name, value

    def _interval(self) -> list[float] | None:
        """95 % of the mAP over draws of parents: photos of one house are no independent witnesses."""
        groups: dict[str, list[int]] = defaultdict(list)
        for row, photo in enumerate(self._photos):
            groups[photo.parent].append(row)
        keys, chance = sorted(groups), random.Random(SEED)  # noqa: S311  a repeatable draw, nothing secret
        values: list[float] = []
        for _ in range(DRAWS if keys else 0):
            drawn = np.array([row for key in chance.choices(keys, k=len(keys)) for row in groups[key]], np.intp)
            value = _mean([ap for _, ap in self._by_class(drawn)])
            if value is not None:
                values.append(value)
        if not values:
            return None
        values.sort()
        return [round(values[int(0.025 * len(values))], 3), round(values[int(0.975 * len(values)) - 1], 3)]

    def _f1(self) -> Iterator[tuple[str, float]]:
        for i, name in enumerate(self._classes):
            labels = self._labels[:, i]
            if (labels == 1).sum() < LEAST_FOR_AP:
                continue
            flagged = np.array([name in issues for issues in self._issues])
            right, wrong = (int((flagged & (labels == label)).sum()) for label in (1, 0))
            value = f1(right, wrong, int((~flagged & (labels == 1)).sum()))
            if value is not None:
                yield name, value

    def _top1(self) -> float | None:
        """Share of damaged photos whose surest class is one that they show."""
        damaged = (self._labels == 1).any(1)
        if not damaged.any():
            return None
        best = self._scores[damaged].argmax(1)
        right = self._labels[damaged][np.arange(len(best)), best] == 1
        return round(float(right.mean()), 4)

    def _undamaged(self) -> dict[str, dict[str, float]]:
        """By source: undamaged photos, and the share of them in which a class is claimed that is not there."""
        sound = set(SOUND) & set(self._classes) or set(self._classes)
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for photo, issues in zip(self._photos, self._issues, strict=True):
            if not photo.shown & set(self._classes) and sound <= photo.absent:
                counts[photo.source][0] += 1
                counts[photo.source][1] += bool(issues & photo.absent & set(self._classes))
        return {source: {"photos": n, "share": round(x / n, 3)} for source, (n, x) in sorted(counts.items())}


def _label(photo: LabelledPhoto, name: str) -> int:
    return 1 if name in photo.shown else 0 if name in photo.absent else UNKNOWN


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _mean_rounded(values: Sequence[float]) -> float | None:
    mean = _mean(values)
    return None if mean is None else round(mean, 4)


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in values.items()}
