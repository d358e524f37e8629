"""Tells what a file is by its first bytes, and refuses what is no list before anything is unpacked."""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from enum import Enum
from typing import IO, TYPE_CHECKING, Protocol

from realestate.errors import UnusableInputError

if TYPE_CHECKING:
    from realestate.adapters.text_encoding import ByteReader

MAX_SPREADSHEET_RATIO = 100
"""Spreadsheets pack 8 to 30 times smaller; a bomb packs about 1,000 times."""
UNPACKED_WITHOUT_DOUBT = 16 << 20
MAX_UNPACKED = 4 << 30
MAX_GZIP_RATIO = 200
"""Lists pack 5 to 50 times smaller."""
UNZIPPED_WITHOUT_DOUBT = 4 << 20

_ZIP, _OLE, _GZIP = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x1f\x8b"
_OTHER_THINGS = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"{\\rtf", "a rich-text document"),
)
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|head|body|table|\?xml|!--|script|meta)", re.IGNORECASE)
_JSON = re.compile(rb"\s*(?:\[\s*[\[{]|\{\s*[\"}])")
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1a\x1b\x07\x08"))


class Kind(Enum):
    """How a list is to be opened."""

    TEXT = "text"
    GZIP = "gzip"
    WORKBOOK = "workbook"


def recognise(head: bytes, name: str) -> Kind:
    """The kind of file that starts with `head`.

    Raises:
        UnusableInputError: it is empty, or something that is no list.
    """
    if head.startswith((_ZIP, _OLE)):
        return Kind.WORKBOOK
    if head.startswith(_GZIP):
        if name != "-" and not name.lower().endswith((".gz", ".gzip")):
            raise UnusableInputError(
                f"{name}: gzip-compressed, though its name does not say so",
                "unpack it with `gunzip`, or rename it to end in .gz, and import it again",
            )
        return Kind.GZIP
    refuse_other_things(head, name)
    return Kind.TEXT


def refuse_other_things(head: bytes, name: str) -> None:
    """Raise UnusableInputError unless the first bytes of a text are those of a list."""
    if not head.strip(b" \t\r\n\x0b\x0c\x1a\xef\xbb\xbf"):
        raise UnusableInputError(f"{name}: no data in it" if head else f"{name}: the file is empty")
    for magic, thing in _OTHER_THINGS:
        if head.startswith(magic):
            raise UnusableInputError(f"{name}: {thing}, not a list", "export it as CSV or XLSX")
    text = head.removeprefix(b"\xef\xbb\xbf")
    if _MARKUP.match(text):
        hint = "open it in a browser or Excel and save it as CSV or XLSX"
        raise UnusableInputError(f"{name}: a web page or XML, not a list", hint)
    if _JSON.match(text):
        raise UnusableInputError(f"{name}: JSON, not a list", "convert it to CSV first, for example with jq")


def refuse_binary(head: bytes, name: str) -> None:
    """Raise UnusableInputError when bytes that are to be one-byte text hold too many control characters."""
    controls = len(head) - len(head.translate(None, _CONTROL))
    if controls > max(8, len(head) // 50):
        raise UnusableInputError(f"{name}: not text; {controls:,} of its first {len(head):,} bytes are control codes")


class Packed(Protocol):
    """Compressed bytes that count how many were taken."""

    given: int

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        ...


class UnpackedGzip:
    """The bytes inside a gzip file, read piece by piece, stopped when they swell like a bomb."""

    def __init__(self, packed: Packed, name: str) -> None:
        self._packed = packed
        self._file = gzip.GzipFile(fileobj=packed, mode="rb")  # type: ignore[call-overload]
        self._name = name
        self._given = 0

    def read(self, size: int = -1, /) -> bytes:
        """The next unpacked bytes."""
        try:
            chunk: bytes = self._file.read(size)
        except (OSError, EOFError, zlib.error) as error:
            message = f"{self._name}: the gzip file is damaged or cut short"
            raise UnusableInputError(message, "fetch it again") from error
        self._given += len(chunk)
        if self._given > max(UNZIPPED_WITHOUT_DOUBT, MAX_GZIP_RATIO * self._packed.given):
            raise UnusableInputError(f"{self._name}: unpacks to more than {MAX_GZIP_RATIO} times its size")
        return chunk


def refuse_hostile_zip(file: IO[bytes], name: str) -> None:
    """Look through a zipped workbook without unpacking it.

    Raises:
        UnusableInputError: broken, no workbook, a zip bomb, or XML that declares entities.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _refuse_bomb(parts, name)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _refuse_entities(archive.open(part), name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise UnusableInputError(f"{name}: the workbook is damaged or cut short", "save it again") from error
    names = [part.filename for part in parts]
    if not {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} & set(names):
        raise UnusableInputError(f"{name}: a ZIP archive, not a list", "unpack it and import the files inside")


def _refuse_bomb(parts: list[zipfile.ZipInfo], name: str) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    swells = unpacked > UNPACKED_WITHOUT_DOUBT and unpacked > MAX_SPREADSHEET_RATIO * packed
    if swells or unpacked > MAX_UNPACKED:
        message = f"{name}: a workbook that unpacks from {packed >> 10:,} KiB to {unpacked >> 20:,} MiB"
        raise UnusableInputError(message, "if it is a real list, save it as CSV and import that")


def _refuse_entities(part: ByteReader, name: str) -> None:
    """A document type can only stand before the root element, so the start of a part tells."""
    start = part.read(4096).replace(b"\0", b"")
    if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
        raise UnusableInputError(f"{name}: the workbook declares XML entities", "save it as CSV and import that")
