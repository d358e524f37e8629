"""Says in words why two spots are one lead, or are not."""

from __future__ import annotations

from typing import NamedTuple

from realestate.domain.leads.likeness import (
    Spelling,
    has_wrong_suffix,
    is_floor_of,
    is_inside,
    is_misspelt,
    lacks_suffix_of,
)
from realestate.domain.leads.places import zone_of

PARTS = ("house number", "direction", "street name", "suffix", "direction", "unit")


class Spot(NamedTuple):
    """One spot; the fields are those of `spots.Spots`."""

    address: str
    city: str
    state: str
    zip5: str
    parcel: str
    county: str


def explain(one: Spot, other: Spot) -> str:
    """Say what two spots have in common or what keeps them apart, without regard to other spots.

    Of two that agree but were not joined another candidate was the reason; the flags of `stacking.Joins` tell.
    """
    if one.parcel and one.parcel == other.parcel:
        return f"both name parcel {one.parcel}"
    if one.parcel and other.parcel:
        return f"different parcels, {one.parcel} and {other.parcel}"
    if not one.address or not other.address:
        return "one of them has neither this parcel nor an address"
    if one.address == other.address:
        return f"same address, {_written(one.address)}"
    first, second = _spelling(one), _spelling(other)
    if len(first.parts) != 6 or len(second.parts) != 6:
        return "descriptions of a parcel join only word for word"
    return _likeness(first, second) or f"different {_difference(first, second)}"


def _spelling(spot: Spot) -> Spelling:
    place = (spot.city, spot.state, spot.zip5)
    return Spelling(spot.address, zone_of(place), {place[:2]})


def _likeness(one: Spelling, other: Spelling) -> str:
    if is_inside(one, other) or is_inside(other, one):
        return "a house number inside the range of the other, and the only one known there"
    if lacks_suffix_of(one, other) or lacks_suffix_of(other, one):
        return "same but for a missing street suffix, and the only street it can be"
    if has_wrong_suffix(one, other):
        return f"same number, direction and name; {one.parts[3]} and {other.parts[3]} taken for one street"
    if is_floor_of(one, other) or is_floor_of(other, one):
        return "a floor of the house, and the only part of it that is known"
    if is_misspelt(one, other):
        return f"{one.parts[2]} and {other.parts[2]} at the same number read as one name"
    return ""


def _difference(one: Spelling, other: Spelling) -> str:
    differing = [name for name, a, b in zip(PARTS, one.parts, other.parts, strict=True) if a != b]
    return ", ".join(dict.fromkeys(differing)) or "places"


def _written(address: str) -> str:
    return " ".join(part for part in address.replace(":", "-").lstrip("=").split("|") if part)
