"""Pictures for pages: made small, without anything but the picture in them."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

STEPS = ((960, 84), (800, 78), (640, 72), (480, 68), (360, 62), (260, 55))
"""Longest side and JPEG quality, from the finest to the smallest that is still worth a look."""
HOPE = 0.8
"""What a lower quality leaves of the bytes of each dot."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG without metadata; sizes in pixels."""

    jpeg: bytes
    width: int
    height: int

    @property
    def uri(self) -> str:
        """The picture as part of a page."""
        return "data:image/jpeg;base64," + base64.b64encode(self.jpeg).decode()


def opened(jpeg: bytes, side: int | None = None) -> Image:
    """Decode a preview into bare dots: nothing that stood beside them is carried into what is made of them.

    Where a longest side is given, no more is decoded than it takes to fill it.
    """
    import PIL.Image

    with PIL.Image.open(io.BytesIO(jpeg)) as file:
        if side:
            file.draft("RGB", (side, side))
        image = file.convert("RGB")
    image.info.clear()
    return image


def fitted(image: Image, allowance: int, side: int = STEPS[0][0]) -> Picture:
    """Encode a picture in at most so many bytes and so many pixels on its longest side, or as small as STEPS go."""
    steps = [(min(longest, side), quality) for longest, quality in STEPS]
    picture = encoded(shrunk(image, steps[0][0]), steps[0][1])
    for longest, quality in steps[1:]:
        if len(picture.jpeg) <= allowance:
            break
        # Bytes shrink with the area and faster; steps that cannot be enough are not tried.
        hoped = len(picture.jpeg) * (longest / max(picture.width, picture.height)) ** 2 * HOPE
        if hoped <= allowance or (longest, quality) == steps[-1]:
            picture = encoded(shrunk(image, longest), quality)
    return picture


def shrunk(image: Image, side: int) -> Image:
    """Scale a picture down to a longest side; a smaller one stays."""
    from PIL.Image import Resampling

    scale = side / max(image.size)
    if scale >= 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Resampling.LANCZOS)


def encoded(image: Image, quality: int) -> Picture:
    """Write a picture as JPEG."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return Picture(out.getvalue(), image.width, image.height)


def cut(image: Image, box: tuple[float, float, float, float], side: int) -> Picture:
    """Cut a square round a box (left, top, width, height as shares of the picture), with some wall around it."""
    width, height = image.size
    left, top, wide, high = box[0] * width, box[1] * height, box[2] * width, box[3] * height
    edge = min(max(wide, high, 0.18 * max(image.size)) * 1.15, width, height)
    x = min(max(left + wide / 2 - edge / 2, 0), width - edge)
    y = min(max(top + high / 2 - edge / 2, 0), height - edge)
    square = image.crop((round(x), round(y), round(x + edge), round(y + edge)))
    return encoded(shrunk(square, side), 72)
