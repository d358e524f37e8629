"""Some 470 remarks of invented sellers with everything they say: what is heard, and what is heard besides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from realestate.adapters.chat_reference import read_ear
from realestate.domain.chat.hearing.ear import known
from realestate.domain.chat.hearing.turn import Memory

FILE = Path(__file__).parent / "remarks.txt"
TODAY = dt.date(2026, 11, 22)
KEYS = {
    "c": "condition", "p": "asking_price", "t": "timeline_days", "o": "occupancy", "d": "decision_maker",
    "mb": "mortgage_balance", "li": "liens", "l": "listed_with_agent", "offer": "open_to_offer",
    "no": "not_interested", "conflict": "dm_conflict", "stop": "opted_out", "wrong": "wrong_number",
    "hostile": "hostile", "lang": "language",
}  # fmt: skip
LEAST_F1 = 0.95


@dataclass
class Meaning:
    """What a remark says, and what may be heard besides."""

    said: dict[str, str] = field(default_factory=dict)
    may: dict[str, str] = field(default_factory=dict)
    reasons: set[str] = field(default_factory=set)
    may_reasons: set[str] = field(default_factory=set)


def read(written: str) -> Meaning:
    """As in "m:health,downsizing?; c?:fair; offer"."""
    meaning = Meaning()
    for part in filter(None, (part.strip() for part in written.split(";"))):
        key, _, value = part.partition(":")
        name, optional = key.rstrip("?"), key.endswith("?")
        if name == "m":
            for reason in value.split(","):
                kept = meaning.may_reasons if optional or reason.strip().endswith("?") else meaning.reasons
                kept.add(reason.strip().rstrip("?"))
        elif name != "-":
            (meaning.may if optional else meaning.said)[KEYS[name]] = value or "yes"
    return meaning


def remarks() -> Iterator[tuple[str, Meaning]]:
    """Every remark with its meaning."""
    for line in FILE.read_text(encoding="utf-8").splitlines()[2:]:
        remark, bar, written = line.rpartition("|")
        if bar:
            yield remark.strip(), read(written)


def agrees(wanted: str, got: Any) -> bool:  # noqa: ANN401
    """Whether a value is one of those wanted, a number inside its range."""
    if isinstance(got, bool):
        return got is (wanted != "no")
    number = got[0] if isinstance(got, tuple) else got
    if not isinstance(number, int | float):
        return wanted == "yes" or got in wanted.split("/")
    ranges = [one.split("-") for one in wanted.split("/")]
    return any(0.97 * float(ends[0]) <= number <= 1.03 * float(ends[-1]) for ends in ranges)


def judged(remark: str, meaning: Meaning) -> tuple[int, int, int]:
    """Facts heard rightly, facts heard that nobody said, and facts missed."""
    facts, flags = known(read_ear().hear(remark, Memory(), date=TODAY))
    got: dict[str, Any] = {**facts, **dict.fromkeys(flags, True)}
    reasons = set(got.pop("motivation", []))
    right = [key for key, wanted in meaning.said.items() if key in got and agrees(wanted, got[key])]
    besides = [
        key
        for key, value in got.items()
        if key not in right and key != "language" and not (key in meaning.may and agrees(meaning.may[key], value))
    ]
    return (
        len(right) + len(reasons & meaning.reasons),
        len(besides) + len(reasons - meaning.reasons - meaning.may_reasons),
        len(meaning.said) - len(right) + len(meaning.reasons - reasons),
    )


def test_what_remarks_say_is_heard_and_little_besides() -> None:
    right, besides, missed = (sum(counts) for counts in zip(*(judged(*remark) for remark in remarks()), strict=True))
    assert 2 * right / (2 * right + besides + missed) >= LEAST_F1, (right, besides, missed)
