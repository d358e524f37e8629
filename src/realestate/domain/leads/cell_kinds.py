"""Tells whether cells look like the field their column is said to hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

FEWEST_CELLS = 3
"""With fewer filled cells the cells say nothing."""

_DATE = (
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?|\d{5}(?:\.\d+)?|\d{8}|(?:19|20)\d\d|"
    r"[A-Za-z]{3,9}\.?[ -]\d{1,2},?[ -]\d{2,4}.*|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}.*"
)
_NUMBER = r"[-+(]?\s*\$?\s*[-+]?[\d,]*\.?\d+(?:[eE][-+]?\d+)?\s*\)?-?"
_PATTERNS = {
    "zip": r"\d{3,5}(?:\.0)?(?:-?\d{4}|-)?",
    "state": r"[A-Za-z]{2}|[A-Za-z]{4,}(?: [A-Za-z]+){0,2}",
    "city": r"[^\d@]{2,40}",
    "address": r"(?=.*[A-Za-z]{2})(?=.*\d).{4,}|.*\b(?:[Ss][Tt]|[Aa][Vv][Ee]|[Rr][Dd]|[Bb][Oo][Xx])\b.*",
    "number": r"\d+[\w /.-]{0,8}|[A-Z]\d+",
    "direction": r"(?i)[nsew]{1,2}\.?|(?:north|south)?(?:east|west)?",
    "kind": r"[A-Za-z. ]{1,12}",
    "name": r"(?=.*[A-Za-z0-9]).{1,40}",
    "parcel": r"(?=.*\d)[\w .*/-]{3,40}",
    "owner_name": r"(?=.*[^\W\d_]).{2,}",
    "phone": r"(?=(?:.*\d){7})[-+()./,;xXeE\d\s]{7,}.*",
    "email": r"\S+@\S+.*",
    "amount": _NUMBER,
    "event_date": _DATE,
    "years": r"\d{1,3}(?:\.0)?",
    "year": r"(?:19|20)\d\d(?:\.0|[-/].*)?",
    "lat": r"-?\d{1,2}\.\d+|0",
    "lon": r"-?\d{1,3}\.\d+|0",
    "beds": r"\d{1,3}(?:\.\d+)?",
    "year_built": r"(?:1[6-9]|20)\d\d(?:\.0)?|0",
}
_SAME = {
    "mailing_zip": "zip",
    "mailing_state": "state",
    "mailing_city": "city",
    "mailing_number": "number",
    "owner2_name": "owner_name",
    "owner_last": "owner_name",
    "closed_date": "event_date",
    "sale_date": "event_date",
    "sale_price": "amount",
    "value": "amount",
    "equity": "amount",
    "loan_balance": "amount",
    "sqft": "amount",
    "baths": "beds",
}
TELLING_SHAPES = frozenset(("zip", "state", "phone", "email", "lat", "lon", "event_date", "number", "address"))
"""Fields whose cells look like hardly anything else."""
_CHECKS = {role: re.compile(pattern) for role, pattern in _PATTERNS.items()}
_CHECKS |= {role: _CHECKS[like] for role, like in _SAME.items()}
_TELLING = {
    "email": _CHECKS["email"],
    "phone": re.compile(r"\(?[2-9]\d\d\)?[-. ]?[2-9]\d\d[-. ]?\d{4}"),
    "address": re.compile(r"\d+[A-Z]?\s+(?:[NSEW]{1,2}\.?\s+)?[A-Za-z0-9]{2,}.*\s\w+\.?", re.IGNORECASE),
}
"""Shapes so particular that cells tell by themselves what they are."""


def fits(role: str, cells: Iterable[str]) -> float | None:
    """Share of the filled cells that look like `role`; None where there is no telling."""
    check = _CHECKS.get(role)
    filled = [cell.strip() for cell in cells if cell.strip()]
    if check is None or len(filled) < FEWEST_CELLS:
        return None
    return sum(1 for cell in filled if check.fullmatch(cell)) / len(filled)


def guess(cells: Iterable[str]) -> str:
    """The field that these cells alone suggest, or ""."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if len(filled) < FEWEST_CELLS:
        return ""
    for role in _TELLING:
        check = _TELLING[role]
        if sum(1 for cell in filled if check.fullmatch(cell)) >= 0.9 * len(filled):
            return role
    return ""
