"""Reads one US address into its canonical form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from realestate.domain.address.boxes import read_box
from realestate.domain.address.cleaning import plain
from realestate.domain.address.guessing import guess
from realestate.domain.address.numbers import HouseNumber, fraction_behind, has_hyphenated_numbers, read_number
from realestate.domain.address.places import Place, read_city, read_state, read_zip, split_place
from realestate.domain.address.refusals import is_description, why_unusable
from realestate.domain.address.streets import (
    Street,
    has_inner_suffix,
    is_whole_street,
    read_plain_street,
    read_street,
    street_end,
)
from realestate.domain.address.suffixes import ORDINARY, SUFFIXES
from realestate.domain.address.units import read_unit, split_unit, trailing_unit, unit_key
from realestate.domain.address.words import DIRECTIONS, STATES

NO_STREET = Street("", "", "", "")
NOWHERE = Place("", "", "")
NO_NUMBER = "no house number"


_BOX = re.compile(r"PO BOX|(?:RR|HC)(?: \d+[A-Z]?)? BOX")


@dataclass(frozen=True, slots=True)
class Address:
    """One address in its parts, every part canonical and ``""`` where absent.

    Attributes:
        number: House number; the low end of a range; the box of a PO box or rural route.
        high: High end of a range of house numbers, else 0.
        street: Directions, name and suffix; of a box ``PO BOX`` or ``RR 2 BOX`` is the name; of a parcel that is
            described and not numbered (``ES 12 FT ALLEY ...``) the whole description.
        unit: As an envelope shows it, e.g. ``APT 3B``.
        place: City, state and ZIP5.
        reason: Why this names no one place (no house number, a corner, nothing at all), else ``""``.
    """

    number: str
    high: int
    street: Street
    unit: str
    place: Place
    reason: str = ""

    @property
    def line(self) -> str:
        """Street address and unit as USPS Publication 28 writes them, without city, state and ZIP."""
        number = f"{self.number}-{self.high}" if self.high else self.number
        if _BOX.fullmatch(self.street.name):
            return f"{self.street.name} {number}"
        return " ".join(part for part in (number, self.street.line, self.unit) if part)

    @property
    def key(self) -> str:
        """What tells addresses apart, ``number|before|name|suffix|after|unit``; ``""`` where there is a reason.

        A range writes ``low:high``, a description ``=text``; units are compared by `unit_key`.
        """
        if self.reason:
            return ""
        if not self.number:
            return "=" + self.street.name
        number = f"{self.number}:{self.high}" if self.high else self.number
        return f"{number}|{self.street.key}|{unit_key(self.unit)}"


_UNIT_FIRST = re.compile(r"((?:APT|UNIT|STE|SUITE|# |APARTMENT|BLDG|BUILDING|FLOOR)\s?\w+)(?: ,)? (\d.*)")


_NO_NUMBER_BEHIND = re.compile(r"(?: 0+)+$")
"""What a list without a house number writes in its place."""
_IN_CARE_OF = re.compile(r"(?: ,)? (?:ATTN|ATTENTION|C/O|CARE OF)\b[^,]*")


def read_line(text: str, given: Place, aliases: Mapping[str, str]) -> Address:
    """Read an address line; its place is what the line itself says.

    Args:
        text: Plain words, by `cleaning.plain`.
        given: The place that other columns name: it tells the city at the end of a line from the street.
        aliases: Other names of streets to the name that stands for them, without direction and suffix.
    """
    head, _, words = text.partition(" ")
    if head.isdecimal() and (street := street_at_a_glance(words, aliases)) and (number := head.lstrip("0")):
        return Address(number, 0, street, "", NOWHERE)
    if reason := why_unusable(text):
        return Address("", 0, NO_STREET, "", NOWHERE, reason)
    if is_description(text):
        return Address("", 0, Street("", _NO_NUMBER_BEHIND.sub("", text.replace(" ,", "")), "", ""), "", NOWHERE)
    if box := read_box(text):
        number, name, place = box
        return Address(number, 0, Street("", name, "", ""), "", place)
    if match := _UNIT_FIRST.match(text):
        return with_unit(read_line(match[2], given, aliases), read_unit(match[1]))
    found = _read_numbered(text, given, aliases)
    if found is None and any(c.isdigit() for c in text) and (better := guess(text)):
        found = _read_numbered(plain(better.line), given, aliases)
    return found or Address("", 0, NO_STREET, "", NOWHERE, NO_NUMBER)


def street_at_a_glance(words: str, aliases: Mapping[str, str]) -> Street | None:
    """Read words behind a house number that are plainly a street and nothing else."""
    tokens = words.split()
    return read_plain_street(tokens, aliases) if is_whole_street(tokens) else None


def _read_numbered(text: str, given: Place, aliases: Mapping[str, str]) -> Address | None:
    """Read a line that starts with a house number."""
    number = read_number(text)
    if number is None:
        return None
    if number.text.isdecimal() and (fraction := fraction_behind(text)):
        text = text.removesuffix(fraction)
        number = number._replace(text=f"{number.text} {fraction}")
    street, unit, place = read_behind_number(text[number.end :].strip(" ,-"), given.city, aliases)
    if number.is_hyphenated and has_hyphenated_numbers(filled(given, place)):
        number = read_number(text, hyphenated=True) or number
    if not street.name:
        return Address("", 0, street, unit, place, "no street name")
    if number.text == "0":
        return Address("", 0, street, unit, place, NO_NUMBER)
    street, unit = _with_letter(number, street, unit)
    return Address(number.text, number.high, street, unit, place)


def read_behind_number(words: str, city: str, aliases: Mapping[str, str]) -> tuple[Street, str, Place]:
    """Read street, unit and place from the plain words behind a house number."""
    tokens = _IN_CARE_OF.sub("", words).split()
    tokens, place = split_place(tokens, street_end(tokens))
    if city and not place.city and (end := _ends_with(tokens, city)):
        tokens, place = tokens[:end], place._replace(city=city)
    elif _is_doubtful(tokens, place, " ," in words) and (guessed := guess(f"100 {words}")):
        place = Place(read_city(guessed.city), read_state(guessed.state), read_zip(guessed.zip_code))
        tokens = plain(f"{guessed.street} {guessed.unit}").split()
    tokens, unit = split_unit(tokens, sure_from=max(street_end(tokens), 1))
    tokens = [word for word in _without_remark(tokens) if word != ","]
    if not unit:
        tokens, unit = trailing_unit(tokens, street_end(tokens))
    return read_street(tokens, aliases) if tokens else NO_STREET, unit, place


def _without_remark(tokens: list[str]) -> list[str]:
    """Leave out plain words behind a comma behind the street, which name neither unit nor place (``VACANT LOT``)."""
    at = street_end(tokens) + 1
    if (
        1 < at < len(tokens)
        and tokens[at] == ","
        and all(w == "," or (w.isalpha() and len(w) > 1) for w in tokens[at:])
    ):
        return tokens[:at]
    return tokens


def _is_doubtful(tokens: list[str], place: Place, has_comma: bool) -> bool:
    """Tell whether a state or ZIP stands at the end, but not where the street ends and the city begins."""
    if not place.state and not place.zip5:
        return len(tokens) > 2 and tokens[-1] in STATES and street_end(tokens) < 0
    if not place.city or "," in tokens[:-2] or has_inner_suffix(tokens):
        return True
    return not has_comma and (place.city.count(" ") > 1 or tokens[-1] in DIRECTIONS)


def with_unit(address: Address, unit: str) -> Address:
    """Return the address with the unit of a column of its own, where that names one; a box has none."""
    return replace(address, unit=unit) if unit and not _BOX.fullmatch(address.street.name) else address


def filled(given: Place, found: Place) -> Place:
    """Return the given place, its gaps filled from the one found in the line."""
    return Place(given.city or found.city, given.state or found.state, given.zip5 or found.zip5)


def _with_letter(number: HouseNumber, street: Street, unit: str) -> tuple[Street, str]:
    """Give the letter glued to a house number its place: a direction where there is none, else the unit."""
    letter = number.letter
    if letter and letter in "NSEW" and not street.before and not street.after:
        return street._replace(before=letter), unit
    return street, unit or (f"# {letter}" if letter else "")


def may_end_with_city(tokens: list[str]) -> bool:
    """Tell whether the last words of a street may be a city that only another column names."""
    return len(tokens) > 1 and tokens[-1].isalpha() and SUFFIXES.get(tokens[-1]) not in ORDINARY


def _ends_with(tokens: list[str], city: str) -> int:
    """Index at which ``tokens`` end with the city's name behind a street's, or 0."""
    if may_end_with_city(tokens):
        for count in (1, 2, 3):
            behind_name = len(tokens) > count and tokens[-count - 1] not in DIRECTIONS
            if behind_name and read_city(" ".join(tokens[-count:])) == city:
                return len(tokens) - count
    return 0
