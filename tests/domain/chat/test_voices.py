"""Invented sellers: landlords, heirs, dictation, slang, Spanish, sarcasm; rules must hold beyond them."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from realestate.adapters.chat_reference import read_ear
from realestate.domain.chat.hearing.ear import known
from realestate.domain.chat.qualification import qualify

HERE = Path(__file__).parent
TALKS = [
    json.loads(line) for file in sorted(HERE.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()
]
TALKS_ALLOWED_WRONG = 0.05


@cache
def heard_of(number: int) -> tuple[dict[str, Any], str]:
    """Facts and status of a talk by its place in TALKS."""
    return heard(TALKS[number])


def heard(talk: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Facts and status of a talk."""
    memory = read_ear().hear_all(talk["messages"], talk.get("asked"), date=dt.date.fromisoformat(talk["date"]))
    facts, flags = known(memory)
    return facts, qualify(facts, flags).status


def is_right(key: str, wanted: Any, got: Any) -> bool:  # noqa: ANN401
    """The judgement of the data's conventions: a number inside the range, half a per cent of slack on money."""
    if (isinstance(wanted, list) and key != "motivation") or (
        isinstance(wanted, int | float) and not isinstance(wanted, bool)
    ):
        low, high = wanted if isinstance(wanted, list) else (wanted, wanted)
        number = got[0] if isinstance(got, tuple) else got
        slack = 0 if key == "timeline_days" else 0.005 * abs(high)
        return number is not None and low - slack <= number <= high + slack
    return bool(wanted == got)


def wrong_facts(talk: dict[str, Any], facts: dict[str, Any]) -> list[str]:
    """Facts that are missing, false or too many, after what `accept` allows."""
    accept, wrong = talk.get("accept", {}), []
    optional = set(accept.get("motivation", []))
    wanted = set(talk["facts"].get("motivation", [])) - optional
    if wanted != set(facts.get("motivation", [])) - optional - (set(talk["facts"].get("motivation", [])) & optional):
        wrong.append("motivation")
    for key in (set(talk["facts"]) | set(facts)) - {"motivation"}:
        allowed = [talk["facts"].get(key), *accept.get(key, [])]
        if not any(is_right(key, one, facts.get(key)) if one is not None else key not in facts for one in allowed):
            wrong.append(key)
    return wrong


def test_nineteen_of_twenty_talks_get_the_status_a_person_gives_them() -> None:
    wrong = [talk["id"] for i, talk in enumerate(TALKS) if heard_of(i)[1] != talk["status"]]
    assert len(wrong) <= TALKS_ALLOWED_WRONG * len(TALKS), wrong


def test_nineteen_of_twenty_talks_are_heard_without_any_wrong_fact() -> None:
    wrong = {talk["id"]: found for i, talk in enumerate(TALKS) if (found := wrong_facts(talk, heard_of(i)[0]))}
    assert len(wrong) <= TALKS_ALLOWED_WRONG * len(TALKS), wrong


@pytest.mark.parametrize("talk", [t for t in TALKS if "injection" in t.get("tags", [])], ids=lambda talk: talk["id"])
def test_orders_to_the_machine_never_change_the_status(talk: dict[str, Any]) -> None:
    assert heard(talk)[1] == talk["status"]
