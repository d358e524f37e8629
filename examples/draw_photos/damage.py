"""What happens to walls: each function damages a surface in place."""

from __future__ import annotations

import numpy as np
from fields import Colour, Field, Point, blurred, linear, mix, noise, step
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from walls import Surface

RINGS = ((0.05, 0.05, 0.4), (0.22, 0.07, 0.25), (0.5, 0.1, 0.3))
"""Of a water stain: where in its field, how wide, how dark."""


def crack(dice: np.random.Generator, wall: Surface, start: Point, end: Point, width: float, twigs: int = 4) -> None:
    """Open a branching crack; width in pixels, ends as shares of the wall."""
    rows, columns = wall.relief.shape
    trunk = _jagged(dice, np.array(start) * (columns, rows), np.array(end) * (columns, rows))
    lines = [(trunk, width)]
    for _ in range(twigs):
        root = trunk[int(dice.uniform(0.15, 0.85) * len(trunk))]
        turn = dice.uniform(0.4, 1.0) * (1 if dice.random() < 0.5 else -1)
        along = (trunk[-1] - trunk[0]) * dice.uniform(0.1, 0.28)
        aside = np.array(
            [along[0] * np.cos(turn) - along[1] * np.sin(turn), along[0] * np.sin(turn) + along[1] * np.cos(turn)]
        )
        lines.append((_jagged(dice, root, root + aside), width * 0.5))
    open_ = _drawn(dice, lines, wall.relief.shape)
    wall.relief -= 3.2 * blurred(open_, 1.6) + 1.2 * blurred(open_, 6)
    wall.albedo *= (1 - 0.9 * open_)[..., None]
    wall.albedo *= (1 - 0.16 * np.clip(3 * blurred(open_, 9), 0, 1))[..., None]


def _jagged(dice: np.random.Generator, start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """A broken line from here to there, by moving midpoints aside."""
    line = np.array([start, end])
    sway = float(np.linalg.norm(end - start)) * 0.11
    while float(np.linalg.norm(line[1] - line[0])) > 3.5:
        middle = (line[:-1] + line[1:]) / 2
        along = line[1:] - line[:-1]
        across = np.stack([-along[:, 1], along[:, 0]], 1) / (np.linalg.norm(along, axis=1, keepdims=True) + 1e-6)
        middle += across * dice.normal(0, sway, (len(middle), 1))
        woven = np.empty((len(line) + len(middle), 2))
        woven[0::2], woven[1::2] = line, middle
        line, sway = woven, sway * 0.53
    return line


def _drawn(dice: np.random.Generator, lines: list[tuple[NDArray[np.float64], float]], shape: tuple[int, int]) -> Field:
    """Draw lines that thin out towards their end and vary on the way; 0 to 1."""
    fine = 3
    canvas = Image.new("L", (shape[1] * fine, shape[0] * fine))
    pen = ImageDraw.Draw(canvas)
    for line, width in lines:
        wobble = np.interp(np.arange(len(line)), np.linspace(0, len(line), 24), dice.uniform(0.35, 1.35, 24))
        taper = np.clip(np.linspace(1.15, 0.15, len(line)), 0, 1)
        for here, there, wide in zip(line[:-1], line[1:], width * wobble * taper, strict=False):
            pen.line([*(here * fine), *(there * fine)], fill=255, width=max(1, round(float(wide) * fine)))
    return np.asarray(canvas.resize((shape[1], shape[0]), Image.Resampling.BOX), np.float32) / 255


def lay_bare(wall: Surface, below: Surface, field: Field, depth: float, coat: Colour) -> None:
    """Take the top layer off where ``field`` is above 0: a rim of undercoat, then what is below, in its shadow."""
    gone, deep = step(field, 0, 0.012), step(field, 0.05, 0.075)
    shade = np.clip(blurred(gone, 1) - np.roll(blurred(gone, 3), (int(depth), int(depth)), (0, 1)), 0, 1)
    inside = mix(
        np.broadcast_to(np.float32(coat), wall.albedo.shape) * (1 + 0.04 * wall.relief)[..., None], below.albedo, deep
    )
    wall.albedo = mix(wall.albedo, inside * (1 - 0.72 * shade)[..., None], gone)
    ground = below.relief * deep - depth * (0.45 + 0.55 * deep)
    wall.relief = np.asarray(wall.relief * (1 - gone) + ground * gone, np.float32)


def peel(dice: np.random.Generator, wall: Surface, field: Field, below: Colour) -> None:
    """Let paint flake off where ``field`` is above 0; what is left curls up at the edge."""
    gone = step(field, 0, 0.012)
    shade = np.clip(np.roll(1 - blurred(gone, 2.5), (5, 5), (0, 1)) * gone, 0, 1)
    bare = np.asarray(below) * (1 + 0.05 * noise(dice, gone.shape, 70, 5))[..., None]
    wall.albedo = mix(wall.albedo, np.float32(bare * (1 - 0.5 * shade[..., None])), gone)
    wall.relief += np.float32(4 * step(field, -0.1, 0) * (1 - gone) - 2.5 * gone)


def mould(dice: np.random.Generator, wall: Surface, field: Field, colour: Colour) -> None:
    """Grow spots and a film, the denser the higher ``field`` is."""
    shape = field.shape
    film = step(field + 0.25 * noise(dice, shape, 40, 5, 0.6), 0.15, 0.95)
    cover = 0.45 * film
    for cell in (26, 13, 7):
        spots = step(noise(dice, shape, cell, 2) + 2.6 * np.clip(field, -1, 0.75), 1.75, 2.3)
        cover = 1 - (1 - cover) * (1 - 0.85 * spots)
    tone = np.asarray(colour) * (1 + 0.35 * noise(dice, shape, 50, 4))[..., None]
    wall.albedo = mix(wall.albedo, np.float32(np.clip(tone, 0, 1)), np.float32(np.clip(cover, 0, 0.95)))


def stain(dice: np.random.Generator, wall: Surface, field: Field) -> None:
    """Leave what water leaves when it dries: a faint brown film, and soft rings where it stopped."""
    rings = sum(np.exp(-(((field - at) / wide) ** 2)) * dark for at, wide, dark in RINGS)
    film = step(field, -0.1, 0.35) * (0.3 + 0.06 * noise(dice, field.shape, 260, 3))
    brown = np.clip(film + rings * (0.8 + 0.2 * noise(dice, field.shape, 120, 3)), 0, 1)
    tint = 1 - brown[..., None] * (1 - np.asarray(linear(172, 130, 78)))
    wall.albedo = np.asarray(wall.albedo * tint, np.float32)
