"""What a photo's first bytes say, and whether its last ones are there, before any decoder touches it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

MOST_BYTES = 40 << 20
MOST_PIXELS = 100_000_000
"""Cameras of phones go up to 200 megapixels but deliver 12 to 50; decoded, 100 need 300 MB."""

MOST_ASPECT = 10
"""A sweep panorama is about 6 to 1; longer ones would be squashed beyond recognition."""

LEAST_SIDE = 32
"""Pixels; what is smaller is an icon. Thumbnails above it are read and judged too small later."""

MOST_SCANS = 100
"""A progressive photo has about ten; each one is a walk over all pixels, however few bytes it takes."""

READABLE = "JPEG, PNG, WebP, AVIF, TIFF, GIF, BMP or HEIC"


class BadPhotoError(Exception):
    """A photo that cannot be used, whoever tries again.

    Attributes:
        reason: Why, in a few words for people.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class JpegOutline:
    """Size in pixels as stored, and the EXIF block (empty without one)."""

    width: int
    height: int
    exif: bytes


_MAGIC = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}
HEAD_BYTES = 64


def photo_format(head: bytes) -> str | None:
    """Name the format by its first :data:`HEAD_BYTES` bytes, as Pillow names it; ``None`` when it is not a photo's."""
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return "BMP"
    return _boxed_format(head)


def _boxed_format(head: bytes) -> str | None:
    """AVIF and HEIC are boxes of the same make; their brands tell them apart."""
    if head[4:8] != b"ftyp":
        return None
    end = min(int.from_bytes(head[:4]), len(head))
    brands = {head[8:12], *(head[i : i + 4] for i in range(16, end - 3, 4))}
    if brands & _AVIF_BRANDS:
        return "AVIF"
    return "HEIF" if brands & _HEIF_BRANDS else None


def require_sane_size(width: int, height: int) -> None:
    """Refuse what cannot be a photo of a house by its size in pixels.

    Raises:
        BadPhotoError: If it is too small, too large or too long.
    """
    size = f"{width:,} x {height:,} pixels"
    if width * height > MOST_PIXELS:
        raise BadPhotoError(f"too large: {size}, at most {MOST_PIXELS // 1_000_000} megapixels")
    if max(width, height) > MOST_ASPECT * min(width, height):
        raise BadPhotoError(f"too long: {size}, at most {MOST_ASPECT} to 1")
    if min(width, height) < LEAST_SIDE:
        raise BadPhotoError(f"too small to show anything: {size}")


def outline_jpeg(data: bytes) -> JpegOutline:
    """Walk a JPEG from marker to marker to its end; what follows the end, such as a film or a second photo, is let be.

    Decoders fill the missing half of a cut photo with grey, so the end has to be seen here.

    Raises:
        BadPhotoError: If it ends early or its parts make no sense.
    """
    size, exif, scans = (0, 0), b"", 0
    for marker, body in _jpeg_segments(data):
        if _starts_frame(marker) and not any(size):
            size = int.from_bytes(body[3:5]), int.from_bytes(body[1:3])
        elif marker == _APP1 and body.startswith(b"Exif\0\0") and not exif:
            exif = body
        elif marker == _SCAN:
            scans += 1
    if scans > MOST_SCANS:
        raise BadPhotoError(f"not a photo: {scans:,} scans, at most {MOST_SCANS}")
    if not scans or not all(size):
        raise BadPhotoError("damaged: there is no picture in it")
    return JpegOutline(*size, exif)


_APP1, _END, _SCAN = 0xE1, 0xD9, 0xDA
_ALONE = {0x01, *range(0xD0, 0xD9)}
"""Markers without a body."""


def _starts_frame(marker: int) -> bool:
    """SOF0 to SOF15 but for the three numbers among them that mean tables."""
    return 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and body of each part up to the end mark."""
    marks = _marks(data)
    at = 2
    while at := _next_mark(marks, at):
        marker = data[at + 1]
        at += 2
        if marker == _END:
            return
        if marker in _ALONE:
            continue
        length = int.from_bytes(data[at : at + 2])
        if length < 2:
            raise BadPhotoError("damaged: a part of it has no length")
        yield marker, data[at + 2 : at + length]
        at += length
    raise BadPhotoError("damaged: the file ends before the picture does")


def _marks(data: bytes) -> NDArray[np.intp]:
    """Places of 0xFF that are neither a stuffed byte, a restart nor filling: 1 ms for 4 MB, in Python's loop 5."""
    import numpy as np

    values = np.frombuffer(data, np.uint8)
    places = np.flatnonzero(values[:-1] == 0xFF)
    after = values[places + 1]
    real: NDArray[np.intp] = places[(after != 0) & (after != 0xFF) & ((after < 0xD0) | (after > 0xD7))]
    return real


def _next_mark(marks: NDArray[np.intp], at: int) -> int:
    """The first marker from a place on; 0 when there is none."""
    found = int(marks.searchsorted(at))
    return int(marks[found]) if found < len(marks) else 0


def require_whole_png(data: bytes) -> None:
    """Check the sums of a PNG's parts and that its end is there; what follows the end is let be.

    Raises:
        BadPhotoError: If it is damaged.
    """
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        end = at + 12 + length
        if end > len(data):
            break
        kind = data[at + 4 : at + 8]
        if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end]):
            raise BadPhotoError("damaged: a checksum is wrong")
        if kind == b"IEND":
            return
        at = end
    raise BadPhotoError("damaged: the file ends before the picture does")
