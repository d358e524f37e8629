"""One message of the seller with all that its facts are heard from, and how far "not", "if" and "my neighbor" reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from realestate.domain.chat.facts import Heard, Value
from realestate.domain.chat.message import Message
from realestate.domain.chat.pairs import Pair
from realestate.domain.chat.phrases import Match
from realestate.domain.chat.wordlist import listed

NEGATORS = listed("not no never without none neither nor nobody nothing ni sin nunca tampoco hardly denied deny")
NO_NEGATION_AFTER_NOT = frozenset(["only", "just", "sure", "lying", "lie", "kidding", "afford"])
INTERJECTED_NO_BEFORE = listed(
    "i we it he she they you the my our that this there sir maam yes but just actually # thanks thank bro man "
    "dude problem doubt joke lie cap offense bueno la el mi es esta worries"
)
IDIOMS = (
    "not going to lie",
    "no doubt",
    "why not",
    "no joke",
    "not lying",
    "can not wait",
    "no lie",
    "not sure why",
    "do not mind",
    "no cap",
    "not to mention",
    "if not",
)
SPANISH_YES_BEFORE = listed(
    "soy es la lo tengo quiero me nos vivo estoy claro somos queremos ahi aqui yo esta puedo gracias pero"
)
"""After these an opening "si" without its accent is a yes and no if."""

POLITE_AFTER_IF = listed("like love enjoy count took take stopped stop would could removed remove quit deleted left")
"""As in "if you like raccoons", "I'd appreciate it if you took me off": no supposition."""

NEGATION_REACH = 6
DENIED_THEMSELVES = listed("perfect sure true terrible great joking kidding lying worried bad ready fancy married")
"""Where one of these follows the "not" it is what is denied, and nothing after it: "not perfect the kitchen floor"."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What a talk has brought so far.

    Attributes:
        heard: Everything heard, in order.
        turns: Messages read.
        several: The seller has spoken of several houses.
        kept: Names of the houses that are not offered, as plain words.
        spanish: Surely Spanish words so far.
        english: Surely English words so far.
        injected: Messages that tried to give orders to the machine.
    """

    heard: tuple[Heard, ...] = ()
    turns: int = 0
    several: bool = False
    kept: frozenset[str] = frozenset()
    spanish: float = 0.0
    english: float = 0.0
    injected: int = 0

    def last(self, *facts: str) -> Heard | None:
        """The latest thing heard about any of these facts."""
        return next((one for one in reversed(self.heard) if one.fact in facts), None)

    def knows(self, fact: str) -> bool:
        """Whether this fact was heard before."""
        return self.last(fact) is not None


@dataclass(frozen=True)
class Turn:
    """One message, read and searched.

    Attributes:
        message: The seller's words.
        found: All phrases in it by label.
        asked: The slot that was just asked for, if known.
        date: The day of the talk; relative dates count from it.
        memory: What was heard before.
        pairs: Words near each other that mean something together.
    """

    message: Message
    found: Mapping[str, Sequence[Match]]
    asked: str | None
    date: dt.date
    memory: Memory
    pairs: Sequence[Pair] = ()

    def matches(self, *labels: str) -> Sequence[Match]:
        """Phrases found under these labels, in the order of the message."""
        if len(labels) == 1:
            return self.found.get(labels[0], ())
        return sorted((m for label in labels for m in self.found.get(label, ())), key=lambda m: (m.first, m.last))

    def has(self, label: str) -> bool:
        """Whether any phrase under this label was found."""
        return label in self.found

    def stated(self, *labels: str) -> Iterator[Match]:
        """Those phrases that the seller says of the house on offer and means: no denial, no if, nobody else's."""
        for match in self.matches(*labels):
            if not (self.denied(match) or self.supposed(match) or self.of_others(match) or self.of_kept_house(match)):
                yield match

    def stated_pairs(self, label: str) -> Iterator[Match]:
        """Pairs of words under this label that the seller means, as the stretch from one word to the other."""
        for pair in self.pairs:
            if pair.label == label and self._is_meant(pair):
                match = Match(label, min(pair.about, pair.trouble), max(pair.about, pair.trouble))
                if not (self.supposed(match) or self.of_others(match) or self.of_kept_house(match)):
                    yield match

    def _is_meant(self, pair: Pair) -> bool:
        if self._negator_before(pair.trouble) is not pair.denied:
            return False
        return pair.denied or not self._negator_before(pair.about)

    def heard(self, fact: str, value: Value, match: Match, detail: str = "", *, withdrawn: bool = False) -> Heard:
        """The fact with the words of a phrase as its evidence."""
        return Heard(fact, value, self.message.quote(match.first, match.last), self.memory.turns, detail, withdrawn)

    def text(self, i: int) -> str:
        """The plain word at i; empty outside the message."""
        return self.message.words[i].text if 0 <= i < len(self.message.words) else ""

    def before(self, i: int, reach: int = 4) -> list[str]:
        """Up to `reach` plain words of the same clause before word i, nearest last."""
        clause = self.message.clauses[i]
        start = max(0, i - reach)
        return [self.message.words[j].text for j in range(start, i) if self.message.clauses[j] == clause]

    def after(self, i: int, reach: int = 4) -> list[str]:
        """Up to `reach` plain words of the same sentence after word i."""
        sentence = self.message.sentences[i]
        end = min(len(self.message.words), i + 1 + reach)
        return [self.message.words[j].text for j in range(i + 1, end) if self.message.sentences[j] == sentence]

    def denied(self, match: Match) -> bool:
        """Whether a "no", "not" or "never" of the same clause covers the phrase, or a plain no answers it."""
        return match.denied_within or self._negator_before(match.first) or self._answered_no(match.last)

    def supposed(self, match: Match) -> bool:
        """Whether the phrase stands under an if, earlier in its sentence."""
        return self._under("context.hypothetical", match, clause_only=True)

    def of_others(self, match: Match) -> bool:
        """Whether the phrase is said of neighbors, friends or people in general."""
        return self._under("context.other_people", match, clause_only=True)

    def long_past(self, match: Match) -> bool:
        """Whether the phrase tells of years gone by, or of trouble since mended."""
        sentence = self.message.sentences[match.first]
        past = any(
            self.message.sentences[m.first] == sentence and abs(m.first - match.last) <= 8
            for m in self.matches("context.past")
        )
        mended = any(
            self.message.sentences[m.first] == sentence and m.first > match.last
            for m in self.matches("context.resolved")
        )
        return past or mended or self._year_gone(match)

    def of_kept_house(self, match: Match) -> bool:
        """Whether the phrase is about a house that the seller keeps."""
        if not self.memory.several and not self.has("context.several"):
            return False
        sentence = self.message.sentences[match.first]
        words = [w for w, s in zip(self.message.words, self.message.sentences, strict=True) if s == sentence]
        if {word.raw for word in words} & self.memory.kept:
            return True
        return any(
            self.message.sentences[m.first] == sentence and "up" not in {self.text(m.last + 1), self.text(m.last + 2)}
            for m in self.matches("context.keeping")
        )

    def same_clause(self, i: int, j: int) -> bool:
        """Whether two words stand in one clause."""
        return self.message.clauses[i] == self.message.clauses[j]

    def same_sentence(self, i: int, j: int) -> bool:
        """Whether two words stand in one sentence."""
        return self.message.sentences[i] == self.message.sentences[j]

    def _under(self, label: str, match: Match, *, clause_only: bool) -> bool:
        same = self.same_clause if clause_only else self.same_sentence
        return any(
            m.last < match.first
            and same(m.first, match.first)
            and not self._is_addressed(m)
            and not self._is_threat(m, match)
            for m in self.matches(label)
        )

    def _is_threat(self, cue: Match, match: Match) -> bool:
        """As in "if i do not sell the bank takes it": what happens unless, and so no supposition."""
        if self.text(cue.first) not in {"if", "unless"} or not match.label.startswith("motivation."):
            return False
        return self.text(cue.first) == "unless" or "not" in (self.text(j) for j in range(cue.last + 1, match.first))

    def _is_addressed(self, cue: Match) -> bool:
        """As in "you people" and "if you like raccoons": no third party, no supposition."""
        if self.text(cue.first) == "si" and (cue.first == 0 or self.text(cue.first - 1) in {".", ","}):
            return self.text(cue.first + 1) in SPANISH_YES_BEFORE
        if self.text(cue.first) == "if":
            return self.text(cue.last + 1) == "you" and self.text(cue.last + 2) in POLITE_AFTER_IF
        return self.text(cue.first - 1) == "you"

    def _negator_before(self, i: int) -> bool:
        clause = self.message.clauses[i]
        for j in range(i - 1, max(-1, i - 1 - NEGATION_REACH), -1):
            text = self.text(j)
            if self.message.clauses[j] != clause or text in {".", "?", ","}:
                return False
            if text in DENIED_THEMSELVES:
                return False
            if text in NEGATORS and not self._is_idle(j):
                return True
        return False

    def _is_idle(self, j: int) -> bool:
        """A no that denies nothing that follows: "no i have two", "not only", "not going to lie"."""
        after = self.text(j + 1)
        if self.text(j) == "no" and after in INTERJECTED_NO_BEFORE:
            return True
        if self.text(j) == "not" and after in NO_NEGATION_AFTER_NOT:
            return True
        around = " ".join(self.text(k) for k in range(j - 2, j + 5))
        return any(idiom in around for idiom in IDIOMS)

    def _answered_no(self, last: int) -> bool:
        """The seller asks back and denies: "foreclosure? no", "who says it is vacant? it is not"."""
        rest = [self.text(j) for j in range(last + 1, last + 7)]
        if "?" not in rest[:3]:
            return False
        answer = rest[rest.index("?") + 1 :]
        return answer[:1] == ["no"] or answer[:3] in (["it", "is", "not"], ["that", "is", "not"], ["not", "true", "."])

    def _year_gone(self, match: Match) -> bool:
        """A year in the same clause that lies two or more behind the talk."""
        words, clauses = self.message.words, self.message.clauses
        return any(
            word.amount is not None
            and word.amount.kind == "year"
            and clauses[j] == clauses[match.first]
            and word.amount.low > 99
            and word.amount.low <= self.date.year - 2
            for j, word in enumerate(words)
        )
