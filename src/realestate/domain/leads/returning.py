"""Puts the rows of a file that came back (from skip tracing, from a spreadsheet) on the leads that they name by id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

RETURNED_PRIORITY = 1_000
"""Priority of lists that came back: what any other list says comes first, and they are not counted as lists."""


class KnownSpot(NamedTuple):
    """A spot of a lead, with the keys that make it a neighbour of others."""

    lead: int
    spot: int
    street: int | None
    parcel: int | None
    zip5: str
    address: str


def lead_id(cell: str) -> int | None:
    """Read the id of a lead; a spreadsheet may have made it a decimal number."""
    text = cell.strip().removesuffix(".0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def spot_named(row: KnownSpot, own: int | None, known: Sequence[KnownSpot]) -> int | None:
    """Choose the spot of the lead that a row goes to; ``None`` where the row speaks of another house.

    Ids are small numbers, and a file may be of another installation; so what the row says of the place has to agree
    in the street, the parcel, or house number and ZIP. A row that says nothing of it is taken at its word.

    Args:
        row: What the row says.
        own: Key of the spot that the row names by itself.
        known: Spots of the lead that it names.
    """
    if any(spot.spot == own for spot in known):
        return own
    for agrees in (_same_parcel, _same_street, _same_number_and_zip):
        fitting = [spot.spot for spot in known if agrees(row, spot)]
        if fitting:
            return min(fitting)
    silent = not row.address and row.parcel is None
    return min(spot.spot for spot in known) if silent and known else None


def by_lead(spots: Iterable[KnownSpot]) -> dict[int, list[KnownSpot]]:
    """Group spots by their lead."""
    grouped: dict[int, list[KnownSpot]] = {}
    for spot in spots:
        grouped.setdefault(spot.lead, []).append(spot)
    return grouped


def _same_parcel(row: KnownSpot, spot: KnownSpot) -> bool:
    return row.parcel is not None and row.parcel == spot.parcel


def _same_street(row: KnownSpot, spot: KnownSpot) -> bool:
    return row.street is not None and row.street == spot.street


def _same_number_and_zip(row: KnownSpot, spot: KnownSpot) -> bool:
    number, _, rest = row.address.partition("|")
    return bool(rest and row.zip5) and row.zip5 == spot.zip5 and number == spot.address.partition("|")[0]
