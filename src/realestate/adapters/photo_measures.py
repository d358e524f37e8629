"""Figures and pictures made of an upright photo: the model's square, how well it can be judged, its look, a preview."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from realestate.adapters.photo_decoding import UprightPhoto, opencv
from realestate.domain.repairs.readings import Quality

JUDGED_SIDE = 320
"""Pixels of the longest side on which sharpness is measured; at full size it would measure the camera."""

PREVIEW_SIDE = 960
PREVIEW_QUALITY = 84

LOOK_SIDE = 8
"""Bits of a difference hash along each side."""


def squashed(rgb: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Scale to exactly this size by averaging over areas; what is smaller is stretched."""
    cv2 = opencv()
    rgb = _halved(rgb, height, width)
    smaller = rgb.shape[0] >= height and rgb.shape[1] >= width
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(rgb, (width, height), interpolation=way), np.uint8)


def _halved(pixels: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Halve while enough is left: averaging four pixels is several times as fast as averaging by fractions of one."""
    cv2 = opencv()
    while pixels.shape[0] >= 2 * height and pixels.shape[1] >= 2 * width:
        size = (pixels.shape[1] // 2, pixels.shape[0] // 2)
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return pixels


def judged_luma(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Brightness of a photo, uint8 (rows, columns), on which :func:`quality` and :func:`look` are measured."""
    cv2 = opencv()
    luma = _halved(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), JUDGED_SIDE, JUDGED_SIDE)
    scale = JUDGED_SIDE / max(luma.shape)
    if scale < 1:
        size = (max(1, round(luma.shape[1] * scale)), max(1, round(luma.shape[0] * scale)))
        luma = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
    return np.asarray(luma, np.uint8)


def quality(luma: NDArray[np.uint8], photo: UprightPhoto) -> Quality:
    """How well a photo can be judged."""
    cv2 = opencv()
    edges = cv2.Laplacian(luma, cv2.CV_32F)
    return Quality(
        brightness=float(luma.mean()) / 255,
        contrast=float(luma.std()) / 255,
        sharpness=float(edges.var()),
        short_side=min(photo.width, photo.height),
    )


def look(luma: NDArray[np.uint8]) -> int:
    """64-bit difference hash: for each of 8 by 8 cells, whether the next one to the right is brighter."""
    cv2 = opencv()
    cells = cv2.resize(luma, (LOOK_SIDE + 1, LOOK_SIDE), interpolation=cv2.INTER_AREA).astype(np.int16)
    return int.from_bytes(np.packbits(cells[:, 1:] > cells[:, :-1]).tobytes())


def preview(rgb: NDArray[np.uint8]) -> bytes:
    """A JPEG of nothing but the pixels, at most :data:`PREVIEW_SIDE` on its longest side."""
    cv2 = opencv()
    scale = PREVIEW_SIDE / max(rgb.shape)
    if scale < 1:
        size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
        # Below a half, averaging is all that does not flicker; above, people see no difference, at a tenth of the time.
        way = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR
        rgb = cv2.resize(rgb, size, interpolation=way)
    made, jpeg = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, PREVIEW_QUALITY])
    if not made:
        raise MemoryError
    return bytes(jpeg)
