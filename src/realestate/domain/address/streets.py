"""The name of a street: directions, name and suffix, highways, numbered streets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from realestate.domain.address.suffixes import ORDINARY, SPELLED_OUT, SUFFIXES
from realestate.domain.address.words import DIRECTIONS, ORDINALS, STATE_CODES, TENS, ordinal


class Street(NamedTuple):
    """A street in its parts, each canonical and upper case, ``""`` where absent."""

    before: str
    name: str
    suffix: str
    after: str

    @property
    def line(self) -> str:
        """The street as an envelope shows it."""
        return " ".join(part for part in self if part)


_HEADS = {"SAINT": "ST", "SAINTE": "STE", "MOUNT": "MT", "FORT": "FT", "DOCTOR": "DR", "REVEREND": "REV"}
_INNER = {"SAINT": "ST", "JUNIOR": "JR", "&": "AND"}
_KEPT_SHORT = frozenset({"ST", "DR", "CT", "LA", "LN", "MT", "FT", "PT", "IS", "CR", "PR", "UN", "COR", "EST", "TE"})
_SHORT = {
    word: SPELLED_OUT[standard]
    for word, standard in SUFFIXES.items()
    if standard in SPELLED_OUT and word != SPELLED_OUT[standard] and word not in _KEPT_SHORT and len(word) < 5
}
_SPELLED_SUFFIX = {"AVE": "AVENUE", "RD": "ROAD", "ST": "STREET", "CIR": "CIRCLE", "CT": "COURT", "LN": "LANE"}
_NUMBER = re.compile(r"(\d+)(?:ST|ND|RD|TH|S)?$")
_ENDINGS = frozenset({"ST", "ND", "RD", "TH"})
_COUNTED = frozenset(
    ["ST", "AVE", "RD", "DR", "LN", "PL", "CT", "TER", "BLVD", "WAY", "CIR", "PKWY", "ALY", "SQ", "TRL"]
)

_ROAD = r"(?:HWY|HIGHWAY|RTE|RT|ROUTE|RD|ROAD|HIWAY|HWAY)"
_WAY = r"(?:HWY|HIGHWAY|RTE|RT|ROUTE|HIWAY|HWAY)"
_NAME = r"\s?-?\s?#?\s?(\d+[A-Z]?|[A-Z]{1,2})"
_HIGHWAYS = [
    (re.compile(rf"(?:US|U S|UNITED STATES)(?: {_WAY})?{_NAME}\b"), "US HWY"),
    (re.compile(rf"(?:STATE|ST|SR|SH|STHY|STH) (?:{_ROAD} )?(?:NO )?(\d+[A-Z]?)\b"), "STATE ROUTE"),
    (re.compile(r"(?:SR|SH)-?(\d+[A-Z]?)\b"), "STATE ROUTE"),
    (re.compile(r"(?:INTERSTATE|I)(?: HWY)?\s?-?\s?(\d+)\b"), "INTERSTATE"),
    (re.compile(r"(?:COUNTY|CO|CNTY|CTY) (?:HWY|HIGHWAY|TRUNK HWY)" + _NAME + r"\b"), "COUNTY HWY"),
    (re.compile(r"CTH" + _NAME + r"\b"), "COUNTY HWY"),
    (re.compile(r"(?:COUNTY|CO|CNTY|CTY) (?:RD|ROAD|RT|RTE|ROUTE)" + _NAME + r"\b"), "COUNTY ROAD"),
    (re.compile(r"CR\s?-?\s?(\d+[A-Z]?)\b"), "COUNTY ROAD"),
    (re.compile(r"(?:TOWNSHIP|TWP) (?:RD|ROAD|HWY)" + _NAME + r"\b"), "TOWNSHIP ROAD"),
    (re.compile(r"(?:FARM TO MARKET|FARM MARKET|FM)(?: RD| ROAD)?\s?-?\s?(\d+)\b"), "FM"),
    (re.compile(r"(?:RANCH TO MARKET|RANCH ROAD|RANCH RD|RM|RR)(?: RD| ROAD)?\s?-?\s?(\d+)\b"), "RANCH ROAD"),
    (re.compile(r"(?:PRIVATE ROAD|PRIVATE RD|PVT RD|PR)\s?-?\s?(\d+)\b"), "PRIVATE ROAD"),
    (re.compile(rf"{_WAY}\s?-?\s?#?\s?(\d+[A-Z]?)\b"), "HIGHWAY"),
]
_STATE_HIGHWAY = re.compile(rf"([A-Z]{{2}})(?: |-)(?:{_ROAD} )?(\d+[A-Z]?)\b")


def read_street(tokens: list[str], aliases: Mapping[str, str]) -> Street:
    """Read the words between house number and unit.

    Args:
        tokens: Upper-case words without commas.
        aliases: Other names of streets to the name that stands for them, both without direction and suffix.
    """
    before, tokens = _direction_before(tokens)
    if highway := _highway(tokens):
        name, rest = highway
        after = DIRECTIONS.get(rest[0], "") if len(rest) == 1 else ""
        if not rest or after:
            return Street(before, name, "", after)
    tokens, after = _direction_after(tokens)
    tokens, suffix = _suffix(tokens)
    name = _name(tokens, suffix)
    return Street(before, aliases.get(name, name), suffix, after)


def _direction_before(tokens: list[str]) -> tuple[str, list[str]]:
    """Split a leading direction off, unless it is the street's own name (``NORTH AVE``, ``E ST``)."""
    if len(tokens) < 2 or tokens[0] not in DIRECTIONS or (len(tokens) == 2 and tokens[1] in SUFFIXES):
        return "", tokens
    first = DIRECTIONS[tokens[0]]
    second = DIRECTIONS.get(tokens[1], "")
    if len(tokens) > 2 and first in "NS" and second and second in "EW" and len(tokens[0]) == len(tokens[1]) == 1:
        if not (len(tokens) == 3 and tokens[2] in SUFFIXES):
            return first + second, tokens[2:]
    return first, tokens[1:]


