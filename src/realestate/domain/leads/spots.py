"""Spots: the distinct parcels and addresses that rows of lists name, and the keys that make them neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from realestate.domain.address.numbers import numbers_inside
from realestate.domain.leads.sound import sound_of


@dataclass(frozen=True, slots=True)
class Spots:
    """Spots held by column; ``""`` for what a spot does not know.

    Attributes:
        address: `Address.key`.
        city: As `read_city` writes it.
        state: USPS code.
        zip5: Five digits.
        parcel: As `read_parcel` writes it.
        county: In any one spelling; tells equal parcel numbers of two counties apart.
    """

    address: Sequence[str]
    city: Sequence[str]
    state: Sequence[str]
    zip5: Sequence[str]
    parcel: Sequence[str]
    county: Sequence[str]

    def __len__(self) -> int:
        return len(self.address)


@dataclass(frozen=True, slots=True)
class SpotKeys:
    """Signed 64-bit keys of spots, equal in every process.

    Attributes:
        spot: Hash of all the spot's columns; ``None`` where neither address nor parcel is known.
        street: Hash of house number and sound of the street's name, whatever the place; ``None`` without address.
        parcel: Hash of the parcel number, whatever the county; ``None`` without one.
        inside: Of a range of house numbers, the street keys of the other numbers inside; else empty.
    """

    spot: list[int | None]
    street: list[int | None]
    parcel: list[int | None]
    inside: list[Sequence[int]]


def stable_hash(text: str) -> int:
    """Hash a text to a signed 64-bit integer."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def spot_keys(spots: Spots) -> SpotKeys:
    """Compute the keys of spots, column by column."""
    spot = [
        stable_hash(f"{parcel}|{county}|{address}|{city}|{state}|{zip5}") if address or parcel else None
        for address, city, state, zip5, parcel, county in zip(
            spots.address, spots.city, spots.state, spots.zip5, spots.parcel, spots.county, strict=True
        )
    ]
    street: list[int | None] = []
    inside: list[Sequence[int]] = []
    for address in spots.address:
        parts = address.split("|", 3)
        low, is_range, high = parts[0].partition(":")
        if len(parts) < 4:
            street.append(stable_hash(address) if address else None)
        else:
            street.append(street_key(low, parts[2]))
        numbers = numbers_inside(int(low), int(high))[1:] if is_range and len(parts) == 4 else ()
        inside.append(tuple(street_key(str(number), parts[2]) for number in numbers))
    return SpotKeys(spot, street, [stable_hash(p) if p else None for p in spots.parcel], inside)


def street_key(number: str, name: str) -> int:
    """Return the key that a house number and every name that sounds like this one have in common."""
    return stable_hash(f"{number}|{sound_of(name)}")
