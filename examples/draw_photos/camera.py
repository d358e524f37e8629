"""Light on a wall, and the picture that a small camera takes of it."""

from __future__ import annotations

import numpy as np
from fields import Field, Point, noise
from PIL import Image, ImageFilter
from walls import Surface

PHOTO = (768, 1024)
"""Rows and columns of a picture."""


def photograph(
    dice: np.random.Generator, wall: Surface, light: Point = (0.1, 0.05), tilt: float = 0.05, warmth: float = 0.0
) -> Image.Image:
    """Light a wall from a point beside it, see it at an angle and give it the grain of a small sensor."""
    rise = np.gradient(wall.relief)
    lit = np.clip(1 - 0.2 * (rise[0] + rise[1]), 0.25, 1.9)
    y, x = np.mgrid[0 : lit.shape[0], 0 : lit.shape[1]].astype(np.float32)
    far = np.hypot(x / lit.shape[1] - light[0], y / lit.shape[0] - light[1])
    glow = 1.5 / (1.25 + far**2)
    seen = wall.albedo * (lit * glow)[..., None] * np.array([1 + warmth, 1, 1 - warmth])
    return developed(dice, seen.astype(np.float32), tilt)


def developed(dice: np.random.Generator, light: Field, tilt: float = 0.0) -> Image.Image:
    """Turn light into a picture of the size of PHOTO: tone, tilt, vignette and grain."""
    picture = Image.fromarray(np.uint8(np.clip(light, 0, 1) ** (1 / 2.2) * 255))
    columns, rows = picture.size
    corners = [tilt * 0.6, tilt, 1 - tilt * 0.2, tilt * 0.1, 1 - tilt * 0.3, 1 - tilt * 0.2, tilt * 0.2, 1 - tilt]
    size = (PHOTO[1], PHOTO[0])
    quad = [(corners[i] * columns, corners[i + 1] * rows) for i in (0, 2, 4, 6)]
    picture = picture.transform(size, Image.Transform.PERSPECTIVE, _homography(size, quad), Image.Resampling.BICUBIC)
    pixels = np.asarray(picture.filter(ImageFilter.GaussianBlur(0.5)), np.float32)
    y, x = np.mgrid[-1 : 1 : PHOTO[0] * 1j, -1 : 1 : PHOTO[1] * 1j]
    pixels = pixels * (1 - 0.11 * (x**2 + y**2))[..., None] + 1.5 * noise(dice, PHOTO, 2.2, 1)[..., None]
    return Image.fromarray(np.uint8(np.clip(pixels, 0, 255)))


def _homography(size: tuple[int, int], quad: list[Point]) -> list[float]:
    """Coefficients that show the quadrilateral (from top left, clockwise) as a rectangle of that size."""
    target = [(0, 0), (size[0], 0), size, (0, size[1])]
    rows = []
    for (x, y), (u, v) in zip(target, quad, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    return [float(value) for value in np.linalg.solve(np.array(rows, float), np.array(quad, float).ravel())]
