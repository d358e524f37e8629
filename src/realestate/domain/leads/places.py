"""Decides which of the places and counties that lists write, some only in part, are one."""

from __future__ import annotations

from collections.abc import Iterable

Place = tuple[str, str, str]
Jurisdiction = tuple[str, str]


def place_classes(places: Iterable[Place]) -> dict[Place, Place]:
    """Map each (city, state, ZIP) of one street address to the place that stands for it.

    One ZIP is one place, whatever its city is called. What lacks the ZIP belongs to the only place that it does
    not contradict; where there are several or none it is a place of its own.
    """
    distinct = set(places)
    named = {zip5: [p[:2] for p in distinct if p[2] == zip5] for zip5 in {p[2] for p in distinct if p[2]}}
    founders = {("", "", zip5): names for zip5, names in named.items()}
    classes = {place: ("", "", place[2]) for place in distinct if place[2]}
    unzipped = {place[:2] for place in distinct if not place[2]}
    for names, founder in _by_what_they_know(unzipped, founders).items():
        classes[*names, ""] = founder
    return classes


def jurisdiction_classes(jurisdictions: Iterable[Jurisdiction]) -> dict[Jurisdiction, Jurisdiction]:
    """Map each (state, county) of one parcel number to the jurisdiction that stands for it."""
    founders: dict[Place, list[tuple[str, str]]] = {}
    found = _by_what_they_know(set(jurisdictions), founders)
    return {jurisdiction: founder[:2] for jurisdiction, founder in found.items()}


def _by_what_they_know(
    items: set[tuple[str, str]], founders: dict[Place, list[tuple[str, str]]]
) -> dict[tuple[str, str], Place]:
    """Let each pair, the fuller ones first, join the only founder that it agrees with, or found a class itself.

    Pairs that know equally much never join one another, so that their order cannot matter.
    """
    classes: dict[tuple[str, str], Place] = {}
    for known in (2, 1, 0):
        peers = [item for item in items if bool(item[0]) + bool(item[1]) == known]
        for item in peers:
            matches = [f for f, names in founders.items() if any(_agree(item, name) for name in names)]
            classes[item] = matches[0] if len(matches) == 1 else (*item, "")
        for item in peers:
            if classes[item] == (*item, ""):
                founders[*item, ""] = [item]
    return classes


def _agree(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return all(not a or not b or a == b for a, b in zip(one, other, strict=True))
