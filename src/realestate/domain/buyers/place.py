"""What of an address, a parcel number or a property type two records can share."""

from __future__ import annotations

import re

_SPACES = re.compile(r"\s+")
# "1718 A BROOK AVE" has a lettered number; "12 A ST" and "12 N OAK ST" have not.
_NUMBER = re.compile(r"^0*(\d{1,6})(?:\s*-\s*\d+|[A-Z](?=\s)|\s+1/2|\s+[A-DF-MO-RT-VX-Z](?=\s\S+\s\S))?\s+(?=\S)")
_NOT_A_NAME = re.compile(r"[^A-Z0-9 ]+")
_UNIT = re.compile(r"\s(?:APT|UNIT|STE|SUITE|LOT|BLDG|RM|FL|NO)\b.*$|\s*#.*$")
_ZIP = re.compile(r"(\d{5})(?:-?\d{4})?$")
_SUFFIXES = {
    "STREET": "ST", "AVENUE": "AVE", "AV": "AVE", "ROAD": "RD", "DRIVE": "DR", "LANE": "LN", "COURT": "CT",
    "CIRCLE": "CIR", "PLACE": "PL", "BOULEVARD": "BLVD", "TERRACE": "TER", "PARKWAY": "PKWY", "TRAIL": "TRL",
    "HIGHWAY": "HWY", "SQUARE": "SQ", "COVE": "CV", "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W",
}  # fmt: skip

# The first pattern that is found names the type; vacancy stands first because
# "vacant single family" is a lot.
_TYPES = [
    ("land", r"VACANT|\bLAND\b|\bLOTS?\b(?! LINE)|ACREAGE|UNIMPROVED"),
    ("mobile_home", r"MOBILE|MANUFACTURED|TRAILER"),
    ("condo", r"CONDO|CO-?OP\b|APARTMENT UNIT"),
    ("townhouse", r"TOWN ?HO(?:ME|USE)|ROW ?HO(?:ME|USE)|ZERO LOT|ATTACHED"),
    ("multi_family", r"DUPLEX|TRIPLEX|QUAD|FOURPLEX|MULTI|APARTMENT|APTS?\b|[2-9][- ]?(?:UNITS?|FAMILY)|PLEX\b"),
    ("commercial", r"COMMERCIAL|OFFICE|RETAIL|INDUSTRIAL|WAREHOUSE|STORE|HOTEL|MOTEL|CHURCH|PARKING"),
    ("single_family", r"SINGLE|\bSFR?\b|\bSFD\b|\bSFH\b|RESIDENTIAL|HOUSE|HOME|DWELLING|ONE FAMILY|1[- ]FAMILY"),
]
_TYPE_PATTERNS = [(name, re.compile(pattern)) for name, pattern in _TYPES]
PROPERTY_TYPES = (*(name for name, _ in _TYPES), "other")


def property_type(words: str | None) -> str:
    """One of ``PROPERTY_TYPES`` for a county's or vendor's wording; empty for no words."""
    text = (words or "").upper().replace("_", " ").strip()
    if not text:
        return ""
    return next((name for name, pattern in _TYPE_PATTERNS if pattern.search(text)), "other")


def zip5(text: str | None) -> str:
    """The five-digit ZIP at the end of a text, or nothing."""
    found = _ZIP.search((text or "").strip())
    return found[1] if found else ""


def city_key(text: str | None) -> str:
    """A city's name for comparing: upper case, letters and digits only."""
    return _SPACES.sub(" ", _NOT_A_NAME.sub(" ", (text or "").upper())).strip()


def split_city(address: str | None) -> tuple[str, str]:
    """Street line and city of ``12 OAK ST, NASHVILLE``; the city is empty without a comma."""
    street, _, rest = (address or "").partition(",")
    return street.strip(), rest.partition(",")[0].strip()


def street_key(address: str | None) -> tuple[str, int | None]:
    """The street's name for comparing, and the house number where the line begins with one.

    A light reading of the first line, made for telling whether two purchases lie
    on one street; the canonical form of an address is the business of the lead side.
    """
    line = _SPACES.sub(" ", (address or "").upper().partition(",")[0].replace("*", " ")).strip()
    found = _NUMBER.match(line)
    name = _UNIT.sub("", line[found.end() :] if found else line)
    words = _NOT_A_NAME.sub(" ", name).split()
    key = " ".join(_SUFFIXES.get(word, word) for word in words)
    return key, int(found[1]) if found else None


def parcel_key(parcel: str | None) -> str:
    """A parcel number without its separators, so that a prefix of it is a sheet of the parcel map."""
    return re.sub(r"[^A-Z0-9]+", "", (parcel or "").upper())
