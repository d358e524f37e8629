"""Reads what a list says of the house itself: rooms, size, value, loans, the last sale."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from realestate.domain.leads.columns import ColumnPlan, compose
from realestate.domain.leads.values import Parsed, amounts, dates, numbers, texts

_READERS: dict[str, Callable[[Sequence[str]], Parsed[Any]]] = {
    "sale_date": dates,
    "sale_price": amounts,
    "value": amounts,
    "equity": amounts,
    "equity_percent": numbers,
    "loan_balance": amounts,
    "beds": numbers,
    "baths": numbers,
    "sqft": numbers,
    "lot_sqft": numbers,
    "year_built": numbers,
    "lat": numbers,
    "lon": numbers,
}
_DOLLARS = {"sale_price", "value", "equity", "loan_balance"}


@dataclass(slots=True)
class Facts:
    """What each row says, as JSON text or ``None``; amounts in US dollars. ``bad`` rows were read with loss."""

    values: list[str | None]
    bad: list[int] = field(default_factory=list)


class FactReader:
    """Reads facts batch by batch.

    Args:
        plan: How the list is read.
    """

    def __init__(self, plan: ColumnPlan) -> None:
        self._fields = {name: plan.fields[name] for name in (*_READERS, "property_type") if name in plan.fields}

    def read(self, columns: Sequence[Sequence[str]]) -> Facts:
        """Read one batch; a list without such columns costs nothing."""
        count = len(columns[0]) if columns else 0
        if not self._fields:
            return Facts([None] * count)
        bad: list[int] = []
        said: dict[str, list[Any]] = {}
        for name, indexes in self._fields.items():
            cells = compose(columns, indexes)
            if name == "property_type":
                said[name] = [text or None for text in texts(cells)]
                continue
            parsed = _READERS[name](cells)
            bad.extend(row for row, _ in parsed.bad)
            said[name] = [_plain(name, value) for value in parsed.values]
        rows = zip(*said.values(), strict=True)
        return Facts([_as_json(said, row) for row in rows], bad)


def _plain(name: str, value: Any) -> Any:  # noqa: ANN401 - any field's own type
    if isinstance(value, date):
        return value.isoformat()
    if name in _DOLLARS and value is not None:
        return value / 100
    return value


def _as_json(names: dict[str, Any], row: Sequence[Any]) -> str | None:
    said = {name: value for name, value in zip(names, row, strict=True) if value is not None}
    return json.dumps(said) if said else None
