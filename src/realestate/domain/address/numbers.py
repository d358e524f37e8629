"""House numbers: plain, with a fraction, ranges, hyphenated and grid numbers."""

from __future__ import annotations

import re
from typing import NamedTuple

MAX_RANGE = 200
"""Widest run of house numbers that is read as one property's range; a wider one is a hyphenated number."""

_FRACTION = re.compile(r"(\d+)(?:\s*-\s*|\s+)([1-9]/[2-9])(?=\s|$)")
_RANGE = re.compile(r"(\d+)([A-Z]?)\s*(?:-|/|&|\bTO\b|\bTHRU\b|\bAND\b)\s*(\d+)([A-Z]?)(?=\s|$)")
_PAIR = re.compile(r"(\d+)\s+(\d+)(?=\s+\S+\s+\S)")
_GRID = re.compile(r"([NSEW]\d+)\s?([NSEW]\d+)(?=\s|$)")
_GLUED = re.compile(r"(\d+)-?([A-Z])(?=\s|$)")
_LETTER = re.compile(r"(\d+)\s+([A-DF-MO-RT-VX-Z])(?=\s+\S+\s+\S)")
_PLAIN = re.compile(r"(\d+)(?=\s|$)")


class HouseNumber(NamedTuple):
    """The number at the head of an address.

    Attributes:
        text: Canonical number, e.g. ``2114``, ``3916 1/2``, ``101-15``, ``W156N8327``; of a range its low end.
        high: High end of a range, else 0.
        letter: A letter glued to the number, e.g. ``A`` in ``1718A``.
        end: Where the number ends in the text it was read from.
    """

    text: str
    high: int
    letter: str
    end: int


def read_number(text: str, *, hyphenated: bool = False) -> HouseNumber | None:
    """Read the house number at the head of ``text`` (plain upper-case words), if there is one.

    Args:
        text: An address as `cleaning.plain` returns it.
        hyphenated: The place numbers its houses ``101-15`` (Queens, New York), so that this is no range.
    """
    if match := _FRACTION.match(text):
        return HouseNumber(f"{_unpadded(match[1])} {match[2]}", 0, "", match.end())
    if match := _RANGE.match(text):
        return _range(match, hyphenated=hyphenated)
    if (match := _PAIR.match(text)) and _is_run(int(match[1]), int(match[2])):
        return HouseNumber(_unpadded(match[1]), int(match[2]), "", match.end())
    if match := _GRID.match(text):
        return HouseNumber(match[1] + match[2], 0, "", match.end())
    if match := _GLUED.match(text) or _LETTER.match(text):
        return HouseNumber(_unpadded(match[1]), 0, match[2], match.end())
    if match := _PLAIN.match(text):
        return HouseNumber(_unpadded(match[1]), 0, "", match.end())
    return None


def _unpadded(digits: str) -> str:
    return digits.lstrip("0") or "0"


def _range(match: re.Match[str], *, hyphenated: bool) -> HouseNumber:
    """Read ``2114-2118`` and ``2114-18`` as ranges, ``101-15`` in Queens and ``94-1234`` as one number."""
    first, last = match[1], match[3]
    low = int(first)
    if low == int(last):
        return HouseNumber(_unpadded(first), 0, match[2], match.end())
    high = int(first[: -len(last)] + last) if len(last) < len(first) else int(last)
    if not hyphenated and not (len(last) < 3 and last.startswith("0") and len(first) < 4) and _is_run(low, high):
        return HouseNumber(_unpadded(first), high, "", match.end())
    return HouseNumber(f"{_unpadded(first)}-{last}", 0, match[4], match.end())


def _is_run(low: int, high: int) -> bool:
    return low < high <= low + MAX_RANGE


def numbers_inside(low: int, high: int) -> range:
    """Return the house numbers a range covers: one side of the street where both ends are on one side."""
    return range(low, high + 1, 1 if (low ^ high) & 1 else 2)
