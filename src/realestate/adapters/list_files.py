"""Opens any list (CSV, TSV, pipes, semicolons, gzip, XLSX, XLS, ODS) and gives its rows by column."""

from __future__ import annotations

import contextlib
import gc
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from realestate.adapters.delimited import RejectedRow
from realestate.adapters.file_kinds import Kind, UnpackedGzip, recognise
from realestate.adapters.text_lists import TextSource
from realestate.errors import UnusableInputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from realestate.adapters.delimited import Records
    from realestate.adapters.spreadsheets import SheetSource
    from realestate.adapters.text_encoding import ByteReader

BATCH_ROWS = 20_000
HEAD_BYTES = 64 << 10
WORKBOOK_IN_MEMORY = 16 << 20
"""A larger workbook from a pipe is put into a temporary file first."""
__all__ = ["BATCH_ROWS", "ListBatch", "ListFile", "RejectedRow", "open_list"]


@dataclass(slots=True)
class ListBatch:
    """Rows of a list held by column: `columns[c][r]` is cell c of the record that starts on line `lines[r]`.

    Cells are the file's own text. `padded` names the lines of rows whose last cells were missing, `empty`
    the lines of records that hold nothing.
    """

    columns: list[list[str]]
    lines: list[int] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)
    padded: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        """Usable rows."""
        return len(self.lines)

    def __bool__(self) -> bool:
        """A batch of nothing but rejects is a batch, too."""
        return True


class ListFile:
    """One opened list; use it in a `with` block and take `batches()` once.

    Attributes:
        name: As given, "-" for standard input.
        header: Unique column names; "column 1" ... where the file has none.
        header_line: Line of the header, or None when the file has none.
        notes: What the reader had to decide, one sentence each; complete when the batches are read.
    """

    def __init__(self, name: str, source: _Source, to_close: contextlib.ExitStack) -> None:
        self.name = name
        self.header = source.header
        self.header_line = source.header_line
        self.notes = source.notes
        self._source = source
        self._to_close = to_close

    @property
    def encoding(self) -> str:
        """What the text read so far was written in; "" for a workbook."""
        return self._source.encoding

    @property
    def delimiter(self) -> str:
        """The character between cells; "" for a workbook."""
        return self._source.delimiter

    def batches(self, rows: int = BATCH_ROWS) -> Iterator[ListBatch]:
        """All records in the order of the file, about `rows` to a batch."""
        source = self._source.records()
        while (batch := _next_batch(source, len(self.header), rows)) is not None:
            yield batch
        self.notes.extend(self._source.closing_notes())

    def __enter__(self) -> ListFile:
        """Ready to be read."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what was opened."""
        self._to_close.close()


def open_list(
    name: str, *, stdin: BinaryIO | None = None, encoding: str | None = None, sheet: str | None = None
) -> ListFile:
    """Open the list at a path, or standard input when the name is "-".

    Args:
        name: A path, or "-".
        stdin: The bytes that "-" stands for, where they are not those of the process.
        encoding: Overrides what the bytes say, for example "mac_roman".
        sheet: Overrides the choice of a workbook's sheet.

    Raises:
        UnusableInputError: there is no list to read, with the reason.
    """
    with contextlib.ExitStack() as opened:
        file = (stdin or sys.stdin.buffer) if name == "-" else opened.enter_context(_open(name))
        stream = _Stream(file, name)
        kind = recognise(stream.head, name)
        source: _Source
        if kind is Kind.WORKBOOK:
            source = _sheet(stream, name, sheet, opened)
        elif kind is Kind.GZIP:
            source = _text(_Stream(UnpackedGzip(stream, name), name), name, encoding)
        else:
            source = _text(stream, name, encoding)
        return ListFile(name, source, opened.pop_all())


class _Source(Protocol):
    """Where the records of a list come from."""

    header: list[str]
    header_line: int | None
    notes: list[str]
    delimiter: str

    @property
    def encoding(self) -> str: ...

    def records(self) -> Iterator[Records]: ...

    def closing_notes(self) -> list[str]: ...


class _Stream:
    """A file or pipe whose first bytes have been looked at and are given again."""

    def __init__(self, source: ByteReader, name: str) -> None:
        self._source = source
        self._name = name
        self.head = b""
        self.given = 0
        while len(self.head) < HEAD_BYTES and (chunk := self._more(HEAD_BYTES - len(self.head))):
            self.head += chunk
        self._again = self.head

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, the head first."""
        if self._again:
            end = len(self._again) if size < 0 else size
            chunk, self._again = self._again[:end], self._again[end:]
        else:
            chunk = self._more(size)
        self.given += len(chunk)
        return chunk

    def _more(self, size: int) -> bytes:
        try:
            return self._source.read(size)
        except OSError as error:
            raise UnusableInputError(f"{self._name}: cannot be read ({error.strerror})") from error


def _open(name: str) -> BinaryIO:
    path = Path(name)
    try:
        if path.is_dir():
            raise UnusableInputError(f"{name}: a folder, not a list", "name the files in it")
        return path.open("rb")
    except FileNotFoundError as error:
        raise UnusableInputError(f"{name}: no such file") from error
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnusableInputError(f"{name}: cannot be opened ({reason})") from error


def _text(stream: _Stream, name: str, encoding: str | None) -> TextSource:
    return TextSource(stream, stream.head, name, encoding)


def _spool() -> tempfile.SpooledTemporaryFile[bytes]:
    return tempfile.SpooledTemporaryFile(WORKBOOK_IN_MEMORY)


def _sheet(stream: _Stream, name: str, sheet: str | None, opened: contextlib.ExitStack) -> SheetSource:
    from realestate.adapters.spreadsheets import SheetSource

    file = opened.enter_context(_spool())
    while chunk := stream.read(HEAD_BYTES):
        file.write(chunk)
    file.seek(0)
    return SheetSource(file, name, sheet)


def _next_batch(source: Iterator[Records], width: int, rows: int) -> ListBatch | None:
    """About `rows` records, or None at the end of the list."""
    batch = ListBatch([[] for _ in range(width)])
    # Rows are many small lists without cycles; a search for cycles among them would triple the time.
    searching = gc.isenabled()
    gc.disable()
    try:
        for records in source:
            _append(batch, records)
            if len(batch.lines) + len(batch.rejected) + len(batch.empty) >= rows:
                break
    finally:
        if searching:
            gc.enable()
    return batch if batch.lines or batch.rejected or batch.empty else None


def _append(batch: ListBatch, records: Records) -> None:
    for column, cells in zip(batch.columns, zip(*records.rows, strict=True), strict=False):
        column.extend(cells)
    batch.lines.extend(records.lines)
    batch.rejected.extend(records.rejected)
    batch.empty.extend(records.empty)
    batch.padded.extend(records.padded)
