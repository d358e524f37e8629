"""Where in a photo damage was seen: a veil over the rest of it, so that the damage keeps its own colours."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from realestate.domain.repairs.analysis import PhotoIssue

Field = NDArray[np.float32]

VEIL = (13, 22, 32)
"""Colour of the veil."""
DENSEST = 0.5
"""How much of a photo the veil covers where there is no heat."""
CLEAR_FROM = 0.8
"""Share of the peak from which nothing is veiled."""
DOTS = 4
"""Dots of a page's veil per cell of a heat map; browsers stretch it without steps."""


def joint_heat(issues: Sequence[PhotoIssue]) -> Field | None:
    """Lay the heat of all issues of a photo over each other, each as a share of its own peak, 0 to 1.

    A weak issue beside a strong one keeps its shape this way; how sure each is stands in words beside it.
    """
    peaks = [(issue.heat, float(issue.heat.max())) for issue in issues if issue.heat.size]
    shares = [heat / peak for heat, peak in peaks if peak > 0]
    return np.maximum.reduce(shares).astype(np.float32) if shares else None


def veil(heat: Field, rows: int, columns: int) -> NDArray[np.uint8]:
    """How much of each dot is covered, 0 to 255, over so many dots without steps."""
    import cv2

    clear = np.clip(cv2.resize(heat, (columns, rows), interpolation=cv2.INTER_CUBIC) / CLEAR_FROM, 0, 1)
    return np.asarray((1 - clear) * DENSEST * 255, np.uint8)


def veil_uri(heat: Field) -> str:
    """The veil as a small picture that is stretched over the photo."""
    from PIL import Image

    cover = veil(heat, heat.shape[0] * DOTS, heat.shape[1] * DOTS)
    picture = Image.new("RGB", cover.shape[::-1], VEIL)
    picture.putalpha(Image.fromarray(cover))
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
