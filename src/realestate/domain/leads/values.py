"""Reads dates, money, numbers, yes and no as vendors write them; a column at a time."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from realestate.domain.leads.cells import MEMORY, NOTHING, SCIENTIFIC, Bad, Memory, Parsed
from realestate.domain.leads.contact_values import emails, owner_kind, phones, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "MEMORY",
    "Parsed",
    "amounts",
    "booleans",
    "dates",
    "emails",
    "numbers",
    "owner_kind",
    "phones",
    "says_yes",
    "texts",
]

FIRST_YEAR, LAST_YEAR = 1700, 2100
LARGEST_AMOUNT = 100_000_000_000_00
"""US cents; no house, debt or roll total comes near 100 billion dollars."""
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[t ].*)?")
_US = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:[t ].*)?")
_MONTH_FIRST = re.compile(r"([a-z]{3})[a-z]*\.?[ -]+(?:(\d{1,2})(?:st|nd|rd|th)?,?[ -]+)?(\d{4}|\d{2})(?: .*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[ -]([a-z]{3})[a-z]*\.?,?[ -](\d{4}|\d{2})(?: .*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_YEAR = re.compile(r"(\d{4})(?:\.0)?")
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_EXCEL_EPOCH = date(1899, 12, 30)
_PLACEHOLDERS = (date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1))


def dates(cells: Sequence[str]) -> Parsed[date]:
    """Dates as lists write them: ISO, US order, month names, Excel day numbers, a month or a year alone.

    A month or a year alone is its first day. Two-digit years up to 68 are of this century (POSIX).
    Years before 1700 or after 2100, impossible days and placeholders are bad.
    """
    return _DATES.column(cells)


def _date(cell: str) -> date | Bad | None:
    text = cell.strip().lower()
    if text in NOTHING:
        return None
    try:
        day = _date_of(text)
    except ValueError:
        return Bad("not a day of the calendar")
    if day is None:
        return Bad("not a date")
    if day in _PLACEHOLDERS:
        return Bad("a placeholder, not a date")
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else Bad("a year out of reach")


def _date_of(text: str) -> date | None:
    if found := _US.fullmatch(text):
        return date(_full_year(found[3]), int(found[1]), int(found[2]))
    if found := _YEAR.fullmatch(text):
        return date(int(found[1]), 1, 1)
    if found := _ISO.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3] or 1))
    if found := _SERIAL.fullmatch(text):
        return _EXCEL_EPOCH + timedelta(days=int(found[1]))
    if found := _COMPACT.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    return _date_in_words(text)


def _date_in_words(text: str) -> date | None:
    if (found := _MONTH_FIRST.fullmatch(text)) and found[1] in _MONTHS:
        return date(_full_year(found[3]), _MONTHS[found[1]], int(found[2] or 1))
    if (found := _DAY_FIRST.fullmatch(text)) and found[2] in _MONTHS:
        return date(_full_year(found[3]), _MONTHS[found[2]], int(found[1]))
    return None


def _full_year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 69 else 1900)


_AMOUNT = re.compile(
    r"(?P<open>\()?(?P<sign>[-+])?\s*(?:usd)?\s*\$?\s*(?P<minus>-)?"
    r"(?P<whole>\d{1,3}(?:,\d{3})+|\d*)(?:\.(?P<part>\d*))?\s*(?P<unit>[km]|usd)?(?P<close>\))?(?P<after>-)?"
)
_THOUSANDS = {"k": 1_000, "m": 1_000_000}


def amounts(cells: Sequence[str]) -> Parsed[int]:
    """US dollars in whole cents; parentheses and minus signs make them negative.

    Not-a-number, infinity, numbers in scientific notation (rounded by a spreadsheet) and amounts beyond
    100 billion dollars are bad.
    """
    return _AMOUNTS.column(cells)


def _amount(cell: str) -> int | Bad | None:
    text = cell.strip().lower()
    cents = _plain_amount(text)
    if cents is not None:
        return cents
    return None if text in NOTHING else _unusual_amount(text)


def _plain_amount(text: str) -> int | None:
    """Cents of "1234", "$1,234" and "$1,234.5", the forms that nearly all amounts have."""
    whole, _, part = text.removeprefix("$").partition(".")
    if "," in whole:
        first, *groups = whole.split(",")
        if not 0 < len(first) <= 3 or any(len(group) != 3 for group in groups):
            return None
        whole = first + "".join(groups)
    if not whole.isdecimal() or len(whole) > 11 or len(part) > 2 or not (part or "0").isdecimal():
        return None
    return int(whole) * 100 + int((part + "00")[:2])


def _unusual_amount(text: str) -> int | Bad:
    if SCIENTIFIC.fullmatch(text):
        return Bad("a number rounded to scientific notation")
    found = _AMOUNT.fullmatch(text)
    if not found or not (found["whole"] or found["part"]) or bool(found["open"]) != bool(found["close"]):
        return Bad("not an amount")
    if len(found["whole"]) > 20:
        return Bad("an amount out of reach")
    dollars = Decimal(f"{found['whole'].replace(',', '') or 0}.{(found['part'] or '0')[:20]}")
    cents = int((dollars * _THOUSANDS.get(found["unit"] or "", 1) * 100).to_integral_value(ROUND_HALF_EVEN))
    if cents > LARGEST_AMOUNT:
        return Bad("an amount out of reach")
    negative = found["open"] or found["sign"] == "-" or found["minus"] or found["after"]
    return -cents if negative else cents


def numbers(cells: Sequence[str]) -> Parsed[float]:
    """Plain numbers such as rooms, square feet, years owed and coordinates; commas and "+" are dropped."""
    return _NUMBERS.column(cells)


def _number(cell: str) -> float | Bad | None:
    text = cell.strip().lower().replace(",", "").removesuffix("+").removesuffix("%")
    if text in NOTHING:
        return None
    try:
        value = float(text)
    except ValueError:
        return Bad("not a number")
    return value if abs(value) < 1e12 and "_" not in text else Bad("a number out of reach")


_YES = frozenset(("yes", "y", "true", "t", "1", "1.0", "x", "on", "checked", "✓", "✔", "yes."))
_NO = NOTHING | frozenset(("no", "n", "false", "f", "0", "0.0", "off", "unchecked", "clean", "clear"))


def booleans(cells: Sequence[str]) -> list[bool | None]:
    """Yes and no in any of the vendors' spellings; None where neither is said."""
    return _BOOLEANS.column(cells).values


def _boolean(cell: str) -> bool | None:
    text = cell.strip().lower()
    return True if text in _YES else False if text in _NO and text not in NOTHING else None


def says_yes(cells: Sequence[str]) -> list[bool]:
    """Whether a flag is raised: by a yes, or by any words that are no plain no ("DNC", "2023-05-01")."""
    return [value is True for value in _RAISED.column(cells).values]


_DATES = Memory(_date)
_AMOUNTS = Memory(_amount)
_NUMBERS = Memory(_number)
_BOOLEANS: Memory[bool] = Memory(_boolean)
_RAISED: Memory[bool] = Memory(lambda cell: cell.strip().lower() not in _NO)
