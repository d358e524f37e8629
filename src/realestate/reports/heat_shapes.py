"""Where in a photo damage was seen, as shapes: smooth fields, contour lines and boxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from realestate.domain.repairs.analysis import PhotoIssue

Field = NDArray[np.float32]

LEVELS = (0.4, 0.6, 0.8)
"""Shares of the peak at which contours are drawn."""
FINE = 16
"""Dots per cell of a heat map while contours are traced."""
SPAN = 100.0
"""Contours are drawn in a square of this side, stretched over the photo."""


def joint_heat(issues: Sequence[PhotoIssue]) -> Field | None:
    """Lay the heat of all issues of a photo over each other, each as a share of its own peak, 0 to 1.

    A weak issue beside a strong one keeps its shape this way; how sure each is stands in words beside it.
    """
    peaks = [(issue.heat, float(issue.heat.max())) for issue in issues if issue.heat.size]
    shares = [heat / peak for heat, peak in peaks if peak > 0]
    return np.maximum.reduce(shares).astype(np.float32) if shares else None


def smooth(heat: Field, rows: int, columns: int) -> Field:
    """Stretch a heat map over so many dots without steps, 0 to 1."""
    import cv2

    return np.clip(cv2.resize(heat, (columns, rows), interpolation=cv2.INTER_CUBIC), 0, 1).astype(np.float32)


def contours(heat: Field) -> list[str]:
    """Trace a heat map: one SVG path for each of LEVELS, the lowest first, with holes left out by the even-odd rule."""
    fine = smooth(heat, heat.shape[0] * FINE, heat.shape[1] * FINE)
    return [path for level in LEVELS if (path := "".join(map(_rounded, _outlines(fine >= level))))]


def _outlines(inside: NDArray[np.bool_]) -> list[Field]:
    """Corners of every outline, in units of SPAN."""
    import cv2

    found, _ = cv2.findContours(inside.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    simple = [cv2.approxPolyDP(line, 1.2, True)[:, 0, :] for line in found]
    scale = SPAN / (np.array(inside.shape[::-1], np.float32) - 1)
    return [(line * scale).astype(np.float32) for line in simple if len(line) > 2]


def _rounded(line: Field) -> str:
    """A closed curve that bends at each corner and passes half-way between them, save along the photo's edge."""
    middles = (line + np.roll(line, -1, axis=0)) / 2
    start = f"M{_at(middles[-1])}"
    bends = (f"Q{_at(corner)} {_at(middle)}" for corner, middle in zip(line, middles, strict=True))
    return start + "".join(bends) + "Z"


def _at(point: Field) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"
