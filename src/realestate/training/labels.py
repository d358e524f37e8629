"""Labelled photos as arrays: which class each shows, does not show, or was never judged for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from realestate.adapters.labelled_photos import read_labelled_photos
from realestate.domain.repairs.evaluation import LabelledPhoto
from realestate.domain.repairs.taxonomy import CLASSES
from realestate.errors import UnusableInputError

UNKNOWN = -1
LICENSED = "A"
"""Tier of photos that an explicit licence covers."""


@dataclass(frozen=True, slots=True)
class LabelledPhotos:
    """Photos and what is known of them, all sequences equally long.

    Attributes:
        folder: Where the files lie.
        known: What people say of each.
        labels: int8 (photos, classes) in the order of ``CLASSES``: 1 shown, 0 not shown, -1 unknown.
    """

    folder: Path
    known: tuple[LabelledPhoto, ...]
    labels: NDArray[np.int8]

    @property
    def parents(self) -> NDArray[np.str_]:
        """What each was taken with; never torn apart by a fold."""
        return np.array([photo.parent for photo in self.known])

    @property
    def sources(self) -> NDArray[np.str_]:
        """Where each came from."""
        return np.array([photo.source for photo in self.known])

    @property
    def licensed(self) -> NDArray[np.bool_]:
        """Which ones an explicit licence covers."""
        return np.array([photo.tier == LICENSED for photo in self.known])

    def some(self, wanted: NDArray[np.intp]) -> LabelledPhotos:
        """The photos at these positions."""
        return LabelledPhotos(self.folder, tuple(self.known[i] for i in wanted), self.labels[wanted])


def read_labels(folder: Path, table: Path) -> LabelledPhotos:
    """Read the labels of the photos that are in the folder.

    Raises:
        UsageError: If the table knows none of the classes, or holds what is no label.
        UnusableInputError: If it is no table, or none of its photos is there.
    """
    known = [photo for photo in read_labelled_photos(table, CLASSES) if (folder / photo.file).is_file()]
    if not known:
        raise UnusableInputError(
            f"{table.name} names no photo that is in {folder.name}.",
            "Write paths relative to the folder into the column `file`.",
        )
    return LabelledPhotos(folder, tuple(known), np.array([_labels(photo) for photo in known], dtype=np.int8))


def _labels(photo: LabelledPhoto) -> Sequence[int]:
    return [1 if name in photo.shown else 0 if name in photo.absent else UNKNOWN for name in CLASSES]
