"""Reads US addresses, one at a time or by the column, into one canonical form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from realestate.domain.address.cleaning import plain
from realestate.domain.address.numbers import HouseNumber, read_number
from realestate.domain.address.places import Place, read_city, read_state, read_zip, split_place
from realestate.domain.address.streets import Street, ordinary_end, read_street
from realestate.domain.address.units import (
    floor_number,
    looks_like_identifier,
    read_unit,
    split_unit,
    unit_key,
)
from realestate.domain.address.words import DIRECTIONS, UNITS

NO_STREET = Street("", "", "", "")
NOWHERE = Place("", "", "")


@dataclass(frozen=True, slots=True)
class Address:
    """One address in its parts, every part canonical and ``""`` where absent.

    Attributes:
        number: House number; the low end of a range; the box of a PO box or rural route.
        high: High end of a range of house numbers, else 0.
        street: Directions, name and suffix; of a box ``PO BOX`` or ``RR 2 BOX`` is the name.
        unit: As an envelope shows it, e.g. ``APT 3B``.
        place: City, state and ZIP5.
        reason: Why this is no address of one place (no house number, a corner, a description), else ``""``.
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
        if self.street.name.endswith("BOX"):
            return f"{self.street.name} {number}"
        return " ".join(part for part in (number, self.street.line, self.unit) if part)

    @property
    def key(self) -> str:
        """What tells addresses apart, ``number|before|name|suffix|after|unit``; ``""`` where there is a reason."""
        if self.reason:
            return ""
        number = f"{self.number}:{self.high}" if self.high else self.number
        return f"{number}|{'|'.join(self.street)}|{unit_key(self.unit)}"


@dataclass(frozen=True, slots=True)
class AddressColumns:
    """Canonical addresses held by column, one entry per row; see `Address` for their meaning."""

    key: list[str]
    line: list[str]
    city: list[str]
    state: list[str]
    zip5: list[str]
    reason: list[str]


class _Rest(NamedTuple):
    """What stands behind a plain house number: the ends of line and key, ready to be appended."""

    line: str
    key: str
    place: Place


_WORDLESS = {
    "NO ADDRESS", "NO ADDRESS ASSIGNED", "UNKNOWN", "UNASSIGNED", "NONE", "NULL", "NAN", "NA", "N/A", "TBD",
    "VACANT LAND", "VACANT LOT", "PRIMARY", "DESCRIPTIVE ADDRESS", "NOT AVAILABLE", "UNAVAILABLE", "SITUS",
    "ADDRESS UNKNOWN", "ADDRESS NOT AVAILABLE", "NO SITUS", "NO SITUS ADDRESS", "UNKNOWN ADDRESS", "CONFIDENTIAL",
}  # fmt: skip
_DESCRIPTION = re.compile(r"\b\d+(?:-\d+)?\s?(?:FT|FEET)\b|\b(?:NO|UNASSIGNED|UNKNOWN) (?:SITUS|ADDRESS|NUMBER)\b")
_CORNER = re.compile(r"\b(?:CORNER|COR|INTERSECTION|INTERSEC)\b (?:OF )?|\S (?:&|@|AND) \S.*\b(?:ST|AVE|RD|STREET)$")
_PO_BOX = re.compile(r"(?:P\s?O\s?(?:BOX|BX|B)|POST OFFICE BOX|POB|BOX|POBOX)\s*(?:# )?(?:NO )?([A-Z]?-?\d+[A-Z]?)\b")
_RURAL = re.compile(
    r"(?:(RR|RURAL ROUTE|RURAL RT|RFD|R R|RT|RTE|ROUTE)|(HC|HCR|HIGHWAY CONTRACT|STAR ROUTE))\s*(?:# )?(\d+[A-Z]?)?"
    r"\s*,?\s*BOX\s*(?:# )?(\d+[A-Z]?)\b"
)
_UNIT_FIRST = re.compile(r"((?:APT|UNIT|STE|SUITE|#|APARTMENT|BLDG|FLOOR)\s?\S+)(?: ,)? (\d.*)")
_IRREGULAR = re.compile(r"\d*[^\dA-Z\s]|\d+(?!\d*(?:ST|ND|RD|TH)\b)|[A-Z](?=\s|$)(?<![NSEW])|(?:TO|THRU|AND)\b")
_QUEENS_ZIP = re.compile(r"11(?:1|3|4|6)\d\d$|1100[145]$|11040$|11096$")
_QUEENS_CITIES = frozenset(
    [
        "QUEENS",
        "JAMAICA",
        "FLUSHING",
        "ASTORIA",
        "LONG ISLAND CITY",
        "FOREST HILLS",
        "REGO PARK",
        "ELMHURST",
        "CORONA",
        "WOODSIDE",
        "SUNNYSIDE",
        "JACKSON HTS",
        "RIDGEWOOD",
        "MASPETH",
        "MIDDLE VILLAGE",
        "OZONE PARK",
        "S OZONE PARK",
        "RICHMOND HILL",
        "S RICHMOND HILL",
        "HOWARD BEACH",
        "KEW GARDENS",
        "BAYSIDE",
        "WHITESTONE",
        "COLLEGE POINT",
        "FRESH MEADOWS",
        "LITTLE NECK",
        "ARVERNE",
        "FAR ROCKAWAY",
        "ROCKAWAY PARK",
        "QUEENS VILLAGE",
        "HOLLIS",
        "ST ALBANS",
        "CAMBRIA HTS",
        "ROSEDALE",
        "SPRINGFIELD GARDENS",
        "WOODHAVEN",
        "E ELMHURST",
        "FAIR LAWN",
    ]
)
_MAX_CACHED = 500_000


