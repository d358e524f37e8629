"""When two written addresses may mean the same house: a missing suffix, a misspelt name, a range around a number."""

from __future__ import annotations

from collections.abc import Collection

from rapidfuzz.distance import DamerauLevenshtein

from realestate.domain.address.numbers import numbers_inside
from realestate.domain.address.suffixes import SPELLED_OUT
from realestate.domain.leads.places import Names, Place, agree
from realestate.domain.leads.sound import SURNAMES

MIN_FUZZY = 5
"""Letters of a name below which one that differs is another street (``WARD``, ``WARE``), not a typing error."""


HABITUAL = frozenset({"ST", "AVE", "BLVD"})
"""Suffixes that clerks put by habit where another one belongs."""


class Spelling:
    """An address at one zone, its key split into parts.

    Attributes:
        address: `Address.key`.
        zone: What stands for its place, as `place_classes` says.
        names: Every (city, state) written for it.
        parts: Number, direction before, name, suffix, direction after, unit; fewer of a description.
        joined: Street name without blanks.
        inside: House numbers inside, of a range.
    """

    __slots__ = ("address", "inside", "joined", "names", "parts", "zone")

    def __init__(self, address: str, zone: Place, names: Collection[Names]) -> None:
        self.address, self.zone, self.names = address, zone, names
        self.parts = address.split("|")
        self.joined = self.parts[2].replace(" ", "") if len(self.parts) == 6 else ""
        low, is_range, high = self.parts[0].partition(":")
        self.inside = numbers_inside(int(low), int(high)) if is_range and self.joined else None

    @property
    def is_floor(self) -> bool:
        """Whether it names a floor, and nothing on it."""
        return self.parts[-1].startswith("FL ") and self.parts[-1].count(" ") == 1

    @property
    def in_one_word(self) -> str:
        """Street name and suffix, as in ``KINGSHIGHWAY``."""
        return self.joined + SPELLED_OUT.get(self.parts[3], "")


def lacks_suffix_of(bare: Spelling, full: Spelling) -> bool:
    """Tell whether ``bare`` is ``full`` without its suffix.

    A missing direction is not forgiven: of the lists measured as many such pairs were two houses as one.
    """
    return not bare.parts[3] and full.parts[3] != "" and bare.joined == full.joined and _same_around(bare, full)


def has_wrong_suffix(one: Spelling, other: Spelling) -> bool:
    """Tell whether the suffixes differ as a clerk's do, on a street with a name.

    Numbered streets are left alone: a 22nd Street and a 22nd Avenue are two wherever both exist.
    """
    suffixes = {one.parts[3], other.parts[3]}
    return (
        len(suffixes) == 2
        and suffixes <= HABITUAL
        and one.joined == other.joined
        and len(one.joined) > 2
        and one.joined.isalpha()
        and _same_around(one, other)
    )


def is_misspelt(one: Spelling, other: Spelling) -> bool:
    """Tell whether the names differ by one typing error, or by the blanks in them, or are long and short of one."""
    if one.parts[3] and other.parts[3] and one.parts[3] != other.parts[3]:
        return False
    return _alike(one, other) and _same_around(one, other)


def is_floor_of(floor: Spelling, house: Spelling) -> bool:
    """Tell whether one is a floor of the house that the other names without unit: floors are let, and not sold.

    A missing letter or number of a unit is not forgiven: of the pairs measured ("12 Oak" and "12 Oak B") most were two
    houses, in one city all of nineteen.
    """
    return floor.is_floor and not house.parts[5] and on_one_street(floor, house)


def on_one_street(one: Spelling, other: Spelling) -> bool:
    """Tell whether two addresses of one number are on the same street, units aside; either may lack the suffix."""
    return len({one.parts[3], other.parts[3]} - {""}) < 2 and one.joined == other.joined and _same_way(one, other)


def is_inside(number: Spelling, whole: Spelling) -> bool:
    """Tell whether a house number lies in a range of the same street; either may lack the suffix."""
    digits = number.parts[0]
    if whole.inside is None or not digits.isdecimal() or int(digits) not in whole.inside:
        return False
    suffixes = {number.parts[3], whole.parts[3]} - {""}
    return len(suffixes) < 2 and number.joined == whole.joined and _same_around(number, whole)


def _same_around(one: Spelling, other: Spelling) -> bool:
    """Same directions, before or after the name, same unit, no contradiction of place."""
    return one.parts[5] == other.parts[5] and _same_way(one, other)


def _same_way(one: Spelling, other: Spelling) -> bool:
    return {one.parts[1], one.parts[4]} == {other.parts[1], other.parts[4]} and _same_place(one, other)


def _same_place(one: Spelling, other: Spelling) -> bool:
    if one.zone[2] and other.zone[2]:
        return one.zone[2] == other.zone[2]
    return any(agree(a, b) for a in one.names for b in other.names)


def _alike(one: Spelling, other: Spelling) -> bool:
    if one.joined == other.joined or one.in_one_word == other.joined or one.joined == other.in_one_word:
        return True
    if SURNAMES.get(one.parts[2]) == other.parts[2] or SURNAMES.get(other.parts[2]) == one.parts[2]:
        return True
    if min(len(one.joined), len(other.joined)) < MIN_FUZZY - (len(one.joined) != len(other.joined)):
        return False
    if not (one.joined + other.joined).isalpha():
        return False
    return DamerauLevenshtein.distance(one.joined, other.joined, score_cutoff=1) <= 1
