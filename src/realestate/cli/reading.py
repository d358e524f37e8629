"""Reads what people type into options: days and scores, without guessing."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import typer

_AGO = re.compile(r"(\d{1,4})\s*([dwm])")
_DAYS = {"d": 1, "w": 7, "m": 30}


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


def since(text: str) -> date:
    """Read a day, or how long ago it was: 7d, 2w, 3m."""
    ago = _AGO.fullmatch(text.strip().lower())
    if ago:
        return date.today() - timedelta(days=int(ago[1]) * _DAYS[ago[2]])  # noqa: DTZ011 - the day where people are
    return day(text)
