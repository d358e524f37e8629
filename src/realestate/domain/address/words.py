"""Words of US addresses other than suffixes: directions, states, units, ordinals."""

from __future__ import annotations

DIRECTIONS: dict[str, str] = {
    "N": "N", "NORTH": "N", "NO": "N", "NTH": "N",
    "S": "S", "SOUTH": "S", "SO": "S", "STH": "S",
    "E": "E", "EAST": "E",
    "W": "W", "WEST": "W",
    "NE": "NE", "NORTHEAST": "NE",
    "NW": "NW", "NORTHWEST": "NW",
    "SE": "SE", "SOUTHEAST": "SE",
    "SW": "SW", "SOUTHWEST": "SW",
}  # fmt: skip

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

_STATE_ROWS = [row.strip().upper().partition(" ") for row in _STATES.replace("\n", "").split(";")]

STATE_CODES = frozenset(row[0] for row in _STATE_ROWS)

STATES: dict[str, str] = {name: code for code, _, name in _STATE_ROWS if name} | {c: c for c in STATE_CODES}
"""USPS code or full name, upper case, to the USPS code."""

UNITS: dict[str, str] = {
    "APT": "APT", "APARTMENT": "APT", "APTS": "APT", "APMT": "APT", "UNIT": "UNIT", "UNT": "UNIT",
    "STE": "STE", "SUITE": "STE", "#": "#", "NO.": "#", "BLDG": "BLDG", "BUILDING": "BLDG", "BLD": "BLDG",
    "RM": "RM", "ROOM": "RM", "FL": "FL", "FLOOR": "FL", "FLR": "FL", "LOT": "LOT", "SPC": "SPC",
    "SPACE": "SPC", "TRLR": "TRLR", "TRAILER": "TRLR", "SLIP": "SLIP", "PIER": "PIER", "STOP": "STOP",
    "KEY": "KEY", "HNGR": "HNGR", "HANGAR": "HNGR", "DEPT": "DEPT", "DEPARTMENT": "DEPT", "REAR": "REAR",
    "BSMT": "BSMT", "BASEMENT": "BSMT", "FRNT": "FRNT", "FRONT": "FRNT", "PH": "PH", "PENTHOUSE": "PH",
    "LOWR": "LOWR", "LOWER": "LOWR", "UPPR": "UPPR", "UPPER": "UPPR", "SIDE": "SIDE", "OFC": "OFC",
    "OFFICE": "OFC", "LBBY": "LBBY", "LOBBY": "LBBY",
}  # fmt: skip
"""Secondary unit designators of USPS Publication 28, Appendix C2, to their abbreviation."""

SURE_UNITS = frozenset({"APT", "UNIT", "STE", "#", "BLDG", "RM"})
"""Designators that are never part of a street's name once a word stands before them."""

LONE_UNITS = frozenset({"REAR", "BSMT", "FRNT", "PH", "LOWR", "UPPR", "SIDE", "OFC", "LBBY"})
"""Designators that need no identifier."""

PLAIN_UNITS = frozenset({"APT", "UNIT", "STE", "#", "RM", "LOT", "SPC", "TRLR"})
"""Designators that lists use for one another: only the identifier tells such units apart."""

_ONES = ["FIRST", "SECOND", "THIRD", "FOURTH", "FIFTH", "SIXTH", "SEVENTH", "EIGHTH", "NINTH"]
_TEENS = [
    "TENTH",
    "ELEVENTH",
    "TWELFTH",
    "THIRTEENTH",
    "FOURTEENTH",
    "FIFTEENTH",
    "SIXTEENTH",
    "SEVENTEENTH",
    "EIGHTEENTH",
    "NINETEENTH",
]
_TENS = {
    "TWENTY": 20, "THIRTY": 30, "FORTY": 40, "FIFTY": 50, "SIXTY": 60, "SEVENTY": 70, "EIGHTY": 80, "NINETY": 90,
}  # fmt: skip


def ordinal(number: int) -> str:
    """Write 1 as 1ST, 12 as 12TH, 23 as 23RD."""
    if number % 100 in (11, 12, 13):
        return f"{number}TH"
    return f"{number}{ {1: 'ST', 2: 'ND', 3: 'RD'}.get(number % 10, 'TH') }"


ORDINALS: dict[str, str] = (
    {word: ordinal(value) for value, word in enumerate(_ONES + _TEENS, start=1)}
    | {tens[:-1] + "IETH": ordinal(value) for tens, value in _TENS.items()}
    | {tens + one: ordinal(value + i) for tens, value in _TENS.items() for i, one in enumerate(_ONES, start=1)}
)
"""FIRST, TWENTIETH, TWENTYFIRST ... to 1ST, 20TH, 21ST."""

TENS: dict[str, int] = _TENS
"""TWENTY ... to 20, for ordinals written as two words."""
