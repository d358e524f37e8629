"""Reads the words of one header: what it speaks of, and whose; knows no neighbours and no cells."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from realestate.domain.leads.header_matters import matter_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

EXACT, WITH_SUBJECT, WITHOUT_NOISE, MISSPELT, GENERIC, IN_PART = 0.97, 0.95, 0.85, 0.7, 0.75, 0.65
"""Confidence by how a header was understood; conventions, ordered by what the benchmark shows to be safer."""
_GENERIC = frozenset(
    (
        *("name", "first", "last", "first name", "last name", "seller", "organization"),
        *("defendant", "defendant name", "respondent", "borrower", "borrower name", "debtor"),
        *("value", "status", "list", "category", "amount", "balance", "assessment", "built", "filed", "date"),
        *(
            "location",
            "street",
            "suffix",
            "direction",
            "zip 4",
            "unit",
            "house number",
            "disposition",
            "judgment",
            "opening bid",
        ),
        *("judgment date", "judgement date", "sale status"),
    )
)
_NOT_OF_A_MAILBOX = frozenset(("location",))
_SHORTEST_MISSPELT = 6
_SHORT_ENDS = frozenset(("no", "nm", "st", "dt", "yr", "cd", "id", "ln"))
_ASIDE = re.compile(r"\(.*?\)")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a header means: `role` is a field, a part of one, or "" when nothing is known.

    `numbers` are the digits in it ("Phone 3" -> (3,)); `bare` an address part that does not say whose.
    A smaller `rank` is preferred among columns of one role.
    """

    role: str
    confidence: float
    why: str
    rank: int = 0
    numbers: tuple[int, ...] = ()
    bare: bool = False


