"""A furnished room, drawn by following a ray of sight for every dot of the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from camera import PHOTO, developed
from fields import Colour, Field, enlarge, linear, mix, noise, step
from numpy.typing import NDArray
from PIL import Image
from walls import Surface, painted

Vector = tuple[float, float, float]

ROOM: Vector = (4.4, 2.55, 5.2)
"""Width, height and depth in metres; x to the right, y up, z away from the camera."""
BACK = (562, 968)
"""Rows and columns of the texture of its back wall."""
EYE: Vector = (2.95, 1.45, 0.15)
WINDOW = ((0.0, 1.0, 2.3), (0.0, 2.1, 3.9))
"""Two corners of the window, in the left wall."""
FINE = 1.25
"""Rays per dot, along each side."""
LAMPS = ((0.15, 0.15), (0.85, 0.5), (0.2, 0.85))
"""Points of the window that light the room, as shares of its height and depth."""


@dataclass(frozen=True)
class Block:
    """A box that stands in the room: two corners in metres, and its colour."""

    low: Vector
    high: Vector
    colour: Colour


SKIRTING = (
    Block((0.0, 0.0, 4.98), (4.4, 0.12, 5.2), linear(236, 234, 228)),
    Block((0.0, 0.0, 0.0), (0.03, 0.12, 5.2), linear(236, 234, 228)),
    Block((4.37, 0.0, 0.0), (4.4, 0.12, 5.2), linear(236, 234, 228)),
)
FURNITURE = (
    Block((1.2, 0.12, 4.2), (3.4, 0.46, 5.05), linear(98, 112, 122)),
    Block((1.2, 0.46, 4.85), (3.4, 0.92, 5.08), linear(92, 106, 116)),
    Block((1.02, 0.08, 4.2), (1.22, 0.66, 5.08), linear(86, 100, 110)),
    Block((3.38, 0.08, 4.2), (3.58, 0.66, 5.08), linear(86, 100, 110)),
    Block((1.45, 0.47, 4.62), (1.85, 0.82, 4.86), linear(196, 150, 84)),
    Block((1.65, 0.36, 3.05), (2.95, 0.41, 3.7), linear(120, 84, 54)),
    Block((1.7, 0.0, 3.1), (1.76, 0.36, 3.16), linear(60, 44, 32)),
    Block((2.84, 0.0, 3.1), (2.9, 0.36, 3.16), linear(60, 44, 32)),
    Block((1.7, 0.0, 3.58), (1.76, 0.36, 3.64), linear(60, 44, 32)),
    Block((2.84, 0.0, 3.58), (2.9, 0.36, 3.64), linear(60, 44, 32)),
    Block((2.05, 0.41, 3.25), (2.4, 0.45, 3.5), linear(170, 60, 52)),
    Block((1.75, 1.45, 5.17), (2.75, 2.05, 5.2), linear(52, 46, 40)),
    Block((1.8, 1.5, 5.165), (2.7, 2.0, 5.17), linear(206, 196, 170)),
    Block((1.05, 0.0, 2.7), (3.55, 0.012, 4.15), linear(150, 136, 120)),
    Block((3.75, 0.0, 4.45), (4.3, 0.55, 5.05), linear(118, 82, 54)),
    Block((3.94, 0.55, 4.68), (4.08, 0.9, 4.82), linear(204, 196, 182)),
    Block((3.84, 0.9, 4.58), (4.18, 1.2, 4.92), linear(246, 232, 204)),
)


def room(dice: np.random.Generator, back: Surface, things: tuple[Block, ...] = FURNITURE) -> Image.Image:
    """See a room whose back wall is this surface, with these things in it."""
    blocks = SKIRTING + things
    rays = _rays((int(PHOTO[0] * FINE), int(PHOTO[1] * FINE)))
    sight = _first_hit(rays, blocks)
    point = np.asarray(EYE, np.float32) + rays * sight.distance[..., None]
    light = _daylight(sight, rays, point, things) + 0.3 * _shade(point, sight)
    albedo = _albedo(dice, sight, point, back, blocks)
    seen = np.where(_is_window(sight, point)[..., None], _view(dice, point), albedo * light[..., None])
    return developed(dice, np.asarray(seen * 1.15 * np.float32((1.02, 1, 0.97)), np.float32))


@dataclass(frozen=True)
class Sight:
    """What each ray meets first: number of the block (-1: the shell of the room), axis of its side, how far."""

    hit: NDArray[np.int64]
    side: NDArray[np.int64]
    distance: Field

    @property
    def shell(self) -> NDArray[np.bool_]:
        """Where it is a wall, the floor or the ceiling."""
        return np.asarray(self.hit < 0)


def _rays(shape: tuple[int, int]) -> Field:
    """Directions of sight: a wide lens, held level, turned a little to the left."""
    y, x = np.mgrid[0.62 : -0.62 : shape[0] * 1j, -0.83 : 0.83 : shape[1] * 1j]
    rays = np.stack([x, y - 0.06, np.ones_like(x)], -1)
    turn = -0.16
    turned = np.array([[np.cos(turn), 0, -np.sin(turn)], [0, 1, 0], [np.sin(turn), 0, np.cos(turn)]])
    return np.asarray(rays @ turned, np.float32)


def _crossing(start: list[Field], inverse: list[Field], block: Block) -> tuple[list[Field], Field]:
    """Where rays enter a box, axis by axis, and where they leave it, as multiples of the ray."""
    enter, leave = [], np.float32(np.inf)
    for axis in range(3):
        one = (np.float32(block.low[axis]) - start[axis]) * inverse[axis]
        other = (np.float32(block.high[axis]) - start[axis]) * inverse[axis]
        enter.append(np.minimum(one, other))
        leave = np.minimum(leave, np.maximum(one, other, out=other), out=other)
    return enter, np.asarray(leave)


def _first_hit(rays: Field, blocks: tuple[Block, ...]) -> Sight:
    eye = [np.float32(each) for each in EYE]
    inverse = _inverse(rays)
    leave = np.where(rays > 0, np.float32(ROOM) - eye, -np.float32(EYE)) * np.stack(inverse, -1)
    distance, side = leave.min(-1).astype(np.float32), leave.argmin(-1)
    hit = np.full(distance.shape, -1)
    for number, block in enumerate(blocks):
        enter, out = _crossing(eye, inverse, block)
        first = np.maximum(np.maximum(enter[0], enter[1]), enter[2])
        nearer = (first < out) & (first > 0) & (first < distance)
        hit[nearer], distance[nearer] = number, first[nearer]
        side[nearer] = np.argmax([each[nearer] for each in enter], axis=0)
    return Sight(hit, side, distance)


def _inverse(rays: Field) -> list[Field]:
    return [np.float32(1) / np.where(rays[..., axis] == 0, np.float32(1e-9), rays[..., axis]) for axis in range(3)]


def _albedo(dice: np.random.Generator, sight: Sight, point: Field, back: Surface, blocks: tuple[Block, ...]) -> Field:
    """The colour of what is met: cloth and wood for blocks, textures for the shell."""
    weave = 1 + 0.05 * noise(dice, (512, 512), 6, 3)
    x, y, z = (point[..., axis] for axis in range(3))
    at = (np.int64((y + 0.6 * z) * 300) % 512, np.int64((x + 0.8 * z) * 300) % 512)
    albedo = np.array([block.colour for block in blocks], np.float32)[sight.hit] * weave[at][..., None]
    flat = sight.shell & (sight.side == 1)
    for where, texture, axes in (
        (sight.shell & (sight.side == 0), _lit(painted(dice, linear(214, 208, 194), 0.2, (562, 1144))), (2, 1)),
        (sight.shell & (sight.side == 2), _lit(back), (0, 1)),
        (flat & (y < 1), _boards(dice), (0, 2)),
        (flat & (y > 1), _lit(painted(dice, linear(240, 238, 232), 0.15)), (0, 2)),
    ):
        albedo[where] = _looked_up(texture, point[where], axes)
    return np.asarray(albedo, np.float32)


def _looked_up(texture: Field, point: Field, axes: tuple[int, int]) -> Field:
    """Stretch a texture over a side of the room and read it where the rays met it."""
    rows, columns = texture.shape[:2]
    across, up = (np.clip(point[:, axis] / ROOM[axis], 0, 1) for axis in axes)
    return np.asarray(texture[np.int64((1 - up) * (rows - 1)), np.int64(across * (columns - 1))])


def _lit(wall: Surface) -> Field:
    """The relief of a wall under light that grazes it from the left."""
    rise = np.gradient(wall.relief)
    return np.asarray(wall.albedo * np.clip(1 - 0.16 * (rise[0] + rise[1]), 0.3, 1.7)[..., None], np.float32)


def _boards(dice: np.random.Generator) -> Field:
    """A floor of oak boards that run into the depth of the room."""
    shape = (1040, 880)
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    board = np.int64(x // 27)
    length = np.int64((y + dice.integers(0, 300, 40)[board]) // 300)
    tone = dice.random((40, 8), dtype=np.float32)[board, length]
    grain = enlarge(dice.random((40, shape[1]), dtype=np.float32), shape) + noise(dice, shape, 60, 4) * 0.12
    gap = np.minimum(x % 27, 27 - x % 27)
    wood = (
        np.asarray(linear(168, 124, 80))
        * ((0.72 + 0.4 * tone + 0.3 * (grain - 0.5)) * (0.55 + 0.45 * step(gap, 0, 1.2)))[..., None]
    )
    return np.asarray(wood, np.float32)


def _daylight(sight: Sight, rays: Field, point: Field, things: tuple[Block, ...]) -> Field:
    """Light that falls through the window, with the soft shadows of what stands in its way."""
    total = np.zeros(sight.hit.shape, np.float32)
    low, high = np.float32(WINDOW[0]), np.float32(WINDOW[1])
    facing = -np.sign(np.take_along_axis(rays, sight.side[..., None], -1))[..., 0]
    start = [point[..., axis] + facing * (sight.side == axis) * np.float32(0.004) for axis in range(3)]
    for up, along in LAMPS:
        way = low + (high - low) * np.float32((0, up, along)) - point
        far = np.sqrt((way**2).sum(-1) + 0.15)
        cosine = np.take_along_axis(way, sight.side[..., None], -1)[..., 0] * facing / far
        fall = np.clip(cosine, 0, 1) * np.clip(-way[..., 0] / far, 0, 1) / far**2
        total += fall * _unhindered(start, way, things)
    return total * np.float32(3.5 / len(LAMPS))


def _unhindered(start: list[Field], way: Field, things: tuple[Block, ...]) -> Field:
    """1 where nothing stands between a point and the light."""
    free = np.ones(way.shape[:2], np.float32)
    inverse = _inverse(way)
    for block in things:
        enter, leave = _crossing(start, inverse, block)
        first = np.maximum(np.maximum(enter[0], enter[1]), enter[2])
        free[(first < leave) & (leave > 0) & (first < 1)] = 0
    return free


def _shade(point: Field, sight: Sight) -> Field:
    """Share of the light from all round that reaches a point: less in the corners of the room."""
    reached = np.ones(sight.hit.shape, np.float32)
    for axis in range(3):
        for far in (point[..., axis], ROOM[axis] - point[..., axis]):
            near = 1 - 0.42 * np.exp(-np.clip(far, 0, None) / 0.22)
            reached *= np.where((sight.side == axis) & sight.shell, 1, near)
    return reached


def _is_window(sight: Sight, point: Field) -> NDArray[np.bool_]:
    y, z = point[..., 1], point[..., 2]
    (_, bottom, near), (_, top, far) = WINDOW
    left = sight.shell & (sight.side == 0) & (point[..., 0] < 0.5)
    return np.asarray(left & (y > bottom) & (y < top) & (z > near) & (z < far))


def _view(dice: np.random.Generator, point: Field) -> Field:
    """What is seen through the window: sky, trees, the white bars of the frame."""
    y, z = point[..., 1], point[..., 2]
    (_, bottom, near), (_, top, far) = WINDOW
    leaves = enlarge(noise(dice, (64, 64), 12, 4), (256, 256))[np.int64(y * 110) % 256, np.int64(z * 70) % 256]
    sky = np.float32((0.86, 0.95, 1.1)) * (0.8 + 0.25 * (y - bottom))[..., None]
    trees = step(1.5 + 0.1 * leaves - y, 0, 0.08)
    out = mix(np.float32(sky), linear(120, 142, 92), trees * np.clip(0.75 + 0.12 * leaves, 0, 1))
    edge = np.minimum(np.minimum(y - bottom, top - y), np.minimum(z - near, far - z))
    middle = np.minimum(np.abs(y - (bottom + top) / 2), np.abs(z - (near + far) / 2))
    frame = 1 - step(np.minimum(edge - 0.05, middle - 0.02), 0, 0.006)
    return mix(out, (0.62, 0.62, 0.6), np.float32(frame))
