"""What people decided about leads: these two are one, that row is another property."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from realestate.domain.leads.spots import stable_hash

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Decided:
    """How decisions change the groups that `stacking.stack` made.

    Attributes:
        leaving: Spot key to the group of its own that the spot founds.
        merged: Group key to the group key it becomes.
    """

    leaving: Mapping[int, int]
    merged: Mapping[int, int]

    def group(self, spot: int, stacked: int) -> int:
        """Return the group of a spot after the decisions."""
        own = self.leaving.get(spot, stacked)
        return self.merged.get(own, own)


def decide(stacked: Mapping[int, int], together: Iterable[Pair], apart: Iterable[Pair]) -> Decided:
    """Apply decisions to stacked groups; they name spots, so that they outlive every later import.

    First each spot that was split off leaves the lead of the spot it was split from, if stacking still puts the two
    into one; then the leads of spots that belong together become one. The order of decisions does not matter.

    Args:
        stacked: Spot key to group key, of at least the spots that the decisions name; others have no say.
        together: Pairs of spot keys.
        apart: Pairs (staying, leaving) of spot keys.
    """
    leaving = {
        gone: stable_hash(f"split|{gone}")
        for stays, gone in apart
        if stays in stacked and gone in stacked and stacked[stays] == stacked[gone]
    }
    links: dict[int, int] = {}
    for one, other in together:
        if one in stacked and other in stacked:
            roots = {_root(links, leaving.get(spot, stacked[spot])) for spot in (one, other)}
            links[max(roots)] = min(roots)
    merged = {group: _root(links, group) for group in links}
    return Decided(leaving, {group: root for group, root in merged.items() if group != root})


def _root(links: Mapping[int, int], group: int) -> int:
    while links.get(group, group) != group:
        group = links[group]
    return group
