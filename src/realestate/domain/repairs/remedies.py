"""Which items of the price book mend which damage, and in what quantity; every table and size here is ours."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from realestate.domain.repairs.severity import at_least
from realestate.domain.repairs.taxonomy import WORDS, count

if TYPE_CHECKING:
    from realestate.domain.repairs.analysis import HouseIssue, Severity
    from realestate.domain.repairs.house import House

SMALL_MOULD_SF = 120.0
"""What a small job takes in; what is beyond is priced by area."""

CRACK_STRIP = 0.25
"""Share of the marked area that is plastered along a crack, which is thinner than the cells that mark it."""

DUMPSTER_VIEWS = 2.0
"""Photos' worth of rubbish that one 30-yard dumpster takes."""

PAINTED = frozenset({"crack", "plaster_loss", "damp_stain", "mould", "peeling_paint"})
"""Damage after whose repair the wall is painted anew."""


@dataclass(frozen=True, slots=True)
class Work:
    """A quantity of one item, and why."""

    item: str
    quantity: float
    reason: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """One item that a kind of damage takes from a severity on; worse damage takes the milder ones' items too.

    Attributes:
        item: Of the price book.
        since: Severity from which it is needed.
        measure: ``place``: one for each defect; ``once``: one; ``area``: square feet that the defects cover;
            ``strip``: those along cracks.
    """

    item: str
    since: Severity
    measure: str


REMEDIES: Mapping[str, Sequence[Remedy]] = {
    "crack": (
        Remedy("drywall_patch", "minor", "place"),
        Remedy("plaster", "moderate", "strip"),
        Remedy("foundation_crack", "severe", "once"),
    ),
    "plaster_loss": (Remedy("drywall_patch", "minor", "place"), Remedy("plaster", "moderate", "area")),
    "damp_stain": (
        Remedy("water_damaged_section", "minor", "place"),
        Remedy("water_drying", "moderate", "area"),
        Remedy("drywall", "severe", "area"),
    ),
    "mould": (Remedy("mould_small", "minor", "once"), Remedy("drywall", "moderate", "area")),
    "peeling_paint": (Remedy("primer", "minor", "area"),),
    "debris_clutter": (Remedy("hoarder_cleanout", "severe", "once"),),
    "roof_damage": (Remedy("roof_patch", "minor", "place"), Remedy("roof_flashing", "moderate", "place")),
    "structural_collapse": (Remedy("demo_interior", "minor", "once"), Remedy("foundation_full", "minor", "once")),
}
"""Remedies by class; a class that is not here is not priced."""

PERMITTED = frozenset({"roof_square", "foundation_crack", "foundation_full", "waterproofing"})
"""Items for which a building permit is usual."""


def works(issues: Sequence[HouseIssue], house: House) -> list[Work]:
    """All work that issues call for; none for what needs an inspection, and none is taken back by another issue."""
    priced = [issue for issue in issues if issue.issue in REMEDIES and at_least(issue.severity, "minor")]
    return [*(work for issue in priced for work in _mend(issue, house)), *_paint(priced, house)]


def _mend(issue: HouseIssue, house: House) -> Iterator[Work]:
    area = min(issue.extent * house.wall_sf, house.paintable_sf)
    measures = {"place": float(issue.places), "once": 1.0, "area": area, "strip": CRACK_STRIP * area}
    for remedy in REMEDIES[issue.issue]:
        if at_least(issue.severity, remedy.since):
            yield Work(remedy.item, measures[remedy.measure], _why(issue, remedy, house))
    if issue.issue == "mould" and area > SMALL_MOULD_SF:
        reason = f"{_named(issue)} beyond the {SMALL_MOULD_SF:g} sf of a small job, in {_places(issue)}"
        yield Work("mould_area", area - SMALL_MOULD_SF, reason)
    elif issue.issue == "debris_clutter":
        dumpsters = float(math.ceil(max(1.0, issue.extent / DUMPSTER_VIEWS)))
        yield Work("dumpster", dumpsters, f"{_named(issue)} in {_places(issue)}")
    elif issue.issue == "roof_damage" and at_least(issue.severity, "severe"):
        share = min(1.0, issue.extent)
        yield Work("roof_square", share * house.roof_squares, f"{share:.0%} of the roof as photos show it")


def _paint(issues: Sequence[HouseIssue], house: House) -> Iterator[Work]:
    """A wall that several kinds of damage share is painted once."""
    walls = {view for issue in issues if issue.issue in PAINTED for view in issue.views}
    if walls:
        area = min(len(walls) * house.wall_sf, house.paintable_sf)
        yield Work("interior_paint", area, f"{count(len(walls), 'repaired wall')} of about {house.wall_sf:,.0f} sf")


def _why(issue: HouseIssue, remedy: Remedy, house: House) -> str:
    text = f"{issue.severity} {_named(issue)} in {_places(issue)}"
    if remedy.measure == "strip":
        return f"{text}, {CRACK_STRIP * issue.area:.0%} of about {house.wall_sf:,.0f} sf each along them"
    if remedy.measure == "area":
        return f"{text}, {issue.area:.0%} of about {house.wall_sf:,.0f} sf each"
    return text


def _named(issue: HouseIssue) -> str:
    return WORDS.get(issue.issue, issue.issue.replace("_", " "))


def _places(issue: HouseIssue) -> str:
    return count(issue.places, "place")