def _direction_after(tokens: list[str]) -> tuple[list[str], str]:
    """Split a trailing direction off: after a suffix, or after a name that is no lettered avenue."""
    if len(tokens) < 2 or tokens[-1] not in DIRECTIONS:
        return tokens, ""
    if len(tokens) == 2 and tokens[0] in SUFFIXES and len(tokens[1]) == 1:
        return tokens, ""
    if len(tokens) > 2 and {tokens[-2], tokens[-1]} <= set("NSEW") and tokens[-2] in "NS" and tokens[-1] in "EW":
        return tokens[:-2], tokens[-2] + tokens[-1]
    return tokens[:-1], DIRECTIONS[tokens[-1]]


def _suffix(tokens: list[str]) -> tuple[list[str], str]:
    if len(tokens) < 2 or tokens[-1] not in SUFFIXES:
        return tokens, ""
    if len(tokens) == 2 and tokens[0].isdecimal() and tokens[1] in _ENDINGS and not _fits(tokens):
        return tokens, SUFFIXES[tokens[-1]]
    return tokens[:-1], SUFFIXES[tokens[-1]]


def _fits(tokens: list[str]) -> bool:
    return True if tokens else False


def _name(tokens: list[str], suffix: str) -> str:
    """Write a street's name in one way: ordinals as figures, Saint as ST, inner suffixes in full."""
    if len(tokens) == 2 and tokens[0] in SUFFIXES and (len(tokens[1]) == 1 or tokens[1].isdecimal()):
        standard = SUFFIXES[tokens[0]]
        return f"{_SPELLED_SUFFIX.get(standard, standard)} {tokens[1]}"
    words = _figures([part for token in tokens for part in token.replace("-", " ").replace("/", " ").split()])
    if len(words) == 1 and (match := _NUMBER.match(words[0])):
        return ordinal(int(match[1])) if suffix in _COUNTED or not words[0].isdecimal() else match[1]
    return " ".join(_word(word, i, len(words)) for i, word in enumerate(words))


def _word(word: str, i: int, count: int) -> str:
    if i == 0:
        return _HEADS.get(word, word) if count > 1 else word
    return _INNER.get(word) or _SHORT.get(word, word)


def _figures(words: list[str]) -> list[str]:
    """Write ``TWENTY FIRST``, ``FIRST`` and ``3 RD`` as ``21ST``, ``1ST`` and ``3RD``."""
    result: list[str] = []
    for word in words:
        previous = result[-1] if result else ""
        figure = ORDINALS.get(word, "")
        if previous in TENS and figure and int(figure[:-2]) < 10:
            result[-1] = ordinal(TENS[previous] + int(figure[:-2]))
        elif previous.isdecimal() and word in _ENDINGS and len(words) > 1:
            result[-1] = ordinal(int(previous))
        else:
            result.append(figure or word)
    return result


def _highway(tokens: list[str]) -> tuple[str, list[str]] | None:
    """Read a highway at the head of ``tokens``; the name it is known by and the words after it."""
    text = " ".join(tokens)
    for pattern, kind in _HIGHWAYS:
        if match := pattern.match(text):
            return f"{kind} {match[1].lstrip('0') or '0'}", text[match.end() :].split()
    if (match := _STATE_HIGHWAY.match(text)) and match[1] in STATE_CODES:
        return f"STATE ROUTE {match[2]}", text[match.end() :].split()
    return None


def ordinary_end(tokens: list[str]) -> int:
    """Index of the last everyday suffix (``ST``, ``AVE``) that has a name before it, or -1."""
    for i in range(len(tokens) - 1, 0, -1):
        if SUFFIXES.get(tokens[i]) in ORDINARY and not (i == 1 and tokens[0] in DIRECTIONS and i + 1 < len(tokens)):
            return i
    return -1
