"""The photos of a page: re-encoded, with the shapes that are laid over them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from realestate.reports.heat_veils import joint_heat, veil_uri
from realestate.reports.small_pictures import Picture, cut, fitted, opened

if TYPE_CHECKING:
    from realestate.domain.repairs.analysis import Analysis, Box, HouseIssue, JudgedPhoto, PhotoIssue

LARGE, SMALL = 960, 360
"""Pixels on the longest side of a photo with findings, and of one without."""
LARGE_BYTES, SMALL_BYTES = 8_000_000, 3_000_000
"""All photos of a kind together; a page of 200 photos still goes by e-mail."""
MOST_BYTES = 190_000
"""Of one photo."""
MOST_SHOWN = 120
"""Photos of a kind without findings; the rest is counted."""
CROP_SIDE = 220
NEAR = 7.0
"""Percent of a photo that a number takes."""
STEPS = ("severe", "moderate", "minor", "needs inspection")
BOXES, SLIVER = 3, 0.15
"""Most boxes of one issue in one photo, and the share of the largest below which a region is not worth a box."""

Shares = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """One issue of a photo as it is drawn.

    Attributes:
        number: Counted from 1 in the photo.
        issue: What it is.
        boxes: In percent of the photo, the largest first.
        behind: How many numbers stand at this corner already.
    """

    number: int
    issue: PhotoIssue
    boxes: list[Shares]
    behind: int


@dataclass(slots=True)
class Figure:
    """A photo as it is shown; ``picture`` is None when there is no preview of it."""

    photo: JudgedPhoto
    anchor: str
    picture: Picture | None
    marks: list[Mark] = field(default_factory=list)
    veil: str = ""

    def cut(self, issue: str) -> str | None:
        """Give a square cut-out of the issue's largest region as a data URI."""
        found = next((mark for mark in self.marks if mark.issue.issue == issue and mark.boxes), None)
        if found is None or not self.photo.preview:
            return None
        left, top, width, height = (each / 100 for each in found.boxes[0])
        return cut(opened(self.photo.preview), (left, top, width, height), CROP_SIDE).uri


@dataclass(slots=True)
class Figures:
    """The photos of a page by what they say: damage, nothing, what an earlier one says too, or not to be judged."""

    found: list[Figure] = field(default_factory=list)
    clear: list[Figure] = field(default_factory=list)
    repeated: list[Figure] = field(default_factory=list)
    doubtful: list[Figure] = field(default_factory=list)
    more: Counter[str] = field(default_factory=Counter)
    """How many of a kind are not shown, as there are too many."""

    def count(self, kind: str) -> int:
        """How many photos are of a kind, shown or not."""
        shown: list[Figure] = getattr(self, kind)
        return len(shown) + self.more[kind]

    @property
    def all(self) -> list[Figure]:
        """Every photo."""
        return [*self.found, *self.clear, *self.repeated, *self.doubtful]

    def of(self, file: str) -> Figure | None:
        """Find a photo by the name it was given by."""
        return next((figure for figure in self.all if figure.photo.file == file), None)


def figures(analysis: Analysis) -> Figures:
    """Make the photos of a page; the more there are, the smaller they get, so that the page stays bounded."""
    large = sum(_kind(photo) == "found" for photo in analysis.photos)
    each_large = min(MOST_BYTES, LARGE_BYTES // max(large, 1))
    each_small = min(MOST_BYTES, SMALL_BYTES // max(min(len(analysis.photos) - large, 3 * MOST_SHOWN), 1))
    made = Figures()
    for at, photo in enumerate(analysis.photos, start=1):
        kind = _kind(photo)
        shown: list[Figure] = getattr(made, kind)
        if kind != "found" and len(shown) >= MOST_SHOWN:
            made.more[kind] += 1
            continue
        size = (each_large, LARGE) if kind == "found" else (each_small, SMALL)
        picture = fitted(opened(photo.preview, size[1]), *size) if photo.preview else None
        shown.append(Figure(photo, f"photo-{at}", picture))
    for figure in made.found:
        _mark(figure)
    made.found.sort(key=lambda figure: min(map(badness, figure.photo.issues)))
    return made


def badness(issue: PhotoIssue | HouseIssue) -> tuple[int, float]:
    """Sort by it to have the worst first, and of equally bad ones the surest."""
    return STEPS.index(issue.severity), -issue.score


def _kind(photo: JudgedPhoto) -> str:
    """The list of Figures that a photo belongs to."""
    if photo.same_as is not None:
        return "repeated"
    if photo.issues:
        return "found"
    return "doubtful" if photo.doubts else "clear"


def _mark(figure: Figure) -> None:
    photo = figure.photo
    for number, issue in enumerate(sorted(photo.issues, key=badness), start=1):
        boxes = [in_percent(box, photo.width, photo.height) for box in main_boxes(issue)]
        figure.marks.append(Mark(number, issue, boxes, sum(_meet(mark.boxes[0], boxes[0]) for mark in figure.marks)))
    heat = joint_heat(photo.issues)
    figure.veil = veil_uri(heat) if heat is not None else ""


def _meet(one: Shares, other: Shares) -> bool:
    """Whether numbers at the top left of two boxes would cover each other."""
    return abs(one[0] - other[0]) < NEAR and abs(one[1] - other[1]) < NEAR


def main_boxes(issue: PhotoIssue) -> list[Box]:
    """The boxes of an issue that are worth drawing, the largest first."""
    largest = issue.box[2] * issue.box[3]
    return [issue.box, *(box for box in issue.boxes[1:] if box[2] * box[3] >= SLIVER * largest)][:BOXES]


def in_percent(box: Box, width: int, height: int) -> Shares:
    """Turn a box in pixels into percent of the photo: left, top, width, height."""
    left, top, wide, high = box
    return (
        round(100 * left / width, 2),
        round(100 * top / height, 2),
        round(100 * wide / width, 2),
        round(100 * high / height, 2),
    )
