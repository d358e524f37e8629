"""The condition of a house in the terms of Fannie Mae's and Freddie Mac's appraisal dataset, from what photos show.

C1 and C2 ask for a house that is new or renewed throughout; no number of photos shows that, so they are never given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from realestate.domain.repairs.analysis import Condition, HouseIssue, JudgedPhoto
from realestate.domain.repairs.severity import INSPECT, at_least
from realestate.domain.repairs.taxonomy import WORDS, count

FEWEST_PHOTOS = 3
"""Distinct photos that can be judged, below which nothing good is said of a house (ours)."""

FEWEST_FOR_C3 = 8
"""The same for a house without any finding: about every room and side once (ours)."""

SYSTEMS: Mapping[str, str] = {
    "crack": "walls and ceilings",
    "plaster_loss": "walls and ceilings",
    "damp_stain": "protection from water",
    "mould": "healthy air",
    "roof_damage": "roof",
    "structural_collapse": "structure",
}
"""What a class says about; peeling paint and rubbish are not significant to a house by themselves."""

C3 = "well maintained: limited wear, nothing seen that has to be repaired"
C4 = "minor deferred maintenance: minimal repairs, everything works"
C5 = "obvious deferred maintenance: significant repairs, still usable"
C6 = "damage that affects safety, soundness or structural integrity"


def rate(photos: Sequence[JudgedPhoto], issues: Sequence[HouseIssue]) -> Condition:
    """Rate a house.

    Args:
        photos: Of one visit, near-duplicates marked.
        issues: Of the house.

    Returns:
        The rating with its reasons; none when too little was seen to say anything good.
    """
    seen = sum(photo.counts for photo in photos)
    open_questions = tuple(f"{_named(one)}: to be inspected" for one in issues if one.severity == INSPECT)
    collapsed = [one for one in issues if one.issue == "structural_collapse" and at_least(one.severity, "minor")]
    if collapsed:
        return Condition("C6", (C6, *map(_described, collapsed)))
    significant = {SYSTEMS[one.issue]: one for one in issues if _is_significant(one)}
    # A close-up makes any crack look severe, so that one place alone does not condemn a house.
    widespread = any(at_least(one.severity, "severe") and one.places > 1 for one in significant.values())
    if len(significant) >= 2 or widespread:
        return Condition("C5", (C5, *map(_described, significant.values()), *open_questions))
    if seen < FEWEST_PHOTOS:
        return Condition(None, (f"too little seen: {count(seen, 'photo')} to judge by, {FEWEST_PHOTOS} are needed",))
    if issues:
        return Condition("C4", (C4, *(_described(one) for one in issues if one.severity != INSPECT), *open_questions))
    if seen < FEWEST_FOR_C3:
        few = f"nothing found in {count(seen, 'photo')}, and a house without findings takes {FEWEST_FOR_C3}"
        return Condition(None, (f"too little seen: {few}",))
    return Condition("C3", (C3, f"nothing found in {seen} photos; what they do not show is not rated"))


def _is_significant(issue: HouseIssue) -> bool:
    return issue.issue in SYSTEMS and at_least(issue.severity, "moderate")


def _described(issue: HouseIssue) -> str:
    where = f" in {issue.places} places" if issue.places > 1 else ""
    return f"{issue.severity} {_named(issue)}{where}"


def _named(issue: HouseIssue) -> str:
    return WORDS.get(issue.issue, issue.issue.replace("_", " "))
