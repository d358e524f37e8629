"""Reads phones, e-mail addresses, names and other text as vendors write them; a column at a time."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from realestate.domain.leads.cells import NOTHING, SCIENTIFIC, Bad, Parsed, read_column

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    return read_column(cells, _phone)


def _phone(cell: str) -> str | Bad | None:
    size = len(cell)
    digits = cell
    if size == 14 and cell[0] == "(" and cell[4] == ")" and cell[9] in "-. ":
        digits = cell[1:4] + cell[6:9] + cell[10:]
    elif size == 12 and cell[3] == cell[7] and cell[3] in "-. ":
        digits = cell[:3] + cell[4:7] + cell[8:]
    if len(digits) == 10 and digits.isdecimal() and digits.isascii() and digits[0] > "1" < digits[3]:
        return "+1" + digits
    return _unusual_phone(cell)


def _unusual_phone(cell: str) -> str | Bad | None:
    text = cell.strip().lower()
    if text in NOTHING or not text.strip("0()- ."):
        return None
    if SCIENTIFIC.fullmatch(text):
        return Bad("a phone rounded by a spreadsheet")
    pieces = [text] if text.startswith("+") and not text.startswith("+1") else _PHONE_SEPARATORS.split(text)
    found = [number for piece in pieces if (number := _one_phone(piece.removesuffix(".0").strip()))]
    return " ".join(dict.fromkeys(found)) or Bad("not a phone with area code")


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
    return read_column(cells, _email)


def _email(cell: str) -> str | Bad | None:
    text = cell.strip().lower()
    if _EMAIL.fullmatch(text):
        return None if text.startswith(_NOBODY) else text
    if text in NOTHING:
        return None
    pieces = [piece.strip("<>()\"'") for piece in re.split(r"[\s;,|/]+", text.removeprefix("mailto:"))]
    found = dict.fromkeys(piece for piece in pieces if _EMAIL.fullmatch(piece) and not piece.startswith(_NOBODY))
    return " ".join(found) or Bad("not an e-mail address")


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
