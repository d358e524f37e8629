"""What a considerate assistant answers: one question at a time, the reason before the house, never a price first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from realestate.domain.chat.facts import Facts, Heard
from realestate.domain.chat.hearing.ear import known, leads_in_spanish
from realestate.domain.chat.hearing.turn import Memory, Turn
from realestate.domain.chat.qualification import Verdict, qualify
from realestate.domain.chat.wordlist import listed

SMS_LENGTH = 320
"""Characters of a reply at most: two segments of a text message."""

SAME_AGAIN = 3
"""After as many equal messages the assistant takes its leave."""

TIMES_ASKED = 2
BEFORE_PRICE = ("motivation", "condition")
GRIEF = frozenset({"probate"})
TROUBLE = frozenset({"foreclosure", "divorce", "health", "financial"})
PROMISES = listed("promise promised guarantee guaranteed lawyer legal advice sue")
LATER = listed("later ready patient busy driving")


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say.

    Attributes:
        text: The reply; empty for silence.
        asked: The slot it asks for, if any.
        hand_over: Why a person should take over, if one should.
    """

    text: str
    asked: str | None = None
    hand_over: str | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a reply depends on.

    Attributes:
        turn: The message just read.
        before: What was known before it.
        memory: What is known with it.
        facts: The facts that stand.
        flags: The flags that stand.
        verdict: The verdict on them.
        asked: Slots asked for so far, in order.
        repeats: How often this very message came before, in a row.
    """

    turn: Turn
    before: Memory
    memory: Memory
    facts: Facts
    flags: frozenset[str]
    verdict: Verdict
    asked: Sequence[str] = ()
    repeats: int = 0

    @property
    def new(self) -> tuple[Heard, ...]:
        """What this message brought."""
        return self.memory.heard[len(self.before.heard) :]


class Dialogue:
    """Answers by the texts of questions.toml."""

    def __init__(self, texts: Mapping[str, Any]) -> None:
        self._texts = texts

    def reply(self, scene: Scene) -> Reply:
        """The reply to a message; law and decency come before any question."""
        return self._duty(scene) or self._farewell(scene) or self._answer(scene)

    def say(self, what: str, *, spanish: bool, turn: int = 0) -> str:
        """One of the fixed texts; where there are several, they take turns."""
        text = self._texts["say"][what]["es" if spanish else "en"]
        return text if isinstance(text, str) else str(text[turn % len(text)])

    def _duty(self, scene: Scene) -> Reply | None:
        """Opt-outs, people in distress, children, and questions nobody may answer."""
        if scene.facts.get("opted_out"):
            first = not any(one.fact == "opted_out" for one in scene.before.heard)
            return self._plain(scene, "opted_out") if first else Reply("")
        for what in ("crisis", "minor"):
            if any(not scene.turn.denied(match) for match in scene.turn.matches(f"manner.{what}")):
                return self._plain(scene, what, hand_over=what)
        if scene.facts.get("wrong_number"):
            return self._plain(scene, "wrong_number")
        if scene.repeats >= SAME_AGAIN:
            return self._plain(scene, "enough") if scene.repeats == SAME_AGAIN else Reply("")
        if scene.turn.has("manner.steering"):
            return self._plain(scene, "fair_housing")
        return None

    def _farewell(self, scene: Scene) -> Reply | None:
        """Polite ends: abuse, a no, somebody else's house, an agent's house."""
        if any(one.fact == "hostile" for one in scene.new) and "open_to_offer" not in scene.flags:
            return self._plain(scene, "hostile")
        if scene.verdict.status != "not_qualified":
            return None
        ends = (
            ("not_owner", scene.facts.get("decision_maker") == "not_owner"),
            ("listed", scene.facts.get("listed_with_agent") is True),
            ("not_interested", "not_interested" in scene.flags),
        )
        return next((self._plain(scene, what) for what, holds in ends if holds), None)

    def _answer(self, scene: Scene) -> Reply:
        """An answer to what was asked or told, and the next question."""
        opening = self._opening(scene)
        if opening is None:
            return self._plain(scene, "take_your_time")
        slot = next_slot(scene, self._texts["order"])
        if _is_ready(scene.memory) and not _is_ready(scene.before):
            return Reply(fitted(f"{opening} {self._say(scene, 'qualified')}"))
        if slot is None:
            return self._plain(scene, "done")
        wording = self._texts["ask"][slot]["es" if leads_in_spanish(scene.memory) else "en"]
        question = wording[min(list(scene.asked).count(slot), len(wording) - 1)]
        return Reply(fitted(f"{opening} {question}"), slot)

    def _opening(self, scene: Scene) -> str | None:
        """The first half of a reply; None where the seller asks for time and nothing else is to say."""
        turn = scene.turn
        for label in ("bot", "number_source", "who"):
            if turn.has(f"manner.{label}"):
                return self._say(scene, label)
        if any(word.text in PROMISES for word in turn.message.words) and scene.memory.injected > scene.before.injected:
            return self._say(scene, "no_promise")
        reasons = {one.value for one in scene.new if one.fact == "motivation" and not one.withdrawn}
        if reasons & GRIEF:
            return self._say(scene, "sorry_for_loss")
        if any(one.fact == "open_to_offer" for one in scene.new):
            return self._say(scene, "no_number_yet")
        if reasons & TROUBLE:
            return self._say(scene, "sorry_for_trouble")
        if LATER & {word.text for word in turn.message.words} and not reasons and not scene.new:
            return None
        if not turn.message.text:
            return self._say(scene, "again")
        return self._say(scene, "heard" if scene.memory.turns > 1 else "hello")

    def _plain(self, scene: Scene, what: str, hand_over: str | None = None) -> Reply:
        return Reply(self._say(scene, what), hand_over=hand_over)

    def _say(self, scene: Scene, what: str) -> str:
        return self.say(what, spanish=leads_in_spanish(scene.memory), turn=scene.memory.turns)


def _is_ready(memory: Memory) -> bool:
    """Whether a person can take over: qualified, and it is known who decides."""
    facts, flags = known(memory)
    return qualify(facts, flags).status == "qualified" and "decision_maker" in facts


def next_slot(scene: Scene, order: Sequence[str]) -> str | None:
    """What to ask next: the first thing not known, what was asked before only after all else; a price never first."""
    asked = list(scene.asked)
    open_slots = [slot for slot in order if slot in scene.verdict.missing and asked.count(slot) < TIMES_ASKED]
    for slot in sorted(open_slots, key=asked.count):
        early = any(first in open_slots and first not in asked for first in BEFORE_PRICE)
        if slot == "price" and ("open_to_offer" in scene.flags or early):
            continue
        return slot
    return None


def fitted(text: str) -> str:
    """The text cut at the end of its last whole sentence that fits a message."""
    if len(text) <= SMS_LENGTH:
        return text
    cut = text[:SMS_LENGTH]
    end = max(cut.rfind(mark) for mark in ".?!")
    return cut[: end + 1] if end > 0 else cut
