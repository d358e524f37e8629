"""A seller's message as plain words, cut into sentences and clauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from realestate.domain.chat.amounts import Amount
from realestate.domain.chat.wordlist import listed

SENTENCE_ENDS = frozenset({".", "?", "\n"})
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


def joined(words: Sequence[Word]) -> tuple[str, tuple[int, ...]]:
    """The line of all words, and for each the place of its first character in it."""
    offsets: list[int] = []
    place = 0
    for word in words:
        offsets.append(place)
        place += len(word.text) + 1
    return "".join(f" {word.text}" for word in words) + " . ", tuple(offsets)


def boundaries(words: Sequence[Word]) -> tuple[tuple[int, ...], tuple[int, ...]]:
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
