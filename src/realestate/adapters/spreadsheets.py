"""Reads the rows of XLSX, XLS and ODS workbooks as the text a person would see."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from itertools import chain, islice
from typing import IO, TYPE_CHECKING

import python_calamine as calamine

from realestate.adapters.delimited import Records, RejectedRow, is_blank, is_total
from realestate.adapters.file_kinds import refuse_hostile_zip
from realestate.adapters.header_row import column_names, find_header
from realestate.errors import UnusableInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS_AT_ONCE = 2_000
SAMPLE_ROWS = 100
_WINDOW = 1 << 20
# A formula cell whose value is absent or blank: the program that wrote the file never calculated it.
_UNCALCULATED = re.compile(rb'<c r="[A-Z]+(\d+)"[^>]*>(?:<f[^>]*/>|<f(?:\s[^>]*)?>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>')


class SheetSource:
    """The records of the one sheet of a workbook that holds the list.

    Args:
        file: A seekable file; stays open while rows are read.
        name: Shown in messages.
        sheet: Which sheet to read; the visible one with most cells when not given.
    """

    delimiter = ""
    encoding = ""

    def __init__(self, file: IO[bytes], name: str, sheet: str | None = None) -> None:
        self._name = name
        uncalculated = _Uncalculated(file, name)
        file.seek(0)
        try:
            book = calamine.CalamineWorkbook.from_filelike(file)
            chosen = _choose(book, name, sheet)
        except calamine.PasswordError as error:
            raise UnusableInputError(f"{name}: the workbook is locked with a password") from error
        except (calamine.CalamineError, OSError, ValueError) as error:
            raise UnusableInputError(f"{name}: the workbook cannot be read", "save it as CSV") from error
        self._uncalculated = uncalculated.rows(book.sheet_names.index(chosen.name))
        self._rows = _numbered_rows(chosen)
        self._take_header(_sheet_note(chosen.name, book.sheet_names))

    def records(self) -> Iterator[Records]:
        """All records below the header; a row with a formula that was never calculated is rejected."""
        while rows := list(islice(self._rows, ROWS_AT_ONCE)):
            records = Records()
            for number, row in rows:
                self._place(number, row, records)
            yield records

    def closing_notes(self) -> list[str]:
        """Nothing is left to say at the end."""
        return []

    def _place(self, number: int, row: list[str], records: Records) -> None:
        if number in self._uncalculated:
            reason = "a formula without a stored value; open the workbook in Excel and save it"
            records.rejected.append(RejectedRow(number, reason, ",".join(row)))
        elif is_blank(row):
            records.empty.append(number)
        elif is_total(row):
            records.rejected.append(RejectedRow(number, "a row of totals", ",".join(row)))
        else:
            records.rows.append(row)
            records.lines.append(number)

    def _take_header(self, sheet_note: str) -> None:
        sample = list(islice(self._rows, SAMPLE_ROWS))
        if not any(any(row) for _, row in sample):
            raise UnusableInputError(f"{self._name}: the workbook has no rows")
        place = find_header([row for _, row in sample])
        self.header_line = None if place is None else sample[place][0]
        header = [] if place is None else sample[place][1]
        self.header, notes = column_names(header, len(sample[0][1]))
        self.notes = [sheet_note, *notes]
        if place is None:
            self.notes.append("no header was found; the columns are called 'column 1', 'column 2' ...")
        self._rows = chain(sample if place is None else sample[place + 1 :], self._rows)


class _Uncalculated:
    """Finds rows whose formulas have no stored value, which the workbook reader shows as blank cells."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file = file
        self._is_zip = file.read(4) == b"PK\x03\x04"
        if self._is_zip:
            refuse_hostile_zip(file, name)

    def rows(self, sheet: int) -> set[int]:
        """Row numbers in the sheet at this place of the workbook's order; empty for XLS and ODS."""
        if not self._is_zip:
            return set()
        with zipfile.ZipFile(self._file) as archive:
            part = _part_of_sheet(archive, sheet)
            return _uncalculated(archive, part) if part in archive.namelist() else set()


def _choose(book: calamine.CalamineWorkbook, name: str, wanted: str | None) -> calamine.CalamineSheet:
    if wanted is not None:
        if wanted not in book.sheet_names:
            raise UnusableInputError(f"{name}: no sheet is called {wanted!r}", f"there are {book.sheet_names}")
        return book.get_sheet_by_name(wanted)
    visible = [
        each.name
        for each in book.sheets_metadata
        if each.visible == calamine.SheetVisibleEnum.Visible and each.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    sheets = map(book.get_sheet_by_name, visible or book.sheet_names)
    best = max(sheets, key=lambda sheet: sheet.height * sheet.width, default=None)
    if best is None or not best.height:
        raise UnusableInputError(f"{name}: the workbook has no rows")
    return best


def _sheet_note(chosen: str, names: list[str]) -> str:
    others = ", ".join(repr(name) for name in names if name != chosen)
    return f"sheet {chosen!r} was read" + (f"; left out: {others}" if others else "")


def _numbered_rows(sheet: calamine.CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """(row number as Excel shows it, cells as text); rows of blanks are given too, also above the data."""
    return ((number, [*map(_text, row)]) for number, row in enumerate(sheet.iter_rows(), start=1))


def _text(value: object) -> str:
    """What the cell shows: whole numbers without a point, dates in ISO form."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    return "" if value is None else str(value)


def _part_of_sheet(archive: zipfile.ZipFile, index: int) -> str:
    """The part that holds the sheet at `index` of the workbook's order."""
    if "xl/workbook.xml" not in archive.namelist():
        return ""
    book = archive.read("xl/workbook.xml").decode(errors="replace")
    links = archive.read("xl/_rels/workbook.xml.rels").decode(errors="replace")
    ids = re.findall(r'<(?:\w+:)?sheet\s[^>]*?r:id="([^"]+)"', book)
    if index >= len(ids):
        return ""
    for link in re.findall(r"<Relationship\s[^>]*>", links):
        if f'Id="{ids[index]}"' in link:
            target = re.search(r'Target="/?(?:xl/)?([^"]+)"', link)
            return "xl/" + target.group(1) if target else ""
    return ""


def _uncalculated(archive: zipfile.ZipFile, part: str) -> set[int]:
    rows: set[int] = set()
    tail = b""
    with archive.open(part) as xml:
        while chunk := xml.read(_WINDOW):
            window = tail + chunk
            if b"<f" in window:
                rows.update(map(int, _UNCALCULATED.findall(window)))
            tail = window[window.rfind(b"<c ") :][-4096:]
    return rows
