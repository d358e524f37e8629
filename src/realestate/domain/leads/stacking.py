"""Groups spots to leads: by parcel, by address, by house-number range and by likeness, each only where unambiguous."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from realestate.domain.leads.blocks import RANGE, Node, address_group, join_nodes
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
    joins = _each_alone(spots, parcel_group, crowded)
    nodes = _nodes(spots, parcel_group, _open_blocks(keys, parcel_group), crowded)
    merged = join_nodes(nodes)
    for node in nodes:
        group = merged.get(node.group, node.group)
        how = RANGE if node.group in merged else node.how or ADDRESS
        is_flagged = len(node.parcels) > 1 or (node.is_crowded and not node.parcels)
        for i in node.members:
            if not parcel_group[i]:
                joins.group[i], joins.how[i], joins.many_parcels[i] = group, how, is_flagged
    return joins


def _each_alone(spots: Spots, parcel_group: Sequence[int], crowded: Sequence[bool] | None) -> Joins:
    """Give each spot the lead that it makes without neighbours: its parcel's, else its address's."""
    group, how = list(parcel_group), [PARCEL] * len(spots)
    for i, parcel in enumerate(parcel_group):
        if not parcel:
            group[i] = address_group(spots.address[i], zone_of((spots.city[i], spots.state[i], spots.zip5[i])))
            how[i] = ADDRESS
    return Joins(group, how, [bool(crowded and crowded[i] and not parcel) for i, parcel in enumerate(parcel_group)])


def _parcel_groups(spots: Spots) -> list[int]:
    """Group key of each spot's parcel, 0 without one."""
    owners: dict[str, Names] = {}
    disputed: dict[str, set[Names]] = {}
    for parcel, state, county in zip(spots.parcel, spots.state, spots.county, strict=True):
        if parcel:
            own = (state, county)
            if (first := owners.setdefault(parcel, own)) != own:
                disputed.setdefault(parcel, {first}).add(own)
    groups = {parcel: _parcel_group(parcel, own) for parcel, own in owners.items() if parcel not in disputed}
    parted = {
        (parcel, *own): _parcel_group(parcel, chosen)
        for parcel, names in disputed.items()
        for own, chosen in jurisdiction_classes(names).items()
    }
    return [
        (groups.get(parcel) or parted[parcel, state, county]) if parcel else 0
        for parcel, state, county in zip(spots.parcel, spots.state, spots.county, strict=True)
    ]


def _parcel_group(parcel: str, jurisdiction: Names) -> int:
    return stable_hash(f"parcel|{parcel}|{jurisdiction[0]}|{jurisdiction[1]}")


def _open_blocks(keys: SpotKeys, parcel_group: Sequence[int]) -> dict[int, list[int]]:
    """Spots by street key, where a neighbour or a range may join one: all others are what they are alone."""
    counts = Counter(keys.street)
    ranged = {key for i, inside in enumerate(keys.inside) if inside for key in (keys.street[i], *inside)}
    blocks: dict[int, list[int]] = {}
    for i, key in enumerate(keys.street):
        if key is not None and (counts[key] > 1 or key in ranged):
            blocks.setdefault(key, []).append(i)
    return {key: block for key, block in blocks.items() if key in ranged or not all(parcel_group[i] for i in block)}


def _nodes(
    spots: Spots, parcel_group: Sequence[int], blocks: Mapping[int, list[int]], crowded: Sequence[bool] | None
) -> list[Node]:
    """Gather the spots of each (address, zone) of the blocks into one node."""
    nodes = []
    for key, block in blocks.items():
        same_address: dict[str, list[int]] = {}
        for i in block:
            same_address.setdefault(spots.address[i], []).append(i)
        for address, at in same_address.items():
            for zone, members in _by_zone(spots, at).items():
                names = {(spots.city[i], spots.state[i]) for i in members}
                node = Node(key, Spelling(address, zone, names), members, {parcel_group[i] for i in members} - {0})
                node.is_crowded = crowded is not None and any(crowded[i] for i in members)
                nodes.append(node)
    return nodes


def _by_zone(spots: Spots, at: list[int]) -> dict[Place, list[int]]:
    """Part the spots of one address by the zone they lie in."""
    places = [(spots.city[i], spots.state[i], spots.zip5[i]) for i in at]
    if places.count(places[0]) == len(places):
        return {zone_of(places[0]): at}
    classes = place_classes(places)
    zones: dict[Place, list[int]] = {}
    for i, place in zip(at, places, strict=True):
        zones.setdefault(classes[place], []).append(i)
    return zones
