"""Some 1,800 single remarks, sums and times of invented sellers: a rule must hold far beyond one sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from realestate.adapters.chat_reference import read_ear
from realestate.domain.chat.hearing.ear import known
from realestate.domain.chat.hearing.turn import Memory

HERE = Path(__file__).parent
TODAY = dt.date(2026, 11, 22)
FLAGS = {"conflict": "dm_conflict", "open_to_offer": "open_to_offer", "not_interested": "not_interested"}
SUMS = {"p": "asking_price", "m": "mortgage_balance", "l": "liens"}
LEAST_RIGHT = 0.95


def heard(remark: str) -> tuple[dict[str, Any], frozenset[str]]:
    """Facts and flags of one remark to a stranger."""
    return known(read_ear().hear(remark, Memory(), date=TODAY))


def sayings() -> dict[str, list[str]]:
    """The remarks under what they mean."""
    found: dict[str, list[str]] = {}
    meaning = ""
    for line in (HERE / "sayings.txt").read_text(encoding="utf-8").splitlines()[1:]:
        if line.startswith("# "):
            meaning = line[2:]
        elif line:
            found.setdefault(meaning, []).append(line)
    return found


def means(remark: str, meaning: str) -> bool:
    """Whether the remark is heard as it is meant."""
    facts, flags = heard(remark)
    group, _, value = meaning.partition(".")
    if group == "motivation":
        return value in facts.get("motivation", [])
    if group in {"condition", "occupancy"}:
        return facts.get(group) == value
    if group == "decision":
        return facts.get("decision_maker") == value
    if group == "listed":
        return facts.get("listed_with_agent") is (value == "yes")
    if group in FLAGS:
        return FLAGS[group] in flags
    if group == "not_opted_out":
        return not facts.get("opted_out")
    if group == "nothing":
        return not (set(facts) | flags) - {"language"}
    return facts.get(group) is True


SAYINGS = sayings()


@pytest.mark.parametrize("meaning", [meaning for meaning, remarks in SAYINGS.items() if len(remarks) >= 20])
def test_most_ways_to_say_a_thing_are_heard(meaning: str) -> None:
    wrong = [remark for remark in SAYINGS[meaning] if not means(remark, meaning)]
    assert len(wrong) <= 0.15 * len(SAYINGS[meaning]), wrong


def test_nineteen_of_twenty_remarks_are_heard_as_they_are_meant() -> None:
    wrong = [remark for meaning, remarks in SAYINGS.items() for remark in remarks if not means(remark, meaning)]
    assert len(wrong) <= (1 - LEAST_RIGHT) * sum(map(len, SAYINGS.values())), wrong


def test_every_opt_out_is_heard_and_no_look_alike_is() -> None:
    wrong = [
        remark
        for meaning in ("opted_out", "not_opted_out")
        for remark in SAYINGS[meaning]
        if not means(remark, meaning)
    ]
    assert not wrong


def lines(name: str) -> Iterator[tuple[str, str]]:
    """Remark and meaning of every line of a file."""
    for line in (HERE / name).read_text(encoding="utf-8").splitlines()[1:]:
        remark, _, meaning = line.rpartition("|")
        yield remark, meaning


def low_end(value: object) -> float | None:
    """A number, or the low end of a range."""
    number = value[0] if isinstance(value, tuple) else value
    return float(number) if isinstance(number, int | float) else None


def is_that_sum(remark: str, meaning: str) -> bool:
    """Whether the remark names that sum, and no other of its kind."""
    facts, _ = heard(remark)
    if meaning == "-":
        return not set(SUMS.values()) & set(facts)
    fact, wanted = SUMS[meaning[0]], float(meaning[2:])
    got = low_end(facts.get(fact))
    return got is not None and abs(got - wanted) <= 0.05 * max(wanted, 1)


def is_that_time(remark: str, meaning: str) -> bool:
    """Whether the remark names such a time."""
    got = low_end(heard(remark)[0].get("timeline_days"))
    if meaning == "-":
        return got is None
    low, high = map(int, meaning.split("-"))
    return got is not None and low <= got <= high


@pytest.mark.parametrize(("name", "is_right"), [("sums.txt", is_that_sum), ("times.txt", is_that_time)])
def test_nineteen_of_twenty_sums_and_times_are_understood(name: str, is_right: Any) -> None:  # noqa: ANN401
    wrong = [remark for remark, meaning in lines(name) if not is_right(remark, meaning)]
    assert len(wrong) <= (1 - LEAST_RIGHT) * len(list(lines(name))), wrong


@pytest.mark.parametrize("remark", ["a few things need done", "few", "a couple", "half", "a", "three quarters of it"])
def test_words_that_only_begin_like_numbers_are_read_to_the_end(remark: str) -> None:
    assert heard(remark) is not None
