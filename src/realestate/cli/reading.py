"""Reads what people type into options: days and scores, without guessing."""

from __future__ import annotations

from datetime import date, datetime

import typer


def day(text: str) -> date:
    """Read a day as people write it, without guessing."""
    for form in ("%Y-%m-%d", "%Y%m%d", "%m/%d/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise typer.BadParameter(f"{text!r} is not a day; write 2026-01-31")


def share(text: str) -> float:
    """Read a score from 0 to 1."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise typer.BadParameter(f"{text!r} is not a score; write a number from 0 to 1, e.g. 0.7")
    return value
