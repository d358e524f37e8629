"""What an analysis of a house's photos comes to: the result that is printed, kept and drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from realestate.domain.money import CostRange
    from realestate.domain.repairs.house import House
    from realestate.domain.repairs.readings import ModelCard, SkippedPhoto
    from realestate.domain.repairs.second_opinion import SecondOpinion

Box = tuple[int, int, int, int]
"""Left, top, width, height in pixels of the upright photo at full size."""

Severity = Literal["minor", "moderate", "severe", "needs inspection"]
"""``needs inspection``: the class has no measured threshold, so that it is neither confirmed nor priced."""

Rating = Literal["C3", "C4", "C5", "C6"]
"""Condition as Fannie Mae's and Freddie Mac's appraisal dataset words it; photos alone never show C1 or C2."""


STRANGE = "unlike anything the model was trained on"
"""The doubt about a photo that may show no house at all."""


@dataclass(frozen=True, slots=True)
class PhotoIssue:
    """One kind of damage in one photo.

    Attributes:
        issue: The class.
        score: Calibrated probability, 0 to 1.
        severity: By area, confidence and kind.
        area: Share of the photo that it covers, 0 to 1.
        box: Around its largest region.
        boxes: Around each of its regions, the largest first.
        heat: Where it is: float32 (rows, columns), 0 to 1, spanning the whole upright photo evenly.
    """

    issue: str
    score: float
    severity: Severity
    area: float
    box: Box
    boxes: tuple[Box, ...]
    heat: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class JudgedPhoto:
    """One photo that could be read, and what it shows.

    Attributes:
        file: The name it was given by.
        sha256: Of the file's bytes, in hexadecimal.
        width: Pixels of the upright photo, at full size.
        height: The same.
        scores: Every class to its calibrated probability, also below its threshold.
        look: 64-bit difference hash; few differing bits mean near-duplicates.
        issues: What it shows, the surest first; empty says nothing about the house when there are doubts.
        doubts: Why no damage seen is not no damage, in words for people: ``too dark`` ...; empty without any.
        same_as: The earlier file of which it is a near-duplicate; it counts once.
        preview: JPEG of at most 960 pixels without metadata, or nothing when no picture was asked for.
    """

    file: str
    sha256: str
    width: int
    height: int
    scores: Mapping[str, float]
    look: int
    issues: tuple[PhotoIssue, ...]
    doubts: tuple[str, ...] = ()
    same_as: str | None = None
    preview: bytes = b""

    @property
    def counts(self) -> bool:
        """Whether it says anything new about the house."""
        return self.same_as is None and (bool(self.issues) or not self.doubts)


@dataclass(frozen=True, slots=True)
class HouseIssue:
    """One kind of damage to the house, however many photos show it.

    Attributes:
        issue: The class.
        score: Calibrated probability of the surest photo, 0 to 1.
        severity: Of the worst photo.
        photos: Files that show it, the surest first.
        views: Of these the surest one of each distinct defect, after one seen in several photos was counted once.
        area: Mean share of a photo that a defect covers, 0 to 1.
        reasons: What made it an issue of the house, in words for people.
    """

    issue: str
    score: float
    severity: Severity
    photos: tuple[str, ...]
    views: tuple[str, ...]
    area: float
    reasons: tuple[str, ...] = ()

    @property
    def places(self) -> int:
        """Distinct defects."""
        return len(self.views)

    @property
    def extent(self) -> float:
        """What all defects cover together, in photos' worth of surface."""
        return self.area * self.places


@dataclass(frozen=True, slots=True)
class Inspection:
    """Something that photos hint at and only a person on site can settle; it carries no price.

    Attributes:
        issue: The class.
        who: The trade to ask.
        why: In words for people.
        photos: Files that hint at it.
    """

    issue: str
    who: str
    why: str
    photos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """Rating and reasons; no rating when too little was seen, and the reasons say so."""

    rating: Rating | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EstimateLine:
    """One line of an estimate.

    Attributes:
        item: Key of the price book, or ``unseen`` and ``contingency`` for what no photo shows.
        name: In words for people.
        trade: Who does it.
        quantity: In units.
        unit: ``sf``, ``lf``, ``each`` ...
        cost: For the whole quantity, at the place of the house.
        source: Where the price is from.
        reason: What called for it and how the quantity came about, in words for people.
    """

    item: str
    name: str
    trade: str
    quantity: float
    unit: str
    cost: CostRange
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """What repairs may cost.

    Attributes:
        cost: The sum of the lines.
        lines: The dearest first, what no photo shows last.
        drivers: What moves the sum most, in words for people.
        assumptions: What was taken for granted: living area, place, surfaces.
        house: Size and place that it was made for.
        book_date: Day of the youngest price.
    """

    cost: CostRange
    lines: tuple[EstimateLine, ...]
    drivers: tuple[str, ...]
    assumptions: tuple[str, ...]
    house: House
    book_date: date


@dataclass(frozen=True, slots=True)
class Analysis:
    """One visit to a house, from photos to a priced estimate.

    Attributes:
        photos: In the order given.
        skipped: Photos that could not be read, and why.
        issues: The dearest kind first.
        inspections: What to have looked at by somebody on site.
        condition: C3 to C6 with reasons.
        estimate: ``None`` when no photo could be judged: nothing seen is not nothing to pay.
        model: Which model looked.
        title: What to call the house: an address, or the folder; text, never markup.
        second_opinion: What a vision model elsewhere said, when it was asked.
    """

    photos: tuple[JudgedPhoto, ...]
    skipped: tuple[SkippedPhoto, ...]
    issues: tuple[HouseIssue, ...]
    inspections: tuple[Inspection, ...]
    condition: Condition
    estimate: Estimate | None
    model: ModelCard
    title: str = ""
    second_opinion: SecondOpinion | None = None

    @property
    def usable(self) -> bool:
        """Whether any photo says something about the house."""
        return any(photo.counts for photo in self.photos)
