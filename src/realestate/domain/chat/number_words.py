"""Numbers in English and Spanish words, as prices of houses are spoken: "one ninety five", "forty two hundred"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Spoken(Protocol):
    """A word as it is plain."""

    @property
    def text(self) -> str:
        """The plain word."""


UNITS = {
    name: value
    for value, names in enumerate(
        [
            "zero oh",
            "one un uno una",
            "two dos",
            "three tres",
            "four cuatro",
            "five cinco",
            "six seis",
            "seven siete",
            "eight ocho",
            "nine nueve",
            "ten diez",
            "eleven once",
            "twelve doce",
            "thirteen trece",
            "fourteen catorce",
            "fifteen quince",
            "sixteen dieciseis",
            "seventeen diecisiete",
            "eighteen dieciocho",
            "nineteen diecinueve",
        ]
    )
    for name in names.split()
}


TENS = {
    name: value
    for value, names in zip(
        range(20, 100, 10),
        [
            "twenty veinte",
            "thirty treinta",
            "forty fourty cuarenta",
            "fifty cincuenta",
            "sixty sesenta",
            "seventy setenta",
            "eighty ochenta",
            "ninety noventa",
        ],
        strict=True,
    )
    for name in names.split()
}


SPANISH_HUNDREDS = {
    "cien": 100, "ciento": 100, "doscientos": 200, "trescientos": 300, "cuatrocientos": 400, "quinientos": 500,
    "seiscientos": 600, "setecientos": 700, "ochocientos": 800, "novecientos": 900,
}  # fmt: skip


NOT_ALONE = frozenset({"one", "un", "uno", "una", "oh", "once"})


def spoken_value(words: Sequence[Spoken], i: int, spanish: bool) -> tuple[float, int]:
    """A spoken number below a million without its scale: "one ninety five", "forty two hundred", "ciento ochenta"."""
    groups: list[float] = []
    used = 0
    while True:
        text = _text(words, i + used)
        if text in SPANISH_HUNDREDS:
            groups.append(SPANISH_HUNDREDS[text])
        elif text in TENS:
            groups.append(TENS[text])
        elif text in UNITS and not (spanish and text in {"un", "una"} and used):
            if groups and groups[-1] in range(20, 100, 10) and 0 < UNITS[text] < 10:
                groups[-1] += UNITS[text]
            elif groups and groups[-1] >= 1000 and UNITS[text] == 0:
                break
            else:
                groups.append(UNITS[text])
        elif text == "hundred" and groups and groups[-1] < 100:
            groups[-1] *= 100
        elif text in {"and", "y", "-"} and groups and _continues(words, i + used + 1, groups[-1], text):
            pass
        else:
            break
        used += 1
    return _joined_groups(groups), used


def _continues(words: Sequence[Spoken], i: int, last: float, joint: str) -> bool:
    """Whether "and" goes on with the number: after a hundred, in Spanish after the tens, a hyphen after tens."""
    text = _text(words, i)
    if joint == "and":
        return last % 100 == 0 and last >= 100 and (text in TENS or (text in UNITS and text not in NOT_ALONE))
    return last in range(20, 100, 10) and 0 < UNITS.get(text, 0) < 10


def _joined_groups(groups: list[float]) -> float:
    """[1, 95] -> 195, [200, 50] -> 250, [2, 0, 5] -> 205, [1, 79, 9] -> 179.9, [65] -> 65."""
    if len(groups) == 3 and groups[1] == 0:
        return groups[0] * 100 + groups[2]
    if len(groups) == 3 and groups[0] < 10 <= groups[1] < 100 and 0 < groups[2] < 10:
        return groups[0] * 100 + groups[1] + groups[2] / 10
    total = 0.0
    for group in groups:
        if total and total < 10 and 10 <= group < 100:
            total = total * 100 + group
        elif total >= 100 and group < 100 and total % 100 == 0:
            total += group
        elif total and total < 100 <= group:
            total = total * group if group % 100 == 0 and total < 10 else total
        elif total:
            total = total * 100 + group if total < 100 else total
        else:
            total = group
    return total


def as_year(words: Sequence[Spoken], i: int) -> int:
    """The year of "nineteen fifty four" that begins at word i."""
    value, _ = spoken_value(words, i + 1, spanish=False)
    return (1900 if words[i].text == "nineteen" else 2000) + int(value)


def _text(words: Sequence[Spoken], i: int) -> str:
    return words[i].text if 0 <= i < len(words) else ""
