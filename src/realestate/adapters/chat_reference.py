"""Reads the packaged tables of the chat: words, phrases, questions, quiet hours and notes on states."""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache
from importlib.resources import files
from typing import Any

from realestate.adapters.reference_data import table
from realestate.domain.chat.compliance import QuietHours, StateNote
from realestate.domain.chat.hearing.ear import Ear


@cache
def read_ear() -> Ear:
    """The rules engine's ear with its packaged lexicon."""
    return Ear(table("hearing_words"), table("hearing_phrases"), table("hearing_pairs"), table("orders"))


def read_questions() -> dict[str, Any]:
    """Questions and replies of the dialogue, in English and Spanish."""
    return table("questions")


def read_quiet_hours() -> list[QuietHours]:
    """All rows of quiet_hours.csv; several rows for a state stand where sources disagree."""
    text = files("realestate").joinpath("data", "quiet_hours.csv").read_text(encoding="utf-8")
    return [_quiet_hours(row) for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))]


def read_state_notes() -> list[StateNote]:
    """Dated notes on what states ask of wholesalers and of buyers from owners in foreclosure."""
    return [
        StateNote(note["state"], note["subject"], note["note"], note["as_of"], note["source"])
        for note in table("state_rules")["note"]
    ]


def _quiet_hours(row: dict[str, str]) -> QuietHours:
    return QuietHours(
        row["state"],
        _hours(row["weekday"]),
        _hours(row["saturday"]),
        _hours(row["sunday"]),
        tuple(row["zones"].split()),
        f"{row['source']} ({dt.date.fromisoformat(row['as_of'])})",
    )


def _hours(written: str) -> tuple[int, int] | None:
    """As in "9-21" as (9, 21), `none` as None."""
    if written == "none":
        return None
    start, end = written.split("-")
    return int(start), int(end)
