"""Reads what people type into options: days and scores, without guessing."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import typer

_AGO = re.compile(r"(\d{1,4})\s*([dwm])")
_DAYS = {"d": 1, "w": 7, "m": 30}

_DURATION = re.compile(r"(\d{1,6}(?:\.\d+)?)([smh]?)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


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


def duration(text: str) -> float:
    """Read how long to wait, in seconds: 30s, 5m, 1h."""
    found = _DURATION.fullmatch(text.strip().lower())
    if not found:
        raise typer.BadParameter(f"{text!r} is not a time to wait; write 30s, 5m or 1h")
    return float(found[1]) * _SECONDS[found[2] or "s"]


def ahead(text: str) -> date:
    """Read a day, or how far ahead it is: 3d, 2w, 1m."""
    found = _AGO.fullmatch(text.strip().lower().removeprefix("+"))
    if found:
        return date.today() + timedelta(days=int(found[1]) * _DAYS[found[2]])  # noqa: DTZ011 - where people are
    return day(text)
