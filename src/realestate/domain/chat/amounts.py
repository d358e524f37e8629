"""Numbers as sellers say them: digits, shorthand, and English or Spanish words ("one ninety five", "95 mil").

Libraries for number words read "one ninety five" as 1 and 95 and "forty two hundred" not at all; prices of houses are
spoken that way, so the grammar is ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from realestate.domain.chat.number_words import NOT_ALONE, SPANISH_HUNDREDS, TENS, UNITS, as_year, spoken_value

THOUSANDS = "k thousand thousands grand gs g racks bands stacks mil"
MILLIONS = "m mm mill mills million millions millon millones"
SCALES = dict.fromkeys(THOUSANDS.split(), 1e3) | dict.fromkeys(MILLIONS.split(), 1e6)
TIME_UNITS = frozenset({"days", "weeks", "months", "years", "hours", "minutes", "weekends"})
CURRENCY = frozenset({"dollars", "bucks", "dollar", "usd", "dolares", "cash"})
DIGITS = re.compile(r"-?\$?(?:\d[\d,]*(?:\.\d+)?|\.\d+)")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a message.

    Attributes:
        low: The number, or the low end of a range.
        high: The high end; the same as low for a single number.
        kind: `plain`, `year`, or the form it was written in: `phone`, `time`, `date`, `ordinal`.
        money: Said with a currency or a scale ("$90", "90k", "ninety thousand"); no bare number.
        raw: As written.
    """

    low: float
    high: float
    kind: str = "plain"
    money: bool = False
    raw: str = ""

    @classmethod
    def of_kind(cls, kind: str, raw: str) -> Amount:
        """A token that is no quantity: a phone, a time, a date or an ordinal."""
        digits = re.match(r"\d+", raw)
        value = float(digits[0]) if digits and kind == "ordinal" else 0.0
        return cls(value, value, kind, raw=raw)


class Token(Protocol):
    """What a word must show to be folded."""

    @property
    def text(self) -> str:
        """The plain word."""

    @property
    def raw(self) -> str:
        """As written."""

    @property
    def start(self) -> int:
        """Its first character."""

    @property
    def end(self) -> int:
        """One past its last character."""

    @property
    def amount(self) -> Amount | None:
        """Its number, if it is one."""


W = TypeVar("W", bound=Token)


def fold_amounts(words: Sequence[W], make: Callable[..., W], *, spanish: bool) -> list[W]:
    """The words with every number, in digits or words, folded into one `#`; ranges into one as well."""
    folded: list[W] = []
    i = 0
    while i < len(words):
        amount, used = _number_at(words, i, spanish)
        if amount is None or not used:
            folded.append(words[i])
            i += 1
            continue
        last = words[i + used - 1]
        raw = " ".join(word.raw for word in words[i : i + used])
        folded.append(make("#", raw, words[i].start, last.end, replace(amount, raw=raw)))
        i += used
    return _fold_ranges(folded, make)


def _number_at(words: Sequence[W], i: int, spanish: bool) -> tuple[Amount | None, int]:
    """The number that begins at word i, and how many words it takes; (None, 0) when none does."""
    text = words[i].text
    if text[0] in "-$.0123456789" and DIGITS.fullmatch(text):
        return _digits_at(words, i, spanish)
    if (
        text in UNITS
        or text in TENS
        or text in SPANISH_HUNDREDS
        or text in {"half", "quarter", "couple", "few", "a", "medio", "media", "an"}
    ):
        return _spoken_at(words, i, spanish)
    return None, 0


