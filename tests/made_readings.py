"""Invented readings of photos, and the card of the model that is said to have made them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings
from numpy.typing import NDArray

from realestate.domain.repairs.analysis import HouseIssue, JudgedPhoto, Severity
from realestate.domain.repairs.judging import judge
from realestate.domain.repairs.readings import ModelCard, PhotoReading, Quality
from realestate.domain.repairs.taxonomy import CLASSES

THRESHOLD = 0.5
CARD = ModelCard(
    name="damage",
    sha256="c" * 64,
    classes=CLASSES,
    thresholds={name: None if name == "roof_damage" else THRESHOLD for name in CLASSES},
    inspect_from={"roof_damage": 0.3},
    strange_above=10.0,
)
FINE = Quality(brightness=0.5, contrast=0.2, sharpness=500.0, short_side=3_000)


def spot(rows: slice = slice(2, 5), columns: slice = slice(2, 5), value: float = 0.9) -> NDArray[np.float32]:
    """A heat map of 10 by 10 with one warm rectangle."""
    heat = np.full((10, 10), 0.01, np.float32)
    heat[rows, columns] = value
    return heat


def reading(
    file: str = "a.jpg",
    scores: Mapping[str, float] | None = None,
    heat: NDArray[np.float32] | None = None,
    **changes: Any,  # noqa: ANN401  any field
) -> PhotoReading:
    """A reading of a good photo of 4000 by 3000 pixels; classes that are not named score 0.01, all share one map."""
    digest = hashlib.sha256(file.encode()).hexdigest()
    fields: dict[str, Any] = {
        "file": file,
        "sha256": digest,
        "width": 4_000,
        "height": 3_000,
        "quality": FINE,
        "look": int(digest[:16], 16),
        "scores": dict.fromkeys(CLASSES, 0.01) | dict(scores or {}),
        "heat": np.stack([spot() if heat is None else heat] * len(CLASSES)),
        "strangeness": 1.0,
        "preview": b"",
    }
    return PhotoReading(**(fields | changes))


def photos(*scores: Mapping[str, float]) -> list[JudgedPhoto]:
    """Judged photos with these scores, all of different places."""
    return [judge(reading(f"{number}.jpg", each), CARD) for number, each in enumerate(scores)]


def issue(
    name: str = "crack", severity: Severity = "moderate", places: int = 1, area: float = 0.3, views: Sequence[str] = ()
) -> HouseIssue:
    """An issue of the house."""
    files = tuple(views) or tuple(f"{name}-{number}.jpg" for number in range(places))
    return HouseIssue(name, 0.9, severity, files, files, area)


def unhurried(examples: int) -> settings:
    """So many examples, however busy the machine is."""
    return settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
