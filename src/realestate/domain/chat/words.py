"""Reads a message into plain words: slang, slips and dictation resolved, numbers folded, clauses marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from rapidfuzz.distance import OSA

from realestate.domain.chat.amounts import Amount, fold_amounts
from realestate.domain.chat.dictation import dated, ranged, undictated
from realestate.domain.chat.message import Message, Word, boundaries, joined
from realestate.domain.chat.wordlist import listed

TOKEN = re.compile(
    r"(?P<phone>(?:\+?1[-. ]?)?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?!\d)"
    r"|(?<!\d)\d{3}-\d{4}(?!\d)|(?<![\d$,.])\d{10}(?!\d))"
    r"|(?P<time>\d{1,2}:\d{2}(?: ?[ap]\.?m\b)?|\d{1,2} ?[ap]\.?m\b)"
    r"|(?P<date>\d{1,2}/\d{1,2}(?:/\d{2,4})?(?!\d))"
    r"|(?P<ordinal>\d+(?:st|nd|rd|th)\b)"
    r"|(?P<number>(?:(?<![\w.,)-])-)?(?:\$ ?)?(?:\d[\d,]*\d|\d)(?:\.\d+)?|\$ ?\.\d+)"
    r"|(?P<censored>[^\W\d_](?=[^\W\d_]*[*#@$]{2})[^\W\d_*#@$]*[*#@$]{2,}[^\W\d_]*)"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)"
    r"|(?P<hyphen>(?<=[^\W\d_])-(?=[^\W\d_]))"
    r"|(?P<mark>\.{2,}|[.!?;:,\n()/%+-]|\[|\]|[^\w\s])",
    re.IGNORECASE,
)
FOLLOWED_BY_TO = re.compile(r"\s+to\b", re.IGNORECASE)
ACCENTED = re.compile(r"[a-z]*[áéíóúñ][a-záéíóúñ]*", re.IGNORECASE)
"""A word with a Spanish accent."""

LETTERS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
MARKS = {
    "!": ".",
    ";": ".",
    "\n": ".",
    "(": ",",
    ")": ",",
    ":": ",",
    "\u2026": ".",
    "\u2014": ",",
    "\u2013": ",",
    "[": ",",
    "]": ",",
}
CENSORED = {"f": "fuck", "s": "shit", "b": "bitch", "a": "asshole"}
"""What a word with most of its letters starred out begins with."""

PREDICATES = listed(
    "in gone been not sick still going dying passed moving getting got the on with a no too very really ill dead "
    "deceased alive living wanting against ready old getting about only just also never always out fine good bad"
)
"""After these, the 's of "mom's" is a verb and no possession."""


