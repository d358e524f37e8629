"""From a heat map to the regions that it marks: connected cells above a level, as boxes in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from realestate.domain.repairs.analysis import Box

HIGHEST_LEVEL = 0.5
"""Local probability from which a cell is damaged, whatever the peak."""

SHARE_OF_PEAK = 0.5
"""Of a fainter map, the cells that reach this share of its peak are what the finding rests on."""


@dataclass(frozen=True, slots=True)
class Regions:
    """What a heat map marks.

    Attributes:
        area: Share of the photo, 0 to 1.
        boxes: Around each region in pixels of the photo, the largest region first.
        mask: Which cells are marked, bool (rows, columns).
    """

    area: float
    boxes: tuple[Box, ...]
    mask: NDArray[np.bool_]


def find_regions(heat: NDArray[np.float32], width: int, height: int) -> Regions:
    """Mark the cells above a level and box what hangs together, corners included.

    Args:
        heat: Local probability, (rows, columns), 0 to 1, spanning the photo evenly.
        width: Pixels of the photo.
        height: The same.

    Returns:
        The regions, one at least; a map without any heat says nothing about place or size: the whole photo, no area.
    """
    heat = np.nan_to_num(np.asarray(heat, np.float32), nan=0.0)
    peak = float(heat.max(initial=0.0))
    if peak <= 0:
        return Regions(0.0, ((0, 0, width, height),), np.zeros(heat.shape, bool))
    mask = heat >= min(HIGHEST_LEVEL, SHARE_OF_PEAK * peak)
    labels = label(mask)
    found = sorted((_Region(labels == number) for number in np.unique(labels[mask])), key=lambda one: -one.cells)
    return Regions(float(mask.mean()), tuple(one.box(width, height) for one in found), mask)


def label(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Number the cells of each connected region alike, from 1; 0 outside.

    Every cell starts with a number of its own and takes the largest of its neighbours until nothing moves.
    """
    labels = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    while True:
        padded = np.pad(labels, 1)
        rows, columns = mask.shape
        around = [padded[i : i + rows, j : j + columns] for i in range(3) for j in range(3)]
        grown = np.where(mask, np.maximum.reduce(around), 0)
        if np.array_equal(grown, labels):
            return labels
        labels = grown


class _Region:
    def __init__(self, mask: NDArray[np.bool_]) -> None:
        self._mask = mask
        self.cells = int(mask.sum())

    def box(self, width: int, height: int) -> Box:
        """Left, top, width and height in whole pixels, never empty and never outside."""
        rows, columns = (np.flatnonzero(self._mask.any(axis=axis)) for axis in (1, 0))
        top, tall = _span(rows, self._mask.shape[0], height)
        left, wide = _span(columns, self._mask.shape[1], width)
        return left, top, wide, tall


def _span(cells: NDArray[np.intp], of: int, pixels: int) -> tuple[int, int]:
    start = min(int(cells[0]) * pixels // of, pixels - 1)
    end = -(-(int(cells[-1]) + 1) * pixels // of)
    return start, max(1, min(end, pixels) - start)
