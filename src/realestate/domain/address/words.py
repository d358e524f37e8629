"""Words of US addresses other than suffixes: directions, states, units, ordinals."""

from __future__ import annotations

_DIRECTIONS = "N NORTH NO NTH;S SOUTH SO STH;E EAST;W WEST;NE NORTHEAST;NW NORTHWEST;SE SOUTHEAST;SW SOUTHWEST"

_STATES = """
AL Alabama;AK Alaska;AZ Arizona;AR Arkansas;CA California;CO Colorado;CT Connecticut;DE Delaware;
DC District of Columbia;FL Florida;GA Georgia;HI Hawaii;ID Idaho;IL Illinois;IN Indiana;IA Iowa;KS Kansas;
KY Kentucky;LA Louisiana;ME Maine;MD Maryland;MA Massachusetts;MI Michigan;MN Minnesota;MS Mississippi;
MO Missouri;MT Montana;NE Nebraska;NV Nevada;NH New Hampshire;NJ New Jersey;NM New Mexico;NY New York;
NC North Carolina;ND North Dakota;OH Ohio;OK Oklahoma;OR Oregon;PA Pennsylvania;RI Rhode Island;
SC South Carolina;SD South Dakota;TN Tennessee;TX Texas;UT Utah;VT Vermont;VA Virginia;WA Washington;
WV West Virginia;WI Wisconsin;WY Wyoming;PR Puerto Rico;GU Guam;VI Virgin Islands;AS American Samoa;
MP Northern Mariana Islands;AA;AE;AP
"""

_UNITS = (
    "APT APARTMENT APTS APMT;UNIT UNT;STE SUITE;#;BLDG BUILDING BLD;RM ROOM;FL FLOOR FLR;LOT;SPC SPACE;"
    "TRLR TRAILER;SLIP;PIER;STOP;KEY;HNGR HANGAR;DEPT DEPARTMENT;REAR;BSMT BASEMENT;FRNT FRONT;"
    "PH PENTHOUSE;LOWR LOWER;UPPR UPPER;SIDE;OFC OFFICE;LBBY LOBBY"
)


def _spellings(table: str) -> dict[str, str]:
    """Map every word of a ``;``-separated table to the first word of its entry."""
    rows = [row.split() for row in table.split(";")]
    return {word: row[0] for row in rows for word in row}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DIRECTIONS: dict[str, str] = _spellings(_DIRECTIONS)
"""Any spelling of a direction to its abbreviation."""

_STATE_ROWS = [row.strip().upper().partition(" ") for row in _STATES.replace("\n", "").split(";")]

STATE_CODES = frozenset(code for code, _, _ in _STATE_ROWS)

STATES: dict[str, str] = {name: code for code, _, name in _STATE_ROWS if name} | {c: c for c in STATE_CODES}
"""USPS code or full name, upper case, to the USPS code."""

UNITS: dict[str, str] = _spellings(_UNITS)
"""Secondary unit designators of USPS Publication 28, Appendix C2, to their abbreviation."""

SURE_UNITS = _words("APT UNIT STE # BLDG RM")
"""Designators that are never part of a street's name once a word stands before them."""

LONE_UNITS = _words("REAR BSMT FRNT PH LOWR UPPR SIDE OFC LBBY")
"""Designators that need no identifier."""

PLAIN_UNITS = _words("APT UNIT STE # RM LOT SPC TRLR")
"""Designators that lists use for one another: only the identifier tells such units apart."""

_ONES = "FIRST SECOND THIRD FOURTH FIFTH SIXTH SEVENTH EIGHTH NINTH"
_TEENS = "TENTH ELEVENTH TWELFTH THIRTEENTH FOURTEENTH FIFTEENTH SIXTEENTH SEVENTEENTH EIGHTEENTH NINETEENTH"
_TENS = "TWENTY THIRTY FORTY FIFTY SIXTY SEVENTY EIGHTY NINETY"


def ordinal(number: int) -> str:
    """Write 1 as 1ST, 12 as 12TH, 23 as 23RD."""
    ending = {1: "ST", 2: "ND", 3: "RD"}.get(number % 10, "TH")
    return f"{number}TH" if number % 100 in (11, 12, 13) else f"{number}{ending}"


TENS: dict[str, int] = {word: 10 * i for i, word in enumerate(_TENS.split(), start=2)}
"""TWENTY ... to 20, for ordinals written as two words."""

_SMALL = {word: i for i, word in enumerate(f"{_ONES} {_TEENS}".split(), start=1)}

ORDINALS: dict[str, str] = (
    {word: ordinal(value) for word, value in _SMALL.items()}
    | {tens[:-1] + "IETH": ordinal(value) for tens, value in TENS.items()}
    | {tens + one: ordinal(value + _SMALL[one]) for tens, value in TENS.items() for one in _ONES.split()}
)
"""FIRST, TWENTIETH, TWENTYFIRST ... to 1ST, 20TH, 21ST."""
