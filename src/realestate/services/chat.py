"""Qualifies a seller in conversation: one turn after the other, by the rules or with another engine's ear and pen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from realestate.domain.chat.cleaning import MAX_CHARACTERS, clean, mask, was_cut, with_placeholders
from realestate.domain.chat.dialogue import Dialogue, Reply, Scene, fitted
from realestate.domain.chat.facts import Heard
from realestate.domain.chat.grounding import grounded
from realestate.domain.chat.hearing.ear import Ear, known
from realestate.domain.chat.hearing.turn import Memory, Turn
from realestate.domain.chat.manners import is_sayable
from realestate.domain.chat.ports import Answer, Engine, EngineFailedError, Exchange
from realestate.domain.chat.qualification import Verdict, qualify
from realestate.domain.chat.talk import Said, Talk, TurnResult

REMEMBERED = 12
"""Messages of the talk that another engine gets to see."""


class Qualifier:
    """Takes a talk one message further; keeps nothing.

    Args:
        ear: Hears facts by rules.
        dialogue: Answers by rules.
        today: Gives the day of the talk.
        engine: Hears and phrases besides; the rules alone when omitted.
    """

    def __init__(self, ear: Ear, dialogue: Dialogue, today: Callable[[], date], engine: Engine | None = None) -> None:
        self._ear = ear
        self._dialogue = dialogue
        self._today = today
        self._engine = engine

    @property
    def asks_elsewhere(self) -> bool:
        """Whether an engine beside the rules is switched on."""
        return self._engine is not None

    def listen(self, talk: Talk, raw: str, asked: str | None = None, at: str = "") -> Talk:
        """The talk with the seller's message heard by the rules: opt-outs and all, before any engine is asked.

        Args:
            talk: What was said before.
            raw: The message as it came in.
            asked: The slot it answers; the assistant's last question when omitted.
            at: When, for a talk that is kept.
        """
        asked = asked or talk.open_question
        memory = self._ear.hear(raw, talk.memory, asked=asked, date=self._today())
        heard = memory.heard[len(talk.memory.heard) :]
        return Talk((*talk.said, Said("seller", mask(clean(raw)), at, asked, heard)), memory)

    def answer(self, before: Talk, talk: Talk, *, at: str = "", cut: bool = False) -> tuple[Talk, TurnResult]:
        """The talk with a reply to its last message, and what the turn led to.

        Args:
            before: The talk without that message.
            talk: The talk with it, as :meth:`listen` gave it.
            at: When, for a talk that is kept.
            cut: The message was longer than is read.
        """
        last = talk.said[-1]
        turn = self._ear.turn(last.text, before.memory, asked=last.asked, date=self._today())
        reply = self._dialogue.reply(self._scene(before, talk, turn))
        notes = [f"The message was cut at {MAX_CHARACTERS:,} characters."] if cut else []
        if self._engine and self._may_ask(before, talk, reply):
            try:
                talk, reply = self._with_engine(self._engine, before, talk, turn, reply)
            except EngineFailedError as failure:
                notes.append(f"{self._engine.name} did not help ({failure.reason}); the rules took this turn.")
        facts, flags = known(talk.memory)
        heard = talk.memory.heard[len(before.memory.heard) :]
        talk = replace(talk, said=(*talk.said[:-1], replace(last, heard=heard)))
        if reply.text:
            talk = replace(talk, said=(*talk.said, Said("assistant", reply.text, at, reply.asked)))
        result = TurnResult(
            reply.text, heard, facts, flags, qualify(facts, flags), reply.asked, tuple(notes), reply.hand_over
        )
        return talk, result

    def take(self, talk: Talk, raw: str, asked: str | None = None) -> tuple[Talk, TurnResult]:
        """One whole turn in memory."""
        return self.answer(talk, self.listen(talk, raw, asked), cut=was_cut(raw))

    def judge(self, messages: Sequence[str], asked: Sequence[str | None] | None, day: date) -> TurnResult:
        """A whole conversation whose replies were somebody else's: facts and verdict only."""
        memory = self._ear.hear_all(messages, asked, date=day)
        facts, flags = known(memory)
        return TurnResult("", memory.heard, facts, flags, qualify(facts, flags))

    def verdict(self, memory: Memory) -> tuple[Verdict, dict[str, object]]:
        """The verdict on what is known, and the facts it stands on."""
        facts, flags = known(memory)
        return qualify(facts, flags), dict(facts)

    def say(self, what: str, *, spanish: bool = False) -> str:
        """One of the dialogue's fixed texts."""
        return self._dialogue.say(what, spanish=spanish)

    def _scene(self, before: Talk, talk: Talk, turn: Turn) -> Scene:
        facts, flags = known(talk.memory)
        repeats = before.repeats(talk.said[-1].text)
        verdict = qualify(facts, flags)
        return Scene(turn, before.memory, talk.memory, facts, flags, verdict, before.asked, repeats)

    def _may_ask(self, before: Talk, talk: Talk, reply: Reply) -> bool:
        """Not about silence, farewells and emergencies, nor with orders to a machine in the message."""
        facts, flags = known(talk.memory)
        ended = qualify(facts, flags).status == "not_qualified"
        injected = talk.memory.injected > before.memory.injected
        return bool(talk.said[-1].text) and not (ended or injected or reply.hand_over or not reply.text)

    def _with_engine(self, engine: Engine, before: Talk, talk: Talk, turn: Turn, reply: Reply) -> tuple[Talk, Reply]:
        """What the engine heard, as far as the words carry it, and its reply, as far as it may be said."""
        facts, flags = known(talk.memory)
        answer = engine.answer(
            Exchange(
                text=with_placeholders(talk.said[-1].text),
                asked=turn.asked,
                facts=facts,
                missing=qualify(facts, flags).missing,
                said=[(one.role, with_placeholders(one.text)) for one in before.said[-REMEMBERED:]],
                suggestion=reply.text,
                date=self._today(),
            )
        )
        talk = self._believing(before, talk, turn, answer)
        reply = self._dialogue.reply(self._scene(before, talk, turn))
        return talk, replace(reply, text=fitted(answer.reply)) if is_sayable(answer.reply) else reply

    def _believing(self, before: Talk, talk: Talk, turn: Turn, answer: Answer) -> Talk:
        own: Sequence[Heard] = talk.memory.heard[len(before.memory.heard) :]
        more = tuple(grounded(answer.claims, self._ear.with_topics(turn), own))
        return replace(talk, memory=replace(talk.memory, heard=(*talk.memory.heard, *more)))
