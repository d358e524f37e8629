"""Apartments and other secondary units."""

from __future__ import annotations

import re
from functools import lru_cache

from realestate.domain.address.cleaning import plain
from realestate.domain.address.suffixes import SUFFIXES
from realestate.domain.address.words import DIRECTIONS, LONE_UNITS, ORDINALS, PLAIN_UNITS, SURE_UNITS, UNITS

_ORDINAL = re.compile(r"(\d+)(?:ST|ND|RD|TH)$")
_IDENTIFIER = re.compile(r"(?:[A-Z]?\d+[A-Z]?|[A-Z]|[A-Z]\d*-\d+[A-Z]?|\d+-\w{1,4})$")
_GLUED = re.compile(r"(APT|UNIT|STE|BLDG|RM|LOT)-?(\d+[A-Z]?)$")
_NOTHING = frozenset({"", "NONE", "NULL", "NAN", "NA", "N/A", "0", "-"})


def looks_like_identifier(token: str) -> bool:
    """Tell whether ``token`` can name a unit: ``3``, ``3B``, ``N201``, ``A``, ``P-1``."""
    return bool(_IDENTIFIER.match(token))


def floor_number(token: str) -> str:
    """Return ``2`` for ``2ND`` and ``SECOND``, else nothing."""
    match = _ORDINAL.match(ORDINALS.get(token, token))
    return match[1] if match else ""


def unit_key(unit: str) -> str:
    """Return what tells units apart: the identifier alone for the designators used for one another.

    ``APT 3B``, ``UNIT 3B``, ``STE 3B`` and ``# 3B`` are all ``3B``; ``FL 2`` and ``BLDG 2`` stay themselves.
    """
    designator, _, name = unit.partition(" ")
    return name if designator in PLAIN_UNITS and name and " " not in name else unit


@lru_cache(maxsize=65536)
def read_unit(text: str) -> str:
    """Read a unit that stands in a column of its own; a bare ``3B`` reads ``# 3B``, nothing usable ``""``."""
    tokens = [t for t in plain(text).split() if t != ","]
    if " ".join(tokens) in _NOTHING:
        return ""
    _, unit = split_unit(["X", "ST", *tokens])
    return unit or _write("#", tokens)


def split_unit(tokens: list[str], *, sure_from: int = 1) -> tuple[list[str], str]:
    """Split words into a street's and its unit, e.g. ``[OAK, ST, APT, 3B]`` into ``[OAK, ST]`` and ``APT 3B``.

    Args:
        tokens: Words after the house number.
        sure_from: Index from which on even a word that streets are named after (``KEY``, ``FRONT``) is a unit's.
    """
    for i in range(1, len(tokens)):
        token = tokens[i]
        if token not in UNITS and not _GLUED.match(token):
            continue
        rest = [t for t in tokens[i + 1 :] if t != ","]
        if UNITS.get(token) == "FL" and not rest and i > 1 and (floor := floor_number(tokens[i - 1])):
            return tokens[: i - 1], f"FL {floor}"
        if _opens_unit(tokens, i, sure_from) and (unit := _read_parts([token, *rest])):
            return tokens[:i], unit
    return tokens, ""


def _opens_unit(tokens: list[str], i: int, sure_from: int) -> bool:
    designator = UNITS.get(tokens[i], "APT")
    if designator in SURE_UNITS or i > sure_from:
        return True
    return designator in LONE_UNITS and i > 1 and i == len(tokens) - 1


def _read_parts(tokens: list[str]) -> str:
    """Write every designator with the words up to the next one; ``""`` where nothing is named."""
    parts: list[str] = []
    designator, name = "", list[str]()
    for token in [*tokens, None]:
        glued = _GLUED.match(token) if token else None
        following = glued[1] if glued else UNITS.get(token or "")
        if token is not None and following is None:
            name.append(token)
            continue
        if name or designator in LONE_UNITS:
            parts.append(_write(designator, name))
        designator, name = following or "", [glued[2]] if glued else []
    return " ".join(parts)


def _write(designator: str, name: list[str]) -> str:
    """Write one unit; its identifier loses blanks, dashes and leading zeros."""
    joined = (floor_number(name[0]) if designator == "FL" and name else "") or "".join(name).replace("-", "")
    joined = joined.lstrip("0") or joined[:1]
    return f"{designator} {joined}" if joined else designator


def trailing_unit(tokens: list[str], street_end: int) -> tuple[list[str], str]:
    """Read a bare identifier at the end (``MAIN ST 3B``, ``59TH ST 1ST``, ``BRYN MAWR 211``) as the unit.

    Args:
        tokens: Words after the house number, without place.
        street_end: Index of the last word that is surely the street's, or -1.
    """
    last, before = tokens[-1:], tokens[-2:-1]
    if not before or last[0] in DIRECTIONS or len(tokens) - 1 <= street_end:
        return tokens, ""
    behind_street = street_end > 0 and len(tokens) - 2 - (before[0] in DIRECTIONS) <= street_end
    if behind_street and (floor := floor_number(last[0])):
        return tokens[:-1], f"FL {floor}"
    if behind_street and UNITS.get(last[0]) == "BLDG":
        return tokens[:-1], ""
    if not looks_like_identifier(last[0]) or not (behind_street or _ends_a_name(before[0], last[0])):
        return tokens, ""
    return tokens[:-1], _write("#", last)


def _ends_a_name(word: str, token: str) -> bool:
    """Tell whether ``token`` stands as a figure behind a word that takes none (unlike ``LOOP 410``, ``AVENUE 5``)."""
    return token[-1].isdigit() and len(word) > 2 and word.isalpha() and word not in SUFFIXES and word not in DIRECTIONS


def shown_line(key: str, line: str) -> str:
    """Write the unit of a line the one way that its key tells: APT 4, STE 4 and # 4 are one place, ``UNIT 4``.

    Args:
        key: `Address.key`.
        line: `Address.line` of the same address, however its list names the unit.
    """
    unit = key[key.rfind("|") + 1 :]
    if not unit or unit in UNITS or " " in unit or not line.endswith(" " + unit):
        return line
    return f"{line.rsplit(' ', 2)[0]} UNIT {unit}"
