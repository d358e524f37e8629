"""Joins addresses that differ by a missing word, a misspelt street or a range of house numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import DamerauLevenshtein

from realestate.domain.address.numbers import numbers_inside
from realestate.domain.leads.places import Place
from realestate.domain.leads.spots import stable_hash

MIN_FUZZY = 5
"""Shorter names are real streets more often than misspelt ones (``WARD``, ``WARE``)."""


@dataclass
class Node:
    """One address at one place, as `Address.key` writes it, and the parcels that lists know there."""

    address: str
    place: Place
    parcels: set[int]
    names: set[tuple[str, str]]

    @cached_property
    def identity(self) -> int:
        """Hash of address and place."""
        return stable_hash("|".join(("address", self.address, *self.place)))

    @property
    def group(self) -> int:
        """The lead of a spot here that has no parcel number of its own."""
        return next(iter(self.parcels)) if len(self.parcels) == 1 else self.identity

    @cached_property
    def parts(self) -> list[str]:
        """Number, direction before, name, suffix, direction after, unit; fewer for a description."""
        return self.address.split("|")

    @cached_property
    def range(self) -> range | None:
        """House numbers inside, of a range."""
        low, is_range, high = self.parts[0].partition(":")
        return numbers_inside(int(low), int(high)) if is_range else None

    @property
    def is_free(self) -> bool:
        """No parcel is known here, so that the address may belong to another spelling's lead."""
        return not self.parcels


def loose_joins(nodes: Sequence[Node], blocks: Iterable[Sequence[int]]) -> dict[int, tuple[int, str]]:
    """Find for nodes without parcel the one other node that means the same property.

    Args:
        nodes: All addresses.
        blocks: Indices of the nodes that share a street key, in an order made of their content.

    Returns:
        Index of a node to the group it joins and the evidence, ``fuzzy`` or ``range``.
    """
    joins: dict[int, tuple[int, str]] = {}
    spans: dict[int, set[int]] = defaultdict(set)
    for block in blocks:
        exact = [at for at in block if nodes[at].range is None]
        ranges = [at for at in block if nodes[at].range is not None]
        same_range = defaultdict(list)
        for at in ranges:
            same_range[nodes[at].parts[0]].append(at)
        for peers in (exact, *same_range.values()):
            if len(peers) > 1:
                joins.update(_join_spellings(nodes, peers))
        for at in ranges:
            for other in exact:
                if _inside(nodes[at], nodes[other]):
                    spans[at].add(other)
                    spans[other].add(at)
    joins.update(_join_ranges(nodes, spans, joins))
    return joins


def _join_spellings(nodes: Sequence[Node], block: Sequence[int]) -> dict[int, tuple[int, str]]:
    joins: dict[int, tuple[int, str]] = {}
    for peers in _by_unit(nodes, block):
        if len(peers) > 1 and len(nodes[peers[0]].parts) == 6:
            joins.update(_join_variants(nodes, peers))
            joins.update(_join_misspelt(nodes, [at for at in peers if at not in joins]))
    return joins


def _by_unit(nodes: Sequence[Node], block: Sequence[int]) -> Iterable[list[int]]:
    units: dict[str, list[int]] = defaultdict(list)
    for at in block:
        units[nodes[at].parts[-1]].append(at)
    return units.values()


def _known(node: Node) -> int:
    _, before, _, suffix, after, _ = node.parts
    return bool(before or after) + bool(suffix)


def _join_variants(nodes: Sequence[Node], peers: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Join an address that lacks suffix or direction to the only fuller one."""
    joins: dict[int, tuple[int, str]] = {}
    for known in (1, 0):
        for at in peers:
            node = nodes[at]
            if not node.is_free or _known(node) != known:
                continue
            groups = {
                joins.get(other, (nodes[other].group, ""))[0]
                for other in peers
                if _known(nodes[other]) > known and _is_fuller(nodes[other], node)
            }
            if len(groups) == 1:
                joins[at] = (groups.pop(), "fuzzy")
    return joins


def _is_fuller(full: Node, bare: Node) -> bool:
    _, before, name, suffix, after, _ = full.parts
    _, b_before, b_name, b_suffix, b_after, _ = bare.parts
    return (
        name.replace(" ", "") == b_name.replace(" ", "")
        and b_suffix in ("", suffix)
        and (b_before, b_after) in (("", ""), (before, after), (after, before))
        and _may_be_one_place(full, bare)
    )


def _may_be_one_place(one: Node, other: Node) -> bool:
    if one.place[2] and other.place[2]:
        return one.place[2] == other.place[2]
    return any(
        (not a[0] or not b[0] or a[0] == b[0]) and (not a[1] or not b[1] or a[1] == b[1])
        for a in one.names
        for b in other.names
    )


def _join_misspelt(nodes: Sequence[Node], peers: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Join addresses whose names are alike, where all that are alike are alike to one another."""
    near = {at: {o for o in peers if o != at and _is_misspelt(nodes[at], nodes[o])} for at in peers}
    joins: dict[int, tuple[int, str]] = {}
    for at, others in near.items():
        circle = others | {at}
        if not others or any(near[o] | {o} != circle for o in others):
            continue
        parcels = {nodes[o].group for o in circle if not nodes[o].is_free}
        if len(parcels) > 1 or not nodes[at].is_free:
            continue
        joins[at] = (parcels.pop() if parcels else min(nodes[o].group for o in circle), "fuzzy")
    return joins


def _is_misspelt(one: Node, other: Node) -> bool:
    _, before, name, suffix, after, _ = one.parts
    _, o_before, o_name, o_suffix, o_after, _ = other.parts
    return (
        {before, after} == {o_before, o_after}
        and (suffix == o_suffix or not suffix or not o_suffix)
        and _alike(name.replace(" ", ""), o_name.replace(" ", ""))
        and _may_be_one_place(one, other)
    )


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    if min(len(one), len(other)) < MIN_FUZZY or not (one.isalpha() and other.isalpha()):
        return False
    return DamerauLevenshtein.distance(one, other, score_cutoff=1) <= 1


def _inside(whole: Node, one: Node) -> bool:
    numbers = whole.range
    number = one.parts[0]
    return (
        numbers is not None
        and number.isdecimal()
        and int(number) in numbers
        and whole.parts[1:] == one.parts[1:]
        and _may_be_one_place(whole, one)
    )


def _join_ranges(
    nodes: Sequence[Node], spans: dict[int, set[int]], joins: dict[int, tuple[int, str]]
) -> dict[int, tuple[int, str]]:
    """Join a range and the single number inside it, where each is the other's only candidate."""
    found: dict[int, tuple[int, str]] = {}
    for at, others in spans.items():
        if len(others) != 1 or nodes[at].range is None:
            continue
        (other,) = others
        if spans[other] != {at} or at in joins or other in joins:
            continue
        if nodes[at].is_free:
            found[at] = (nodes[other].group, "range")
        elif nodes[other].is_free:
            found[other] = (nodes[at].group, "range")
    return found
