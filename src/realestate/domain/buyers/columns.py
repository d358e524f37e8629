"""Which column of a buyers list or a file of deeds holds which field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from realestate.errors import UsageError

FIELDS = (
    *("buyer", "buyer_first", "buyer_last", "company", "phone", "email", "city", "state", "zip"),
    *("mailing_address", "mailing_city", "mailing_state", "mailing_zip", "do_not_contact"),
    *("areas", "types", "price_min", "price_max", "purchases", "average_price", "last_purchase"),
    *("proof_of_funds", "closing_days", "close_rate"),
    *("address", "parcel", "lat", "lon", "property_type", "beds", "sqft", "year_built"),
    *("price", "date", "mortgage", "deed_type", "seller", "ignore"),
)
"""What ``--map HEADER=FIELD`` takes for buyers; a contract with scripts."""

ALIKE = {
    "owner_name": "buyer", "owner_first": "buyer_first", "owner_last": "buyer_last",
    "sale_price": "price", "sale_date": "date", "event_date": "date", "loan_balance": "mortgage",
    "amount": "price", "restriction:do_not_contact": "do_not_contact",
}  # fmt: skip
"""Fields of the lead side that mean something here: the owner after a sale is its buyer."""

Meaning = Callable[[str], tuple[str, float]]
"""Reads a header with the vocabulary of lists: a field of the lead side or empty, and the confidence."""

SURE_ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    """The column of each field, by position; a field that no column holds is left out."""

    fields: Mapping[str, int]
    header: Sequence[str]

    def shown(self) -> dict[str, str]:
        """Header to field, of the columns in use."""
        return {self.header[place]: name for name, place in self.fields.items()}


def plan_columns(
    header: Sequence[str],
    phrases: Mapping[str, Sequence[str]],
    canonical: Callable[[str], str],
    meaning: Meaning,
    overrides: Mapping[str, str],
) -> Plan:
    """Decide what every column is.

    Args:
        header: Column names.
        phrases: Field to the headers that name it, the likeliest first; they win over ``meaning``.
        canonical: Writes a header in the one spelling of the vocabulary of lists.
        meaning: What a header means on a list of leads.
        overrides: Header (case aside) to field, as a person said.

    Raises:
        UsageError: If an override names a column or a field that does not exist.
    """
    known = {canonical(phrase): (name, rank) for name, all_ in phrases.items() for rank, phrase in enumerate(all_)}
    said = _overrides(header, overrides)
    best: dict[str, tuple[int, int]] = {}
    for place, text in enumerate(header):
        name, rank = (said[place], -1) if place in said else _read(text, known, canonical, meaning)
        if name and name != "ignore" and (rank, place) < best.get(name, (9_999, 0)):
            best[name] = rank, place
    return Plan({name: place for name, (_, place) in best.items()}, header)


def _read(
    text: str, known: Mapping[str, tuple[str, int]], canonical: Callable[[str], str], meaning: Meaning
) -> tuple[str, int]:
    found = known.get(canonical(text))
    if found:
        return found
    role, confidence = meaning(text)
    name = ALIKE.get(role, role)
    return (name, 1_000 - round(100 * confidence)) if name in FIELDS and confidence >= SURE_ENOUGH else ("", 0)


def _overrides(header: Sequence[str], overrides: Mapping[str, str]) -> dict[int, str]:
    places = {name.casefold(): place for place, name in enumerate(header)}
    found = {}
    for name, wanted in overrides.items():
        place = places.get(name.strip().casefold())
        if place is None:
            raise UsageError(f"No column is called {name!r}.", f"The columns are: {', '.join(header)}")
        field = ALIKE.get(wanted, wanted)
        if field not in FIELDS:
            raise UsageError(f"{wanted!r} is no field of a buyer.", f"The fields are: {', '.join(FIELDS)}")
        found[place] = field
    return found
