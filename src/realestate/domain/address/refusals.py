"""Texts in an address column that name no one place, and legal descriptions that name one without a number."""

from __future__ import annotations

import re

_NOTHING = frozenset(
    """NO ADDRESS;NO ADDRESS ASSIGNED;ADDRESS UNASSIGNED;UNKNOWN;UNASSIGNED;NONE;NULL;NAN;NA;N/A;TBD;PRIMARY;
    VACANT;VACANT LAND;VACANT LOT;DESCRIPTIVE ADDRESS;NOT AVAILABLE;UNAVAILABLE;ADDRESS UNKNOWN;CONFIDENTIAL;
    UNKNOWN ADDRESS;ADDRESS NOT AVAILABLE;NO SITUS;NO SITUS ADDRESS;NO STREET ADDRESS;SITUS;MULTIPLE;VARIOUS;
    GENERAL DELIVERY;-;.;0""".replace("\n    ", "").split(";")
)
_NO_NUMBER_YET = re.compile(r"\b(?:NO|UNASSIGNED|UNKNOWN|UNNUMBERED) (?:SITUS|ADDRESS|NUMBER|STREET NUMBER)\b")
_AND = r"(?:&|@|AND|AT)"
_CORNER = re.compile(
    r"\b(?:CORNER|INTERSECTION|INTERSEC)\b|\bCOR OF\b"
    rf"|^\D\S*(?: \S+)* {_AND} \S+(?: \S+)* (?:ST|AVE|RD|STREET)\b|^\d+(?:ST|ND|RD|TH)(?: \S+)? {_AND} \S"
)
_MEASURED = r"(?<!^)\b\d+(?:-\d+)?\s?(?:FT|FEET)\b|^\d+ (?:FT|FEET) (?:ALLEY|ALY|AL|STRIP|WIDE)\b"
_BESIDE = r"^\D.*\b[NS][EW]C\b|^[NSEW]{1,3}S (?:OF )?\S.*\b[NSEW]{1,2} (?:OF )?\S"
_SURVEY = re.compile(rf"{_MEASURED}|{_BESIDE}")
_MIN_WORDS = 5


def why_unusable(text: str) -> str:
    """Say why plain words name no one place, or return nothing."""
    if not text or text.replace(",", "").strip() in _NOTHING or not any(c.isalnum() for c in text):
        return "no address"
    if text[0].isdigit() and text.partition(" ")[2].strip(" ,") in _NOTHING:
        return "no address"
    if _NO_NUMBER_YET.search(text):
        return "no address"
    if _SURVEY.search(text):
        return "" if is_description(text) else "a description that names no one place"
    return "a corner, not an address" if _CORNER.search(text) else ""


def is_description(text: str) -> bool:
    """Tell whether plain words describe a parcel by its surroundings (``ES 12 FT ALLEY 50 FT N OF OAK ST``).

    Such a text is compared as a whole: it never stands for the street that it mentions.
    """
    return len(text.split()) >= _MIN_WORDS and bool(_SURVEY.search(text))
