"""Joins the spellings of one block of neighbours, each only where a single other spelling can be meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from realestate.domain.leads.likeness import (
    Spelling,
    has_wrong_suffix,
    is_floor_of,
    is_inside,
    is_misspelt,
    lacks_suffix_of,
    on_one_street,
)
from realestate.domain.leads.spots import stable_hash, street_key

FUZZY, RANGE = "fuzzy", "range"


class Node:
    """One address at one zone: the spots there and the leads of the parcels that lists know there.

    Attributes:
        street_key: Key of the block it stands in.
        spelling: The address.
        members: Indices of its spots.
        parcels: Group keys of the parcels at this address.
        group: The lead of a spot here that has no parcel number of its own: the only parcel's, else the address's own.
        how: Why it is another lead, where joining made it one.
        is_crowded: A list repeats this address as that of several properties.
    """

    __slots__ = ("group", "how", "is_crowded", "members", "parcels", "spelling", "street_key")

    def __init__(self, street_key: int, spelling: Spelling, members: list[int], parcels: set[int]) -> None:
        self.street_key, self.spelling, self.members, self.parcels = street_key, spelling, members, parcels
        self.group = next(iter(parcels)) if len(parcels) == 1 else address_group(spelling.address, spelling.zone)
        self.how = ""
        self.is_crowded = False


def address_group(address: str, zone: tuple[str, str, str]) -> int:
    """Key of the lead that an address at a zone makes."""
    return stable_hash(f"address|{address}|{zone[0]}|{zone[1]}|{zone[2]}")


def join_nodes(nodes: Iterable[Node]) -> dict[int, int]:
    """Join nodes by likeness; return the groups that become part of another by a range of house numbers."""
    blocks: dict[int, list[Node]] = {}
    ranged: dict[int, list[Node]] = {}
    for node in nodes:
        if node.spelling.inside is not None:
            for number in node.spelling.inside:
                ranged.setdefault(street_key(str(number), node.spelling.parts[2]), []).append(node)
        elif node.spelling.joined:
            blocks.setdefault(node.street_key, []).append(node)
    for block in blocks.values():
        if len(block) > 1:
            join_spellings(block)
    return join_ranges(
        (whole, single) for key, wholes in ranged.items() for whole in wholes for single in blocks.get(key, ())
    )


def join_spellings(block: Iterable[Node]) -> None:
    """Join nodes of one house number: those with a wrong suffix, then without suffix, then misspelt, then floors."""
    block = list(block)
    units: dict[str, list[Node]] = defaultdict(list)
    for node in block:
        units[node.spelling.parts[-1]].append(node)
    for peers in units.values():
        if len(peers) > 1:
            _rename(peers, _circles(peers, has_wrong_suffix))
            _rename(peers, _only_fuller(peers))
            _rename(peers, _circles([node for node in peers if not node.how], is_misspelt))
    _rename(block, _only_houses(block))


def _rename(peers: Iterable[Node], renamed: Mapping[int, int]) -> None:
    for node in peers:
        if node.group in renamed:
            node.group, node.how = renamed[node.group], FUZZY


def _only_fuller(peers: Sequence[Node]) -> dict[int, int]:
    """Leads of streets without suffix to the only lead that has one."""
    renamed = {}
    for node in peers:
        if not node.parcels and not node.spelling.parts[3]:
            groups = {o.group for o in peers if lacks_suffix_of(node.spelling, o.spelling)}
            if len(groups) == 1:
                renamed[node.group] = groups.pop()
    return renamed


def _only_houses(block: Sequence[Node]) -> dict[int, int]:
    """Leads of floors to the only house that stands there, where no other unit of it is known."""
    renamed = {}
    for node in block:
        if node.parcels or not node.spelling.is_floor:
            continue
        near = [o for o in block if on_one_street(node.spelling, o.spelling)]
        houses = [o for o in near if is_floor_of(node.spelling, o.spelling)]
        units = {o.spelling.parts[-1] for o in near} - {""}
        if len({o.group for o in houses}) == len(units) == 1 and not any(len(o.parcels) > 1 for o in houses):
            renamed[node.group] = houses[0].group
    return renamed


def _circles(peers: Sequence[Node], alike: Callable[[Spelling, Spelling], bool]) -> dict[int, int]:
    """Leads to the lead they are alike to, where all that are alike to one are alike to one another.

    A circle knows one parcel at most, and takes its lead; else one that its content decides on.
    """
    near = {node: {o for o in peers if o is not node and alike(node.spelling, o.spelling)} for node in peers}
    renamed = {}
    for node, others in near.items():
        circle = others | {node}
        parcels = set[int]().union(*(o.parcels for o in circle))
        if others and not node.parcels and len(parcels) < 2 and all(near[o] | {o} == circle for o in others):
            group = parcels.pop() if parcels else min(o.group for o in circle)
            if group != node.group:
                renamed[node.group] = group
    return renamed


def join_ranges(pairs: Iterable[tuple[Node, Node]]) -> dict[int, int]:
    """Join a range and a number inside, where the lead of each is the only candidate of the other's.

    Args:
        pairs: (range, house number that may lie inside).

    Returns:
        Leads without a parcel to the lead they become part of.
    """
    wholes: dict[int, set[int]] = defaultdict(set)
    singles: dict[int, set[int]] = defaultdict(set)
    known: dict[int, bool] = defaultdict(bool)
    for whole, single in pairs:
        if single.is_crowded or whole.is_crowded or not is_inside(single.spelling, whole.spelling):
            continue
        wholes[whole.group].add(single.group)
        singles[single.group].add(whole.group)
        known[whole.group] |= bool(whole.parcels)
        known[single.group] |= bool(single.parcels)
    merged = {}
    for whole_group, inside in wholes.items():
        if len(inside) != 1 or inside == {whole_group}:
            continue
        (single_group,) = inside
        if singles[single_group] == {whole_group} and not (known[whole_group] and known[single_group]):
            merge = (single_group, whole_group) if known[whole_group] else (whole_group, single_group)
            merged[merge[0]] = merge[1]
    return merged