class HeaderWords:
    """The vocabulary of headers.

    Args:
        table: The content of headers.toml.
        signal_phrases: Phrases that belong to one signal, as `domain.leads.signals` lists them.
    """

    def __init__(self, table: Mapping[str, Any], signal_phrases: Mapping[str, str] | None = None) -> None:
        self._spelling: dict[str, str] = table["words"]
        self._people = frozenset(table["decoys"]["people"])
        self._things = frozenset(table["decoys"]["things"])
        self._noise = frozenset(table["context"]["noise"])
        self._subjects = {whose: frozenset(" ".join(words).split()) for whose, words in table["subjects"].items()}
        self._befitting = self._noise.union(table["context"]["befitting"], *self._subjects.values())
        self._parts = {phrase: part for part, phrases in table["place"].items() for phrase in phrases}
        self._phrases: dict[str, Meaning] = {}
        for phrase, meaning in _all_phrases(table, self.canonical, signal_phrases or {}):
            self._phrases[phrase] = _better(self._phrases.get(phrase), meaning)

    def canonical(self, header: str) -> str:
        """The header in lower case, words and digits apart, each word in its one spelling."""
        words = _split(header).split()
        for size in (3, 2, 1):
            words = self._respelt(words, size)
        return " ".join(words)

    def meaning(self, header: str) -> Meaning:
        """What this header means by itself."""
        phrase = self.canonical(header)
        numbers = tuple(int(word) for word in phrase.split() if word.isdigit())
        aside = self.canonical(_ASIDE.sub(" ", header))
        for form in dict.fromkeys((phrase, _without_digits(phrase), aside, _without_digits(aside))):
            found = self._exact(form)
            if found is not None:
                return _numbered(found, numbers)
        if numbers and (found := self._unjoined(phrase.split())):
            return _numbered(found, numbers)
        return _numbered(self._by_rules(_without_digits(phrase)), numbers)

    def _respelt(self, words: list[str], size: int) -> list[str]:
        respelt: list[str] = []
        index = 0
        while index < len(words):
            other = self._spelling.get(" ".join(words[index : index + size]))
            respelt += other.split() if other else words[index : index + 1]
            index += size if other else 1
        return respelt

    def _exact(self, phrase: str) -> Meaning | None:
        return self._phrases.get(phrase)

    def _by_rules(self, phrase: str) -> Meaning:
        words = phrase.split()
        other = self._people.intersection(words)
        if other:
            return Meaning("ignore", EXACT, f"speaks of somebody else ({min(other)})")
        if "phone" in words and words[-1] == "type":
            return Meaning("phone_type", EXACT, "kind of phone")
        if words and words[-1] in self._things and self._without_noise(words) is None:
            return Meaning("", 0.0, f"{words[-1]!r} changes what it is")
        readings = (
            *(self._place, self._without_noise, self._unjoined, self._respelled),
            *(self._place_in_part, self._contact_in_part, _matter),
        )
        return next((found for read in readings if (found := read(words))), _UNKNOWN)

    def _place(self, words: Sequence[str]) -> Meaning | None:
        """A part of an address with its subject before or after it, in any wording."""
        return self._place_with(words, WITHOUT_NOISE, strangers=False)

    def _place_in_part(self, words: Sequence[str]) -> Meaning | None:
        """The same with words beside the subject that mean nothing to us, as in "rental property zip"."""
        return self._place_with(words, IN_PART, strangers=True)

    def _place_with(self, words: Sequence[str], confidence: float, *, strangers: bool) -> Meaning | None:
        for size in range(min(4, len(words) - 1), 0, -1):
            for part, rest in ((words[-size:], words[:-size]), (words[:size], words[size:])):
                role = self._parts.get(" ".join(part))
                whose = self._whose(rest, strangers=strangers) if role else None
                if role and whose:
                    prefix = "mailing_" if whose == "mailing" else ""
                    return Meaning(prefix + role, confidence, f"{role} of the {whose}", rank=900)
        return None

    def _whose(self, words: Sequence[str], *, strangers: bool) -> str | None:
        left = set(words) - self._noise - {"address", "input"}
        mailing = self._subjects["mailing"] | self._subjects["likely_mailing"]
        here = self._subjects["property"] | self._subjects["likely"]
        known = left & (mailing | here)
        if not known or (known != left and not strangers) or ("party" in left and "responsible" not in left):
            return None
        return "mailing" if known & (mailing - here) else "property"

    def _contact_in_part(self, words: Sequence[str]) -> Meaning | None:
        """A phone, an e-mail address or a restriction of one, whichever of the owner's it is."""
        for size in (3, 2, 1):
            found = self._exact(" ".join(words[-size:])) if size < len(words) else None
            of_us = self._befitting.issuperset(words[:-size])
            if found and of_us and (found.role in ("phone", "email") or found.role.startswith("restriction:")):
                return Meaning(found.role, IN_PART, f"it ends in {' '.join(words[-size:])!r}", found.rank + 900)
        return None

    def _without_noise(self, words: Sequence[str]) -> Meaning | None:
        plain = " ".join(word for word in words if word not in self._noise)
        found = self._exact(plain) if plain and plain != " ".join(words) else None
        if found is None:
            return None
        return Meaning(found.role, min(found.confidence, WITHOUT_NOISE), found.why, found.rank + 500, (), found.bare)

    def _unjoined(self, words: Sequence[str]) -> Meaning | None:
        """The header with words that were written together, such as "ownername", taken apart."""
        apart = " ".join(self._taken_apart(word) for word in words)
        found = self._exact(self.canonical(apart)) if apart != " ".join(words) else None
        if found is None:
            return None
        return Meaning(found.role, min(found.confidence, WITHOUT_NOISE), f"read as {apart!r}", found.rank + 500)

    def _taken_apart(self, word: str, pieces: int = 3) -> str:
        """The word as two or three known ones; abbreviations of two letters only stand at the end."""
        if word in self._vocabulary or (word in self._spelling and pieces < 3) or word in _SHORT_ENDS:
            return word
        for at in range(len(word) - 2, 2, -1) if pieces > 1 else ():
            rest = self._taken_apart(word[at:], pieces - 1) if word[:at] in self._vocabulary else ""
            if rest and all(piece in self._vocabulary or piece in _SHORT_ENDS for piece in rest.split()):
                return f"{word[:at]} {rest}"
        return word

    def _respelled(self, words: Sequence[str]) -> Meaning | None:
        """The header with each long unknown word replaced by the one known word a slip away."""
        respelt = [self._nearest(word) for word in words]
        found = self._exact(" ".join(respelt)) if respelt != list(words) else None
        if found is None:
            return None
        return Meaning(found.role, MISSPELT, f"read as {' '.join(respelt)!r}", found.rank + 800, (), found.bare)

    def _nearest(self, word: str) -> str:
        if len(word) < _SHORTEST_MISSPELT or word in self._vocabulary:
            return word
        best = process.extractOne(word, sorted(self._vocabulary), scorer=OSA.distance, score_cutoff=1 + (len(word) > 8))
        return best[0] if best else word

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        words = {word for phrase in (*self._phrases, *self._spelling) for word in phrase.split()}
        return frozenset(word for word in words | self._people | self._things | self._noise if len(word) > 2)


