"""The geometry of an estimate's bars, in percent of their width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from realestate.domain.money import CostRange
    from realestate.domain.repairs.analysis import Estimate

UNSEEN = {"unseen": "Allowance for what no photo shows", "contingency": "Contingency"}
"""Lines of an estimate that rest on no photo, and what to call them."""
SEEN = "Repairs seen in photos"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the likely amount: its kind (``seen`` or a key of UNSEEN), name, dollars, start and width."""

    kind: str
    name: str
    likely: int
    start: float
    width: float


def likely_at(cost: CostRange) -> float:
    """Where the likely amount stands on a bar from the low end to the high end."""
    return round(100 * (cost.likely - cost.low) / max(cost.high - cost.low, 1), 2)


def parts(estimate: Estimate) -> list[Part]:
    """Split the likely amount into what was seen, what was allowed for and what was added for surprises."""
    sums = dict.fromkeys(("seen", *UNSEEN), 0)
    for line in estimate.lines:
        sums[line.item if line.item in UNSEEN else "seen"] += line.cost.likely
    whole, start, found = max(sum(sums.values()), 1), 0.0, []
    for kind, likely in sums.items():
        if likely:
            width = 100 * likely / whole
            found.append(Part(kind, UNSEEN.get(kind, SEEN), likely, round(start, 2), round(width, 2)))
            start += width
    return found
