"""Writes files of leads (CSV, XLSX, JSON lines) row by row; a file is there when it is whole, for its owner alone."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from realestate.domain.leads.layouts import OWN
from realestate.domain.leads.spreadsheet_cells import as_text
from realestate.errors import UnusableInputError, UsageError

if TYPE_CHECKING:
    from realestate.domain.leads.layouts import Layout
    from realestate.domain.leads.spreadsheet_cells import Cell

FORMATS = ("csv", "xlsx", "jsonl")
STDOUT = "-"
EXCEL_ROWS = 1_048_576


class Writer(Protocol):
    """Takes the rows of one file."""

    def row(self, values: Sequence[Cell], record: Mapping[str, Any]) -> None:
        """Write one row: its cells, and all that is known of the lead for formats without columns."""
        ...

    def close(self) -> None:
        """Write what is left."""
        ...


@contextmanager
def outgoing_file(name: str, fmt: str, layout: Layout) -> Iterator[Writer]:
    """Open a file for rows, or standard output for ``-``.

    The rows go to a temporary file of mode 0600 beside the file, which takes its place when all are written; on
    any failure it is removed and what stood there stays. Standard output stays empty when there is no row.

    Raises:
        UnusableInputError: If the folder cannot be written to.
    """
    opened = _standard_output(fmt) if name == STDOUT else new_file(Path(name))
    with tempfile.TemporaryDirectory() as scratch, opened as stream:
        writer: Writer
        if fmt == "xlsx":
            writer = _Workbook(stream, layout, scratch)
        elif fmt == "jsonl":
            writer = _JsonLines(stream, layout)
        else:
            writer = _CsvWriter(stream, layout, at_once=name != STDOUT)
        yield writer
        writer.close()


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """Write a file that appears whole or not at all, of mode 0600.

    Raises:
        UnusableInputError: If the folder is missing or closed.
    """
    try:
        descriptor, part = tempfile.mkstemp(".part", f".{path.name}.", path.parent)
    except OSError as error:
        raise UnusableInputError(
            f"{path} cannot be written: {error.strerror}.", "Name a folder that is there."
        ) from None
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


@contextmanager
def _standard_output(fmt: str) -> Iterator[IO[bytes]]:
    if fmt != "xlsx":
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    # A workbook's table of contents stands at its end and points back, which a pipe cannot.
    with tempfile.TemporaryFile() as whole:
        yield whole
        whole.seek(0)
        shutil.copyfileobj(whole, sys.stdout.buffer)
        sys.stdout.buffer.flush()


class _CsvWriter:
    """CSV as spreadsheets write it; texts that one would run are guarded."""

    def __init__(self, stream: IO[bytes], layout: Layout, *, at_once: bool) -> None:
        self._rows = csv.writer(_Utf8(stream), lineterminator="\r\n")
        self._header: list[str] | None = layout.header
        if at_once:
            self._begin()

    def row(self, values: Sequence[Cell], record: Mapping[str, Any]) -> None:
        del record
        self._begin()
        self._rows.writerow([as_text(value) for value in values])

    def close(self) -> None:
        """Everything is written."""

    def _begin(self) -> None:
        if self._header is not None:
            self._rows.writerow(self._header)
            self._header = None


class _JsonLines:
    """One object per line: all of the lead, or the columns of another tool's layout with their headers as keys."""

    def __init__(self, stream: IO[bytes], layout: Layout) -> None:
        self._stream = stream
        self._keys = None if layout is OWN else layout.header

    def row(self, values: Sequence[Cell], record: Mapping[str, Any]) -> None:
        if self._keys is not None:
            plain = (None if value == "" else value for value in values)
            record = dict(zip(self._keys, plain, strict=True))
        text = json.dumps(record, default=str, ensure_ascii=False)
        self._stream.write(text.encode("utf-8", "replace") + b"\n")

    def close(self) -> None:
        """Everything is written."""


class _Workbook:
    """One sheet; texts are stored as texts, which no spreadsheet runs."""

    def __init__(self, stream: IO[bytes], layout: Layout, scratch: str) -> None:
        import xlsxwriter

        options = {"constant_memory": True, "tmpdir": scratch, "strings_to_formulas": False}
        self._book = xlsxwriter.Workbook(stream, {**options, "strings_to_urls": False})
        self._sheet: Any = self._book.add_worksheet("Leads")
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, len(layout.columns) - 1, 16)
        bold = self._book.add_format({"bold": True})
        for column, header in enumerate(layout.header):
            self._sheet.write_string(0, column, header, bold)
        self._next = 1

    def row(self, values: Sequence[Cell], record: Mapping[str, Any]) -> None:
        del record
        if self._next >= EXCEL_ROWS:
            raise UsageError(f"A sheet has {EXCEL_ROWS - 1:,} rows, and there are more leads.", "Use --format csv")
        for column, value in enumerate(values):
            if isinstance(value, bool) or (value is not None and not isinstance(value, int | float)):
                text = as_text(value) if isinstance(value, bool) else str(value)
                if text:
                    self._sheet.write_string(self._next, column, text)
            elif value is not None:
                self._sheet.write_number(self._next, column, value)
        self._next += 1

    def close(self) -> None:
        """Put the parts together."""
        self._book.close()


class _Utf8:
    """Encodes what the csv module writes."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(text.encode("utf-8", "replace"))
