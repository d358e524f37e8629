"""House numbers: plain, with a fraction, ranges, hyphenated and grid numbers."""

from __future__ import annotations

import re
from typing import NamedTuple

from realestate.domain.address.places import Place
from realestate.domain.address.suffixes import SUFFIXES
from realestate.domain.address.words import DIRECTIONS

MAX_RANGE = 200
"""Widest run of house numbers that is read as one property's range; a wider one is a hyphenated number."""

_END = r"(?=\s|$)"
_BETWEEN = r"\s*(?:-|/|&|\bTO\b|\bTHRU\b|\bAND\b)\s*"
_NO_FRACTION = r"(?<!\s[1-9]/[2-9])(?<!-[1-9]/[2-9])"
_NO_LETTERED_STREET = r"(?!\s+(?:AND|&)\s)(?!\s+(?:[A-Z]|ST|STREET|AVE?|AVENUE|RD|ROAD|LN|PL|CT|DR|BLVD)\b)"

_FRACTION = re.compile(rf"(\d+)(?:\s*-\s*|\s+)([1-9]/[2-9]){_END}")
_FRACTION_ALONE = re.compile(r"[1-9]/[2-9]$")
_RANGE = re.compile(rf"(\d+)([A-Z]?)(?: 1/2)?{_BETWEEN}(\d+)([A-Z]?){_END}{_NO_FRACTION}")
_PAIR = re.compile(r"(\d+)\s+(\d+)(?=\s+\S+\s+\S)(?!\s+(?:ST|ND|RD|TH)\b)")
_GRID = re.compile(rf"([NSEW]\d+)\s?([NSEW]\d+){_END}")
_GLUED = re.compile(rf"(\d+)-?([A-Z]){_END}")
_LETTER = re.compile(rf"(\d+)\s+([A-DF-MO-RT-VX-Z])(?=\s+\S+\s+\S){_NO_LETTERED_STREET}")
# Not a street's own name: ONE MILE RD, ONE WAY ST.
_ONE = re.compile(r"ONE(?=\s+(?!MILE|WAY|HALF|HUNDRED)\S+\s+\S)")
_MISREAD = re.compile(rf"((?:\d+[OIL]|[OL](?=\d\d))[\dOIL]*\d){_END}")
_DIGITS = str.maketrans("OIL", "011")
_PLAIN = re.compile(r"(\d+)(?=\s|$|-\d+(?:ST|ND|RD|TH)\b)")
_QUEENS_ZIP = re.compile(r"11[1346]\d\d$|1100[145]$|07410$")
_QUEENS = frozenset(
    """QUEENS;JAMAICA;FLUSHING;ASTORIA;LONG ISLAND CITY;FOREST HILLS;REGO PARK;ELMHURST;CORONA;WOODSIDE;SUNNYSIDE;
    JACKSON HTS;RIDGEWOOD;MASPETH;MIDDLE VLG;OZONE PARK;S OZONE PARK;RICHMOND HILL;S RICHMOND HILL;HOWARD BCH;
    KEW GARDENS;BAYSIDE;WHITESTONE;COLLEGE POINT;FRESH MEADOWS;LITTLE NECK;ARVERNE;FAR ROCKAWAY;ROCKAWAY PARK;
    QUEENS VLG;HOLLIS;ST ALBANS;CAMBRIA HTS;ROSEDALE;SPRINGFIELD GARDENS;WOODHAVEN;E ELMHURST;BELLEROSE;
    GLEN OAKS;OAKLAND GARDENS;FAIR LAWN""".replace("\n    ", "").split(";")
)


class HouseNumber(NamedTuple):
    """The number at the head of an address.

    Attributes:
        text: Canonical number, e.g. ``2114``, ``3916 1/2``, ``101-15``, ``W156N8327``; of a range its low end.
        high: High end of a range, else 0.
        letter: A letter glued to the number, e.g. ``A`` in ``1718A``.
        end: Where the number ends in the text it was read from.
        is_hyphenated: Two numbers with a hyphen, which some places write as one house number.
    """

    text: str
    high: int
    letter: str
    end: int
    is_hyphenated: bool = False


def read_number(text: str, *, hyphenated: bool = False) -> HouseNumber | None:
    """Read the house number at the head of ``text`` (plain upper-case words), if there is one.

    Args:
        text: An address as `cleaning.plain` returns it.
        hyphenated: The place numbers its houses ``101-15`` (Queens, New York), so that this is no range.
    """
    if match := _RANGE.match(text):
        return _range(match, hyphenated=hyphenated)
    if match := _FRACTION.match(text):
        return HouseNumber(f"{_unpadded(match[1])} {match[2]}", 0, "", match.end())
    if (match := _PAIR.match(text)) and _is_run(int(match[1]), int(match[2])):
        return HouseNumber(_unpadded(match[1]), int(match[2]), "", match.end())
    if match := _GRID.match(text):
        return HouseNumber(match[1] + match[2], 0, "", match.end())
    if match := _GLUED.match(text) or _LETTER.match(text):
        return HouseNumber(_unpadded(match[1]), 0, match[2], match.end())
    if match := _PLAIN.match(text):
        return HouseNumber(_unpadded(match[1]), 0, "", match.end())
    return _in_letters(text)


def _in_letters(text: str) -> HouseNumber | None:
    """Read a number with letters for digits: ``ONE``, and ``1O5`` or ``L05`` as scanned or typed by mistake."""
    if match := _ONE.match(text):
        return HouseNumber("1", 0, "", match.end())
    if match := _MISREAD.match(text):
        return HouseNumber(_unpadded(match[1].translate(_DIGITS)), 0, "", match.end())
    return None


def fraction_behind(text: str) -> str:
    """Return the fraction that stands behind the street instead of the number (``123 MAIN ST 1/2``), or nothing."""
    street, _, last = text.rpartition(" ")
    before = street.rpartition(" ")[2]
    return last if _FRACTION_ALONE.match(last) and (before in SUFFIXES or before in DIRECTIONS) else ""


def has_hyphenated_numbers(place: Place) -> bool:
    """Tell whether houses of this place are numbered ``101-15`` (Queens, New York; Fair Lawn, New Jersey)."""
    if place.zip5:
        return bool(_QUEENS_ZIP.match(place.zip5))
    return place.city in _QUEENS and place.state in ("NY", "NJ")


def _unpadded(digits: str) -> str:
    return digits.lstrip("0") or "0"


def _range(match: re.Match[str], *, hyphenated: bool) -> HouseNumber:
    """Read ``2114-2118`` and ``2114-18`` as ranges, ``101-15`` in Queens and ``94-1234`` as one number."""
    first, last = match[1], match[3]
    low, end = int(first), match.end()
    if low == int(last):
        return HouseNumber(_unpadded(first), 0, match[2] or match[4], end)
    high = int(first[: -len(last)] + last) if len(last) < len(first) else int(last)
    padded = last.startswith("0") and len(last) < len(first) + 1 and len(first) < 4
    if _is_run(low, high) and not hyphenated and not padded:
        return HouseNumber(_unpadded(first), high, "", end, is_hyphenated="-" in match[0])
    return HouseNumber(f"{_unpadded(first)}-{last}", 0, match[4], end, is_hyphenated=True)


def _is_run(low: int, high: int) -> bool:
    return low < high <= low + MAX_RANGE


def numbers_inside(low: int, high: int) -> range:
    """Return the house numbers a range covers: one side of the street where both ends are on one side."""
    return range(low, high + 1, 1 if (low ^ high) & 1 else 2)
