"""What voice typing and speech leave in a message: spoken marks, filled pauses, dates and prices in words."""

from __future__ import annotations

from collections.abc import Mapping

from realestate.domain.chat.amounts import Amount
from realestate.domain.chat.message import Word
from realestate.domain.chat.wordlist import listed

SPOKEN_ORDINALS = {
    name: day
    for day, name in enumerate(
        (
            "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth",
            "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
        ),
        start=5,
    )
} | {"thirtieth": 30}  # fmt: skip
SPOKEN_UNITS = {
    name: day
    for day, name in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"), start=1
    )
}
SPOKEN_HUNDREDS = {
    "ones": "one", "twos": "two", "threes": "three", "fours": "four", "fives": "five", "sixes": "six",
    "sevens": "seven", "eights": "eight", "nines": "nine",
}  # fmt: skip
"""As in "the low twos": so many hundred thousand."""

PARTS_OF_RANGE = listed("low lower mid middle high higher upper")
MONTHS = listed("january february march april may june july august september october november december")
TENS_OF_A_MONTH = {"twenty": 20, "thirty": 30}


def undictated(words: list[Word], dictated: Mapping[str, str], fillers: frozenset[str]) -> list[Word]:
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


def dated(words: list[Word]) -> list[Word]:
    """Spoken ordinals ("the twenty first", "June third") stand as the number of a day."""
    kept: list[Word] = []
    for word in words:
        before = kept[-1] if kept else None
        ahead = before.text if before else ""
        if before and word.text in SPOKEN_UNITS and ahead in TENS_OF_A_MONTH:
            kept[-1] = _day(before.start, word.end, TENS_OF_A_MONTH[ahead] + SPOKEN_UNITS[word.text])
        elif word.text in SPOKEN_UNITS and ahead in MONTHS:
            kept.append(_day(word.start, word.end, SPOKEN_UNITS[word.text]))
        elif word.text in SPOKEN_ORDINALS and ahead not in {"a", "one", "my"}:
            kept.append(_day(word.start, word.end, SPOKEN_ORDINALS[word.text]))
        else:
            kept.append(word)
    return kept


def _day(start: int, end: int, day: int) -> Word:
    return Word("#", f"{day}th", start, end, Amount.of_kind("ordinal", f"{day}th"))


def ranged(words: list[Word]) -> list[Word]:
    """As in "the low twos" and "mid three hundreds": so many hundreds, with the s that marks a range."""
    kept: list[Word] = []
    for word in words:
        before = kept[-1].text if kept else ""
        if word.text == "hundreds" or (word.text in SPOKEN_HUNDREDS and before in PARTS_OF_RANGE):
            spelt = ["hundred", "s"] if word.text == "hundreds" else [SPOKEN_HUNDREDS[word.text], "hundred", "s"]
            kept += [Word(one, word.raw, word.start, word.end) for one in spelt]
        else:
            kept.append(word)
    return kept
