"""Opens delimited text: finds its encoding, delimiter and header, then gives its records."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from realestate.adapters.delimited import DELIMITERS, RecordReader, sample_records, sniff_delimiter
from realestate.adapters.file_kinds import refuse_binary, refuse_other_things
from realestate.adapters.header_row import column_names, find_header
from realestate.adapters.text_encoding import LineReader, detect_encoding
from realestate.errors import UnusableInputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from realestate.adapters.delimited import Records
    from realestate.adapters.text_encoding import ByteReader, LineBlock

SAMPLE_LINES = 200


class TextSource:
    """The records of one delimited text file.

    Args:
        stream: All bytes, from the first.
        head: The first bytes once more, to look at.
        name: Shown in messages.
        encoding: Overrides what the bytes say.
    """

    def __init__(self, stream: ByteReader, head: bytes, name: str, encoding: str | None) -> None:
        declared = encoding or detect_encoding(head)
        if declared == "utf-8":
            refuse_other_things(head, name)
            refuse_binary(head, name)
        self._lines = LineReader(stream, declared)
        self._blocks = self._lines.blocks()
        block = next(self._blocks)
        if not any(map(str.strip, block.texts)):
            raise UnusableInputError(f"{name}: no data in it")
        self.delimiter, block = _delimiter(block)
        self._take_header(block)

    @property
    def encoding(self) -> str:
        """What the text read so far was written in."""
        return self._lines.encoding

    def records(self) -> Iterator[Records]:
        """All records below the header."""
        reader = RecordReader(self.delimiter, len(self.header))
        yield reader.read(self._first)
        for block in self._blocks:
            yield reader.read(block)

    def closing_notes(self) -> list[str]:
        """What is only known at the end."""
        return [] if self.encoding == "utf-8" else [f"the text was read as {self.encoding}"]

    def _take_header(self, block: LineBlock) -> None:
        sample = list(islice(sample_records(block.texts, self.delimiter), SAMPLE_LINES))
        rows = [row for _, _, row in sample]
        place = find_header(rows)
        header = [] if place is None else rows[place]
        below = rows if place is None else rows[place + 1 :]
        self.header_line = None if place is None else block.first + sample[place][0]
        self.header, self.notes = column_names(header, _width(header, below))
        if self.header_line is None:
            self.notes.append("no header was found; the columns are called 'column 1', 'column 2' ...")
        elif self.header_line > 1 and any(map(any, rows[:place])):
            self.notes.append(f"the header is on line {self.header_line}; the lines above it were left out")
        self._first = block if place is None else block.after(sample[place][1])


def _delimiter(block: LineBlock) -> tuple[str, LineBlock]:
    """The delimiter, and the block without the `sep=;` line by which Excel is told about it."""
    stated = block.texts[0].strip().strip('"').lower()
    if stated.startswith("sep=") and stated[4:] and stated[4:] in DELIMITERS:
        return stated[4:], block.after(1)
    return sniff_delimiter(block.texts[:SAMPLE_LINES]), block


def _width(header: Sequence[str], below: Sequence[Sequence[str]]) -> int:
    """Cells in a row: as in the header, or as in the data where most rows fill more cells than it names."""
    filled = [
        max(index for index, cell in enumerate(row, 1) if cell.strip()) for row in below if any(map(str.strip, row))
    ]
    if not header:
        return max(Counter(filled).items(), key=lambda item: (item[1], item[0]), default=(1, 0))[0]
    wider = [count for count in filled if count > len(header)]
    return max(wider) if len(wider) * 2 > len(filled) else len(header)
