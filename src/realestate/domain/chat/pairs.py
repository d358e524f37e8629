"""Pairs of words that mean something together: "city" and "grass", "roof" and "afford", near each other in a sentence.

Phrases (`phrases.py`) know how people usually put a thing; pairs hear the ways that nobody wrote down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from realestate.domain.chat.message import Message

STEM_LENGTH = 3
APART = 8
"""Words that may lie between the two, unless the pair says otherwise."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two words found together.

    Attributes:
        label: What they mean.
        about: Place of the word for the thing.
        trouble: Place of the word for what is wrong with it.
        denied: The trouble word means so only under a "not": "have not paid the taxes".
    """

    label: str
    about: int
    trouble: int
    denied: bool


@dataclass(frozen=True, slots=True)
class _Role:
    """What a word is in one pair: its number, its side, and whether it must be denied."""

    pair: int
    is_trouble: bool
    denied: bool


class Pairbook:
    """All pairs, indexed by their words.

    Args:
        pairs: Label to its pairs, each with `about`, `trouble` and perhaps `apart` and `first`; words separated by
            blanks, `stem*` any word that begins so, `!word` one that must be denied, `@name` the single words of a set.
        sets: The named sets, alternatives separated by `|`.
    """

    def __init__(self, pairs: Mapping[str, Sequence[Mapping[str, Any]]], sets: Mapping[str, str]) -> None:
        self._labels: list[str] = []
        self._apart: list[int] = []
        self._trouble_first: list[bool] = []
        self._words: dict[str, list[_Role]] = {}
        self._stems: dict[str, list[tuple[str, _Role]]] = {}
        for label, listed in pairs.items():
            for pair in listed:
                number = len(self._labels)
                self._labels.append(label)
                self._apart.append(int(pair.get("apart", APART)))
                self._trouble_first.append(pair.get("first") == "trouble")
                self._add(number, pair["about"], sets, is_trouble=False)
                self._add(number, pair["trouble"], sets, is_trouble=True)

    def _add(self, number: int, written: str, sets: Mapping[str, str], *, is_trouble: bool) -> None:
        for word in _spelt_out(written, sets):
            role = _Role(number, is_trouble, word.startswith("!"))
            plain = word.lstrip("!")
            if plain.endswith("*"):
                self._stems.setdefault(plain[:STEM_LENGTH], []).append((plain[:-1], role))
            else:
                self._words.setdefault(plain, []).append(role)

    def find(self, message: Message) -> Iterator[Pair]:
        """Every two words of a pair that stand near enough in one sentence."""
        roles = [(i, role) for i, word in enumerate(message.words) for role in self._roles(word.text)]
        about = {(role.pair, i) for i, role in roles if not role.is_trouble}
        for i, role in roles:
            if role.is_trouble:
                reach = self._apart[role.pair] + 1
                start = i if self._trouble_first[role.pair] else max(0, i - reach)
                for j in range(start, min(len(message.words), i + reach + 1)):
                    if j != i and (role.pair, j) in about and message.sentences[i] == message.sentences[j]:
                        yield Pair(self._labels[role.pair], j, i, role.denied)

    def _roles(self, word: str) -> Iterator[_Role]:
        yield from self._words.get(word, ())
        for stem, role in self._stems.get(word[:STEM_LENGTH], ()):
            if word.startswith(stem):
                yield role


def _spelt_out(written: str, sets: Mapping[str, str]) -> Iterator[str]:
    for word in written.split():
        if word.startswith("@"):
            yield from (one for one in sets[word[1:]].split("|") if " " not in one)
        else:
            yield word
