"""Which photos show the same thing: near-duplicates, and one defect seen in several photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from realestate.domain.repairs.analysis import JudgedPhoto, PhotoIssue

DUPLICATE_BITS = 6
"""Of 64: a photo saved again, smaller, brighter or more compressed differs in so many or fewer, two photos of
different places in so few once in three thousand pairs."""

SAME_VIEW_BITS = 24
"""Of 64: nine in ten views that moved or came closer by up to a fifth differ in so many or fewer, and so does one
unlike view in ten; only together with heat maps that agree is it the same defect."""

SAME_HEAT = 0.75
"""Correlation of two heat maps, the one moved against the other, from which they mark the same shape: with the bits
above it joins 7 in 10 views of one defect, and 4 in 1,000 pairs of unlike ones."""

SHIFT = 0.2
"""Share of the map by which a view may have moved."""


def mark_duplicates(photos: Sequence[JudgedPhoto]) -> list[JudgedPhoto]:
    """Name for every near-duplicate the earlier photo that it repeats; that one counts.

    Photos that cannot be judged repeat nobody and are repeated by nobody: all dark photos look alike.
    """
    marked, looks, files = [], np.empty(len(photos), np.uint64), list[str]()
    for photo in photos:
        original = None
        if not photo.doubts or photo.issues:
            near = np.flatnonzero(np.bitwise_count(looks[: len(files)] ^ np.uint64(photo.look)) <= DUPLICATE_BITS)
            original = files[near[0]] if near.size else None
            if original is None:
                looks[len(files)] = photo.look
                files.append(photo.file)
        marked.append(replace(photo, same_as=original) if original else photo)
    return marked


def distinct(seen: Sequence[tuple[JudgedPhoto, PhotoIssue]]) -> list[list[tuple[JudgedPhoto, PhotoIssue]]]:
    """Group findings of one class by defect, each group under its surest view.

    Args:
        seen: Photos and their findings, the surest first.
    """
    groups: list[list[tuple[JudgedPhoto, PhotoIssue]]] = []
    for photo, issue in seen:
        home = next((group for group in groups if _same_defect(photo, issue, *group[0])), None)
        if home is None:
            groups.append([(photo, issue)])
        else:
            home.append((photo, issue))
    return groups


def _same_defect(photo: JudgedPhoto, issue: PhotoIssue, other: JudgedPhoto, known: PhotoIssue) -> bool:
    near = (photo.look ^ other.look).bit_count() <= SAME_VIEW_BITS
    return near and agreement(issue.heat, known.heat) >= SAME_HEAT


def agreement(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Best correlation of two heat maps, -1 to 1, when one may be moved against the other a little way.

    Maps of different sizes, or without any contrast, do not agree.
    """
    if one.shape != other.shape:
        return -1.0
    rows, columns = one.shape
    most = max(1, round(SHIFT * rows)), max(1, round(SHIFT * columns))
    moves = ((i, j) for i in range(-most[0], most[0] + 1) for j in range(-most[1], most[1] + 1))
    return max(_correlation(_moved(one, i, j), _moved(other, -i, -j)) for i, j in moves)


def _moved(heat: NDArray[np.float32], down: int, right: int) -> NDArray[np.float32]:
    """The part of a map that still has a partner when the other map is moved."""
    rows, columns = heat.shape
    return heat[max(0, down) : rows + min(0, down), max(0, right) : columns + min(0, right)]


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    left, right = one - one.mean(), other - other.mean()
    scale = float(np.sqrt((left**2).sum() * (right**2).sum()))
    return float((left * right).sum()) / scale if scale > 0 else -1.0
