"""Orders of lists of leads, each cut into slices that an index can read from their first row on."""

from __future__ import annotations

from dataclasses import dataclass

from realestate.domain.leads.records import SOURCES, STATUSES


@dataclass(frozen=True, slots=True)
class Slice:
    """Leads that stand together in an order.

    Attributes:
        holds: What is true of them, and of no lead in another slice; empty for all leads.
        order: How they follow each other.
    """

    holds: str
    order: str


@dataclass(frozen=True, slots=True)
class LeadOrder:
    """An order of leads.

    Attributes:
        whole: As a list without limit has it.
        slices: The same, part after part; the first ones of a list are read from the first parts alone.
    """

    whole: str
    slices: tuple[Slice, ...]


def order_by(sort: str, *, reverse: bool) -> LeadOrder:
    """Give the order of a column, turned round with its ties when reversed; unknown values always come last.

    Args:
        sort: One of ``domain.leads.records.SORTS``.
        reverse: Whether what comes last otherwise comes first.
    """
    column, falls = _COLUMNS[sort]
    way = "DESC" if falls != reverse else "ASC"
    ids = "DESC" if reverse else "ASC"
    if column == "leads.id":
        return _in_one(f"leads.id {way}")
    if sort == "score":
        return _in_one(f"{column} {way}, lead_scores.lead_id {ids}")
    if sort in _VALUES:
        by_value = [Slice(_equals(column, value), f"leads.id {ids}") for value in _VALUES[sort]]
        return LeadOrder(f"{column} {way}, leads.id {ids}", tuple(reversed(by_value) if reverse else by_value))
    order = f"{column} {way}, leads.id {ids}"
    if sort in _MOSTLY_ONE:
        # Most leads have one, and the index holds all others.
        around = [Slice(f"{column} <> 1 AND {column} {sign} 1", order) for sign in (">", "<")]
        slices = (around[0], Slice(f"{column} = 1", f"leads.id {ids}"), around[1])
        return LeadOrder(order, tuple(reversed(slices)) if reverse else slices)
    if sort in _ALWAYS_KNOWN:
        return _in_one(order)
    known, unknown = Slice(f"{column} IS NOT NULL", order), Slice(f"{column} IS NULL", f"leads.id {ids}")
    return LeadOrder(f"{column} {way} NULLS LAST, leads.id {ids}", (known, unknown))


def _in_one(order: str) -> LeadOrder:
    return LeadOrder(order, (Slice("", order),))


def _equals(column: str, value: str) -> str:
    """Ask for a value; the indexes of statuses and sources leave the common one out, and want that said."""
    common = "new" if column == "leads.status" else "list_stacking"
    return f"{column} = '{value}'" + ("" if value == common else f" AND {column} <> '{common}'")


_COLUMNS = {
    "score": ("lead_scores.score", True),
    "address": ("leads.property_address", False),
    "city": ("leads.property_city", False),
    "state": ("leads.property_state", False),
    "zip": ("leads.property_zip", False),
    "property_type": ("leads.property_type", False),
    "status": ("leads.status", False),
    "source": ("leads.source", False),
    "lists": ("leads.lists", True),
    "signals": ("leads.signal_count", True),
    "due": ("lead_dues.due_on", False),
    **{
        name: (f"leads.{name}", True)
        for name in ("value", "equity", "loan_balance", "sale_price", "sale_date", "beds", "baths", "sqft", "lot_sqft")
    },
    "year_built": ("leads.year_built", True),
    # Ids are given in the order in which leads are made, and their index is there already.
    "created": ("leads.id", True),
    "updated": ("leads.updated_at", True),
    "id": ("leads.id", False),
}
"""What a list can be sorted by: the column, and whether its highest value comes first."""
_VALUES = {"status": sorted(STATUSES), "source": sorted(SOURCES)}
_MOSTLY_ONE = {"lists", "signals"}
_ALWAYS_KNOWN = {"address", "updated"}
