"""Fields of numbers over a picture: noise, soft edges, ragged patches and the mixing of colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Field = NDArray[np.float32]
Colour = tuple[float, float, float]
Point = tuple[float, float]


def noise(dice: np.random.Generator, shape: tuple[int, int], cell: float, octaves: int = 5, fall: float = 0.5) -> Field:
    """Smooth noise of mean 0 and deviation 1; its largest features are ``cell`` pixels wide."""
    total = np.zeros(shape, np.float32)
    for octave in range(octaves):
        size = max(cell / 2**octave, 1.0)
        grid = dice.random((int(shape[0] / size) + 3, int(shape[1] / size) + 3), dtype=np.float32)
        total += fall**octave * enlarge(grid, shape)
    return np.asarray((total - total.mean()) / total.std(), np.float32)


def enlarge(grid: Field, shape: tuple[int, int]) -> Field:
    """Stretch a coarse grid over a shape."""
    return np.asarray(Image.fromarray(grid).resize((shape[1], shape[0]), Image.Resampling.BICUBIC), np.float32)


def blurred(field: Field, radius: float) -> Field:
    """Soften a field of values from 0 to 1."""
    grey = Image.fromarray(np.uint8(np.clip(field, 0, 1) * 255))
    return np.asarray(grey.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255


def step(field: Field, start: float, end: float) -> Field:
    """Rise smoothly from 0 at ``start`` to 1 at ``end``."""
    t = np.clip((field - start) / (end - start), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def patch(dice: np.random.Generator, shape: tuple[int, int], centre: Point, size: Point, ragged: float = 0.3) -> Field:
    """Above 0 inside a ragged patch, 1 at most in its middle; centre and size as shares of the picture."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    far = np.hypot((x / shape[1] - centre[0]) / size[0], (y / shape[0] - centre[1]) / size[1])
    return np.asarray(1 - far + ragged * noise(dice, shape, shape[1] / 6, 7, 0.55), np.float32)


def linear(red: int, green: int, blue: int) -> Colour:
    """Turn a colour of a screen into light."""
    light = (np.array([red, green, blue]) / 255) ** 2.2
    return float(light[0]), float(light[1]), float(light[2])


def mix(below: Field, above: Field | Colour, share: Field) -> Field:
    """Lay one colour over another; ``share`` is how much of it covers."""
    return np.asarray(below + (np.asarray(above, np.float32) - below) * share[..., None], np.float32)