@dataclass(frozen=True)
class Reader:
    """Turns a cleaned message into plain words by the tables of hearing_words.toml."""

    tables: Mapping[str, Any]
    _plain: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _lookalikes: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for table in ("contractions", "slang"):
            self._plain.update({short: tuple(long.split()) for short, long in self.tables[table].items()})
        fold = self.tables["lookalikes"]
        self._lookalikes.update(dict(zip(map(ord, fold["from"]), fold["to"], strict=True)))

    def read(self, text: str) -> Message:
        """The message as words; `text` has been cleaned."""
        folded = self.fold(text)
        spanish, english = self._language_counts(folded)
        words = fold_amounts(list(self._words(folded)), Word, spanish=spanish > english)
        line, offsets = joined(words)
        clauses, sentences = boundaries(words)
        return Message(text, tuple(words), line, offsets, clauses, sentences, spanish, english)

    def _language_counts(self, folded: str) -> tuple[float, float]:
        raws = [_bare(token) for token in LETTERS.findall(folded)]
        spanish, weak, english = self._language_words()
        sure = sum(raw in spanish and raw not in weak for raw in raws)
        sure += sum(raw not in spanish for raw in {_bare(word) for word in ACCENTED.findall(folded)})
        shared = sum(raw in weak for raw in raws)
        return sure + (0.4 * shared if sure else 0), sum(raw in english for raw in raws)

    def _language_words(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        table = self.tables["language"]
        cached: dict[str, Any] = self.__dict__
        if "_languages" not in cached:
            english = frozenset(table["en"]) | frozenset(self.tables["contractions"])
            cached["_languages"] = (frozenset(table["es"]), frozenset(table["weak"]), english)
        sets: tuple[frozenset[str], frozenset[str], frozenset[str]] = cached["_languages"]
        return sets

    def fold(self, text: str) -> str:
        """Curly quotes straight, letters of other alphabets as the Latin ones they imitate; same length."""
        return text.translate(self._lookalikes).translate(_QUOTES)

    def _words(self, text: str) -> Sequence[Word]:
        words: list[Word] = []
        for found in TOKEN.finditer(text):
            kind = found.lastgroup or "mark"
            raw = _bare(found[0])
            start, end = found.span()
            if kind == "word":
                written = found[0].lower()
                plain = self._possessive(written, text, end) or self._spelt_out(written, raw, words)
                if raw in {"fixing", "fixin"} and FOLLOWED_BY_TO.match(text, end):
                    plain = ("going",)
                words += [Word(one, raw, start, end) for one in plain]
            elif kind == "censored":
                words.append(Word(CENSORED.get(raw[0], raw), raw, start, end))
            elif kind == "hyphen":
                continue
            elif kind == "mark":
                mark = "." if found[0].startswith("..") else MARKS.get(found[0], found[0])
                words.append(Word(mark, raw, start, end))
            elif kind == "number":
                words.append(Word(found[0].replace(" ", ""), raw, start, end))
            else:
                words.append(Word("#", raw, start, end, Amount.of_kind(kind, raw)))
        return ranged(dated(undictated(words, self.tables["dictated"], self._known()["fillers"])))

    def _possessive(self, written: str, text: str, end: int) -> tuple[str, ...]:
        """As in "granny's" or "the roof's": the word itself, with its verb where one is meant."""
        stem, apostrophe, _ = written.rpartition("'s")
        raw = _bare(written)
        if not apostrophe or raw in self.tables["contractions"] or written in self.tables["apostrophe_only"]:
            return ()
        plain = self._plain.get(_bare(stem)) or (_bare(stem),)
        if plain[-1] not in self._known()["people"]:
            return (*plain, "is")
        following = LETTERS.match(text, end + 1)
        return (*plain, "is") if following and following[0].lower() in PREDICATES else plain

    def _spelt_out(self, written: str, raw: str, before: Sequence[Word]) -> tuple[str, ...]:
        apostrophe = self.tables["apostrophe_only"].get(written)
        if apostrophe:
            return tuple(apostrophe.split())
        opens = not before or before[-1].text in {
            ".",
            ",",
            "?",
            "and",
            "but",
            "so",
            "because",
            "yes",
            "no",
            "if",
        }
        if raw in {"were", "id", "ill"} and opens:
            return {"were": ("we", "are"), "id": ("i", "would"), "ill": ("i", "will")}[raw]
        if raw == "id" and before[-1].text not in {"the", "my", "your", "an", "photo"}:
            return ("i", "would")
        return self._plain.get(raw) or (self._respelt(raw),)

    def _respelt(self, raw: str) -> str:
        known = self._known()
        if raw.endswith("in") and len(raw) > 3 and raw not in known["dropped_g"]:
            return raw + "g"
        if len(raw) < 6 or raw in known["targets"] or raw in known["never"]:
            return raw
        return nearest(raw, known["by_initial"].get(raw[0], ())) or raw

    def _known(self) -> dict[str, Any]:
        cached: dict[str, Any] = self.__dict__
        if "_spelling" not in cached:
            spelling = self.tables["spelling"]
            initials: dict[str, list[str]] = {}
            for target in sorted(set(spelling["targets"])):
                initials.setdefault(target[0], []).append(target)
            cached["_spelling"] = {
                "dropped_g": frozenset(self.tables["dropped_g"]["never"]),
                "targets": frozenset(spelling["targets"]),
                "fillers": frozenset(self.tables["fillers"]["words"]),
                "people": frozenset(self.tables["people"]["words"]),
                "never": frozenset(spelling["never"]),
                "by_initial": {initial: tuple(words) for initial, words in initials.items()},
            }
        found: dict[str, Any] = cached["_spelling"]
        return found


_QUOTES = str.maketrans({0x2019: "'", 0x2018: "'", 0x60: "'", 0xB4: "'", 0x201C: '"', 0x201D: '"'})


@lru_cache(maxsize=4096)
def nearest(raw: str, targets: tuple[str, ...]) -> str | None:
    """The trade word that a slip of one letter still means, two letters from nine on; None when none is near."""
    slips = 1 if len(raw) < 9 else 2
    return next((t for t in targets if len(t) > 5 and OSA.distance(raw, t, score_cutoff=slips) <= slips), None)


@lru_cache(maxsize=8192)
def _bare(written: str) -> str:
    """Lower case, no accents, no apostrophes."""
    decomposed = unicodedata.normalize("NFD", written.lower().replace("'", ""))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
