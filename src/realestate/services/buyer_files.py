"""Reads files of deeds and lists of buyers into values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from realestate.domain.buyers.buybox import describe_property
from realestate.domain.buyers.columns import Plan, plan_columns
from realestate.domain.buyers.discovery import Deed
from realestate.domain.buyers.place import city_key, street_key, zip5
from realestate.domain.buyers.records import BuyerFacts
from realestate.errors import UnusableInputError

if TYPE_CHECKING:
    from realestate.domain.buyers.ports import ListReader, OpenedList, Vocabulary

_DAYS = {"date", "last_purchase"}
_DOLLARS = {"price", "price_min", "price_max", "average_price"}
_NUMBERS = {"lat", "lon", "beds", "sqft", "year_built", "purchases", "closing_days", "close_rate"}
_YES = {"y", "yes", "true", "1", "x", "t", "verified", "on file", "dnc"}
_NO = {"", "n", "no", "false", "0", "none", "null", "f", "nan"}
_SEVERAL = re.compile(r"[;|/,\n]+")


@dataclass(slots=True)
class ReadFile:
    """What a file held.

    Attributes:
        columns: Header to field.
        lines: Line of each record read.
        rejected: Records that could not be read at all.
        lossy: Records in which a date or an amount could not be understood.
    """

    columns: dict[str, str]
    lines: list[int] = field(default_factory=list)
    rejected: int = 0
    lossy: int = 0
    notes: list[str] = field(default_factory=list)


class BuyerFileReader:
    """Opens files and gives their rows as values.

    Args:
        open_list: Opens a file or standard input.
        vocabulary: How headers and cells are read.
    """

    def __init__(self, open_list: ListReader, vocabulary: Vocabulary) -> None:
        self._open_list = open_list
        self._words = vocabulary

    def deeds(self, file: str, mapping: Mapping[str, str]) -> tuple[list[Deed], ReadFile]:
        """Recorded sales of a file.

        Raises:
            UnusableInputError: If no column names the buyer.
        """
        return self._read(file, mapping, "discover", _deeds)

    def buyers(self, file: str, mapping: Mapping[str, str]) -> tuple[list[BuyerFacts], ReadFile]:
        """Buyers of a list.

        Raises:
            UnusableInputError: If no column names the buyer.
        """
        return self._read(file, mapping, "import", _facts)

    def _read(self, file: str, mapping: Mapping[str, str], command: str, make: Any) -> tuple[list[Any], ReadFile]:  # noqa: ANN401
        with self._open_list(file) as listing:
            plan = self._plan(listing, mapping, command)
            read = ReadFile(plan.shown())
            found: list[Any] = []
            for batch in listing.batches():
                columns = self._columns(plan, batch.columns, read)
                found += make(columns, len(batch.lines))
                read.lines += batch.lines
                read.rejected += len(batch.rejected)
            read.notes += listing.notes
        return found, read

    def _plan(self, listing: OpenedList, mapping: Mapping[str, str], command: str) -> Plan:
        plan = plan_columns(listing.header, self._words.phrases, self._words.canonical, self._words.meaning, mapping)
        if not {"buyer", "buyer_last", "company"} & plan.fields.keys():
            shown = ", ".join(listing.header[:12]) + (" ..." if len(listing.header) > 12 else "")
            raise UnusableInputError(
                f"No column of {listing.name} names the buyer. Its columns: {shown}",
                f"Say which one does: realestate buyers {command} {listing.name} --map 'HEADER=buyer'",
            )
        return plan

    def _columns(self, plan: Plan, cells: Sequence[Sequence[str]], read: ReadFile) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        lost: set[int] = set()
        for name, place in plan.fields.items():
            texts = cells[place]
            if name in _DAYS:
                found[name] = self._words.days(texts)
            elif name in _DOLLARS:
                found[name] = self._words.dollars(texts)
            elif name in _NUMBERS:
                found[name] = self._words.numbers(texts)
            else:
                found[name] = [text.strip() for text in texts]
            if name in _DAYS | _DOLLARS:
                lost |= {row for row, text in enumerate(texts) if found[name][row] is None and not _says_nothing(text)}
        read.lossy += len(lost)
        return found


def _says_nothing(text: str) -> bool:
    return text.strip().lower() in (*_NO, "-", "n/a", "na", "unknown", "$0", "0.0", "0.00", "$0.00")


class _Row:
    """One row of columns; a column the file lacks gives nothing."""

    def __init__(self, columns: Mapping[str, list[Any]], row: int) -> None:
        self._columns, self._row = columns, row

    def __call__(self, name: str) -> Any:  # noqa: ANN401 - text, number or day by the name
        return self._columns[name][self._row] if name in self._columns else None

    def text(self, name: str) -> str:
        return self(name) or ""


def _rows(columns: Mapping[str, list[Any]], count: int) -> Iterator[_Row]:
    return (_Row(columns, row) for row in range(count))


def _deeds(columns: Mapping[str, list[Any]], count: int) -> list[Deed]:
    return [_deed(row) for row in _rows(columns, count)]


def _deed(row: _Row) -> Deed:
    bought = describe_property(
        address=row("address"), city=row("city"), zip_code=row("zip"), parcel=row("parcel"),
        lat=row("lat"), lon=row("lon"), price=row("price"), type_words=row("property_type"),
        beds=row("beds"), sqft=row("sqft"), day=row("date"),
    )  # fmt: skip
    mailing = _mailing(row)
    here = _place(row.text("address"), row.text("zip"), row.text("city"))
    year = row("year_built")
    return Deed(
        buyer=_name(row), bought=bought, seller=row.text("seller"), mailing=mailing,
        absentee=None if not (mailing and here) else mailing.split("|")[0] != here.split("|")[0],
        mortgaged=_mortgaged(row), deed_type=row.text("deed_type"), year_built=int(year) if year else None,
    )  # fmt: skip


def _name(row: _Row) -> str:
    parts = row.text("buyer_last"), row.text("buyer_first")
    return row.text("buyer") or ", ".join(filter(None, parts)) or row.text("company")


def _mailing(row: _Row) -> str:
    return _place(row.text("mailing_address"), row.text("mailing_zip"), row.text("mailing_city"))


def _place(address: str, zip_code: str, city: str) -> str:
    """A mailing address for comparing; empty without a street line."""
    street, number = street_key(address)
    return f"{number or ''} {street}|{zip5(zip_code) or city_key(city)}" if street else ""


def _mortgaged(row: _Row) -> bool | None:
    """Whether a loan was recorded; a "cash" column says the opposite in words."""
    text = row.text("mortgage").lower()
    if not text:
        return None
    if text in ("cash", "all cash"):
        return False
    return text not in (*_NO, "$0", "0.0", "0.00", "$0.00")


def _facts(columns: Mapping[str, list[Any]], count: int) -> list[BuyerFacts]:
    return [_fact(row) for row in _rows(columns, count)]


def _fact(row: _Row) -> BuyerFacts:
    return BuyerFacts(
        name=_name(row), company=row.text("company"), email=row.text("email"), phone=row.text("phone"),
        city=row.text("city") or row.text("mailing_city"), state=row.text("state") or row.text("mailing_state"),
        zip=zip5(row.text("zip") or row.text("mailing_zip")), mailing=_mailing(row),
        areas=several(row.text("areas")), types=several(row.text("types") or row.text("property_type")),
        price_min=row("price_min"), price_max=row("price_max"), purchases=int(row("purchases") or 0),
        average_price=row("average_price"), last_purchase=row("last_purchase") or row("date"),
        reliability=_reliability(row), do_not_contact=row.text("do_not_contact").lower() in _YES,
    )  # fmt: skip


def several(text: str) -> list[str]:
    """The parts of ``30301; 30302, Millbrook``."""
    return [part.strip() for part in _SEVERAL.split(text) if part.strip()]


def _reliability(row: _Row) -> float | None:
    """The mean of what is known: funds proven, closing within three weeks, share of deals closed."""
    known = []
    if row("proof_of_funds"):
        known.append(1.0 if row.text("proof_of_funds").lower() not in _NO else 0.2)
    if row("closing_days"):
        known.append(1.0 if row("closing_days") <= 21 else 0.5)
    if row("close_rate") is not None:
        known.append(min(row("close_rate") / (100 if row("close_rate") > 1 else 1), 1.0))
    return round(sum(known) / len(known), 3) if known else None
