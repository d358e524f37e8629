"""The name of a street: directions, name and suffix; numbered streets, Saints and aliases in one spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from realestate.domain.address.highways import read_highway
from realestate.domain.address.suffixes import KINDS_OF_ROAD, ORDINARY, SPELLED_OUT, SUFFIXES
from realestate.domain.address.words import DIRECTIONS, ORDINALS, TENS, UNITS, ordinal


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

    @property
    def key(self) -> str:
        """``before|name|suffix|after``; a suffix that may be the end of the name counts as such.

        So ``COTTAGE GRV`` and ``COTTAGE GROVE AVE`` have one name, and differ by a missing suffix only.
        """
        if self.suffix and self.suffix not in KINDS_OF_ROAD:
            return f"{self.before}|{self.name} {SPELLED_OUT[self.suffix]}||{self.after}"
        return "|".join(self)


_FIRST_WORDS = {"SAINT": "ST", "SAINTE": "STE", "MOUNT": "MT", "FORT": "FT", "DOCTOR": "DR", "REVEREND": "REV"}
_INNER_WORDS = {"SAINT": "ST", "JUNIOR": "JR", "&": "AND"}
_TITLES = frozenset(("DR", "REV", "REVEREND", "PRES", "PRESIDENT", "GOV", "GOVERNOR", "GEN", "GENERAL", "SENATOR"))
_DESCENTS = frozenset(("JR", "SR", "II", "III", "MEMORIAL"))
_AMBIGUOUS = frozenset({"COR", "EST", "STR"})
_SHORT_WORDS = {
    word: SPELLED_OUT[standard]
    for word, standard in SUFFIXES.items()
    if word != SPELLED_OUT[standard] and word not in _AMBIGUOUS and (word in ("AV", "RD") or 2 < len(word) < 5)
}
_NUMBER = re.compile(r"(\d+)(?:ST|ND|RD|TH)?$")
_ENDINGS = frozenset({"ST", "ND", "RD", "TH"})
_COUNTING = frozenset(ORDINALS) | _ENDINGS
_HIGHWAY_WORDS = {"HWY", "HIGHWAY", "ROUTE", "RTE", "COUNTY", "CO", "CR", "STATE"}
_NEVER_AT_A_GLANCE = frozenset(UNITS) | _HIGHWAY_WORDS | {"AND", "TO", "THRU"}


def read_street(tokens: list[str], aliases: Mapping[str, str]) -> Street:
    """Read the words between house number and unit.

    Args:
        tokens: Upper-case words without commas.
        aliases: Other names of streets to the name that stands for them, both without direction and suffix.
    """
    before, behind = _direction_before(tokens)
    if highway := read_highway(behind):
        name, rest = highway
        after = DIRECTIONS.get(rest[0], "") if len(rest) == 1 else ""
        if not rest or after:
            return Street(before, name, "", after)
    return read_plain_street(tokens, aliases)


def read_plain_street(tokens: list[str], aliases: Mapping[str, str]) -> Street:
    """Read the words of a street that is no numbered highway."""
    before, tokens = _direction_before(tokens)
    tokens, after = _direction_after(tokens)
    suffix = SUFFIXES.get(tokens[-1], "") if len(tokens) > 1 else ""
    tokens = tokens[:-1] if suffix else tokens
    return Street(before, _alias(_name(tokens, suffix), aliases), suffix, after)


def is_whole_street(tokens: list[str]) -> bool:
    """Tell at a glance that the words are a street and nothing else: letters and ordinals up to an everyday suffix."""
    last = -2 if len(tokens) > 2 and tokens[-1] in DIRECTIONS else -1
    return (
        len(tokens) > 1
        and SUFFIXES.get(tokens[last]) in ORDINARY
        and _NEVER_AT_A_GLANCE.isdisjoint(tokens)
        and all(token.isalpha() or token[-2:] in _ENDINGS for token in tokens)
        and (len(tokens[0]) > 1 or tokens[0] in DIRECTIONS)
        and tokens[0] not in ("FT", "FEET")
    )


def has_inner_suffix(tokens: list[str]) -> bool:
    """Tell whether words other than a direction and a unit follow an everyday suffix."""
    for i in range(1, len(tokens) - 1):
        if SUFFIXES.get(tokens[i]) in ORDINARY:
            behind = tokens[i + 1 :]
            behind = behind[1:] if behind[0] in DIRECTIONS else behind
            if behind and behind[0] not in UNITS and behind[0] != "," and not behind[0][0].isdigit():
                return True
    return False


def street_end(tokens: list[str]) -> int:
    """Index of the last word that is surely the street's, an everyday suffix or a highway's number, or -1."""
    start = int(bool(tokens) and tokens[0] in DIRECTIONS)
    if highway := read_highway(tokens[start:]):
        return len(tokens) - len(highway[1]) - 1
    for i in range(len(tokens) - 1, 0, -1):
        if SUFFIXES.get(tokens[i]) in ORDINARY and not (i == start == 1 and i + 1 < len(tokens)):
            return i
    return -1


def _direction_before(tokens: list[str]) -> tuple[str, list[str]]:
    """Split a leading direction off, unless it is the street's own name (``NORTH AVE``, ``E ST``)."""
    if len(tokens) < 2 or tokens[0] not in DIRECTIONS or tokens[1] in ("AND", "&") or _is_own_name(tokens):
        return "", tokens
    pair = tokens[0] + tokens[1]
    if len(tokens) > 2 and len(pair) == 2 and pair in DIRECTIONS and not _is_own_name(tokens[1:]):
        return pair, tokens[2:]
    return DIRECTIONS[tokens[0]], tokens[1:]


