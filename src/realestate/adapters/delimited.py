"""Reads the records of delimited text; every line ends up in a row, a reject or an empty, never nowhere."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from realestate.adapters.text_encoding import LineBlock

DELIMITERS = ",\t;|"
MAX_LINES_OF_A_CELL = 500
"""A quote that is still open after so many lines was never meant to be closed."""


_LONGEST_TOTALS = 40
"""Characters that the filled cells of a row of totals take up at most."""
_TOTALS = frozenset(
    ("total", "totals", "grand total", "grand totals", "subtotal", "sub total", "report total", "page total")
)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A record that could not be used: where it starts, why, and its text, to be mended."""

    line: int
    reason: str
    raw: str


@dataclass(slots=True)
class Records:
    """The records of one block; `rows[i]` starts on line `lines[i]` and is as wide as the header."""

    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)
    padded: list[int] = field(default_factory=list)


def is_blank(row: list[str]) -> bool:
    """Whether no cell holds more than white space."""
    return not any(row) or not any(cell and not cell.isspace() for cell in row)


def is_total(row: list[str]) -> bool:
    """Whether one of the first three cells says "total" and at least half of all cells are blank."""
    if not any(cell[:1] in "tTgGsSrRpP" and cell.strip(" :").lower() in _TOTALS for cell in row[:3]):
        return False
    return sum(1 for cell in row if cell.strip()) * 2 <= len(row)


def sniff_delimiter(texts: Sequence[str]) -> str:
    """The delimiter that cuts most of the sample lines into the same number of cells, more than one."""

    def quality(delimiter: str) -> tuple[float, int]:
        widths = Counter(len(row) for _, _, row in sample_records(texts, delimiter) if any(row))
        if not widths:
            return (0.0, 0)
        width, count = max(widths.items(), key=lambda item: (item[0] > 1) * item[1])
        return (count / widths.total() if width > 1 else 0.0, width)

    return max(DELIMITERS, key=quality)


def sample_records(texts: Sequence[str], delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
    """The first records as (index of first line, index after the last line, cells), forgiving bad quotes."""
    reader = csv.reader(texts, delimiter=delimiter)
    while True:
        start = reader.line_num
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue
        yield start, reader.line_num, row


class RecordReader:
    """Cuts blocks of lines into rows of one width.

    Blocks must be given in order: a record whose quotes are still open at the end of a block waits for
    the next one.
    """

    def __init__(self, delimiter: str, width: int) -> None:
        self._delimiter = delimiter
        self._width = width
        self._waiting: list[str] = []
        self._doubtful = 0

    def read(self, block: LineBlock) -> Records:
        """The records that end in this block."""
        if not self._waiting and not block.bad:
            rows = self._plain_rows(block.texts)
            if rows is not None:
                return Records(rows, list(range(block.first, block.first + len(rows))))
        return self._carefully(block)

    def _plain_rows(self, texts: list[str]) -> list[list[str]] | None:
        """The rows of a block without any peculiarity, one to a line; None where there is one.

        Lines without quotes are split as they are, three times faster than the csv module does it.
        """
        quoted = csv.reader((text for text in texts if '"' in text), delimiter=self._delimiter, strict=True)
        cut = self._delimiter
        try:
            rows = [next(quoted) if '"' in text else text.rstrip("\r\n").split(cut) for text in texts]
        except (csv.Error, StopIteration):
            return None
        regular = set(map(len, rows)) == {self._width} and next(quoted, None) is None
        regular = regular and max(map(len, texts)) <= csv.field_size_limit()
        return None if not regular or self._may_hold_asides(texts) else rows

    def _may_hold_asides(self, texts: list[str]) -> bool:
        """Whether a line may be blank or a row of totals; both have many blank cells, so they are short."""
        short = 2 * self._width + _LONGEST_TOTALS
        blanks = self._delimiter + '"\xa0 \t\r\n'
        return any(not text.strip(blanks) or "total" in text.lower() for text in [t for t in texts if len(t) < short])

    def _carefully(self, block: LineBlock) -> Records:
        lines = self._waiting + block.texts
        first = block.first - len(self._waiting)
        bad = {index + len(self._waiting): why for index, why in block.bad.items()}
        self._waiting = []
        records = Records()
        start = 0
        for index in sorted(bad):
            self._run(lines, start, index, first, records, more=False)
            records.rejected.append(RejectedRow(first + index, *bad[index]))
            start = index + 1
        self._run(lines, start, len(lines), first, records, more=not block.last)
        return records

    def _run(self, lines: list[str], start: int, stop: int, first: int, records: Records, *, more: bool) -> None:
        """Read lines[start:stop]; lines below number `_doubtful` lie inside a record that proved broken."""
        while start < stop:
            for begin, end, row in self._sound_records(lines[start:stop], start):
                if row is None:
                    if end == stop and more and stop - begin <= MAX_LINES_OF_A_CELL:
                        self._waiting = lines[begin:stop]
                        return
                    records.rejected.append(_broken(lines[begin], first + begin, end - begin))
                    self._doubtful = max(self._doubtful, first + end)
                    start = begin + 1
                    break
                self._place(row, first + begin, "".join(lines[begin:end]), records)
            else:
                return

    def _sound_records(self, texts: list[str], offset: int) -> Iterator[tuple[int, int, list[str] | None]]:
        """(first line, line after the last, cells); cells are None where quoting broke, and that ends it."""
        reader = csv.reader(texts, delimiter=self._delimiter, strict=True)
        while True:
            begin = offset + reader.line_num
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield begin, offset + reader.line_num, None
                return
            end = offset + reader.line_num
            runs_on = end - begin > 1 and len(row) != self._width
            yield begin, end, None if runs_on else row

    def _place(self, row: list[str], line: int, raw: str, records: Records) -> None:
        surplus = len(row) - self._width
        if is_blank(row):
            records.empty.append(line)
        elif is_total(row):
            records.rejected.append(RejectedRow(line, "a row of totals", raw.rstrip("\r\n")))
        elif surplus > 0 and any(row[self._width :]):
            reason = f"{len(row)} cells where the header has {self._width}"
            records.rejected.append(RejectedRow(line, reason, raw.rstrip("\r\n")))
        elif surplus < 0 and line < self._doubtful:
            reason = "part of the record with broken quotes above"
            records.rejected.append(RejectedRow(line, reason, raw.rstrip("\r\n")))
        else:
            if surplus < 0:
                records.padded.append(line)
            records.rows.append(row[: self._width] + [""] * -surplus)
            records.lines.append(line)


def _broken(text: str, line: int, span: int) -> RejectedRow:
    if len(text) > csv.field_size_limit():
        reason = f"a cell of more than {csv.field_size_limit():,} characters"
    elif span > 1:
        reason = "a quote opened here is never closed"
    else:
        reason = "text after a closing quote"
    return RejectedRow(line, reason, text.rstrip("\r\n"))