_UNKNOWN = Meaning("", 0.0, "")


def _split(header: str) -> str:
    text = unicodedata.normalize("NFKC", header)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    text = text.replace("#", " number ").replace("%", " percent ").replace("'", "").lower()
    text = re.sub(r"[^a-z0-9]+", " ", text)
    return re.sub(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", " ", text)


def _matter(words: Sequence[str]) -> Meaning | None:
    """What is owed on a matter, or when it began or ended, in any wording."""
    found = matter_of(words)
    return Meaning(found[0], IN_PART, found[1], rank=900) if found else None


def _better(kept: Meaning | None, new: Meaning) -> Meaning:
    """The later meaning of a phrase; of two ways to the same meaning the better-ranked one."""
    return kept if kept is not None and kept.role == new.role and kept.rank <= new.rank else new


def _without_digits(phrase: str) -> str:
    return " ".join(word for word in phrase.split() if not word.isdigit())


def _numbered(meaning: Meaning, numbers: tuple[int, ...]) -> Meaning:
    """The meaning with its numbers; a second owner is a field of its own, and further owners are not kept apart."""
    role = meaning.role
    if role in ("owner_name", "owner_first", "owner_last") and numbers and numbers[-1] > 1:
        role = role.replace("owner", "owner2") if numbers[-1] == 2 else "ignore"
    return Meaning(role, meaning.confidence, meaning.why, meaning.rank, numbers, meaning.bare)


def _all_phrases(
    table: Mapping[str, Any], canonical: Callable[[str], str], signal_phrases: Mapping[str, str]
) -> Iterator[tuple[str, Meaning]]:
    """Every phrase with its meaning; later ones win, so the most particular come last."""
    yield from _place_phrases(table, canonical)
    for field, phrases in table["fields"].items():
        for rank, phrase in enumerate(phrases):
            confidence = GENERIC if phrase in _GENERIC else EXACT
            yield canonical(phrase), Meaning(field, confidence, "a known header", rank)
    for phrase, meaning in signal_phrases.items():
        confidence = GENERIC if phrase in _GENERIC else EXACT
        yield canonical(phrase), Meaning("signal:" + meaning, confidence, "a known sign of " + meaning.split(":")[0])
    for kind, phrases in table["restrictions"].items():
        for phrase in phrases:
            yield canonical(phrase), Meaning("restriction:" + kind, EXACT, "a known restriction")


def _place_phrases(table: Mapping[str, Any], canonical: Callable[[str], str]) -> Iterator[tuple[str, Meaning]]:
    of_whom = table["subjects"]
    subjects = [
        ("mailing_", of_whom["likely_mailing"], GENERIC),
        ("mailing_", of_whom["mailing"], WITH_SUBJECT),
        ("", of_whom["likely"], GENERIC),
        ("", of_whom["property"], WITH_SUBJECT),
    ]
    for prefix, names, confidence in subjects:
        for order, subject in enumerate(names):
            for part, phrases in table["place"].items():
                for rank, phrase in enumerate(phrases):
                    if prefix and phrase in _NOT_OF_A_MAILBOX:
                        continue
                    why = f"{part} of the {'mailing address' if prefix else 'property'}"
                    rank_of_all = (200 if order or confidence == GENERIC else 0) + 20 * order + rank
                    yield canonical(f"{subject} {phrase}"), Meaning(prefix + part, confidence, why, rank_of_all)
    for part, phrases in table["place"].items():
        for rank, phrase in enumerate(phrases):
            confidence = GENERIC if phrase in _GENERIC else EXACT
            yield canonical(phrase), Meaning(part, confidence, "a known header", 100 + rank, bare=True)
