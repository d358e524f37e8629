"""Parcel numbers (APN, folio, PIN) in one spelling."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

MIN_LENGTH = 4
"""Shorter numbers are lots or rows, not parcels."""

_FLOAT = re.compile(r"\d+\.0+$")
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?E\+?(\d+)$")
_FILLER = re.compile(r"(.)\1*$")
_NOT_ALPHANUMERIC = re.compile(r"[^A-Z0-9]+")


@lru_cache(maxsize=1024)
def _never(text: str) -> bool:
    return text in ("NONE", "NULL", "UNKNOWN", "MULTIPLE", "VARIOUS", "PENDING", "UNASSIGNED", "NOTAVAILABLE")


def read_parcel(text: str) -> str:
    """Return a parcel number without dashes, blanks and leading zeros, ``""`` where there is none.

    A number that a spreadsheet rounded (``1.23457E+11``) is lost and reads as none; ``1.01015E+05``, which still
    holds every digit, and ``101015.0`` are mended.
    """
    text = text.strip().strip("'\"").upper()
    if not text:
        return ""
    if _FLOAT.match(text):
        text = text.partition(".")[0]
    elif match := _SCIENTIFIC.match(text):
        text = _from_scientific(match)
    key = _NOT_ALPHANUMERIC.sub("", text).lstrip("0")
    if len(key) < MIN_LENGTH or _FILLER.match(key) or not any(c.isdigit() for c in key) or _never(key):
        return ""
    return key


def _from_scientific(match: re.Match[str]) -> str:
    if len(match[2] or "") < int(match[3]):
        return ""
    try:
        return str(int(Decimal(match[0])))
    except (InvalidOperation, ValueError):
        return ""
