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

from realestate.domain.chat.words import Message

GAPS = {"..": "(?: [^ .?,]+){0,2}", "...": "(?: [^ .?,]+){0,5}"}
TOKEN = re.compile(r"@\w+|[()|]|\?|[^ ()|?@]+")
KEY_LENGTH = 3
MOST_WORDS = 20_000
"""Words whose phrases are remembered; strangers can send any number of different ones."""

OPEN = "("


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found: its label, and its first and last word."""

    label: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A part of a phrase: its regular expression, how its first words begin, and whether it may be missing."""

    regex: str
    keys: frozenset[str]
    may_miss: bool = False


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
        keys = frozenset().union(*(way.keys for way in ways))
        return Pattern(f"(?:{'|'.join(way.regex for way in ways)})", keys, any(way.may_miss for way in ways))

    def sequence(self) -> Pattern:
        """Parts one after another."""
        parts: list[Pattern] = []
        while self._peek() not in {"", "|", ")"}:
            parts.append(self._part())
        keys: frozenset[str] = frozenset()
        for part in parts:
            keys |= part.keys
            if not part.may_miss:
                break
        return Pattern("".join(part.regex for part in parts), keys, all(part.may_miss for part in parts))

    def _part(self) -> Pattern:
        token = self._take()
        if token in GAPS:
            return Pattern(GAPS[token], frozenset(), may_miss=True)
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
        return Pattern(f"(?:{part.regex})?", part.keys, may_miss=True)

    def _peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def _take(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1]


class Phrasebook:
    """All phrases under their labels, indexed by how their first word begins."""

    def __init__(self, sets: Mapping[str, str], labelled: Mapping[str, Iterable[str]]) -> None:
        named = {name: PatternReader(TOKEN.findall(written), {}).alternatives() for name, written in sets.items()}
        self._by_key: dict[str, list[tuple[str, str]]] = {}
        self._opening: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {}
        for label, phrases in labelled.items():
            for written in phrases:
                pattern = PatternReader.read(written, named)
                for key in pattern.keys:
                    self._by_key.setdefault(key, []).append((label, pattern.regex))

    def find(self, message: Message) -> list[Match]:
        """Every phrase of the book in the message, in order of their first words."""
        matches: list[Match] = []
        line, offsets = message.line, message.offsets
        for i, word in enumerate(message.words):
            opening = self._opening.get(word.text)
            for label, pattern in self._opening_with(word.text) if opening is None else opening:
                found = pattern.match(line, offsets[i])
                if found:
                    matches.append(Match(label, i, bisect_right(offsets, found.end() - 1) - 1))
        return matches

    def _opening_with(self, word: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """The phrases that can begin with this word, compiled when it is first met."""
        phrases = (*self._by_key.get(word, ()), *self._by_key.get(word[:KEY_LENGTH] + "*", ()))
        opening = tuple((label, _compiled(regex)) for label, regex in phrases)
        if len(self._opening) < MOST_WORDS:
            self._opening[word] = opening
        return opening


@cache
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex + "(?= )")


def _word(written: str) -> Pattern:
    stem = written.rstrip("*")
    if stem != written and len(stem) < KEY_LENGTH:
        raise ValueError(f"a word that only begins so needs {KEY_LENGTH} letters: {written!r}")
    regex = " " + re.escape(stem) + ("[^ .?,]*" if stem != written else "(?= )")
    return Pattern(regex, frozenset({stem if stem == written else stem[:KEY_LENGTH] + "*"}))
