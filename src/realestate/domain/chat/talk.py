"""A talk as it stands in memory: what was said, what is known, and the result of each turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from realestate.domain.chat.facts import FACTS, FLAGS, Facts, Heard, overall_condition
from realestate.domain.chat.hearing.turn import Memory
from realestate.domain.chat.qualification import Verdict


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a talk.

    Attributes:
        role: `seller` or `assistant`.
        text: The cleaned words, card and social security numbers masked.
        at: When, ISO with zone; empty where nothing is kept.
        asked: The slot an assistant's message asks for, or that a seller's answers.
        heard: What a seller's message brought.
    """

    role: str
    text: str
    at: str = ""
    asked: str | None = None
    heard: tuple[Heard, ...] = ()


@dataclass(frozen=True, slots=True)
class Talk:
    """Everything said so far, and the memory of it."""

    said: tuple[Said, ...] = ()
    memory: Memory = field(default_factory=Memory)

    @property
    def asked(self) -> list[str]:
        """The slots the assistant has asked for, in order."""
        return [one.asked for one in self.said if one.role == "assistant" and one.asked]

    @property
    def open_question(self) -> str | None:
        """The slot the last message of the assistant asked for."""
        last = next((one for one in reversed(self.said) if one.role == "assistant"), None)
        return last.asked if last else None

    def repeats(self, text: str) -> int:
        """How often the seller's last messages were this very one."""
        count = 0
        for one in reversed([one for one in self.said if one.role == "seller"]):
            if one.text != text or not text:
                break
            count += 1
        return count


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What one message of the seller led to.

    Attributes:
        reply: What the assistant answers; empty for silence.
        heard: What the message brought.
        facts: All facts that stand.
        flags: All flags that stand.
        verdict: The verdict on them.
        asked: The slot the reply asks for.
        notes: What the person at the terminal should know.
        hand_over: Why a person should take over, if one should.
        held: The reply waits: it is a quiet hour where the seller lives.
    """

    reply: str
    heard: Sequence[Heard]
    facts: Facts
    flags: frozenset[str]
    verdict: Verdict
    asked: str | None = None
    notes: Sequence[str] = ()
    hand_over: str | None = None
    held: bool = False

    def as_json(self) -> dict[str, Any]:
        """One object of the command contract."""
        return {
            "reply": self.reply,
            "heard": heard_as_json(self.heard),
            "facts": self.facts,
            "missing": self.verdict.missing,
            "score": self.verdict.score,
            "status": self.verdict.status,
            "reasons": self.verdict.reasons,
            "asked": self.asked,
            "held": self.held,
            "hand_over": self.hand_over,
            "notes": list(self.notes),
        }


def heard_as_json(heard: Sequence[Heard]) -> list[dict[str, Any]]:
    """Each thing heard once, with the words for it; remarks on the house as the grade they make together."""
    lines: list[dict[str, Any]] = []
    remarks = [one for one in heard if one.fact == "condition"]
    grade = overall_condition(remarks) if remarks else None
    if grade:
        lines.append({"fact": "condition", "value": grade, "words": "; ".join(_longest(remarks))})
    for one in heard:
        line = {"fact": one.fact, "value": None if one.withdrawn else one.value, "words": one.words}
        shown = one.fact in FACTS or (one.fact in FLAGS and one.value is not False)
        if shown and one.fact != "condition" and line not in lines:
            lines.append(line)
    return lines


def _longest(remarks: Sequence[Heard]) -> list[str]:
    """The words of the remarks, each once, none that another one holds."""
    words = list(dict.fromkeys(one.words for one in remarks))
    return [one for one in words if not any(one in other and one != other for other in words)]