def _digits_at(words: Sequence[W], i: int, spanish: bool) -> tuple[Amount | None, int]:
    text = words[i].text
    value = float(text.replace("$", "").replace(",", ""))
    if not abs(value) < 1e12:
        return Amount(0, 0, "huge"), 1
    scale, used = _scale_at(words, i + 1, spanish, value)
    if _text(words, i + 1) == "and" and _text(words, i + 2) == "a" and _text(words, i + 3) == "half":
        value, used = value + 0.5, used + 3
    money = "$" in text or scale > 1 or _text(words, i + 1 + used) in CURRENCY
    if re.fullmatch(r"0\d{2,}", text):
        return Amount(0, 0, "code"), 1
    written_year = re.fullmatch(r"(?:19|20)\d\d", text) or re.fullmatch(r"0\d", text)
    short_year = _text(words, i - 1) == "'" and len(text) == 2
    kind = "year" if (written_year or short_year) and not money else "plain"
    value *= scale
    return Amount(value, value, kind, money), 1 + used


def _scale_at(words: Sequence[W], i: int, spanish: bool, value: float) -> tuple[float, int]:
    """The scale words from i on ("hundred thousand", "k"), as (factor, words used)."""
    factor, used = 1.0, 0
    if _text(words, i) == "hundred":
        factor, used = 100.0, 1
    text = _text(words, i + used)
    if text == "mil" and not spanish and value < 10:
        return factor * 1e6, used + 1
    if text in {"m", "g"} and i + used < len(words) and i and words[i + used].start > words[i - 1].end + 1:
        return factor, used
    if text in SCALES:
        return factor * SCALES[text], used + 1
    return factor, used


def _spoken_at(words: Sequence[W], i: int, spanish: bool) -> tuple[Amount | None, int]:
    text, after = words[i].text, _text(words, i + 1)
    if text in {"half", "quarter", "medio", "media"} or after == "quarters":
        return _fraction_at(words, i)
    if text == "couple" or (text == "few" and after in TIME_UNITS):
        extra = 1 if after == "of" else 0
        if text == "few" or _text(words, i + 1 + extra) in TIME_UNITS | {"hundred", "thousand", "grand", "k"}:
            many = 2.0 if text == "couple" else 3.0
            scale, used = _scale_at(words, i + 1 + extra, spanish, many)
            return Amount(many * scale, many * scale, money=scale > 1), 1 + extra + used
        return None, 0
    if text in {"a", "an"}:
        return _article_at(words, i, spanish)
    value, used = spoken_value(words, i, spanish)
    if not used:
        return None, 0
    if used == 1 and text in NOT_ALONE and after not in TIME_UNITS - {"days"} and not _scaled(after):
        return None, 0
    year = used in {2, 3} and words[i].text in {"nineteen", "twenty"} and 1900 <= as_year(words, i) <= 2049
    if year and (after in TENS or UNITS.get(after, 0) > 9):
        return Amount(as_year(words, i), as_year(words, i), "year"), used
    scale, scale_used = _scale_at(words, i + used, spanish, value) if value < 1000 else (1.0, 0)
    if (
        _text(words, i + used) == "and"
        and _text(words, i + used + 1) == "a"
        and _text(words, i + used + 2) in {"half", "quarter"}
    ):
        part = 0.5 if _text(words, i + used + 2) == "half" else 0.25
        return _with_part(words, i, used, value, part, spanish)
    money = scale > 1 or value >= 1000 or _text(words, i + used + scale_used) in CURRENCY
    return Amount(value * scale, value * scale, money=money), used + scale_used


def _with_part(words: Sequence[W], i: int, used: int, value: float, part: float, spanish: bool) -> tuple[Amount, int]:
    """As in "Two and a half", "two and a quarter million"; of houses "two and a quarter" is 225 thousand."""
    value += part
    scale, scale_used = _scale_at(words, i + used + 3, spanish, value)
    after = _text(words, i + used + 3 + scale_used)
    if scale == 1 and after not in TIME_UNITS and after not in {"bath", "acres", "bed"}:
        return Amount(value * 100, value * 100), used + 3
    return Amount(value * scale, value * scale, money=scale > 1), used + 3 + scale_used


