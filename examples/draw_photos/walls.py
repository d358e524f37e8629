"""Sound walls: what they are made of, before anything happens to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from fields import Colour, Field, linear, mix, noise, step

WALL = (960, 1280)
"""Rows and columns of a wall before it is seen at an angle."""


@dataclass
class Surface:
    """A wall: ``albedo`` (rows, columns, 3), linear light 0 to 1, and ``relief`` (rows, columns) in pixels."""

    albedo: Field
    relief: Field


def painted(dice: np.random.Generator, colour: Colour, grain: float = 0.5, shape: tuple[int, int] = WALL) -> Surface:
    """A rolled or trowelled wall: faint blotches, an orange-peel relief, a few trowel waves."""
    tone = 1 + 0.025 * noise(dice, shape, 420, 4) + 0.012 * noise(dice, shape, 24, 3)
    relief = grain * (noise(dice, shape, 9, 3, 0.6) + 1.6 * noise(dice, shape, 90, 3))
    return Surface(np.asarray(np.asarray(colour) * tone[..., None], np.float32), relief)


def bricks(dice: np.random.Generator, shape: tuple[int, int] = WALL, height: int = 62, length: int = 190) -> Surface:
    """Old brickwork under the remains of its render: mortar that stands back, bricks half hidden, dust on all."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    sway = height / 28
    y, x = y + sway * noise(dice, shape, height, 3), x + sway * noise(dice, shape, height, 3)
    row = np.floor(y / height)
    x = x + (row % 2) * length / 2
    column = np.floor(x / length)
    edge = np.minimum(np.minimum(y % height, height - y % height), np.minimum(x % length, length - x % length))
    brick = step(edge, height / 14, height / 8)
    tones = dice.random((int(row.max()) + 2, int(column.max()) + 2), dtype=np.float32)
    tone = tones[row.astype(int), column.astype(int)]
    rough = noise(dice, shape, 30, 6, 0.7)
    clay = np.asarray(linear(142, 94, 74)) * (0.55 + 0.5 * tone + 0.14 * rough)[..., None]
    mortar = np.asarray(linear(138, 126, 110)) * (1 + 0.2 * rough)[..., None]
    render = step(noise(dice, shape, 220, 6, 0.6), 0.1, 0.6)
    bare = mix(mix(np.float32(mortar), np.float32(clay), brick), np.float32(mortar * 1.12), render)
    relief = (1 - render) * 0.08 * height * brick + render * (0.1 * height) + 1.6 * rough
    return Surface(bare, np.float32(relief))
