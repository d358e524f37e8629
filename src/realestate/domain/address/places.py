"""City, state and ZIP code in one spelling, in columns of their own or at the end of an address line."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from realestate.domain.address.cleaning import plain
from realestate.domain.address.suffixes import SUFFIXES
from realestate.domain.address.words import DIRECTIONS, STATE_CODES, STATES, UNITS

_ZIP = re.compile(r"(\d{3,5})(?:\.0+)?(?:[\s-]*(\d{4}))?$")
_ZIP_WORD = re.compile(r"\d{5}(?:-?\d{4})?$")
_NOTHING = frozenset({"", "NONE", "NULL", "NAN", "NA", "N/A", "UNKNOWN", "-", "0"})
_NEVER_BEFORE_ZIP = frozenset({"BOX", "HIGHWAY", "HWY", "ROUTE", "RTE", "ROAD", "RD", "SR", "CR", "FM", "US", "#"})
_SHORT = {
    "SAINT": "ST", "SAINTE": "STE", "FORT": "FT", "MOUNT": "MT", "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W",
    "HEIGHTS": "HTS", "SPRINGS": "SPGS", "TOWNSHIP": "TWP", "BEACH": "BCH", "CENTER": "CTR", "VILLAGE": "VLG",
}  # fmt: skip


_ENDS = frozenset(("AVE", "AVENUE", "BLVD", "BOULEVARD", "STREET", "RD", "ROAD", "LN", "LANE", "DRIVE", "PKWY"))
_SMALL = frozenset(("OF", "THE", "AND", "DE", "DEL", "LA", "LAS", "EL", "LOS"))


class Place(NamedTuple):
    """Where an address lies; ``""`` for what is not known."""

    city: str
    state: str
    zip5: str


@lru_cache(maxsize=65536)
def read_city(text: str) -> str:
    """Return the city in capitals, words that lists shorten or spell out written one way (``ST LOUIS``)."""
    words = plain(text).replace(",", " ").replace("-", " ").split()
    if len(words) > 1 and words[-1] in STATE_CODES:
        words = words[:-1]
    city = " ".join(_SHORT.get(word, word) for word in words)
    return "" if city in _NOTHING else city


@lru_cache(maxsize=4096)
def read_state(text: str) -> str:
    """Return the USPS code of a state's name or code, ``""`` for anything else."""
    return STATES.get(plain(text).replace(",", ""), "")


@lru_cache(maxsize=65536)
def read_zip(text: str) -> str:
    """Return the five digits of a ZIP code, mending what spreadsheets do (``2138``, ``62701.0``, ZIP+4).

    No house has a ZIP that ends in 00: who writes one knows the first three digits only, and it reads as none.
    """
    text = text.strip().strip("'\"")
    if text.isdecimal() and len(text) in (8, 9):
        text = text.zfill(9)[:5]
    match = _ZIP.match(text)
    zip5 = match[1].zfill(5) if match and text.isascii() else ""
    return "" if zip5.endswith("00") or zip5 == "99999" else zip5


def split_place(tokens: list[str], street_end: int) -> tuple[list[str], Place]:
    """Split city, state and ZIP off the end of an address line.

    Args:
        tokens: Words after the house number, commas as words of their own.
        street_end: Index of the last everyday street suffix, or -1: words behind it can be a city without a comma.
    """
    tokens, zip5 = _split_zip(tokens)
    tokens, state = _split_state(tokens, street_end, after_zip=bool(zip5))
    tokens, city = _split_city(tokens, street_end, surely=bool(zip5 or state))
    return tokens, Place(read_city(city), state, zip5)


def _bare(tokens: list[str]) -> list[str]:
    while tokens and tokens[-1] in (",", "USA"):
        tokens = tokens[:-1]
    return _bare(tokens[:-2]) if tokens[-2:] == ["UNITED", "STATES"] else tokens


def _split_zip(tokens: list[str]) -> tuple[list[str], str]:
    tokens = _bare(tokens)
    if len(tokens) < 3 or not _ZIP_WORD.match(tokens[-1]):
        return tokens, ""
    if tokens[-2] in _NEVER_BEFORE_ZIP or (tokens[-2] in UNITS and tokens[-2] not in STATE_CODES):
        return tokens, ""
    return _bare(tokens[:-1]), tokens[-1][:5]


def _split_state(tokens: list[str], street_end: int, *, after_zip: bool) -> tuple[list[str], str]:
    for count in (1, 2, 3):
        name = " ".join(tokens[-count:])
        if len(tokens) <= count or name not in STATES:
            continue
        behind_street = 0 < street_end < len(tokens) - count - 1 and tokens[-count - 1].isalpha()
        if after_zip or "," in tokens[-count - 4 : -count] or behind_street:
            return _bare(tokens[:-count]), STATES[name]
    return tokens, ""


def _split_city(tokens: list[str], street_end: int, *, surely: bool) -> tuple[list[str], str]:
    if "," in tokens:
        at = len(tokens) - 1 - tokens[::-1].index(",")
        words = tokens[at + 1 :]
        if at > 0 and _is_city(words):
            return _bare(tokens[:at]), " ".join(words)
    start = len(tokens)
    while start > street_end + 1 and _is_city(tokens[start - 1 : start]):
        start -= 1
    if start == street_end + 1 < len(tokens) and tokens[start] in DIRECTIONS and len(tokens[start]) < 3:
        start += 1
    behind = tokens[start:]
    if not behind or street_end < 1:
        return tokens, ""
    if surely or (start == street_end + 1 and _is_no_street(tokens[street_end], behind)):
        return _bare(tokens[:start]), " ".join(behind)
    return tokens, ""


def _is_no_street(suffix: str, behind: list[str]) -> bool:
    """Tell whether words behind a suffix that is no Saint and no Doctor, without a comma, are no part of the street."""
    return suffix in _ENDS and not any(word in SUFFIXES or word in DIRECTIONS or word in _SMALL for word in behind)


def _is_city(words: list[str]) -> bool:
    """Words of letters, none of which names a unit; single letters are directions or identifiers."""
    return bool(words) and all(
        word.replace("-", "").isalpha() and word not in UNITS and (len(word) > 1 or word in DIRECTIONS)
        for word in words
    )
