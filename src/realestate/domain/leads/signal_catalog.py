"""Knows every signal by name: which words and columns state it, and what a list stands for."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from realestate.domain.leads.cells import MEMORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

NONE = "none"
"""What a list stands for that carries no distress: a skip-trace return, comps, contacts."""
DISTRESS, ATTRIBUTE, EVENT, SUPPRESSOR = "distress", "attribute", "event", "suppressor"
_SEPARATORS = re.compile(r"[,;|/\n]+")
_LONGEST_PHRASE = 5


@dataclass(frozen=True, slots=True)
class SignalGuess:
    """What a list stands for as far as its names tell; `signal` is "" when they do not."""

    signal: str
    confidence: float
    why: str


class SignalCatalog:
    """The signals of signals.toml.

    Attributes:
        kinds: Signal to its kind.
        titles: Signal to what it is called.
        repeated: Signals of which a list names one property again and again, such as each of its violations.

    Args:
        table: Its content.
        canonical: Brings a text into the words of headers.
    """

    def __init__(self, table: Mapping[str, Any], canonical: Callable[[str], str]) -> None:
        self.kinds: dict[str, str] = {slug: entry["kind"] for slug, entry in table["signals"].items()}
        self.titles: dict[str, str] = {slug: entry["title"] for slug, entry in table["signals"].items()}
        self.repeated = frozenset(slug for slug, entry in table["signals"].items() if entry.get("repeated"))
        self._canonical = canonical
        self._words = {canonical(slug): slug for slug in self.kinds}
        self._told: dict[str, dict[str, str]] = defaultdict(dict)
        for slug, entry in table["signals"].items():
            self._words |= {canonical(phrase): slug for phrase in entry["words"]}
            for place, phrases in entry.get("told", {}).items():
                self._told[place] |= {canonical(phrase): slug for phrase in phrases}
        self._none_words = {canonical(phrase) for phrase in table["none"]["words"]}
        self._none_columns = [set(map(canonical, names)) for names in table["none"]["columns"]]
        self._closed = frozenset(table["closed"]["words"])
        self._slugs: dict[str, str] = {}
        self._cells: dict[tuple[str, str], tuple[str, ...]] = {}

    def slug(self, text: str) -> str:
        """The signal that a text names, such as "Tax Delinquent" or "tax_delinquent"; "" for none."""
        if text not in self._slugs:
            if len(self._slugs) > MEMORY:
                self._slugs.clear()
            self._slugs[text] = self._words.get(self._canonical(text), "")
        return self._slugs[text]

    def stated_in(self, cell: str, place: str = "") -> tuple[str, ...]:
        """The signals that a cell lists, as in "Vacant, High Equity".

        Args:
            cell: The text of the cell.
            place: "mls", "lien" or "foreclosure" where the column speaks of that.
        """
        key = (place, cell)
        if key not in self._cells:
            if len(self._cells) > MEMORY:
                self._cells.clear()
            self._cells[key] = tuple(dict.fromkeys(self._read_items(cell, place)))
        return self._cells[key]

    def is_over(self, status: str) -> bool:
        """Whether a status says that the matter is closed, paid or complied with."""
        words = re.findall(r"[a-z]+", status.lower())
        return bool(words) and (" ".join(words) in self._closed or words[0] in self._closed)

    def guess(self, list_name: str, file_name: str, header: Sequence[str]) -> SignalGuess:
        """What a list stands for, by its name, then its file's name, then its headers."""
        for text, what in ((list_name, "the list's name"), (file_name, "the file's name")):
            found = self._longest_phrase(text)
            if found:
                phrase, signal = found
                return SignalGuess(signal, 0.9 if " " in phrase else 0.8, f"{what} says {phrase!r}")
        phrases = [self._canonical(name) for name in header]
        if any(names.issubset(phrases) for names in self._none_columns):
            return SignalGuess(NONE, 0.9, "its columns are those of contacts or sales")
        return self._by_headers(phrases)

    def _read_items(self, cell: str, place: str) -> Iterator[str]:
        told = self._told.get(place, {})
        for item in _SEPARATORS.split(cell):
            phrase = self._canonical(item)
            signal = told.get(phrase) or self._words.get(phrase)
            if signal:
                yield signal

    def _longest_phrase(self, text: str) -> tuple[str, str] | None:
        words = [word for word in self._canonical(text).split() if not word.isdigit()]
        for size in range(_LONGEST_PHRASE, 0, -1):
            phrases = [" ".join(words[at : at + size]) for at in range(len(words) - size + 1)]
            for phrase in phrases:
                if phrase in self._words:
                    return phrase, self._words[phrase]
            for phrase in phrases:
                if phrase in self._none_words:
                    return phrase, NONE
        return None

    def _by_headers(self, phrases: Sequence[str]) -> SignalGuess:
        votes: dict[str, list[str]] = defaultdict(list)
        for phrase in phrases:
            found = self._longest_phrase(phrase)
            if found and found[1] != NONE and self.kinds[found[1]] in (DISTRESS, EVENT):
                # A single word says little ("Sold as Vacant"); two headers or two words say enough.
                votes[found[1]] += [phrase] * (1 + (" " in found[0]))
        votes = {slug: phrases for slug, phrases in votes.items() if len(phrases) > 1}
        if not votes:
            return SignalGuess("", 0.0, "neither its name nor its columns say what it stands for")
        ranked = sorted(votes, key=lambda slug: -len(votes[slug]))
        if len(ranked) > 1 and len(votes[ranked[0]]) == len(votes[ranked[1]]):
            return SignalGuess("", 0.0, f"its columns speak of {ranked[0]} as much as of {ranked[1]}")
        shown = ", ".join(repr(phrase) for phrase in dict.fromkeys(votes[ranked[0]]))
        return SignalGuess(ranked[0], 0.8 if len(votes[ranked[0]]) > 2 else 0.6, f"its columns say {shown}")


def column_phrases(table: Mapping[str, Any]) -> dict[str, str]:
    """Header phrase -> "slug:part" of all columns that state a signal, for the vocabulary of headers."""
    found: dict[str, str] = {}
    for slug, entry in table["signals"].items():
        for part, phrases in entry.get("columns", {}).items():
            found |= dict.fromkeys(phrases, f"{slug}:{part}")
    for place, parts in table["told"].items():
        for part, phrases in parts.items():
            found |= dict.fromkeys(phrases, f"{place}:{part}")
    return found
