"""From the photos of one visit to the issues of the house: more photos, more chances of a false alarm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from realestate.domain.repairs.analysis import HouseIssue, Inspection, JudgedPhoto, PhotoIssue
from realestate.domain.repairs.judging import bar
from realestate.domain.repairs.severity import INSPECT, worst
from realestate.domain.repairs.taxonomy import WORDS
from realestate.domain.repairs.views import distinct

if TYPE_CHECKING:
    from realestate.domain.repairs.readings import ModelCard

CAUTION = 0.5
"""Power of the number of photos by which the odds have to exceed those of the threshold: 1 would keep the chance of
a false alarm in a visit at that of a single photo, 0 would let it grow with every photo."""

MOST_ODDS = 1e4
"""Nothing is surer: beyond it a calibrated probability says more about rounding than about the house."""

Seen = tuple[JudgedPhoto, PhotoIssue]


def house_issues(photos: Sequence[JudgedPhoto], card: ModelCard) -> tuple[HouseIssue, ...]:
    """Find what is wrong with the house.

    The odds of the distinct defects of a class add up, in units of the odds at its threshold; they have to reach
    the number of photos to the power of :data:`CAUTION`.

    Args:
        photos: Of one visit, near-duplicates marked.
        card: Gives classes and thresholds.

    Returns:
        At most one issue for each class, the surest first.
    """
    counted = [photo for photo in photos if photo.counts]
    needed = max(1, len(counted)) ** CAUTION
    found = (_house_issue(name, counted, bar(card, name), needed) for name in card.classes)
    return tuple(sorted((issue for issue in found if issue), key=lambda issue: -issue.score))


def odds(score: float) -> float:
    """Odds of a probability, kept finite."""
    return min(MOST_ODDS, score / max(1e-9, 1.0 - score))


def _house_issue(name: str, photos: Sequence[JudgedPhoto], least: float | None, needed: float) -> HouseIssue | None:
    seen = [(photo, issue) for photo in photos for issue in photo.issues if issue.issue == name]
    if not seen or least is None:
        return None
    seen.sort(key=lambda pair: -pair[1].score)
    groups = distinct(seen)
    evidence = sum(odds(group[0][1].score) for group in groups) / max(1e-9, odds(least))
    if evidence < needed:
        return None
    return HouseIssue(
        issue=name,
        score=seen[0][1].score,
        severity=worst([issue.severity for _, issue in seen]),
        photos=tuple(photo.file for photo, _ in seen),
        views=tuple(group[0][0].file for group in groups),
        area=sum(max(issue.area for _, issue in group) for group in groups) / len(groups),
        reasons=tuple(_reasons(seen, groups, len(photos))),
    )


def _reasons(seen: Sequence[Seen], groups: Sequence[Sequence[Seen]], photos: int) -> Iterator[str]:
    yield f"seen in {_count(len(seen), 'photo')} of {photos}, {seen[0][1].score:.0%} sure in the surest"
    if len(groups) < len(seen):
        yield f"{_count(len(groups), 'distinct place')}: several photos show the same one"


def doubtful(photos: Sequence[JudgedPhoto], issues: Sequence[HouseIssue]) -> dict[str, tuple[str, ...]]:
    """Classes that single photos show, but too faintly for a visit of so many photos; with the files."""
    settled = {issue.issue for issue in issues}
    hints: dict[str, list[str]] = {}
    for photo in photos:
        for issue in photo.issues if photo.counts else ():
            if issue.issue not in settled:
                hints.setdefault(issue.issue, []).append(photo.file)
    return {name: tuple(files) for name, files in hints.items()}


def inspections(issues: Sequence[HouseIssue], hints: dict[str, tuple[str, ...]]) -> tuple[Inspection, ...]:
    """What somebody on site should look at: unpriced classes, causes behind damage, and hints that were too faint."""
    return (*_unpriced(issues), *_causes(issues), *_hinted(hints))


def _unpriced(issues: Sequence[HouseIssue]) -> Iterator[Inspection]:
    for issue in issues:
        if issue.severity == INSPECT:
            why = f"Photos look like a {_words(issue.issue)}, which the model has seen too rarely to price."
            yield Inspection(issue.issue, WHO.get(issue.issue, "an inspector"), why, issue.photos)


def _causes(issues: Sequence[HouseIssue]) -> Iterator[Inspection]:
    for issue in issues:
        who, why = CAUSES.get((issue.issue, issue.severity), ("", ""))
        if who:
            yield Inspection(issue.issue, who, why, issue.photos)


def _hinted(hints: dict[str, tuple[str, ...]]) -> Iterator[Inspection]:
    for name, files in hints.items():
        why = f"{_count(len(files), 'photo')} hint at {_words(name)}, too faintly among so many; not priced."
        yield Inspection(name, WHO.get(name, "an inspector"), why, files)


def _words(name: str) -> str:
    return WORDS.get(name, name.replace("_", " "))


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


ENGINEER, ROOFER, PLUMBER, HYGIENIST = "a structural engineer", "a roofer", "a plumber or roofer", "a mould inspector"

WHO = {
    "roof_damage": ROOFER,
    "structural_collapse": ENGINEER,
    "crack": ENGINEER,
    "damp_stain": PLUMBER,
    "mould": HYGIENIST,
}

_LEAK = (PLUMBER, "Water stains come back until the leak is found; finding and closing it is not priced.")
_SPORES = (HYGIENIST, "Mould is often larger behind the surface than a photo shows.")

CAUSES = {
    ("crack", "severe"): (ENGINEER, "Wide cracks can come from the foundation; only their repair is priced."),
    ("plaster_loss", "severe"): (ENGINEER, "What is under the lost plaster may be damaged too."),
    ("structural_collapse", "severe"): (ENGINEER, "Whether the structure can be repaired at all is decided on site."),
    ("damp_stain", "moderate"): _LEAK,
    ("damp_stain", "severe"): _LEAK,
    ("mould", "moderate"): _SPORES,
    ("mould", "severe"): _SPORES,
    ("roof_damage", "severe"): (ROOFER, "The deck under damaged shingles has to be looked at."),
}
"""Whom to ask about what is behind a finding, and why, by class and severity."""