def has_hyphenated_numbers(place: Place) -> bool:
    """Tell whether houses of this place are numbered ``101-15`` (Queens, New York; Fair Lawn, New Jersey)."""
    if place.zip5:
        return bool(_QUEENS_ZIP.match(place.zip5))
    return place.city in _QUEENS_CITIES and place.state in ("NY", "NJ", "")


class AddressReader:
    """Turns addresses as people and agencies write them into one canonical form.

    Street texts repeat within a list, so what follows the house number is read once and remembered.

    Args:
        aliases: Other names of streets (``MLK``) to the name that stands for them, without direction and suffix.
    """

    def __init__(self, aliases: Mapping[str, str] | None = None) -> None:
        self._aliases = dict(aliases or {})
        self._rests: dict[str, _Rest | None] = {}

    def parse(self, address: str, unit: str = "", city: str = "", state: str = "", zip_code: str = "") -> Address:
        """Read one address; columns of unit, city, state and ZIP win over what the line itself says."""
        given = Place(read_city(city), read_state(state), read_zip(zip_code))
        parsed = self._parse_line(plain(address), given)
        place = Place(*(own or found for own, found in zip(given, parsed.place, strict=True)))
        return Address(parsed.number, parsed.high, parsed.street, read_unit(unit) or parsed.unit, place, parsed.reason)

    def canonicalise(
        self,
        addresses: Sequence[str],
        units: Sequence[str] | None = None,
        cities: Sequence[str] | None = None,
        states: Sequence[str] | None = None,
        zips: Sequence[str] | None = None,
    ) -> AddressColumns:
        """Read whole columns; the same results as `parse` row by row, many times faster."""
        count = len(addresses)
        blank = [""] * count
        columns = AddressColumns(blank[:], blank[:], blank[:], blank[:], blank[:], blank[:])
        city_column = [read_city(c) if c else "" for c in cities] if cities else blank
        state_column = [read_state(s) if s else "" for s in states] if states else blank
        zip_column = [read_zip(z) if z else "" for z in zips] if zips else blank
        unit_column = [read_unit(u) if u else "" for u in units] if units else blank
        key, line, reason = columns.key, columns.line, columns.reason
        out_city, out_state, out_zip = columns.city, columns.state, columns.zip5
        rests = self._rests
        for i, (address, unit, city, state, zip5) in enumerate(
            zip(addresses, unit_column, city_column, state_column, zip_column, strict=True)
        ):
            number, _, text = address.partition(" ")
            rest = None
            if number.isdecimal() and number.isascii() and (number := number.lstrip("0")) and not unit:
                try:
                    rest = rests[text]
                except KeyError:
                    rest = self._remember(text)
            if rest is not None:
                key[i] = number + rest.key
                line[i] = number + rest.line
                found = rest.place
            else:
                parsed = self._parse_line(plain(address), Place(city, state, zip5))
                if unit:
                    parsed = Address(parsed.number, parsed.high, parsed.street, unit, parsed.place, parsed.reason)
                key[i], line[i], reason[i], found = parsed.key, parsed.line, parsed.reason, parsed.place
            out_city[i] = city or found.city
            out_state[i] = state or found.state
            out_zip[i] = zip5 or found.zip5
        return columns

    def _remember(self, text: str) -> _Rest | None:
        """Read what follows a plain house number, or nothing where it is part of the number or no street."""
        if len(self._rests) >= _MAX_CACHED:
            self._rests.clear()
        words = plain(text)
        rest = None
        if words and not _IRREGULAR.match(words) and not _unusable("1 " + words):
            street, unit, place = self._parse_rest(words)
            if street.name:
                sample = Address("", 0, street, unit, place)
                rest = _Rest(" " + sample.line, sample.key, place)
        self._rests[text] = rest
        return rest

    def _parse_line(self, text: str, given: Place) -> Address:
        if reason := _unusable(text):
            return Address("", 0, NO_STREET, "", NOWHERE, reason)
        if box := _read_box(text):
            return box
        if match := _UNIT_FIRST.match(text):
            text = f"{match[2]} {match[1]}" if "," not in match[2] else match[2].replace(",", f"{match[1]} ,", 1)
        number = read_number(text, hyphenated=has_hyphenated_numbers(given))
        if number is None:
            return Address("", 0, NO_STREET, "", NOWHERE, "no house number")
        return self._parse_numbered(number, text[number.end :].strip(" ,"), given)

    def _parse_numbered(self, number: HouseNumber, words: str, given: Place) -> Address:
        street, unit, place = self._parse_rest(words, given.city)
        if not street.name:
            return Address(number.text, number.high, street, unit, place, "no street name")
        if number.text == "0":
            return Address("", 0, street, unit, place, "no house number")
        if number.letter and number.letter in "NSEW" and not street.before and not street.after:
            street = street._replace(before=number.letter)
        elif number.letter and not unit:
            unit = f"# {number.letter}"
        return Address(number.text, number.high, street, unit, place)

    def _parse_rest(self, words: str, city: str = "") -> tuple[Street, str, Place]:
        """Read street, unit and place from the words behind the house number."""
        tokens = words.split()
        tokens, place = split_place(tokens, ordinary_end(tokens))
        if city and not place.city and (cut := _ends_with(tokens, city)):
            tokens = tokens[:cut]
        tokens, unit = split_unit(tokens, sure_from=max(ordinary_end(tokens), 1))
        tokens = [t for t in tokens if t != ","]
        if not unit:
            tokens, unit = _trailing_unit(tokens)
        return read_street(tokens, self._aliases), unit, place


