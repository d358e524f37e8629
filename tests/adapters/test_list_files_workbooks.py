"""Workbooks are read like any list, and hostile ones are refused before they are unpacked."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from realestate.adapters.list_files import open_list
from realestate.errors import UnusableInputError

HEADER = ["Owner Name", "Property Address", "Zip", "Date Filed", "Amount Owed"]


def workbook(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def plain(book: openpyxl.Workbook) -> None:
    book.active.append(HEADER)
    book.active.append(["Ann Lee", "12 Oak St", 38103, dt.date(2026, 1, 31), 100.5])


def repacked(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def test_cells_read_as_a_person_sees_them() -> None:
    with open_list("-", stdin=io.BytesIO(workbook(plain))) as opened:
        (batch,) = opened.batches()
        assert [column[0] for column in batch.columns] == ["Ann Lee", "12 Oak St", "38103", "2026-01-31", "100.5"]
        assert batch.lines == [2]


def test_the_sheet_with_most_cells_is_read_and_named() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.active.append(["note"])
        book.create_sheet("Leads")
        book.active = 1
        plain(book)

    with open_list("-", stdin=io.BytesIO(workbook(fill))) as opened:
        assert opened.notes == ["sheet 'Leads' was read; left out: 'Sheet'"]


def test_a_sheet_can_be_named() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        plain(book)
        book.create_sheet("Small").append(["Situs Address"])

    with open_list("-", stdin=io.BytesIO(workbook(fill)), sheet="Small") as opened:
        assert opened.header == ["Situs Address"]


def test_lines_are_the_row_numbers_that_excel_shows() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        for column, (name, value) in enumerate(zip(HEADER, ["Ann", "1 Oak St", 38103, None, 5], strict=True), 3):
            book.active.cell(5, column, name)
            book.active.cell(6, column, value)

    with open_list("-", stdin=io.BytesIO(workbook(fill))) as opened:
        assert opened.header == HEADER
        assert opened.header_line == 5
        assert [batch.lines for batch in opened.batches()] == [[6]]


def test_a_formula_that_was_never_calculated_rejects_its_row() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        plain(book)
        book.active.append(["=1+1", "9 Elm St", 38104, None, "=SUM(E2:E2)"])

    with open_list("-", stdin=io.BytesIO(workbook(fill))) as opened:
        (batch,) = opened.batches()
        assert [row.line for row in batch.rejected] == [3]
        assert batch.lines == [2]


def test_titles_and_totals_of_a_sheet_are_no_rows() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.active.append(["Delinquent roll"])
        book.active.append([])
        plain(book)
        book.active.append([])
        book.active.append(["TOTAL", None, None, None, 100.5])

    with open_list("-", stdin=io.BytesIO(workbook(fill))) as opened:
        (batch,) = opened.batches()
        assert (batch.lines, batch.empty, [row.line for row in batch.rejected]) == ([4], [5], [6])


def test_a_zip_bomb_is_refused_by_its_directory() -> None:
    def swell(name: str, data: bytes) -> bytes:
        return data + b" " * (32 << 20) if name == "xl/worksheets/sheet1.xml" else data

    with pytest.raises(UnusableInputError, match="unpacks from"):
        open_list("-", stdin=io.BytesIO(repacked(workbook(plain), swell)))


def test_xml_entities_are_refused() -> None:
    def declare(name: str, data: bytes) -> bytes:
        bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>'
        return bomb + data.split(b"?>", 1)[-1] if name == "xl/workbook.xml" else data

    with pytest.raises(UnusableInputError, match="XML entities"):
        open_list("-", stdin=io.BytesIO(repacked(workbook(plain), declare)))


def test_half_a_workbook_is_refused() -> None:
    data = workbook(plain)
    with pytest.raises(UnusableInputError, match="damaged or cut short"):
        open_list("-", stdin=io.BytesIO(data[: len(data) // 2]))


def test_a_zip_archive_is_no_workbook() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("list.csv", "a,b")
    with pytest.raises(UnusableInputError, match="a ZIP archive"):
        open_list("-", stdin=io.BytesIO(out.getvalue()))
