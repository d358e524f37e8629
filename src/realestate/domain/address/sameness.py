"""Tells whether two written addresses are one place: the question behind "absentee owner"."""

from __future__ import annotations

from rapidfuzz.distance import DamerauLevenshtein

from realestate.domain.address.columns import AddressColumns
from realestate.domain.address.places import Place
from realestate.domain.address.reading import Address

MIN_MISSPELT = 5
"""Shorter street names that differ by a letter are different names."""


def same_place(situs: Address, mailing: Address) -> bool | None:
    """Tell whether an owner's mail goes to the property; ``None`` where either is no address of a house.

    Only two addresses are compared, of which one owner has both, so more is forgiven than in stacking: a word that
    one of them lacks (direction, suffix, unit), one typing error in the name, one of city and ZIP.
    """
    return _same(situs.key, situs.place, mailing.key, mailing.place)


def same_places(situs: AddressColumns, mailing: AddressColumns) -> list[bool | None]:
    """Compare two columns of addresses row by row, as `same_place` does."""
    places = zip(situs.city, situs.state, situs.zip5, mailing.city, mailing.state, mailing.zip5, strict=True)
    return [
        True if one and one == other and zip5 and zip5 == zip_code else
        _same(one, Place(city, state, zip5), other, Place(town, code, zip_code))
        for one, other, (city, state, zip5, town, code, zip_code) in zip(situs.key, mailing.key, places, strict=True)
    ]  # fmt: skip


def _same(one: str, one_place: Place, other: str, other_place: Place) -> bool | None:
    if not one or not other:
        return None
    if not _may_be_one(one_place, other_place):
        return False
    if one == other:
        return True
    a, b = one.split("|"), other.split("|")
    if len(a) != 6 or len(b) != 6 or not _numbers_meet(a[0], b[0]):
        return False
    return (
        _directions_meet(a, b)
        and _names_meet(a[2], b[2])
        and _lacks_or_equal(a[3], b[3])
        and _lacks_or_equal(a[5], b[5])
    )


def _may_be_one(one: Place, other: Place) -> bool:
    if one.state and other.state and one.state != other.state:
        return False
    same_zip, same_city = _lacks_or_equal(one.zip5, other.zip5), _lacks_or_equal(one.city, other.city)
    if one.zip5 and one.zip5 == other.zip5:
        return True
    return same_city and (same_zip or bool(one.city and other.city and one.zip5[:3] == other.zip5[:3]))


def _lacks_or_equal(one: str, other: str) -> bool:
    return not one or not other or one == other


def _directions_meet(one: list[str], other: list[str]) -> bool:
    first, second = {one[1], one[4]} - {""}, {other[1], other[4]} - {""}
    return not first or not second or first == second


def _names_meet(one: str, other: str) -> bool:
    a, b = one.replace(" ", ""), other.replace(" ", "")
    if a == b:
        return True
    if min(len(a), len(b)) < MIN_MISSPELT or not (a + b).isalpha():
        return False
    return DamerauLevenshtein.distance(a, b, score_cutoff=1) <= 1


def _numbers_meet(one: str, other: str) -> bool:
    if one == other:
        return True
    low, is_range, high = one.partition(":")
    if not is_range:
        low, is_range, high = other.partition(":")
        one, other = other, one
    return bool(is_range) and other.isdecimal() and int(low) <= int(other) <= int(high)