def _ends_with(tokens: list[str], city: str) -> int:
    """Index at which ``tokens`` end with the name of the city behind a street of at least two words, or 0."""
    for count in (1, 2, 3):
        if len(tokens) > count + 1 and read_city(" ".join(tokens[-count:])) == city:
            return len(tokens) - count
    return 0


def _trailing_unit(tokens: list[str]) -> tuple[list[str], str]:
    """Read a bare identifier behind an everyday suffix (``MAIN ST 3B``, ``59TH ST 1ST``) as the unit."""
    end = ordinary_end(tokens)
    tail = tokens[end + 1 :]
    if end < 1 or not tail:
        return tokens, ""
    after = 1 if tail[0] in DIRECTIONS and len(tail) > 1 else 0
    tail = tail[after:]
    kept = tokens[: end + 1 + after]
    if len(tail) == 1 and tail[0] in ("BUILDING", "BLDG"):
        return kept, ""
    if len(tail) == 1 and (floor := floor_number(tail[0])):
        return kept, f"FL {floor}"
    if len(tail) == 1 and tail[0] not in DIRECTIONS and looks_like_identifier(tail[0]) and tail[0] not in UNITS:
        return kept, read_unit(tail[0])
    return tokens, ""


def _unusable(text: str) -> str:
    """Say why a text names no single place, or nothing."""
    if not text:
        return "no address"
    bare = text.replace(",", "").strip()
    if bare in _WORDLESS:
        return "no address"
    if _DESCRIPTION.search(text):
        return "a description, not an address"
    if not text[0].isdigit() and _CORNER.search(text):
        return "a corner, not an address"
    return ""


def _read_box(text: str) -> Address | None:
    """Read a PO box or a rural or highway contract route box."""
    if match := _RURAL.match(text):
        kind = "RR" if match[1] else "HC"
        name = f"{kind} {match[3]} BOX" if match[3] else f"{kind} BOX"
    elif match := _PO_BOX.match(text):
        name = "PO BOX"
    else:
        return None
    number = match[match.lastindex or 1].replace("-", "")
    tail = text[match.end() :].split()
    _, place = split_place(["X", *([","] if tail and tail[0] != "," else []), *tail], -1)
    return Address(number.lstrip("0") or "0", 0, Street("", name, "", ""), "", place)
