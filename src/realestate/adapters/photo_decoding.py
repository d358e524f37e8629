"""Bytes of a photo to an upright RGB array, no larger than needed, or the reason why it cannot be used.

Which decoder: OpenCV decodes a JPEG at a half, a quarter or an eighth of its size straight from its frequencies, and
the library inside it prints what it finds damaged, which Pillow keeps to itself: of 60 photos with 200 wrong bytes
OpenCV's talk shows 59 and Pillow's errors 30. Neither notices what decodes to other pixels without a contradiction,
about half of the photos with a single wrong byte. All other formats are Pillow's: it reads more of them and refuses
each when it is cut off.
"""

from __future__ import annotations

import io
import os
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from realestate.adapters.library_talk import caught_talk
from realestate.adapters.photo_headers import (
    HEAD_BYTES,
    MOST_PIXELS,
    READABLE,
    BadPhotoError,
    outline_jpeg,
    photo_format,
    require_sane_size,
    require_whole_png,
)

if TYPE_CHECKING:
    from PIL.Image import Image

REDUCTIONS = (8, 4, 2)
"""What a JPEG decoder can leave out of each side."""

SPARE = 1.25
"""Decoded pixels per pixel wanted, along each side; each pixel of a reduced photo is an average already."""

ORIENTATION = 0x0112
"""EXIF tag; 1 is upright, 2 to 8 are turned or mirrored."""

HARMLESS_BYTES = 16
"""Cameras pad what ends in a restart or the end mark with a few bytes; a scan that lost its place leaves more."""

