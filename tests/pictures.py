"""Pictures made by arithmetic, and files of every kind that holds them."""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from realestate.adapters.photo_decoding import UprightPhoto, Wanted, decode

SMALL = Wanted(16, 16)
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "TIFF", "GIF", "BMP", "HEIF")


@lru_cache(maxsize=8)
def room(width: int = 320, height: int = 240, seed: int = 1) -> Image.Image:
    """Smooth light and coarse spots, another one for each seed; left and right, top and bottom can be told apart."""
    chance = np.random.default_rng(seed)
    spots = Image.fromarray(chance.integers(0, 255, (6, 8, 3), np.uint8)).resize((width, height))
    values = np.asarray(spots, np.float32) * 0.5
    values += np.linspace(0, 90, width, dtype=np.float32)[None, :, None]
    values += np.linspace(0, 30, height, dtype=np.float32)[:, None, None]
    return Image.fromarray(values.astype(np.uint8))


def encoded(image: Image.Image, kind: str = "JPEG", **how: object) -> bytes:
    """The bytes of a file that holds a picture; a JPEG of quality 92 unless told otherwise."""
    if kind == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    if kind == "GIF" and image.mode == "RGB":
        image = image.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    file = io.BytesIO()
    image.save(file, kind, **({"quality": 92} if kind == "JPEG" else {}) | how)
    return file.getvalue()


def turned(orientation: int) -> bytes:
    """A JPEG of :func:`room` as a camera held in one of eight ways stores it."""
    back = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    image = room(640, 480)
    for step in back.get(orientation, []):
        image = image.transpose(step)
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(image, exif=exif)


def decoded(data: bytes) -> UprightPhoto:
    """Decode at full size."""
    return decode(data, Wanted(1_000, 1_000))


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Mean difference of values, 0 to 255."""
    return float(np.abs(one.astype(np.int16) - other).mean())
