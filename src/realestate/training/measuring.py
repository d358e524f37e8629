"""What out-of-fold predictions say: calibration, and the threshold of each class where one can be measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from realestate.domain.repairs.evaluation import average_precision
from realestate.domain.repairs.taxonomy import CLASSES
from realestate.training.false_alarms import quieten
from realestate.training.labels import LabelledPhotos

LEAST_POSITIVES = 20
"""With fewer photos than this that show a class no threshold is measured for it."""
_STEPS = 400
_DRAWS = 200


@dataclass(frozen=True, slots=True)
class Calibration:
    """Per class ``probability = sigmoid(slope * logit + offset)``, float32 (classes,)."""

    slope: NDArray[np.float32]
    offset: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability a class is reported, and from which the others ask for an inspection."""

    report: dict[str, float | None]
    inspect: dict[str, float]


def calibrate(logits: NDArray[np.float32], labels: NDArray[np.int8]) -> Calibration:
    """Fit slope and offset per class so that probabilities mean what they say (Platt 1999, with his smoothed targets).

    Args:
        logits: (photos, classes), each predicted by a model that never saw the photo or its parent.
        labels: int8, the same shape: 1, 0 or -1.
    """
    fits = [_platt(logits[known, c], labels[known, c] == 1) for c, known in enumerate((labels >= 0).T)]
    slope, offset = np.array(fits, dtype=np.float32).T
    return Calibration(np.ascontiguousarray(slope), np.ascontiguousarray(offset))


def _platt(logits: NDArray[np.float32], shown: NDArray[np.bool_]) -> tuple[float, float]:
    """Newton's method on the logistic loss; the slope is drawn a little towards 1, for thin classes."""
    positives, negatives = int(shown.sum()), int((~shown).sum())
    target = np.where(shown, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    inputs = np.column_stack([logits, np.ones(len(logits))]).astype(np.float64)
    fit, towards, pull = np.array([1.0, 0.0]), np.array([1.0, 0.0]), np.diag([1.0, 1e-6])
    for _ in range(_STEPS):
        probability = _sigmoid(inputs @ fit)
        gradient = inputs.T @ (probability - target) + pull @ (fit - towards)
        curvature = (inputs * (probability * (1 - probability))[:, None]).T @ inputs + pull
        # A whole step may overshoot from far away, where the loss is flat.
        step = np.clip(np.linalg.solve(curvature, gradient), -1, 1)
        fit = fit - step
        if np.abs(step).max() < 1e-9:
            break
    return float(fit[0]), float(fit[1])


def probabilities(logits: NDArray[np.float32], calibration: Calibration) -> NDArray[np.float32]:
    """Calibrated probabilities of logits."""
    return _sigmoid(logits * calibration.slope + calibration.offset).astype(np.float32)


def mean_average_precision(scores: NDArray[np.float32], labels: NDArray[np.int8]) -> float:
    """Mean over the classes of which a photo is labelled; a class counts where it is known."""
    each = [
        average_precision(own[known], score[known].astype(np.float64))
        for score, own, known in zip(scores.T, labels.T, (labels >= 0).T, strict=True)
    ]
    return float(np.mean([value for value in each if value is not None]))


def _sigmoid(values: NDArray[np.floating]) -> NDArray[np.floating]:
    return np.asarray(np.exp(-np.logaddexp(0, -values)))


def choose_thresholds(scores: NDArray[np.float32], photos: LabelledPhotos, seed: int = 0) -> Thresholds:
    """The threshold of best F1 over bootstrap draws of parents, raised while it flags too many undamaged photos.

    A single best point of a curve is luck; the median over draws is what holds on other photos.
    """
    best = np.array([_best(scores[:, c], photos, c, seed) for c in range(len(CLASSES))])
    measured = (photos.labels == 1).sum(axis=0) >= LEAST_POSITIVES
    quiet = quieten(np.where(measured, best, np.inf), scores, photos)
    return Thresholds(
        report={name: float(quiet[c]) if measured[c] else None for c, name in enumerate(CLASSES)},
        inspect={name: float(best[c]) for c, name in enumerate(CLASSES) if not measured[c]},
    )


def _best(scores: NDArray[np.float32], photos: LabelledPhotos, c: int, seed: int) -> float:
    known = photos.labels[:, c] >= 0
    return _median_best(scores[known], photos.labels[known, c] == 1, photos.parents[known], seed)


def _median_best(scores: NDArray[np.float32], shown: NDArray[np.bool_], parents: NDArray[np.str_], seed: int) -> float:
    names, group = np.unique(parents, return_inverse=True)
    chance = np.random.default_rng(seed)
    best = []
    for _ in range(_DRAWS):
        weight = np.bincount(chance.integers(0, len(names), len(names)), minlength=len(names))[group]
        if (weight * shown).sum():
            best.append(best_f1_threshold(scores, shown, weight))
    return float(np.median(best)) if best else 0.5


def best_f1_threshold(scores: NDArray[np.float32], shown: NDArray[np.bool_], weight: NDArray[np.intp]) -> float:
    """Middle between the last score reported and the first that is not, where weighted F1 is highest."""
    order = np.argsort(-scores, kind="stable")
    right, said = np.cumsum((weight * shown)[order]), np.cumsum(weight[order])
    f1 = 2 * right / np.maximum(said + (weight * shown).sum(), 1)
    last = int(np.argmax(f1))
    following = scores[order[min(last + 1, len(order) - 1)]]
    return float((scores[order[last]] + following) / 2)
