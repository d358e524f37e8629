"""Decides which of the places and counties that lists write, some only in part, are one."""

from __future__ import annotations

from collections.abc import Iterable

Place = tuple[str, str, str]
Names = tuple[str, str]

ONE_CITY = frozenset(("073", "100", "101", "102", "103", "104", "112", "191", "200", "606", "701", "941"))
"""ZIP prefixes within one municipality, where a street name occurs once, so that a differing ZIP is a mistake or an
old number: Jersey City, New York's boroughs but Queens, Philadelphia, Washington, Chicago, New Orleans, San Francisco
(USPS city-state file as packaged by `zipcodes`; postal cities that span suburbs are left out)."""

CITY_ZIPS = dict.fromkeys(("60701", "60706", "60707", "60803", "60804", "60805", "60827"), "606")
"""ZIPs beyond these prefixes whose mail may name the city, to its prefix: suburbs of Chicago, whose streets and house
numbers go on in its own (the same file)."""


def zone_of(place: Place) -> Place:
    """Return what stands for a place that is seen alone: its ZIP, else its city and state."""
    city, state, zip5 = place
    if zip5:
        return "", "", CITY_ZIPS.get(zip5) or (zip5[:3] if zip5[:3] in ONE_CITY else zip5)
    return city, state, ""


def place_classes(places: Iterable[Place]) -> dict[Place, Place]:
    """Map each (city, state, ZIP) of one street address to the zone that stands for it.

    What lacks the ZIP belongs to the only zone that it does not contradict; where there are several or none it is
    a zone of its own.
    """
    classes = {place: zone_of(place) for place in places}
    founders: dict[Place, list[Names]] = {}
    unzipped: set[Names] = set()
    for place, zone in classes.items():
        if place[2]:
            founders.setdefault(zone, []).append(place[:2])
        else:
            unzipped.add(place[:2])
    if unzipped:
        for names, founder in _by_what_they_know(unzipped, founders).items():
            classes[*names, ""] = founder
    return classes


def jurisdiction_classes(jurisdictions: Iterable[Names]) -> dict[Names, Names]:
    """Map each (state, county) of one parcel number to the jurisdiction that stands for it."""
    return {own: founder[:2] for own, founder in _by_what_they_know(set(jurisdictions), {}).items()}


def agree(one: Names, other: Names) -> bool:
    """Tell whether two pairs of names contradict each other nowhere."""
    return (one[0] == other[0] or not one[0] or not other[0]) and (one[1] == other[1] or not one[1] or not other[1])


def _by_what_they_know(items: set[Names], founders: dict[Place, list[Names]]) -> dict[Names, Place]:
    """Let each pair, the fuller ones first, join the only founder that it agrees with, or found a class itself.

    Pairs that know equally much never join one another, so that their order cannot matter.
    """
    classes: dict[Names, Place] = {}
    for known in (2, 1, 0):
        peers = [item for item in items if (item[0] != "") + (item[1] != "") == known]
        for item in peers:
            matches = [zone for zone, names in founders.items() if any(agree(item, name) for name in names)]
            classes[item] = matches[0] if len(matches) == 1 else (*item, "")
        for item in peers:
            if classes[item] == (*item, ""):
                founders[*item, ""] = [item]
    return classes