def _fraction_at(words: Sequence[W], i: int) -> tuple[Amount | None, int]:
    """As in "Half a million", "quarter mil", "half a year"."""
    part = 0.25 if words[i].text == "quarter" else 0.5
    if words[i].text in UNITS and _text(words, i + 1) == "quarters":
        part, i = 0.25 * UNITS[words[i].text], i + 1
    skip = 1 if _text(words, i + 1) in {"a", "an", "of"} else 0
    unit = _text(words, i + 1 + skip)
    if unit in {"million", "mil", "mill", "millon"}:
        return Amount(part * 1e6, part * 1e6, money=True), 2 + skip
    if unit == "years" and words[i].text != "quarter":
        return Amount(0.5, 0.5), 1 + skip
    return None, 0


def _article_at(words: Sequence[W], i: int, spanish: bool) -> tuple[Amount | None, int]:
    """As in "A hundred", "a buck fifty" for 150, "a couple of weeks", "in a month"."""
    after = _text(words, i + 1)
    if after in {"hundred", "thousand", "million", "mil", "mill"}:
        if after == "hundred":
            rest, used = spoken_value(words, i + 2 + (_text(words, i + 2) == "and"), spanish)
            used += (_text(words, i + 2) == "and") if used else 0
            value = 100 + (rest if rest < 100 else 0)
            used = used if rest < 100 else 0
            scale, scale_used = _scale_at(words, i + 2 + used, spanish, value)
            return Amount(value * scale, value * scale, money=scale > 1), 2 + used + scale_used
        return Amount(SCALES.get(after, 1e6), SCALES.get(after, 1e6), money=True), 2
    if after == "buck" and (_text(words, i + 2) in TENS or _text(words, i + 2) in UNITS):
        rest, used = spoken_value(words, i + 2, spanish)
        return Amount(100 + rest, 100 + rest), 2 + used
    if after in {"couple", "few"}:
        amount, used = _spoken_at(words, i + 1, spanish)
        return amount, used + 1 if amount else 0
    if (
        after in {"weeks", "months", "years"}
        and not (i and words[i - 1].text[-1].isdigit())
        and _text(words, i - 1) not in CURRENCY | SCALES.keys()
    ):
        return Amount(1, 1), 1
    return None, 0


def _fold_ranges(words: list[W], make: Callable[..., W]) -> list[W]:
    """Joins "180-190k", "between 95 and 100", "2 to 3 months"; a scale said once holds for both ends."""
    folded: list[W] = []
    i = 0
    while i < len(words):
        low, joint, high = (words[j] if j < len(words) else None for j in (i, i + 1, i + 2))
        if low and joint and high and _is_range(words, i):
            span = _span(low.amount, high.amount) if low.amount and high.amount else None
            if span:
                folded.append(make("#", f"{low.raw} {joint.raw} {high.raw}", low.start, high.end, span))
                i += 3
                continue
        folded.append(words[i])
        i += 1
    return folded


def _is_range(words: Sequence[W], i: int) -> bool:
    joint = words[i + 1].text
    before = words[i - 1].text if i else ""
    if not (words[i].amount and words[i + 2].amount):
        return False
    return joint in {"-", "to", "or", "a", "o", "thru", "through"} or (
        joint in {"and", "y"} and before in {"between", "entre"}
    )


def _span(low: Amount, high: Amount) -> Amount | None:
    """One range of two numbers, or None where they do not make one."""
    if low.kind != "plain" or high.kind != "plain" or low.low != low.high:
        return None
    start, end = low.low, high.high
    if not low.money and high.money and start < 1000 <= end:
        start *= 1e6 if end >= 1e6 else 1e3
    if not start < end or end > max(4 * start, start + 6):
        return None
    return Amount(start, end, money=low.money or high.money, raw=f"{low.raw} {high.raw}")


def _text(words: Sequence[W], i: int) -> str:
    return words[i].text if 0 <= i < len(words) else ""


def _scaled(text: str) -> bool:
    return text in SCALES or text in {"hundred", "buck"} or text in TENS or text in UNITS
