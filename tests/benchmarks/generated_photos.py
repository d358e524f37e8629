"""Photos of 12 megapixels made by arithmetic: walls and furniture with texture down to the pixel, 3 to 4 MB as JPEG."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 4_000, 3_000
QUALITY = 92
WAVES = ((4, 60), (16, 30), (64, 14), (256, 8), (1_000, 7), (4_000, 7))
"""Spots along the width, and how many levels of brightness they differ by."""


def scene(seed: int) -> NDArray[np.uint8]:
    """One room, BGR: light, texture of every size, planes and edges; no noise of a sensor."""
    chance = np.random.default_rng(seed)
    light = np.full((HEIGHT, WIDTH, 3), 128, np.float32)
    for count, levels in WAVES:
        spots = chance.normal(0, levels, (max(2, HEIGHT * count // WIDTH), count, 3)).astype(np.float32)
        light += cv2.resize(spots, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    for _ in range(6):
        corners = cv2.convexHull(chance.integers(0, (WIDTH, HEIGHT), (4, 2)).astype(np.int32))
        cv2.fillConvexPoly(light, corners, chance.uniform(40, 220, 3).tolist())
    for _ in range(24):
        line = chance.integers(0, (WIDTH, HEIGHT), (4, 2)).astype(np.int32)
        cv2.polylines(light, [line], False, chance.uniform(20, 240, 3).tolist(), int(chance.integers(2, 20)))
    return np.clip(light, 0, 255).astype(np.uint8)


def write_photos(folder: Path, count: int, scenes: int = 8) -> list[Path]:
    """Write photos that all differ in their bytes; a few scenes, each many times.

    What follows the end of a JPEG is no part of the picture, so that a copy with a number there costs its reader
    as much as another photo.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = [_encoded(seed) for seed in range(min(scenes, count))]
    paths = [folder / f"{number:04}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(made[number % len(made)] + number.to_bytes(4))
    return paths


def _encoded(seed: int) -> bytes:
    done, jpeg = cv2.imencode(".jpg", scene(seed), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    assert done
    return jpeg.tobytes()
