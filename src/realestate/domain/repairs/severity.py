"""How bad damage in a photo is: by its kind, by the area that it covers, and by how sure the model is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from realestate.domain.repairs.analysis import Severity

STEPS: tuple[Severity, ...] = ("minor", "moderate", "severe")
"""Rising."""

INSPECT: Severity = "needs inspection"

SURE_FROM = 0.25
"""Of the way from a class's threshold to certainty; what is less sure is taken for one step less."""

AREAS: Mapping[str, tuple[float, float]] = {
    "crack": (0.15, 0.60),
    "plaster_loss": (0.12, 0.50),
    "damp_stain": (0.15, 0.55),
    "mould": (0.15, 0.60),
    "peeling_paint": (0.20, 0.70),
    "debris_clutter": (0.30, 0.75),
    "roof_damage": (0.0, 0.25),
    "structural_collapse": (0.0, 0.0),
}
"""Shares of a photo from which a class is moderate and severe (ours): the usual finding of a surface is moderate, and
what opens a wall to water counts sooner."""

OTHER = (0.15, 0.60)
"""The same for classes of a user's own model."""


def grade(issue: str, score: float, area: float, threshold: float | None) -> Severity:
    """Grade one finding; neither more area nor more certainty ever makes it milder.

    Args:
        issue: Its class.
        score: Calibrated probability, 0 to 1.
        area: Share of the photo, 0 to 1.
        threshold: From which the class is reported; ``None`` makes it a matter for an inspection.
    """
    if threshold is None:
        return INSPECT
    moderate, severe = AREAS.get(issue, OTHER)
    step = 2 if area >= severe else 1 if area >= moderate else 0
    return STEPS[step if sureness(score, threshold) >= SURE_FROM else max(0, step - 1)]


def sureness(score: float, threshold: float) -> float:
    """How far a score is on the way from its threshold to certainty, 0 to 1."""
    return min(1.0, max(0.0, (score - threshold) / max(1e-9, 1.0 - threshold)))


def worst(severities: list[Severity]) -> Severity:
    """The worst one; an inspection only when there is nothing else."""
    graded = [one for one in severities if one in STEPS]
    return max(graded, key=STEPS.index) if graded else INSPECT


def at_least(severity: Severity, step: Severity) -> bool:
    """Whether a graded severity reaches a step; what needs an inspection reaches none."""
    return severity in STEPS and STEPS.index(severity) >= STEPS.index(step)
