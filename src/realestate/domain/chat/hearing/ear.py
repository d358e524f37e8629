"""Listens to a talk message by message: from a stranger's text to the memory of what was heard."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from realestate.domain.chat.cleaning import clean, mask
from realestate.domain.chat.facts import SLOTS, Facts, Heard, in_order, settled
from realestate.domain.chat.hearing.condition import hear_condition
from realestate.domain.chat.hearing.intent import hear_interest, hear_manner
from realestate.domain.chat.hearing.money import hear_money
from realestate.domain.chat.hearing.motivation import hear_motivation
from realestate.domain.chat.hearing.ownership import hear_decision_maker, hear_listed, hear_occupancy
from realestate.domain.chat.hearing.timeline import hear_timeline
from realestate.domain.chat.hearing.turn import Memory, Turn
from realestate.domain.chat.injection import OrderGuard
from realestate.domain.chat.opt_outs import opt_out
from realestate.domain.chat.pairs import Pairbook
from realestate.domain.chat.phrases import Match, Phrasebook
from realestate.domain.chat.wordlist import listed
from realestate.domain.chat.words import Reader

HEARERS: tuple[Callable[[Turn], Iterator[Heard]], ...] = (
    hear_manner,
    hear_motivation,
    hear_timeline,
    hear_condition,
    hear_money,
    hear_occupancy,
    hear_decision_maker,
    hear_listed,
    hear_interest,
)
IDENTIFIER = re.compile(r"\b[^\W_]+(?:_[^\W_]+)+\b")
"""Names of fields and functions, "opted_out": data, not words."""

NAMES_TOO_COMMON = listed(
    "the and but that this house home well keep keeping have just fine one only not they them rented ones"
)


class Ear:
    """Hears facts by rules.

    Args:
        words: The tables of hearing_words.toml.
        phrases: The tables of hearing_phrases.toml, `sets` among them.
        pairs: The tables of hearing_pairs.toml.
        orders: The tables of orders.toml.
    """

    def __init__(
        self,
        words: Mapping[str, Any],
        phrases: Mapping[str, Mapping[str, Any]],
        pairs: Mapping[str, Mapping[str, Any]],
        orders: Mapping[str, Any],
    ) -> None:
        self.reader = Reader(words)
        self._guard = OrderGuard(orders)
        self._book = Phrasebook(phrases["sets"], _labelled(phrases, lambda group: group not in {"sets", "topic"}))
        self._topics = Phrasebook(phrases["sets"], _labelled(phrases, lambda group: group == "topic"))
        together = {f"{group}.{label}": listed for group, labels in pairs.items() for label, listed in labels.items()}
        self._pairs = Pairbook(together, phrases["sets"])
        self._keywords = frozenset(phrases["opt_out"]["keyword"])

    def turn(self, text: str, memory: Memory, *, asked: str | None, date: dt.date) -> Turn:
        """A cleaned message, read and searched."""
        message = self.reader.read(text)
        found: dict[str, list[Match]] = {}
        for match in self._book.find(message):
            found.setdefault(match.label, []).append(match)
        return Turn(message, found, asked if asked in SLOTS else None, date, memory, tuple(self._pairs.find(message)))

    def with_topics(self, turn: Turn) -> Turn:
        """The same turn with the words by which another engine's claims are judged."""
        found = {label: list(matches) for label, matches in turn.found.items()}
        for match in self._topics.find(turn.message):
            found.setdefault(match.label, []).append(match)
        return replace(turn, found=found)

    def hear(self, raw: str, memory: Memory, *, asked: str | None = None, date: dt.date) -> Memory:
        """The memory of the talk after one more message of the seller.

        Args:
            raw: The message as it came in; never changed, never trusted.
            memory: What was heard before.
            asked: The slot just asked for (`facts.SLOTS`), if any.
            date: The day of the talk.
        """
        text = mask(clean(raw))
        heard: list[Heard] = []
        whole = self.turn(IDENTIFIER.sub(lambda found: " " * len(found[0]), text), memory, asked=asked, date=date)
        stop = opt_out(whole, self._keywords)
        if stop:
            heard.append(whole.heard("opted_out", True, stop))
        honest, injected = self._guard.without_orders(text, self.reader.fold(text))
        turn = whole if not injected else self.turn(honest, memory, asked=asked, date=date)
        for hearer in HEARERS:
            heard += hearer(turn)
        heard += _taken_back(turn, heard)
        return replace(
            memory,
            heard=(*memory.heard, *heard),
            turns=memory.turns + 1,
            several=memory.several or turn.has("context.several"),
            kept=memory.kept | _kept_names(turn),
            spanish=memory.spanish + turn.message.spanish,
            english=memory.english + turn.message.english,
            injected=memory.injected + injected,
        )

    def hear_all(self, messages: Sequence[str], asked: Sequence[str | None] | None = None, *, date: dt.date) -> Memory:
        """The memory after a whole talk."""
        memory = Memory()
        for i, raw in enumerate(messages):
            memory = self.hear(raw, memory, asked=asked[i] if asked and i < len(asked) else None, date=date)
        return memory


def _taken_back(turn: Turn, heard: Sequence[Heard]) -> Iterator[Heard]:
    """Who names a price after a refusal will sell after all."""
    refused = turn.memory.last("not_interested")
    price = next((one for one in heard if one.fact == "asking_price" and not one.withdrawn), None)
    if refused and refused.value and price and not any(one.fact == "not_interested" for one in heard):
        yield replace(price, fact="not_interested", value=False)


def _labelled(phrases: Mapping[str, Mapping[str, Any]], wanted: Callable[[str], bool]) -> dict[str, list[str]]:
    """The phrases of the wanted groups under `group.label`."""
    return {
        f"{group}.{label}": listed
        for group, labels in phrases.items()
        if wanted(group)
        for label, listed in labels.items()
        if label != "keyword"
    }


def known(memory: Memory) -> tuple[Facts, frozenset[str]]:
    """The facts that stand, language among them, and the flags of the verdict."""
    facts, flags = settled(memory.heard)
    if leads_in_spanish(memory):
        facts["language"] = "es"
    return in_order(facts), flags


def leads_in_spanish(memory: Memory) -> bool:
    """Whether the seller talks Spanish, or Spanish with English in it."""
    return memory.spanish >= 2 and memory.spanish >= 0.7 * memory.english


def _kept_names(turn: Turn) -> frozenset[str]:
    """The names, in plain words, of houses the seller says to keep: "Sycamore is rented, keeping that one"."""
    if not (turn.memory.several or turn.has("context.several")):
        return frozenset()
    sentences = {turn.message.sentences[match.first] for match in turn.matches("context.keeping")}
    return frozenset(
        word.raw
        for i, word in enumerate(turn.message.words)
        if turn.message.sentences[i] in sentences and _is_name(turn, i)
    )


def _is_name(turn: Turn, i: int) -> bool:
    word = turn.message.words[i]
    written = turn.message.text[word.start : word.end]
    named = written[:1].isupper() and len(written) > 3 and not written.isupper()
    return (named and word.raw not in NAMES_TOO_COMMON) or word.raw in {
        "duplex",
        "triplex",
        "condo",
        "trailer",
        "fourplex",
    }
