"""Writes values as cells that no spreadsheet takes for a formula, and reads such cells back."""

from __future__ import annotations

import re
from datetime import date

_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")
GUARD = "'"

Cell = str | int | float | bool | date | None
"""What a cell may hold before it is written."""


def guarded(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run; `unguarded` takes it away again."""
    return GUARD + text if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """Undo `guarded`."""
    return text[1:] if _GUARDED.match(text) else text


def as_text(value: Cell) -> str:
    """Write a value as the text of a CSV cell; only texts are guarded, so numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)
