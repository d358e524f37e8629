"""Reads cells as vendors write them: dates, money, yes and no, phones, e-mails, names; a column at a time."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

NOTHING = frozenset(("", "na", "n/a", "#n/a", "null", "none", "-", "--", "---", ".", "unknown", "nil", "not available"))
"""What lists write, in any case, where there is nothing to say."""
FIRST_YEAR, LAST_YEAR = 1700, 2100
LARGEST_AMOUNT = 100_000_000_000_00
"""US cents; no house, debt or roll total comes near 100 billion dollars."""
MEMORY = 100_000
"""Distinct cells remembered by one reader before it starts afresh."""


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """The values of a column, and (row, reason) of each cell that could not be understood.

    A cell that says nothing and a bad cell are both None; only the bad one is a loss.
    """

    values: list[T | None]
    bad: list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class _Bad:
    reason: str


class _Memory(dict[str, T | _Bad | None], Generic[T]):
    """Cells already read; lists repeat the same dates, amounts and cities all the time."""

    def __init__(self, read: Callable[[str], T | _Bad | None]) -> None:
        self._read = read

    def __missing__(self, cell: str) -> T | _Bad | None:
        value = self[cell] = self._read(cell)
        return value

    def column(self, cells: Sequence[str]) -> Parsed[T]:
        if len(self) > MEMORY:
            self.clear()
        found = list(map(self.__getitem__, cells))
        bad = [(row, value.reason) for row, value in enumerate(found) if value.__class__ is _Bad]
        for row, _ in bad:
            found[row] = None
        return Parsed(found, bad)  # type: ignore[arg-type]


# ---------------------------------------------------------------- dates

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


def _date(cell: str) -> date | _Bad | None:
    text = cell.strip().lower()
    if text in NOTHING:
        return None
    try:
        day = _date_of(text)
    except ValueError:
        return _Bad("not a day of the calendar")
    if day is None:
        return _Bad("not a date")
    if day in _PLACEHOLDERS:
        return _Bad("a placeholder, not a date")
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else _Bad("a year out of reach")


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


# ---------------------------------------------------------------- money and numbers

_AMOUNT = re.compile(
    r"(?P<open>\()?(?P<sign>[-+])?\s*(?:usd)?\s*\$?\s*(?P<minus>-)?"
    r"(?P<whole>\d{1,3}(?:,\d{3})+|\d*)(?:\.(?P<part>\d*))?\s*(?P<unit>[km]|usd)?(?P<close>\))?(?P<after>-)?"
)
_SCIENTIFIC = re.compile(r"[-+$(]*\d+(?:\.\d+)?e[-+]?\d+\)?")
_THOUSANDS = {"k": 1_000, "m": 1_000_000}


def amounts(cells: Sequence[str]) -> Parsed[int]:
    """US dollars in whole cents; parentheses and minus signs make them negative.

    Not-a-number, infinity, numbers in scientific notation (rounded by a spreadsheet) and amounts beyond
    100 billion dollars are bad.
    """
    return _AMOUNTS.column(cells)


def _amount(cell: str) -> int | _Bad | None:
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


def _unusual_amount(text: str) -> int | _Bad:
    if _SCIENTIFIC.fullmatch(text):
        return _Bad("a number rounded to scientific notation")
    found = _AMOUNT.fullmatch(text)
    if not found or not (found["whole"] or found["part"]) or bool(found["open"]) != bool(found["close"]):
        return _Bad("not an amount")
    if len(found["whole"]) > 20:
        return _Bad("an amount out of reach")
    dollars = Decimal(f"{found['whole'].replace(',', '') or 0}.{(found['part'] or '0')[:20]}")
    cents = int((dollars * _THOUSANDS.get(found["unit"] or "", 1) * 100).to_integral_value(ROUND_HALF_EVEN))
    if cents > LARGEST_AMOUNT:
        return _Bad("an amount out of reach")
    negative = found["open"] or found["sign"] == "-" or found["minus"] or found["after"]
    return -cents if negative else cents


def numbers(cells: Sequence[str]) -> Parsed[float]:
    """Plain numbers such as rooms, square feet, years owed and coordinates; commas and "+" are dropped."""
    return _NUMBERS.column(cells)


def _number(cell: str) -> float | _Bad | None:
    text = cell.strip().lower().replace(",", "").removesuffix("+").removesuffix("%")
    if text in NOTHING:
        return None
    try:
        value = float(text)
    except ValueError:
        return _Bad("not a number")
    return value if abs(value) < 1e12 and "_" not in text else _Bad("a number out of reach")


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


# ---------------------------------------------------------------- phones and e-mails

_PHONE_SEPARATORS = re.compile(r"[/;|,&\n]|\bor\b|\band\b")
_EXTENSION = re.compile(r"(?:\bx|ext\.?|extension|#)\s*\d{1,6}\s*$", re.IGNORECASE)
_NOT_DIGITS = re.compile(r"\D+")
_NANP = re.compile(r"[2-9]\d\d[2-9]\d{6}")
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24}"
)
_NOBODY = ("none@", "noemail@", "no@", "na@", "n/a@", "test@test.")


def phones(cells: Sequence[str]) -> Parsed[str]:
    """US numbers as "+1" and ten digits, other countries' in E.164; several of one cell parted by blanks.

    Extensions are dropped. A number without area code, and one that a spreadsheet rounded, is bad.
    """
    return _column(cells, _phone)


def _phone(cell: str) -> str | _Bad | None:
    size = len(cell)
    digits = cell
    if size == 14 and cell[0] == "(" and cell[4] == ")" and cell[9] in "-. ":
        digits = cell[1:4] + cell[6:9] + cell[10:]
    elif size == 12 and cell[3] == cell[7] and cell[3] in "-. ":
        digits = cell[:3] + cell[4:7] + cell[8:]
    if len(digits) == 10 and digits.isdecimal() and digits.isascii() and digits[0] > "1" < digits[3]:
        return "+1" + digits
    return _unusual_phone(cell)


def _unusual_phone(cell: str) -> str | _Bad | None:
    text = cell.strip().lower()
    if text in NOTHING or not text.strip("0()- ."):
        return None
    if _SCIENTIFIC.fullmatch(text):
        return _Bad("a phone rounded by a spreadsheet")
    pieces = [text] if text.startswith("+") and not text.startswith("+1") else _PHONE_SEPARATORS.split(text)
    found = [number for piece in pieces if (number := _one_phone(piece.removesuffix(".0").strip()))]
    return " ".join(dict.fromkeys(found)) or _Bad("not a phone with area code")


def _one_phone(piece: str) -> str | None:
    plain = _EXTENSION.sub("", piece)
    digits = _NOT_DIGITS.sub("", plain)
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    if _NANP.fullmatch(digits):
        return "+1" + digits
    return _foreign_phone(plain) if plain.startswith("+") else None


def _foreign_phone(plain: str) -> str | None:
    import phonenumbers  # 0.2 s that most lists never need

    try:
        number = phonenumbers.parse(plain)
    except phonenumbers.NumberParseException:
        return None
    if number.country_code == 1 or not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def emails(cells: Sequence[str]) -> Parsed[str]:
    """E-mail addresses in lower case; several of one cell parted by blanks."""
    return _column(cells, _email)


def _email(cell: str) -> str | _Bad | None:
    text = cell.strip().lower()
    if _EMAIL.fullmatch(text):
        return None if text.startswith(_NOBODY) else text
    if text in NOTHING:
        return None
    pieces = [piece.strip("<>()\"'") for piece in re.split(r"[\s;,|/]+", text.removeprefix("mailto:"))]
    found = dict.fromkeys(piece for piece in pieces if _EMAIL.fullmatch(piece) and not piece.startswith(_NOBODY))
    return " ".join(found) or _Bad("not an e-mail address")


def _column(cells: Sequence[str], read: Callable[[str], str | _Bad | None]) -> Parsed[str]:
    """As a memory reads, for cells that hardly ever repeat, except for being empty."""
    found = [read(cell) if cell else None for cell in cells]
    bad = [(row, value.reason) for row, value in enumerate(found) if value.__class__ is _Bad]
    for row, _ in bad:
        found[row] = None
    return Parsed(found, bad)  # type: ignore[arg-type]


# ---------------------------------------------------------------- text and names

_INVISIBLE = dict.fromkeys(
    [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, 0x00AD]
)
_ENTITY = re.compile(
    r"\b(?:l\.?l\.?c|inc|incorporated|corp|corporation|company|l\.?p|l\.?l\.?p|ltd|limited|partners|partnership|"
    r"properties|holdings?|investments?|capital|realty|ventures|homes|group|enterprises?|associates|association|"
    r"bank|church|city of|county of|state of|housing authority|development|management|rentals|hoa|credit union|"
    r"university|ministries|foundation|society|fund|mortgage|acquisitions?|assets?)\b",
    re.IGNORECASE,
)
_TRUST = re.compile(r"\b(?:trust|trustees?|tr|living trust|revocable)\b", re.IGNORECASE)
_ESTATE = re.compile(r"\b(?:estate of|est of|heirs?|estate|decd|deceased)\b", re.IGNORECASE)


def texts(cells: Sequence[str]) -> list[str]:
    """Text as a person reads it: single blanks, composed letters, nothing invisible and no control codes."""
    return [
        plain if (plain := " ".join(cell.split())).isascii() and plain.isprintable() else _visible(plain)
        for cell in cells
    ]


def _visible(text: str) -> str:
    composed = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    shown = "".join(letter for letter in composed if unicodedata.category(letter) != "Cc")
    return " ".join(shown.split())


def owner_kind(name: str) -> str:
    """What kind of owner a name says: "entity", "estate", "trust" or "person"; "" for no name."""
    if not name:
        return ""
    if _ENTITY.search(name):
        return "entity"
    if _ESTATE.search(name):
        return "estate"
    return "trust" if _TRUST.search(name) else "person"


_DATES = _Memory(_date)
_AMOUNTS = _Memory(_amount)
_NUMBERS = _Memory(_number)
_BOOLEANS: _Memory[bool] = _Memory(_boolean)
_RAISED: _Memory[bool] = _Memory(lambda cell: cell.strip().lower() not in _NO)
