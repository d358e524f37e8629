"""Views of a photo: cropped, turned, recoloured and degraded, so that a model learns damage and not its source.

Sources differ in size, blur and JPEG quality, and a model gladly learns those instead. Every view of every
source therefore passes through the same degradation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    Image = NDArray[np.uint8]
    Floats = NDArray[np.float32]

STORED = 384
"""Pixels on each side of a photo as it is kept for making views; squashed to a square."""
SIDE = 256
"""Pixels on each side of a view, which is what the model sees."""


def make_view(photo: Image, chance: np.random.Generator, least_area: float) -> Image:
    """One view, uint8 RGB (``SIDE``, ``SIDE``, 3).

    Args:
        photo: uint8 RGB (``STORED``, ``STORED``, 3).
        chance: Decides everything.
        least_area: Smallest share of the photo that a crop keeps, 0 to 1; damage must stay in sight.
    """
    return degrade(recolour(crop(photo, chance, least_area), chance), chance)


def plain_view(photo: Image) -> Image:
    """The whole photo as the model sees it when it is used."""
    import cv2

    return np.asarray(cv2.resize(photo, (SIDE, SIDE), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def crop(photo: Image, chance: np.random.Generator, least_area: float) -> Image:
    """A crop, mirrored half of the time and turned a little, as one warp of the original."""
    import cv2

    full = photo.shape[0]
    area = chance.uniform(least_area, 1.0) if chance.random() < 0.8 else 1.0
    aspect = np.exp(chance.uniform(-0.25, 0.25))
    width, height = min(1.0, float(np.sqrt(area * aspect))), min(1.0, float(np.sqrt(area / aspect)))
    centre = full * np.array([chance.uniform(width / 2, 1 - width / 2), chance.uniform(height / 2, 1 - height / 2)])
    angle = np.deg2rad(chance.uniform(-10, 10)) if chance.random() < 0.3 else 0.0
    mirror = -1.0 if chance.random() < 0.5 else 1.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = np.zeros((2, 3), dtype=np.float32)
    matrix[:, :2] = turn @ np.diag([width * full / SIDE * mirror, height * full / SIDE])
    matrix[:, 2] = centre - matrix[:, :2] @ np.array([SIDE / 2, SIDE / 2])
    shrink = width * full / SIDE
    if shrink > 1.2:  # a warp samples points: without blur fine texture would alias
        photo = np.asarray(cv2.GaussianBlur(photo, (0, 0), 0.4 * shrink), dtype=np.uint8)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(photo, matrix, (SIDE, SIDE), flags=flags, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(warped, dtype=np.uint8)


def recolour(view: Image, chance: np.random.Generator) -> Floats:
    """Another exposure, contrast, saturation and white balance; values 0 to 255."""
    values: Any = view.astype(np.float32)
    if chance.random() < 0.8:
        values = values * np.float32(chance.uniform(0.65, 1.35))
        mean = values.mean()
        values = (values - mean) * np.float32(chance.uniform(0.65, 1.35)) + mean
        grey = values.mean(axis=2, keepdims=True)
        values = grey + (values - grey) * np.float32(chance.uniform(0.3, 1.6))
        values = values * chance.uniform(0.88, 1.12, 3).astype(np.float32)
    if chance.random() < 0.1:
        values = np.repeat(values.mean(axis=2, keepdims=True), 3, axis=2)
    values = np.clip(values, 0, 255)
    if chance.random() < 0.3:
        values = 255 * (values / 255) ** np.float32(chance.uniform(0.6, 1.6))
    return np.asarray(values, dtype=np.float32)


def degrade(values: Floats, chance: np.random.Generator) -> Image:
    """Fewer pixels, blur, noise and JPEG, each at times, whatever the source has been through already."""
    import cv2

    side = values.shape[0]
    worse: Any = values
    if chance.random() < 0.6:
        smaller = int(chance.uniform(0.35, 1) * side)
        back = (cv2.INTER_LINEAR, cv2.INTER_CUBIC)[int(chance.integers(2))]
        worse = cv2.resize(worse, (smaller, smaller), interpolation=cv2.INTER_AREA)
        worse = cv2.resize(worse, (side, side), interpolation=back)
    if chance.random() < 0.15:
        worse = cv2.GaussianBlur(worse, (0, 0), chance.uniform(0.4, 1.3))
    if chance.random() < 0.25:
        worse = worse + chance.normal(0, chance.uniform(2, 10), worse.shape).astype(np.float32)
    worse = np.clip(worse, 0, 255).astype(np.uint8)
    if chance.random() < 0.75:
        quality = int(chance.uniform(25, 95))
        worse = cv2.imdecode(cv2.imencode(".jpg", worse, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
    return np.asarray(worse, dtype=np.uint8)


def paste(room: Image, wall: Image, chance: np.random.Generator) -> Image:
    """A photo of a wall, made small, on the wall of a room: damage as a visit shows it.

    The edge is soft and uneven and the colours move towards those of the room. Sound walls are pasted as well,
    so that the seam itself says nothing.
    """
    import cv2

    full = room.shape[0]
    share = chance.uniform(0.3, 0.62)
    width, height = (min(full, int(full * share * np.exp(chance.uniform(-0.2, 0.2)))) for _ in range(2))
    patch = cv2.resize(wall, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    x, y = int(chance.integers(0, full - width + 1)), int(chance.integers(0, full - height + 1))
    behind = room[y : y + height, x : x + width].astype(np.float32)
    towards = np.float32(chance.uniform(0, 0.7))
    patch += towards * (behind.mean(axis=(0, 1)) - patch.mean(axis=(0, 1)))
    mask = _soft_mask(width, height, chance)
    pasted = room.copy()
    blended = behind * (1 - mask) + patch * mask
    pasted[y : y + height, x : x + width] = np.clip(blended, 0, 255).astype(np.uint8)
    return pasted


def _soft_mask(width: int, height: int, chance: np.random.Generator) -> Floats:
    """Float32 (height, width, 1), 0 at an uneven edge to 1 inside."""
    import cv2

    uneven = cv2.resize(chance.normal(size=(5, 5)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    rows, columns = np.mgrid[0:height, 0:width]
    inside = np.minimum(np.minimum(columns, width - 1 - columns) / width, np.minimum(rows, height - 1 - rows) / height)
    ramp = (inside * 6 + uneven * 0.35 * chance.random() - 0.15) / max(0.03, chance.uniform(0, 0.5))
    return np.asarray(np.clip(ramp, 0, 1)[..., None], dtype=np.float32)