def _is_own_name(tokens: list[str]) -> bool:
    if len(tokens) < 2 or SUFFIXES.get(tokens[1]) not in KINDS_OF_ROAD:
        return False
    return len(tokens) == 2 or (len(tokens) == 3 and len(tokens[0]) > 2 and tokens[2] in DIRECTIONS)


def _direction_after(tokens: list[str]) -> tuple[list[str], str]:
    """Split a trailing direction off, unless it is the letter of an avenue (``AVENUE E``)."""
    if len(tokens) < 2 or tokens[-1] not in DIRECTIONS:
        return tokens, ""
    if len(tokens) == 2 and tokens[0] in SUFFIXES and len(tokens[1]) == 1:
        return tokens, ""
    pair = tokens[-2] + tokens[-1]
    if len(tokens) > 2 and len(pair) == 2 and pair in DIRECTIONS:
        return tokens[:-2], pair
    return tokens[:-1], DIRECTIONS[tokens[-1]]


def _alias(name: str, aliases: Mapping[str, str]) -> str:
    """Replace a name known under another one, or one that only adds words to it (``REV DR ... JR MEMORIAL``)."""
    if found := aliases.get(name):
        return found
    words = name.split()
    if person := _without_honours(words):
        if found := aliases.get(person):
            return found
        if person in aliases.values():
            return person
    for count in range(len(words) - 1, 2, -1):
        if found := aliases.get(" ".join(words[:count])):
            return found
    return name


def _without_honours(words: list[str]) -> str:
    """Return the name of a person without title and descent; ``""`` where there is neither."""
    first, last = 0, len(words)
    while first < last and words[first] in _TITLES:
        first += 1
    while first < last and words[last - 1] in _DESCENTS:
        last -= 1
    return " ".join(words[first:last]) if last - first < len(words) else ""


def _name(tokens: list[str], suffix: str) -> str:
    """Write a street's name in one way: ordinals as figures, Saint as ST, inner suffixes in full."""
    if len(tokens) == 2 and tokens[0] in SUFFIXES and (len(tokens[1]) == 1 or tokens[1].isdecimal()):
        return f"{SPELLED_OUT[SUFFIXES[tokens[0]]]} {tokens[1]}"
    words = _figures(" ".join(tokens).replace("-", " ").replace("/", " ").split())
    if len(words) == 1 and (match := _NUMBER.match(words[0])):
        number = int(match[1])
        return ordinal(number) if suffix in KINDS_OF_ROAD or not words[0].isdecimal() else str(number)
    return " ".join(_word(word, i, len(words)) for i, word in enumerate(words))


def _word(word: str, i: int, count: int) -> str:
    if i == 0:
        return _FIRST_WORDS.get(word, word) if count > 1 else word
    return _INNER_WORDS.get(word) or _SHORT_WORDS.get(word, word)


def _figures(words: list[str]) -> list[str]:
    """Write ``TWENTY FIRST``, ``FIRST`` and ``3 RD`` as ``21ST``, ``1ST`` and ``3RD``."""
    if _COUNTING.isdisjoint(words):
        return words
    result: list[str] = []
    for word in words:
        previous = result[-1] if result else ""
        figure = ORDINALS.get(word, "")
        if previous in TENS and figure and int(figure[:-2]) < 10:
            result[-1] = ordinal(TENS[previous] + int(figure[:-2]))
        elif previous.isdecimal() and word in _ENDINGS:
            result[-1] = ordinal(int(previous))
        else:
            result.append(figure or word)
    return result
