"""From a model's reading of one photo to what it shows, or why it shows nothing that can be relied on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from realestate.domain.repairs.analysis import STRANGE, JudgedPhoto, PhotoIssue
from realestate.domain.repairs.regions import find_regions
from realestate.domain.repairs.severity import grade, sureness

if TYPE_CHECKING:
    from realestate.domain.repairs.readings import ModelCard, PhotoReading, Quality

DARKEST, BRIGHTEST = 0.06, 0.95
"""Mean luma; of 4,500 photos of houses, dim cellars and snow among them, none is beyond (0.09 to 0.90)."""

FLATTEST = 0.008
"""Contrast; the smoothest sound wall among them has 0.012."""

BLURRED_BELOW = 0.003
"""Sharpness in relation to the contrast squared, so that a smooth wall is not taken for a blurred room:
1 in 4,500 of those photos is below, and three in four that are blurred over 4 of 320 pixels."""

SMALL, SMALLEST = 128, 64
"""Pixels on the short side: below the first half of the damage is missed and what is found is right, below the second
nothing is found (val photos made smaller; from 160 on nothing is lost)."""

SURE_THOUGH_STRANGE = 0.5
"""How far a finding in a strange photo has to be from its threshold to certainty before it is believed."""


def judge(reading: PhotoReading, card: ModelCard, *, keep_preview: bool = False) -> JudgedPhoto:
    """Judge one photo: its issues at the card's thresholds, and the doubts that stand against an empty answer."""
    unfit = tuple(doubts_of(reading.quality))
    strange = is_strange(reading.strangeness, card)
    issues = () if is_blind(reading.quality) else _issues(reading, card, SURE_THOUGH_STRANGE if strange else 0.0)
    return JudgedPhoto(
        file=reading.file,
        sha256=reading.sha256,
        width=reading.width,
        height=reading.height,
        scores={name: float(score) for name, score in reading.scores.items()},
        look=reading.look,
        issues=tuple(sorted(issues, key=lambda issue: -issue.score)),
        doubts=(*unfit, STRANGE) if strange else unfit,
        preview=reading.preview if keep_preview else b"",
    )


def doubts_of(quality: Quality) -> Iterator[str]:
    """Say why the looks of a photo stand against an empty answer, in words for people."""
    if quality.short_side < SMALL:
        yield "too small"
    if quality.brightness < DARKEST:
        yield "too dark"
    elif quality.brightness > BRIGHTEST:
        yield "too bright"
    elif quality.contrast < FLATTEST:
        yield "one even surface, nothing to see"
    elif quality.sharpness < BLURRED_BELOW * (255 * quality.contrast) ** 2:
        yield "too blurred"


def is_blind(quality: Quality) -> bool:
    """Whether a photo shows nothing at all, so that whatever is found in it is made up."""
    nothing = quality.contrast < FLATTEST or not DARKEST <= quality.brightness <= BRIGHTEST
    return nothing or quality.short_side < SMALLEST


def is_strange(strangeness: float, card: ModelCard) -> bool:
    """Whether a photo is unlike the model's training photos; an answer that is no number is strange too."""
    return card.strange_above is not None and not strangeness <= card.strange_above


def bar(card: ModelCard, name: str) -> float | None:
    """Probability from which a class is reported at all, as an issue or as something to inspect."""
    threshold = card.thresholds.get(name)
    return threshold if threshold is not None else card.inspect_from.get(name)


def _issues(reading: PhotoReading, card: ModelCard, sure_from: float) -> Iterator[PhotoIssue]:
    for place, name in enumerate(card.classes):
        score, least = float(reading.scores.get(name, math.nan)), bar(card, name)
        # A comparison with a score that is no number is false, so that it is never an issue.
        if least is None or not score >= least or sureness(score, least) < sure_from:
            continue
        # A copy lets go of the maps of the other classes.
        heat = reading.heat[place].copy()
        regions = find_regions(heat, reading.width, reading.height)
        severity = grade(name, score, regions.area, card.thresholds.get(name))
        yield PhotoIssue(name, score, severity, regions.area, regions.boxes[0], regions.boxes, heat)
