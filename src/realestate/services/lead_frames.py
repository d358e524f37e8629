"""Leads as a pandas DataFrame, for notebooks and scripts; nothing in it is about a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields
from itertools import islice
from typing import TYPE_CHECKING, Any

from realestate.domain.leads.records import LeadLine

if TYPE_CHECKING:
    from pandas import DataFrame

    from realestate.domain.leads.outgoing import ExportStore

LEADS_AT_ONCE = 5_000
NUMBERS = (
    *("value", "equity", "equity_percent", "loan_balance", "sale_price"),
    *("beds", "baths", "sqft", "lot_sqft", "year_built", "lat", "lon"),
)
"""Facts that are numbers; amounts in US dollars."""


def lead_frame(lines: Iterator[LeadLine], exports: ExportStore) -> DataFrame:
    """Put leads into a frame, one row each, in their order.

    Args:
        lines: The leads.
        exports: Reads what lists say of the houses.

    Returns:
        The columns of `realestate leads list`, then county, created, property_type, sale_date and `NUMBERS`.
    """
    import pandas as pd

    names = [field.name for field in fields(LeadLine)]
    facts = ("property_type", "sale_date", *NUMBERS)
    columns: dict[str, list[Any]] = {name: [] for name in (*names, "county", "created", *facts)}
    while batch := list(islice(lines, LEADS_AT_ONCE)):
        houses = {house.id: house for house in exports.houses([line.id for line in batch])}
        for line in batch:
            house = houses[line.id]
            said = house.facts or {}
            row = {**asdict(line), "county": house.county, "created": house.created}
            for name, values in columns.items():
                values.append(row[name] if name in row else said.get(name))
    frame = pd.DataFrame(columns)
    for name in NUMBERS:
        frame[name] = frame[name].astype("float64")
    for name in ("created", "sale_date"):
        frame[name] = pd.to_datetime(frame[name], errors="coerce")
    return frame
