"""Rare forms of addresses, as the trained model of usaddress sees them."""

from __future__ import annotations

from typing import NamedTuple


class Guess(NamedTuple):
    """The words of an address by their part, ``""`` where there are none."""

    number: str
    street: str
    unit: str
    city: str
    state: str
    zip_code: str

    @property
    def line(self) -> str:
        """The address in the usual order."""
        place = ", ".join(filter(None, (self.city, f"{self.state} {self.zip_code}".strip())))
        return ", ".join(filter(None, (f"{self.number} {self.street} {self.unit}".strip(), place)))


def guess(text: str) -> Guess | None:
    """Part the words of an address whose order or punctuation says too little, or nothing without a street.

    Args:
        text: Plain words, e.g. ``BUILDING A 12 OAK ST`` or ``12 OAK PL ST LOUIS , MO 63104``.
    """
    # The model takes 50 ms to load, and most lists never need it.
    import usaddress

    labelled = [(word.strip(" ,"), label) for word, label in usaddress.parse(text.replace(" ,", ","))]

    def words(*starts: str) -> str:
        return " ".join(word for word, label in labelled if label.startswith(starts) and word)

    found = Guess(
        words("AddressNumber"),
        words("StreetName"),
        words("Occupancy", "Subaddress"),
        words("PlaceName"),
        words("StateName"),
        words("ZipCode"),
    )
    return found if found.number[:1].isdigit() and found.street else None
