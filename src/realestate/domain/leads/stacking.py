"""Groups spots to leads: by parcel, by address, by house-number range and by likeness, each only where unambiguous."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from realestate.domain.leads.blocks import RANGE, Node, address_group, join_ranges, join_spellings, range_pairs
from realestate.domain.leads.likeness import Spelling
from realestate.domain.leads.places import Names, Place, jurisdiction_classes, place_classes, zone_of
from realestate.domain.leads.spots import SpotKeys, Spots, stable_hash

PARCEL, ADDRESS = "parcel", "address"

HOPS = 3
"""A spot's group depends on spots at most this many shared keys away; see `stack`."""


@dataclass(frozen=True, slots=True)
class Joins:
    """What `stack` decides, one entry per spot.

    Attributes:
        group: Key of the lead that the spot belongs to, equal within a lead. It is made of what holds the lead
            together (its parcel, or an address and place), so that it stays while spots come and go.
        how: The evidence: ``parcel``, ``address``, ``range`` or ``fuzzy``.
        many_parcels: The spot has no parcel number, and lists know several at its address.
    """

    group: list[int]
    how: list[str]
    many_parcels: list[bool]


def stack(spots: Spots, keys: SpotKeys, crowded: Sequence[bool] | None = None) -> Joins:
    """Group spots to leads; a pure function of the set of spots, whatever their order.

    Local: a spot's group depends on spots at most ``HOPS`` steps away, where one step leads to every spot that has a
    street key, a parcel key or a key inside a range in common. So when spots arrive or leave, take those within
    ``2 * HOPS`` steps of them, stack these, and keep the result for those within ``HOPS`` steps; every other spot
    keeps the group that it has.

    Args:
        spots: Distinct spots, each with an address or a parcel.
        keys: Their keys, by `spot_keys`.
        crowded: Whether one list names the spot in several rows as several properties (a tax roll that repeats the
            address of a building); such an address is flagged like one with many parcels and joins no range.
    """
    parcel_group = _parcel_groups(spots)
    joins = _each_alone(spots, parcel_group, crowded or [False] * len(spots))
    nodes, members = _nodes(spots, parcel_group, _not_alone(keys))
    if crowded:
        for node, at in zip(nodes, members, strict=True):
            node.is_crowded = any(crowded[i] for i in at)
    merged = _join_blocks(nodes, members, keys)
    for node, at in zip(nodes, members, strict=True):
        group = merged.get(node.group, node.group)
        how = RANGE if node.group in merged else node.how or ADDRESS
        is_flagged = len(node.parcels) > 1 or (node.is_crowded and not node.parcels)
        for i in at:
            if not parcel_group[i]:
                joins.group[i], joins.how[i], joins.many_parcels[i] = group, how, is_flagged
    return joins


def _each_alone(spots: Spots, parcel_group: Sequence[int], crowded: Sequence[bool]) -> Joins:
    """Give each spot the lead that it makes without neighbours: its parcel's, else its address's."""
    group = list(parcel_group)
    how = [PARCEL] * len(group)
    for i, parcel in enumerate(parcel_group):
        if not parcel:
            group[i], how[i] = _own_group(spots, i), ADDRESS
    return Joins(group, how, [bool(many) and not parcel for many, parcel in zip(crowded, parcel_group, strict=True)])


def _own_group(spots: Spots, i: int) -> int:
    return address_group(spots.address[i], zone_of((spots.city[i], spots.state[i], spots.zip5[i])))


def _parcel_groups(spots: Spots) -> list[int]:
    """Group key of each spot's parcel, 0 without one."""
    found: dict[str, set[Names]] = {}
    for parcel, state, county in zip(spots.parcel, spots.state, spots.county, strict=True):
        if parcel:
            found.setdefault(parcel, set()).add((state, county))
    groups: dict[tuple[str, str, str], int] = {}
    for parcel, names in found.items():
        classes = jurisdiction_classes(names) if len(names) > 1 else {own: own for own in names}
        for own, chosen in classes.items():
            groups[parcel, *own] = stable_hash(f"parcel|{parcel}|{chosen[0]}|{chosen[1]}")
    return [
        groups[parcel, state, county] if parcel else 0
        for parcel, state, county in zip(spots.parcel, spots.state, spots.county, strict=True)
    ]


def _not_alone(keys: SpotKeys) -> list[int]:
    """Spots that share their street key, or are a range; all others can only be what they are."""
    counts = Counter(keys.street)
    for inside in filter(None, keys.inside):
        counts.update(inside)
    return [i for i, key in enumerate(keys.street) if key is not None and (counts[key] > 1 or keys.inside[i])]


def _nodes(spots: Spots, parcel_group: Sequence[int], chosen: Iterable[int]) -> tuple[list[Node], list[list[int]]]:
    """Gather the chosen spots of each (address, zone) into one node; the nodes and the spots of each."""
    same_address: dict[str, list[int]] = {}
    for i in chosen:
        same_address.setdefault(spots.address[i], []).append(i)
    nodes: list[Node] = []
    members: list[list[int]] = []
    for address, at in same_address.items():
        for zone, inside in _by_zone(spots, at).items():
            names = {(spots.city[i], spots.state[i]) for i in inside}
            nodes.append(Node(Spelling(address, zone, names), {parcel_group[i] for i in inside} - {0}))
            members.append(inside)
    return nodes, members


def _by_zone(spots: Spots, at: list[int]) -> dict[Place, list[int]]:
    """Part the spots of one address by the zone they lie in."""
    places = [(spots.city[i], spots.state[i], spots.zip5[i]) for i in at]
    distinct = set(places)
    if len(distinct) == 1:
        return {zone_of(places[0]): at}
    classes = place_classes(distinct)
    zones: dict[Place, list[int]] = {}
    for i, place in zip(at, places, strict=True):
        zones.setdefault(classes[place], []).append(i)
    return zones


def _join_blocks(nodes: Sequence[Node], members: Sequence[Sequence[int]], keys: SpotKeys) -> dict[int, int]:
    """Join nodes by likeness; return the groups that become part of another by a range."""
    blocks: dict[int, list[Node]] = defaultdict(list)
    ranged: dict[int, list[Node]] = defaultdict(list)
    for node, at in zip(nodes, members, strict=True):
        key = keys.street[at[0]]
        if key is None or len(node.spelling.parts) != 6:
            continue
        if node.spelling.inside is None:
            blocks[key].append(node)
            continue
        for number in (key, *keys.inside[at[0]]):
            ranged[number].append(node)
    for block in blocks.values():
        if len(block) > 1:
            join_spellings(block)
    return join_ranges(pair for key, whole in ranged.items() for pair in range_pairs([*whole, *blocks.get(key, [])]))
