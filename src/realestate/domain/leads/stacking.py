"""Groups spots to leads: by parcel, by address, by house-number range and by likeness, each only where unambiguous."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from realestate.domain.leads.likeness import Node, loose_joins
from realestate.domain.leads.places import jurisdiction_classes, place_classes
from realestate.domain.leads.spots import SpotKeys, Spots, stable_hash

PARCEL, ADDRESS, RANGE, FUZZY, MANUAL = "parcel", "address", "range", "fuzzy", "manual"
HOPS = 3
"""A spot's group depends on spots at most this many shared keys away; see `stack`."""


@dataclass(frozen=True, slots=True)
class Joins:
    """What `stack` decides, one entry per spot.

    Attributes:
        group: Key of the lead the spot belongs to: equal within a lead, made of what holds the lead together (its
            parcel, or its address and place), so it stays the same while spots come and go.
        how: The evidence: ``parcel``, ``address``, ``range``, ``fuzzy`` or ``manual``.
        many_parcels: The spot has no parcel number and its address belongs to several.
    """

    group: list[int]
    how: list[str]
    many_parcels: list[bool]


def stack(
    spots: Spots,
    keys: SpotKeys,
    *,
    together: Iterable[tuple[int, int]] = (),
    apart: Iterable[tuple[int, int]] = (),
) -> Joins:
    """Group spots to leads; a pure function of the set of spots and decisions, whatever their order.

    Local: a spot's group depends on spots at most ``HOPS`` steps away, a step leading to every spot that shares a
    street key, a parcel key or a number inside a range, or is named with it in a decision. So after new spots
    arrive, load all spots within ``2 * HOPS`` steps of them, stack these, and keep the result of those within
    ``HOPS`` steps; all others keep the group they have.

    Args:
        spots: Every spot has an address or a parcel.
        keys: Their keys, by `spot_keys`.
        together: Pairs of spot keys that a person declared one lead.
        apart: Pairs (kept, leaving) of spot keys that a person declared two; the second leaves the first's lead.
    """
    parcel_group = _parcel_groups(spots)
    nodes, node_of = _nodes(spots, parcel_group)
    group, how, many = _by_address(nodes, node_of, parcel_group)
    joins = loose_joins(nodes, _blocks(nodes, node_of, keys))
    for i, node in enumerate(node_of):
        if node is not None and not parcel_group[i] and node in joins:
            group[i], how[i] = joins[node]
    _decide(keys.spot, group, how, together, apart)
    return Joins(group, how, many)


def _parcel_groups(spots: Spots) -> list[int]:
    """Group key of each spot's parcel, 0 without one."""
    members: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for parcel, state, county in zip(spots.parcel, spots.state, spots.county, strict=True):
        if parcel:
            members[parcel].add((state, county))
    classes = {
        parcel: {own: stable_hash("|".join(("parcel", parcel, *chosen))) for own, chosen in _resolved(found)}
        for parcel, found in members.items()
    }
    return [
        classes[parcel][state, county] if parcel else 0
        for parcel, state, county in zip(spots.parcel, spots.state, spots.county, strict=True)
    ]


def _resolved(found: set[tuple[str, str]]) -> Iterable[tuple[tuple[str, str], tuple[str, str]]]:
    if len(found) == 1:
        return [(own, own) for own in found]
    return jurisdiction_classes(found).items()


def _nodes(spots: Spots, parcel_group: Sequence[int]) -> tuple[list[Node], list[int | None]]:
    """Gather the spots of each (address, place) into one node; which node each spot belongs to."""
    same_address: dict[str, list[int]] = defaultdict(list)
    for i, address in enumerate(spots.address):
        if address:
            same_address[address].append(i)
    nodes: list[Node] = []
    node_of: list[int | None] = [None] * len(spots)
    for address, members in same_address.items():
        places = [(spots.city[i], spots.state[i], spots.zip5[i]) for i in members]
        classes = place_classes(places) if len(members) > 1 else {places[0]: places[0]}
        by_class: dict[tuple[str, str, str], int] = {}
        for i, place in zip(members, places, strict=True):
            at = by_class.setdefault(classes[place], len(nodes))
            if at == len(nodes):
                nodes.append(Node(address, classes[place], set(), set()))
            nodes[at].names.add(place[:2])
            if parcel_group[i]:
                nodes[at].parcels.add(parcel_group[i])
            node_of[i] = at
    return nodes, node_of


def _by_address(
    nodes: Sequence[Node], node_of: Sequence[int | None], parcel_group: Sequence[int]
) -> tuple[list[int], list[str], list[bool]]:
    """Give each spot its parcel's group, else the only parcel's at its address, else the address's own."""
    group, how, many = [], [], []
    for at, parcel in zip(node_of, parcel_group, strict=True):
        if parcel or at is None:
            group.append(parcel)
            how.append(PARCEL)
            many.append(False)
        else:
            group.append(nodes[at].group)
            how.append(ADDRESS)
            many.append(len(nodes[at].parcels) > 1)
    return group, how, many


def _blocks(nodes: Sequence[Node], node_of: Sequence[int | None], keys: SpotKeys) -> list[list[int]]:
    """Nodes that share a street key, a range being present under every number inside; blocks of one are left out."""
    blocks: dict[int, set[int]] = defaultdict(set)
    for i, at in enumerate(node_of):
        key = keys.street[i]
        if at is not None and key is not None:
            blocks[key].add(at)
            for inside in keys.inside[i]:
                blocks[inside].add(at)
    return [sorted(block, key=lambda at: nodes[at].identity) for block in blocks.values() if len(block) > 1]


def _decide(
    spot_keys: Sequence[int | None],
    group: list[int],
    how: list[str],
    together: Iterable[tuple[int, int]],
    apart: Iterable[tuple[int, int]],
) -> None:
    """Apply what people decided: the leaving spots found leads of their own, then leads are put together."""
    at = {key: i for i, key in enumerate(spot_keys)}
    before = list(group)
    for kept, leaving in apart:
        if kept in at and leaving in at and before[at[kept]] == before[at[leaving]]:
            group[at[leaving]] = stable_hash(f"split|{leaving}")
            how[at[leaving]] = MANUAL
    merged: dict[int, int] = {}

    def find(key: int) -> int:
        while merged.get(key, key) != key:
            key = merged[key]
        return key

    for one, other in together:
        if one in at and other in at:
            low, high = sorted((find(group[at[one]]), find(group[at[other]])))
            merged[high] = low
    if merged:
        for i, key in enumerate(group):
            if find(key) != key:
                group[i], how[i] = find(key), MANUAL
