"""Turns the bytes of a list into numbered text lines, whatever encoding they came in."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from realestate.errors import UnusableInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK_BYTES = 64 << 10
"""Read at once: its rows still fit a processor's cache when they are turned into columns."""
MAX_LINE_BYTES = 1 << 20
"""A longer line is no row of any list; it is cut out, so that memory stays constant."""
SHOWN_OF_A_CUT_LINE = 200

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NUL_PLACES = (
    ("utf-32-le", {1, 2, 3}),
    ("utf-32-be", {0, 1, 2}),
    ("utf-16-le", {1, 3}),
    ("utf-16-be", {0, 2}),
)


class ByteReader(Protocol):
    """Anything that gives bytes piece by piece."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


@dataclass(slots=True)
class LineBlock:
    """A run of whole physical lines with their line ends.

    `bad` names the lines (by index) that cannot be read, with the reason and what can be shown of them;
    their place in `texts` is blank.
    """

    first: int
    texts: list[str]
    bad: dict[int, tuple[str, str]] = field(default_factory=dict)
    last: bool = False

    def after(self, count: int) -> LineBlock:
        """The same block without its first `count` lines."""
        bad = {index - count: why for index, why in self.bad.items() if index >= count}
        return LineBlock(self.first + count, self.texts[count:], bad, self.last)


def detect_encoding(head: bytes) -> str:
    """The encoding that the first bytes give away; UTF-8 where they say nothing.

    A file of one-byte text is called UTF-8 here too: `LineReader` finds out line by line.
    """
    for mark, name in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return name
    return _encoding_by_nul_pattern(head[: 4096 // 4 * 4]) or "utf-8"


def _encoding_by_nul_pattern(head: bytes) -> str | None:
    """Wide text in Latin letters has its NUL bytes always at the same places of four."""
    if head.count(0) * 3 < len(head):
        return None
    share = [head[place::4].count(0) / max(1, len(head[place::4])) for place in range(4)]
    for name, places in _NUL_PLACES:
        if all((share[place] > 0.8) == (place in places) for place in range(4)):
            return name
    return None


class LineReader:
    """Numbered lines of one file, block by block, in constant memory.

    A line that is no UTF-8 is read as Windows-1252 when that makes plausible words of it; both
    readings are counted, so that the report can name them. Nothing is ever replaced by U+FFFD.
    """

    def __init__(self, stream: ByteReader, encoding: str) -> None:
        self._stream = stream if encoding == "utf-8" else _Transcoded(stream, encoding)
        self._declared = encoding
        self._utf8_lines = 0
        self.cp1252_lines = 0

    @property
    def encoding(self) -> str:
        """What the lines read so far were written in."""
        if not self.cp1252_lines:
            return self._declared
        return f"utf-8 and cp1252 ({self.cp1252_lines} lines)" if self._utf8_lines else "cp1252"

    def blocks(self) -> Iterator[LineBlock]:
        """All lines of the file; the block that holds the end is marked `last`."""
        number = 1
        waiting: LineBlock | None = None
        for piece, is_cut in _whole_lines(self._stream):
            if waiting is not None:
                yield waiting
            waiting = _cut_line(number, piece) if is_cut else self._decoded(number, piece)
            number += len(waiting.texts)
        waiting = waiting or LineBlock(1, [])
        waiting.last = True
        yield waiting

    def _decoded(self, number: int, piece: bytes) -> LineBlock:
        if number == 1:
            piece = _without_byte_order_marks(piece)
        try:
            text = piece.decode()
        except UnicodeDecodeError:
            return self._decoded_by_line(number, piece)
        self._utf8_lines += not piece.isascii()
        block = LineBlock(number, io.StringIO(text, newline="").readlines())
        if "\0" in text:
            _mark_nul(block)
        return block

    def _decoded_by_line(self, number: int, piece: bytes) -> LineBlock:
        block = LineBlock(number, [])
        for index, line in enumerate(piece.splitlines(keepends=True)):
            text = self._line(line)
            if text is None:
                block.bad[index] = ("bytes that are no text in UTF-8 or Windows-1252", _shown(line))
            block.texts.append(text or "\n")
        _mark_nul(block)
        return block

    def _line(self, line: bytes) -> str | None:
        try:
            text = line.decode()
        except UnicodeDecodeError:
            other = None if self._utf8_lines else _as_cp1252(line)
            self.cp1252_lines += other is not None
            return other
        self._utf8_lines += not line.isascii()
        return text


def _as_cp1252(line: bytes) -> str | None:
    """The line in Windows-1252, or None where a letter of it would stand alone like a broken byte."""
    try:
        text = line.decode("cp1252")
    except UnicodeDecodeError:
        return None
    for index, letter in enumerate(text):
        if letter > "\x7f" and letter.isalpha():
            neighbours = text[max(0, index - 1) : index] + text[index + 1 : index + 2]
            if not any(near.isalpha() for near in neighbours):
                return None
    return text


def _mark_nul(block: LineBlock) -> None:
    for index, text in enumerate(block.texts):
        if "\0" in text:
            block.bad[index] = ("a NUL byte", text.replace("\0", "\\0").rstrip("\r\n"))
            block.texts[index] = "\n"


def _shown(line: bytes) -> str:
    return line.rstrip(b"\r\n").decode(errors="backslashreplace")


def _without_byte_order_marks(piece: bytes) -> bytes:
    while piece.startswith(codecs.BOM_UTF8):
        piece = piece.removeprefix(codecs.BOM_UTF8)
    return piece


def _cut_line(number: int, start: bytes) -> LineBlock:
    shown = start[:SHOWN_OF_A_CUT_LINE].decode(errors="backslashreplace") + " ..."
    return LineBlock(number, ["\n"], {0: (f"a line of more than {MAX_LINE_BYTES >> 20} MiB", shown)})


def _whole_lines(stream: ByteReader) -> Iterator[tuple[bytes, bool]]:
    """Pieces that end at a line end, and (marked True) the start of each line that is too long."""
    pending = b""
    while chunk := stream.read(BLOCK_BYTES):
        pending += chunk
        end = _last_line_end(pending)
        if end:
            yield pending[:end], False
            pending = pending[end:]
        elif len(pending) > MAX_LINE_BYTES:
            yield pending, True
            pending = _rest_after_line_end(stream)
    # Control-Z ended a text file under CP/M and DOS; some county systems still write it.
    pending = pending.rstrip(b"\x1a")
    if pending:
        yield pending, False


def _last_line_end(pending: bytes) -> int:
    # A carriage return that ends the piece may be the first half of CR LF, so it waits for its other half.
    return pending.rfind(b"\n") + 1 or pending.rfind(b"\r", 0, len(pending) - 1) + 1


def _rest_after_line_end(stream: ByteReader) -> bytes:
    while chunk := stream.read(BLOCK_BYTES):
        ends = [place for place in (chunk.find(b"\n"), chunk.find(b"\r")) if place >= 0]
        if ends:
            rest = chunk[min(ends) :]
            return rest[2:] if rest.startswith(b"\r\n") else rest[1:]
    return b""


class _Transcoded:
    """Text in any named encoding, given as UTF-8; half a surrogate pair comes out as no UTF-8."""

    def __init__(self, stream: ByteReader, encoding: str) -> None:
        self._stream = stream
        self._name = encoding
        try:
            self._decoder = codecs.getincrementaldecoder(encoding)(errors="surrogatepass")
        except LookupError as error:
            raise UnusableInputError(f"no encoding is called {encoding!r}", "for example cp1252") from error

    def read(self, size: int = -1, /) -> bytes:
        while True:
            chunk = self._stream.read(size)
            try:
                text = self._decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                message = f"the text is not {self._name}: {error.reason} at byte {error.start} of a block"
                raise UnusableInputError(message, "save it as UTF-8 and import it again") from error
            if text or not chunk:
                return text.encode("utf-8", "surrogatepass")
