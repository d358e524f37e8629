"""From the photos of one visit to the issues of the house: more photos, more chances of a false alarm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from realestate.domain.repairs.analysis import HouseIssue, JudgedPhoto, PhotoIssue
from realestate.domain.repairs.judging import bar
from realestate.domain.repairs.severity import worst
from realestate.domain.repairs.taxonomy import count
from realestate.domain.repairs.views import distinct

if TYPE_CHECKING:
    from realestate.domain.repairs.readings import ModelCard

CAUTION = 0.4
"""Power of the number of photos by which the odds have to exceed those of the threshold: 1 would keep the chance of
a false alarm in a visit at that of a single photo, 0 would let it grow with every photo. Best on composed visits, and
good still when a model is louder or quieter by a factor of 2.5 in its odds (tests/benchmarks/visits.py --sweep)."""

MOST_ODDS = 1e4
"""Nothing is surer: beyond it a calibrated probability says more about rounding than about the house."""

Seen = tuple[JudgedPhoto, PhotoIssue]


def house_issues(photos: Sequence[JudgedPhoto], card: ModelCard) -> tuple[HouseIssue, ...]:
    """Find what is wrong with the house.

    The odds of the distinct defects of a class add up, in units of the odds at its threshold; they have to reach
    the number of photos to the power of :data:`CAUTION`. Of a class that only asks for an inspection one photo is
    enough: to look in vain costs little, to overlook a collapse does not.

    Args:
        photos: Of one visit, near-duplicates marked.
        card: Gives classes and thresholds.

    Returns:
        At most one issue for each class, the surest first.
    """
    counted = [photo for photo in photos if photo.counts]
    found = (_house_issue(name, counted, card) for name in card.classes)
    return tuple(sorted((issue for issue in found if issue), key=lambda issue: -issue.score))


def odds(score: float) -> float:
    """Odds of a probability, kept finite."""
    return min(MOST_ODDS, score / max(1e-9, 1.0 - score))


def _house_issue(name: str, photos: Sequence[JudgedPhoto], card: ModelCard) -> HouseIssue | None:
    seen = [(photo, issue) for photo in photos for issue in photo.issues if issue.issue == name]
    least, measured = bar(card, name), card.thresholds.get(name) is not None
    if not seen or least is None:
        return None
    seen.sort(key=lambda pair: -pair[1].score)
    groups = distinct(seen)
    evidence = sum(odds(group[0][1].score) for group in groups) / max(1e-9, odds(least))
    if measured and evidence < len(photos) ** CAUTION:
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
    surest = seen[0][1].score
    sure = f"{surest:.0%}" if surest < 0.995 else "over 99%"
    yield f"seen in {count(len(seen), 'photo')} of {photos}, {sure} sure in the surest"
    if len(groups) < len(seen):
        yield f"{count(len(groups), 'distinct place')}: several photos show the same one"


def doubtful(photos: Sequence[JudgedPhoto], issues: Sequence[HouseIssue]) -> dict[str, tuple[str, ...]]:
    """Classes that single photos show, but too faintly for a visit of so many photos; with the files."""
    settled = {issue.issue for issue in issues}
    hints: dict[str, list[str]] = {}
    for photo in photos:
        for issue in photo.issues if photo.counts else ():
            if issue.issue not in settled:
                hints.setdefault(issue.issue, []).append(photo.file)
    return {name: tuple(files) for name, files in hints.items()}
