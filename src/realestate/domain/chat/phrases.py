"""Phrases as data: a small pattern language over plain words, looked up by their first word.

A phrase is words with blanks between. `(a|b c)` are alternatives, `word*` any word that begins so, `word?` or `(...)?`
may be missing, `..` is up to two words of any kind, `...` up to five, `#` a number, `@name` a named set of
alternatives. No gap reaches over a mark.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import TypeAlias

from realestate.domain.chat.message import Message

GAPS = {"..": "(?: [^ .?,]+){0,2}", "...": "(?: [^ .?,]+){0,5}"}
TOKEN = re.compile(r"@\w+|[()|]|\?|[^ ()|?@]+")
NEGATION = re.compile(" (?:not|never)(?= |$)")
KEY_LENGTH = 3
MOST_PAIRS = 100_000
"""Pairs of words whose phrases are remembered; strangers can send any number of different ones."""

ANY, END = "*", ""
"""Among the words that may come second in a phrase: any word at all, and none since the phrase may be over."""

Keys: TypeAlias = frozenset[str]
NO_KEYS: Keys = frozenset()
ANYTHING: Keys = frozenset({ANY})
ONLY_END: Keys = frozenset({END})

OPEN = "("


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found: its label, its first and last word, and whether a gap in it holds a "not" of no pattern's own."""

    label: str
    first: int
    last: int
    denied_within: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A part of a phrase.

    Attributes:
        regex: Its regular expression.
        seconds: How its first words begin, each with how the word after it may.
        may_miss: Whether the part may be missing.
    """

    regex: str
    seconds: Mapping[str, Keys]
    may_miss: bool = False

    def firsts(self) -> Keys:
        """How its first words begin, with END where it may be missing; ANY alone says all."""
        if ANY in self.seconds:
            return ANYTHING
        return frozenset(self.seconds) | ({END} if self.may_miss else NO_KEYS)


@dataclass
class PatternReader:
    """Reads one phrase; the grammar is in the module's docstring."""

    tokens: list[str]
    sets: Mapping[str, Pattern]
    place: int = field(default=0)

    @classmethod
    def read(cls, written: str, sets: Mapping[str, Pattern]) -> Pattern:
        """The phrase as a pattern; refuses one that could match nothing."""
        reader = cls(TOKEN.findall(written), sets)
        pattern = reader.sequence()
        if pattern.may_miss or reader.place < len(reader.tokens):
            raise ValueError(f"not a phrase: {written!r}")
        return pattern

    def alternatives(self) -> Pattern:
        """`a|b c` up to the closing parenthesis or the end."""
        ways = [self.sequence()]
        while self._peek() == "|":
            self.place += 1
            ways.append(self.sequence())
        if len(ways) == 1:
            return ways[0]
        seconds: dict[str, Keys] = {}
        for way in ways:
            _add(seconds, way.seconds)
        return Pattern(f"(?:{'|'.join(way.regex for way in ways)})", seconds, any(way.may_miss for way in ways))

    def sequence(self) -> Pattern:
        """Parts one after another."""
        parts: list[Pattern] = []
        while self._peek() not in {"", "|", ")"}:
            parts.append(self._part())
        rest = parts.pop() if parts else Pattern("", {}, may_miss=True)
        for part in reversed(parts):
            rest = _before(part, rest)
        return rest

    def _part(self) -> Pattern:
        token = self._take()
        if token in GAPS:
            return Pattern(GAPS[token], {ANY: ANYTHING}, may_miss=True)
        if token == OPEN:
            part = self.alternatives()
            self._take()
        elif token.startswith("@"):
            part = self.sets[token[1:]]
        else:
            part = _word(token)
        if self._peek() != "?":
            return part
        self.place += 1
        return Pattern(f"(?:{part.regex})?", part.seconds, may_miss=True)

    def _peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def _take(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1]


class Phrasebook:
    """All phrases under their labels, indexed by how their first word begins."""

    def __init__(self, sets: Mapping[str, str], labelled: Mapping[str, Iterable[str]]) -> None:
        named = {name: PatternReader(TOKEN.findall(written), {}).alternatives() for name, written in sets.items()}
        self._by_key: dict[str, list[tuple[str, str, Keys]]] = {}
        self._opening: dict[tuple[str, str], tuple[tuple[str, re.Pattern[str]], ...]] = {}
        for label, phrases in labelled.items():
            for written in phrases:
                pattern = PatternReader.read(written, named)
                for key, seconds in pattern.seconds.items():
                    self._by_key.setdefault(key, []).append((label, pattern.regex, seconds))

    def find(self, message: Message) -> list[Match]:
        """Every phrase of the book in the message, in order of their first words."""
        matches: list[Match] = []
        line, offsets = message.line, message.offsets
        texts = [word.text for word in message.words] + ["."]
        for i, pair in enumerate(pairwise(texts)):
            opening = self._opening.get(pair)
            for label, pattern in self._opening_with(pair) if opening is None else opening:
                found = pattern.match(line, offsets[i])
                if found:
                    denied = NEGATION.search(found[0]) is not None and " not" not in pattern.pattern
                    matches.append(Match(label, i, bisect_right(offsets, found.end() - 1) - 1, denied))
        return matches

    def _opening_with(self, pair: tuple[str, str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """The phrases that can begin with these two words, compiled when the pair is first met."""
        first, second = pair
        allowed = {second, second[:KEY_LENGTH] + "*", ANY, END}
        phrases = (*self._by_key.get(first, ()), *self._by_key.get(first[:KEY_LENGTH] + "*", ()))
        opening = tuple(
            (label, _compiled(regex)) for label, regex, seconds in phrases if not allowed.isdisjoint(seconds)
        )
        if len(self._opening) < MOST_PAIRS:
            self._opening[pair] = opening
        return opening


def _add(seconds: dict[str, Keys], more: Mapping[str, Keys]) -> None:
    for key, following in more.items():
        known = seconds.get(key)
        seconds[key] = following if known is None or following is ANYTHING else known | following


def _followed(after: Keys, firsts: Keys) -> Keys:
    """What may come after a word, where the part may be over and the rest begin."""
    if END not in after:
        return after
    return ANYTHING if firsts is ANYTHING else (after - ONLY_END) | firsts


def _before(part: Pattern, rest: Pattern) -> Pattern:
    """One part and what follows it, as one pattern."""
    firsts = rest.firsts()
    ends = {ONLY_END: firsts}
    seconds = {key: ends.setdefault(after, _followed(after, firsts)) for key, after in part.seconds.items()}
    if part.may_miss:
        _add(seconds, rest.seconds)
    return Pattern(part.regex + rest.regex, seconds, part.may_miss and rest.may_miss)


@cache
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex + "(?= )")


@cache
def _word(written: str) -> Pattern:
    stem = written.rstrip("*")
    if stem != written and len(stem) < KEY_LENGTH:
        raise ValueError(f"a word that only begins so needs {KEY_LENGTH} letters: {written!r}")
    regex = " " + re.escape(stem) + ("[^ .?,]*" if stem != written else "(?= )")
    return Pattern(regex, {stem if stem == written else stem[:KEY_LENGTH] + "*": ONLY_END})
