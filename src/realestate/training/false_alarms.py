"""Raises thresholds where a source has too many of its undamaged photos flagged, at the least cost in F1."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from realestate.domain.repairs.evaluation import SOUND, f1
from realestate.domain.repairs.taxonomy import CLASSES
from realestate.training.labels import LabelledPhotos
from realestate.training.planning import wall_sources

MOST_FLAGGED, MOST_WALLS_FLAGGED = 0.03, 0.05
"""Share of its undamaged photos that a source may have flagged; the second for sources of close-ups of walls."""
LEAST_PHOTOS = 20
"""A source with fewer undamaged photos says nothing of a share this small."""
MOST_LOST = 0.05
"""F1 of a class below its best that quiet may cost."""


def quieten(
    thresholds: NDArray[np.float64], scores: NDArray[np.float32], photos: LabelledPhotos
) -> NDArray[np.float64]:
    """Raise thresholds step by step until no source is flagged too often, or every further step costs too much.

    Args:
        thresholds: One a class; infinite where none is measured.
        scores: Out-of-fold probabilities, (photos, classes).
        photos: Their labels.
    """
    best = [_f1(scores, photos, thresholds, c) for c in range(len(CLASSES))]
    thresholds = thresholds.copy()
    undamaged = _undamaged(photos)
    while (loud := _loudest(thresholds, scores, photos, undamaged)) is not None:
        steps = list(_steps(thresholds, scores, photos, loud))
        costs = [best[c] - _f1(scores, photos, _raised(thresholds, c, bar), c) for c, bar in steps]
        if not steps or min(costs) > MOST_LOST:
            break
        thresholds = _raised(thresholds, *steps[int(np.argmin(costs))])
    return thresholds


def _undamaged(photos: LabelledPhotos) -> NDArray[np.bool_]:
    judged = photos.labels[:, [CLASSES.index(name) for name in SOUND]] == 0
    return np.asarray((photos.labels != 1).all(axis=1) & judged.all(axis=1), dtype=np.bool_)


def _flags(thresholds: NDArray[np.float64], scores: NDArray[np.float32], photos: LabelledPhotos) -> NDArray[np.bool_]:
    """Which classes are claimed of a photo that is known not to show them."""
    return np.asarray((scores >= thresholds) & (photos.labels == 0), dtype=np.bool_)


def _loudest(
    thresholds: NDArray[np.float64], scores: NDArray[np.float32], photos: LabelledPhotos, undamaged: NDArray[np.bool_]
) -> NDArray[np.bool_] | None:
    """The undamaged photos of the source that is furthest above its limit; ``None`` when none is."""
    flagged = np.asarray(_flags(thresholds, scores, photos).any(axis=1))
    walls = wall_sources(photos)
    worst, furthest = None, 0.0
    for source in sorted(set(photos.sources.tolist())):
        own = undamaged & (photos.sources == source)
        over = flagged[own].mean() - (MOST_WALLS_FLAGGED if source in walls else MOST_FLAGGED) if own.any() else 0
        if own.sum() >= LEAST_PHOTOS and over > furthest:
            worst, furthest = own, float(over)
    return worst


def _steps(
    thresholds: NDArray[np.float64], scores: NDArray[np.float32], photos: LabelledPhotos, own: NDArray[np.bool_]
) -> Iterator[tuple[int, float]]:
    """For each class that is claimed there, the threshold that gives up its faintest claim."""
    flags = _flags(thresholds, scores, photos) & own[:, None]
    for c in np.flatnonzero(flags.any(axis=0)):
        faintest = float(scores[flags[:, c], c].min())
        yield int(c), float(np.nextafter(np.float32(faintest), np.float32(1)))


def _raised(thresholds: NDArray[np.float64], c: int, bar: float) -> NDArray[np.float64]:
    raised = thresholds.copy()
    raised[c] = bar
    return raised


def _f1(scores: NDArray[np.float32], photos: LabelledPhotos, thresholds: NDArray[np.float64], c: int) -> float:
    claimed, labels = scores[:, c] >= thresholds[c], photos.labels[:, c]
    right, wrong = (int((claimed & (labels == label)).sum()) for label in (1, 0))
    return f1(right, wrong, int((~claimed & (labels == 1)).sum())) or 0.0