_DAMAGE = re.compile(r"[Pp]remature end|bad Huffman code|instead of RST|extraneous bytes before marker 0x(?:c4|da)")
_LEFT_OVER = re.compile(r"(\d+) extraneous bytes before marker 0xd[0-9]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much of a photo is needed.

    Attributes:
        height: Pixels that the model takes.
        width: The same.
        longest: Pixels of the longest side that a preview takes, and figures measured on it.
    """

    height: int
    width: int
    longest: int = 0


@dataclass(frozen=True, slots=True)
class UprightPhoto:
    """A decoded photo.

    Attributes:
        rgb: uint8 (rows, columns, 3), upright, perhaps reduced.
        width: Pixels of the upright photo at full size.
        height: The same.
    """

    rgb: NDArray[np.uint8]
    width: int
    height: int


def decode(data: bytes, wanted: Wanted) -> UprightPhoto:
    """Decode a photo, by its own bytes and not by its name; of a moving one the first picture.

    Raises:
        BadPhotoError: If it is no photo, damaged, or of a size that no photo has.
        MemoryError: If there is not enough memory for it.
    """
    kind = photo_format(data[:HEAD_BYTES])
    if kind is None:
        raise BadPhotoError(_no_photo(data[:HEAD_BYTES]))
    return _decode_jpeg(data, wanted) if kind == "JPEG" else _decode_other(data, kind, wanted)


def reduction(width: int, height: int, wanted: Wanted) -> int:
    """By how much each side may be reduced while decoding: 1, 2, 4 or 8."""
    for factor in REDUCTIONS:
        enough = min(width / wanted.width, height / wanted.height) >= SPARE * factor
        if enough and max(width, height) >= wanted.longest * factor:
            return factor
    return 1


def opencv() -> Any:  # noqa: ANN401  its types do not cover what we use
    """OpenCV with its own limit on pixels, one thread and no talk; our limits have to come before its import."""
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MOST_PIXELS))
    os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")
    import cv2

    cv2.setNumThreads(1)
    return cv2


def _no_photo(head: bytes) -> str:
    if not head:
        return "empty file"
    return f"not a photo: it does not begin like a {READABLE} file"


def _decode_jpeg(data: bytes, wanted: Wanted) -> UprightPhoto:
    outline = outline_jpeg(data)
    require_sane_size(outline.width, outline.height)
    orientation = _jpeg_orientation(outline.exif)
    width, height = _upright_size(outline.width, outline.height, orientation)
    rgb = _jpeg_pixels(data, reduction(width, height, wanted))
    return UprightPhoto(_upright(rgb, orientation), width, height)


def _jpeg_pixels(data: bytes, factor: int) -> NDArray[np.uint8]:
    cv2 = opencv()
    # The grey flags stand for the reduction alone; the colour flags would add the order blue, green, red.
    reduced = {1: 0, 2: cv2.IMREAD_REDUCED_GRAYSCALE_2, 4: cv2.IMREAD_REDUCED_GRAYSCALE_4}
    flags = reduced.get(factor, cv2.IMREAD_REDUCED_GRAYSCALE_8) | cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
    with caught_talk() as talk:
        try:
            rgb = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
        except cv2.error as error:
            if error.code == cv2.Error.StsNoMem:
                raise MemoryError from None
            rgb = None
    if rgb is None:
        raise BadPhotoError("damaged: it cannot be decoded")
    if _tells_damage(talk.text):
        raise BadPhotoError("damaged: part of the picture is lost")
    return np.asarray(rgb, np.uint8)


def _tells_damage(talk: str) -> bool:
    """Whether libjpeg printed that pixels are wrong; it warns of harmless padding, too."""
    left_over = _LEFT_OVER.search(talk)
    return bool(_DAMAGE.search(talk)) or (left_over is not None and int(left_over[1]) > HARMLESS_BYTES)


def _jpeg_orientation(block: bytes) -> int:
    from PIL.Image import Exif

    if not block:
        return 1
    exif = Exif()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exif.load(block)
        except Exception:  # noqa: BLE001  a damaged EXIF block raises anything, and the photo is upright without one
            return 1
        return _orientation(exif)


def _orientation(exif: Any) -> int:  # noqa: ANN401  Pillow's Exif, or what a format makes of it
    value = exif.get(ORIENTATION, 1)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _upright_size(width: int, height: int, orientation: int) -> tuple[int, int]:
    return (height, width) if orientation >= 5 else (width, height)


def _upright(rgb: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Turn pixels as the EXIF orientation says."""
    if orientation in (5, 6, 7, 8):
        rgb = rgb.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        rgb = rgb[:, ::-1]
    if orientation in (3, 4, 7, 8):
        rgb = rgb[::-1]
    return np.ascontiguousarray(rgb)


def _decode_other(data: bytes, kind: str, wanted: Wanted) -> UprightPhoto:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = _open(data, kind)
            require_sane_size(*image.size)
            if kind == "PNG":
                require_whole_png(data)
            image.load()
            orientation = _orientation(image.getexif())
            width, height = _upright_size(*image.size, orientation)
            rgb = _flattened(image)
        except (BadPhotoError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001  decoders raise whatever their format's authors thought of
            raise BadPhotoError(_in_our_words(error)) from None
        factor = reduction(width, height, wanted)
        pixels = np.asarray(rgb.reduce(factor) if factor > 1 else rgb)
    return UprightPhoto(_upright(pixels, orientation), width, height)


def _open(data: bytes, kind: str) -> Image:
    from PIL import Image as PillowImages

    if kind == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    return PillowImages.open(io.BytesIO(data), formats=[kind])


def _in_our_words(error: Exception) -> str:
    if type(error).__name__ == "DecompressionBombError":
        return f"too large: over {MOST_PIXELS // 1_000_000} megapixels"
    if "truncated" in str(error):
        return "damaged: the file ends before the picture does"
    return "damaged: it cannot be decoded"


def _flattened(image: Image) -> Image:
    """Any kind of picture as RGB of 8 bits, what is transparent as white paper."""
    from PIL import Image as PillowImages

    if image.mode == "F":
        raise BadPhotoError("not a photo: its pixels are measurements")
    if image.mode.startswith("I"):
        levels = np.clip(np.asarray(image), 0, 0xFFFF) >> 8
        return PillowImages.fromarray(levels.astype(np.uint8)).convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    over = image.convert("RGBA")
    paper = PillowImages.new("RGB", over.size, "white")
    paper.paste(over, mask=over.getchannel("A"))
    return paper
