"""Invented labelled photos: no files, only labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from realestate.domain.repairs.evaluation import LabelledPhoto
from realestate.domain.repairs.taxonomy import CLASSES
from realestate.training.labels import LabelledPhotos

WALLS, ROOMS = "walls", "rooms"


def invented(count: int = 200, seed: int = 3) -> LabelledPhotos:
    """Close-ups of walls, half of them damaged, and sound rooms; two photos to a parent."""
    chance = np.random.default_rng(seed)
    labels = np.zeros((count, len(CLASSES)), dtype=np.int8)
    walls = np.arange(count) % 2 == 0
    damaged = walls & (chance.random(count) < 0.6)
    labels[damaged, chance.integers(0, 5, count)[damaged]] = 1
    labels[chance.random(labels.shape) < 0.05] = -1
    labels[damaged & ~(labels == 1).any(axis=1), 0] = 1
    known = tuple(
        LabelledPhoto(
            f"{i}.jpg",
            {name for name, value in zip(CLASSES, row, strict=True) if value == 1},
            {name for name, value in zip(CLASSES, row, strict=True) if value == 0},
            f"house {i // 4}-{i % 2}",
            WALLS if walls[i] else ROOMS,
            "A" if i % 4 == 0 else "B",
        )
        for i, row in enumerate(labels)
    )
    return LabelledPhotos(Path("nowhere"), known, labels)
