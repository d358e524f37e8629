"""What somebody on site should look at: what photos cannot settle is never priced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from realestate.domain.repairs.analysis import Inspection
from realestate.domain.repairs.remedies import REMEDIES
from realestate.domain.repairs.severity import INSPECT
from realestate.domain.repairs.taxonomy import WORDS, count

if TYPE_CHECKING:
    from realestate.domain.repairs.analysis import HouseIssue

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


def inspections(issues: Sequence[HouseIssue], hints: Mapping[str, tuple[str, ...]]) -> tuple[Inspection, ...]:
    """What somebody on site should look at: unpriced classes, causes behind damage, and hints that were too faint."""
    return (*_unpriced(issues), *_causes(issues), *_hinted(hints))


def _unpriced(issues: Sequence[HouseIssue]) -> Iterator[Inspection]:
    for issue in issues:
        if issue.severity == INSPECT:
            why = f"Photos look like {_words(issue.issue)}, which the model has seen too rarely to be priced."
            yield Inspection(issue.issue, WHO.get(issue.issue, "an inspector"), why, issue.photos)
        elif issue.issue not in REMEDIES:
            why = f"Nothing is known of what {_words(issue.issue)} takes to mend; it is not priced."
            yield Inspection(issue.issue, WHO.get(issue.issue, "an inspector"), why, issue.photos)


def _causes(issues: Sequence[HouseIssue]) -> Iterator[Inspection]:
    for issue in issues:
        who, why = CAUSES.get((issue.issue, issue.severity), ("", ""))
        if who:
            yield Inspection(issue.issue, who, why, issue.photos)


def _hinted(hints: Mapping[str, tuple[str, ...]]) -> Iterator[Inspection]:
    for name, files in hints.items():
        hint = "hints" if len(files) == 1 else "hint"
        why = f"{count(len(files), 'photo')} {hint} at {_words(name)}, too faintly among so many; not priced."
        yield Inspection(name, WHO.get(name, "an inspector"), why, files)


def _words(name: str) -> str:
    return WORDS.get(name, name.replace("_", " "))
