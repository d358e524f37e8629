"""Draws the pictures of examples/photos; nothing in them was ever photographed.

python examples/draw_photos examples/photos
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from camera import photograph
from damage import crack, lay_bare, mould, peel, stain
from fields import linear, patch
from PIL import Image
from room import BACK, room
from walls import WALL, bricks, painted

QUALITY = 74


def bedroom_crack(dice: np.random.Generator) -> Image.Image:
    """A settlement crack across a painted bedroom wall."""
    wall = painted(dice, linear(200, 199, 193), 0.35)
    crack(dice, wall, (0.04, 0.22), (0.97, 0.72), 6.5, 5)
    return photograph(dice, wall, (0.0, 0.1), 0.06)


def stairwell_plaster(dice: np.random.Generator) -> Image.Image:
    """Plaster that came off the bricks of a stairwell."""
    wall = painted(dice, linear(196, 184, 158), 0.7)
    hole = patch(dice, WALL, (0.52, 0.5), (0.36, 0.4), 0.22)
    lay_bare(wall, bricks(dice), hole, 9, linear(168, 158, 142))
    return photograph(dice, wall, (0.1, 0.0), 0.05, 0.02)


def hall_peeling_paint(dice: np.random.Generator) -> Image.Image:
    """Ochre paint that flakes off a hall's white undercoat."""
    wall = painted(dice, linear(199, 158, 98), 0.35)
    field = np.maximum(
        patch(dice, WALL, (0.35, 0.38), (0.26, 0.3), 0.42), patch(dice, WALL, (0.72, 0.7), (0.18, 0.2), 0.4)
    )
    peel(dice, wall, field - 0.1, linear(222, 216, 200))
    return photograph(dice, wall, (0.2, 0.0), 0.04)


def cellar_mould(dice: np.random.Generator) -> Image.Image:
    """Black and green growth in the corner of a cellar wall."""
    wall = painted(dice, linear(196, 194, 184), 0.9)
    field = np.maximum(
        patch(dice, WALL, (0.05, 1.0), (0.75, 0.8), 0.25), patch(dice, WALL, (0.75, 0.95), (0.5, 0.45), 0.3)
    )
    mould(dice, wall, field, linear(58, 66, 44))
    return photograph(dice, wall, (0.6, 0.0), 0.05)


def ceiling_stain(dice: np.random.Generator) -> Image.Image:
    """Rings of old water on a ceiling under a bathroom."""
    wall = painted(dice, linear(214, 212, 204), 0.5)
    stain(dice, wall, patch(dice, WALL, (0.55, 0.4), (0.36, 0.36), 0.16))
    return photograph(dice, wall, (0.0, 0.9), 0.05)


def sound_wall(dice: np.random.Generator) -> Image.Image:
    """A painted wall with nothing wrong."""
    return photograph(dice, painted(dice, linear(188, 198, 196), 0.4), (0.15, 0.1), 0.06)


def living_room(dice: np.random.Generator) -> Image.Image:
    """A furnished room with nothing wrong."""
    return room(dice, painted(dice, linear(206, 200, 186), 0.3, BACK))


def back_room(dice: np.random.Generator) -> Image.Image:
    """An empty room with a crack over its back wall and a hole in its plaster."""
    wall = painted(dice, linear(200, 190, 166), 0.4, BACK)
    crack(dice, wall, (0.86, 0.0), (0.5, 0.86), 8, 6)
    lay_bare(
        wall, bricks(dice, BACK, 16, 46), patch(dice, BACK, (0.24, 0.66), (0.24, 0.4), 0.3), 5, linear(160, 150, 134)
    )
    return room(dice, wall, ())


PICTURES = (
    bedroom_crack,
    stairwell_plaster,
    hall_peeling_paint,
    cellar_mould,
    ceiling_stain,
    back_room,
    sound_wall,
    living_room,
)


def main(folder: Path) -> None:
    """Draw them all, each from a seed of its own."""
    for seed, draw in enumerate(PICTURES):
        draw(np.random.default_rng(seed)).save(folder / f"{draw.__name__}.jpg", quality=QUALITY, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
