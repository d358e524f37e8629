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
from realestate.domain.chat.wordlist import listed

TOKEN = re.compile(
    r"(?P<phone>(?:\+?1[-. ]?)?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?!\d)"
    r"|(?<!\d)\d{3}-\d{4}(?!\d)|(?<![\d$,.])\d{10}(?!\d))"
    r"|(?P<time>\d{1,2}:\d{2}(?: ?[ap]\.?m\b)?|\d{1,2} ?[ap]\.?m\b)"
    r"|(?P<date>\d{1,2}/\d{1,2}(?:/\d{2,4})?(?!\d))"
    r"|(?P<ordinal>\d+(?:st|nd|rd|th)\b)"
    r"|(?P<number>(?:(?<![\w.,)-])-)?(?:\$ ?)?(?:\d[\d,]*\d|\d)(?:\.\d+)?|\$ ?\.\d+)"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)"
    r"|(?P<hyphen>(?<=[^\W\d_])-(?=[^\W\d_]))"
    r"|(?P<mark>\.{2,}|[.!?;:,\n()/%+-]|\[|\]|[^\w\s])",
    re.IGNORECASE,
)
LETTERS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
SENTENCE_ENDS = frozenset({".", "?", "\n"})
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
ALWAYS_OPENS = listed("but because though although however except unless while since until pero porque aunque")
SUBJECTS = listed(
    "i we it he she they you there the my our this that these those his her their nobody everybody someone yo el "
    "ella la nosotros ellos mi"
)
ITS_VERBS = listed("is was has had needs will would does did can could got been just still used also never")
"""What makes "it" a new subject and no object."""

CARRIES_ON = listed(
    "that if what when where how who than as did do does can could will would is are am was were have has had "
    "should may might know think guess say said hope wish sure told tell way and or so of for to with on in at by "
    "from about not no never because but though although however except unless while since until before after "
    "like house one all both until give let want need show sell see ask asked love hate believe mean que si me "
    "make made help thing things time everything reason"
)


@dataclass(frozen=True, slots=True)
class Word:
    """One plain word, and where in the message it stands.

    Attributes:
        text: The plain word, `#` for a number, or one of the marks `. , ?`.
        raw: As written, in lower case without accents or apostrophes.
        start: First character of it in the cleaned message.
        end: One past its last character.
        amount: The number, where it is one.
    """

    text: str
    raw: str
    start: int
    end: int
    amount: Amount | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a seller, read.

    Attributes:
        text: The cleaned message.
        words: Its plain words and marks.
        line: The words with a blank before and after each: what phrases are looked for in.
        offsets: For every word the place of its first character in `line`.
        clauses: For every word the number of its clause.
        sentences: For every word the number of its sentence.
        spanish: How many words are surely Spanish; shared words count little.
        english: How many words are surely English.
    """

    text: str
    words: tuple[Word, ...]
    line: str
    offsets: tuple[int, ...]
    clauses: tuple[int, ...]
    sentences: tuple[int, ...]
    spanish: float
    english: float

    def quote(self, first: int, last: int) -> str:
        """The seller's own words from one word to another, both included."""
        return self.text[self.words[first].start : self.words[last].end].strip(" \n,.;:!?")


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
        line, offsets = _joined(words)
        clauses, sentences = _boundaries(words)
        return Message(text, tuple(words), line, offsets, clauses, sentences, spanish, english)

    def _language_counts(self, folded: str) -> tuple[float, float]:
        raws = [_bare(token) for token in LETTERS.findall(folded)]
        spanish, weak, english = self._language_words()
        sure = sum(raw in spanish and raw not in weak for raw in raws)
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
                words += [Word(plain, raw, start, end) for plain in self._spelt_out(found[0].lower(), raw, words)]
            elif kind == "hyphen":
                continue
            elif kind == "mark":
                mark = "." if found[0].startswith("..") else MARKS.get(found[0], found[0])
                words.append(Word(mark, raw, start, end))
            elif kind == "number":
                words.append(Word(found[0].replace(" ", ""), raw, start, end))
            else:
                words.append(Word("#", raw, start, end, Amount.of_kind(kind, raw)))
        return _undictated(words, self.tables["dictated"], frozenset(self.tables["fillers"]["words"]))

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


def _undictated(words: list[Word], dictated: Mapping[str, str], fillers: frozenset[str]) -> list[Word]:
    """Spoken punctuation becomes marks, filled pauses go."""
    kept: list[Word] = []
    for word in words:
        pair = f"{kept[-1].text} {word.text}" if kept else ""
        if pair in dictated:
            kept[-1] = Word(dictated[pair], pair, kept[-1].start, word.end)
        elif word.text in dictated and kept and kept[-1].text not in {"the", "a", "that", "this", "grace", "time"}:
            kept.append(Word(dictated[word.text], word.raw, word.start, word.end))
        elif word.raw not in fillers:
            kept.append(word)
    return kept


def _joined(words: Sequence[Word]) -> tuple[str, tuple[int, ...]]:
    offsets: list[int] = []
    place = 0
    for word in words:
        offsets.append(place)
        place += len(word.text) + 1
    return "".join(f" {word.text}" for word in words) + " . ", tuple(offsets)


def _boundaries(words: Sequence[Word]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Clause and sentence numbers; run-on speech without marks is cut where a new subject sets in."""
    clauses: list[int] = []
    sentences: list[int] = []
    clause = sentence = 0
    for i in range(len(words)):
        before = words[i - 1].text if i else "."
        if before in SENTENCE_ENDS:
            sentence += 1
            clause += 1
        elif before == "," or _opens_clause(words, i, before):
            clause += 1
        clauses.append(clause)
        sentences.append(sentence)
    return tuple(clauses), tuple(sentences)


def _opens_clause(words: Sequence[Word], i: int, before: str) -> bool:
    text = words[i].text
    if text in ALWAYS_OPENS:
        return True
    after = words[i + 1].text if i + 1 < len(words) else ""
    if text in {"and", "so", "y", "or", "then"}:
        return after in SUBJECTS or after in {"now", "want", "need", "would", "am", "is", "have", "quiero"}
    if text == "it" and after not in ITS_VERBS:
        return False
    return text in {"i", "we", "he", "she", "they", "it"} and before not in CARRIES_ON
