"""Which views of which photos are made: more of rare damage, and damage pasted into sound rooms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from realestate.domain.repairs.taxonomy import CLASSES
from realestate.training.labels import UNKNOWN, LabelledPhotos

PLAIN, VIEW = -2, -1
"""Stand in for a second photo: the whole photo as it is, and a view of it alone."""

_THIN = 60
"""A class with fewer photos than this is thin: each of them is seen in more views."""
_VIEWS = {"thin": 20, "damaged": 11, "sound wall": 18, "sound": 6}
"""Sound walls are few, and the hardest to tell from damage: an even wall has nothing else to look at."""
_PASTED = {"crack": 110, "plaster_loss": 110, "damp_stain": 160, "mould": 110, "peeling_paint": 90}
"""Views per fold in which a wall with this damage is pasted into a sound room."""
_PASTED_SOUND = 400
_MOSTLY_JUDGED = 6


@dataclass(frozen=True, slots=True)
class ViewPlan:
    """Views to be made, all arrays equally long.

    Attributes:
        photo: Position of the photo; for a pasted view that of the room.
        other: Position of the wall that is pasted in, or ``PLAIN`` or ``VIEW``.
        labels: int8 (views, classes), as in :class:`LabelledPhotos`.
    """

    photo: NDArray[np.intp]
    other: NDArray[np.intp]
    labels: NDArray[np.int8]

    @property
    def pasted(self) -> NDArray[np.bool_]:
        """Which views hold two photos."""
        return self.other >= 0


def plan_views(photos: LabelledPhotos, fold: NDArray[np.intp], seed: int) -> ViewPlan:
    """Plan the views of all photos; a pasted view joins photos of one fold, so that no fold learns of another."""
    pairs = [(photo, PLAIN) for photo in range(len(photos.known))]
    pairs += [(photo, VIEW) for photo, count in enumerate(_counts(photos)) for _ in range(count)]
    chance = np.random.default_rng(seed)
    for one in np.unique(fold):
        pairs += _pastes(photos, np.flatnonzero(fold == one), chance)
    photo, other = np.array(pairs, dtype=np.intp).T
    return ViewPlan(photo, other, _labels(photos.labels, photo, other))


def _counts(photos: LabelledPhotos) -> list[int]:
    shown = photos.labels == 1
    thin = shown[:, shown.sum(axis=0) < _THIN].any(axis=1)
    wall = np.isin(photos.sources, list(wall_sources(photos)))
    kinds = np.select([thin, shown.any(axis=1), wall], ["thin", "damaged", "sound wall"], "sound")
    return [_VIEWS[kind] for kind in kinds.tolist()]


def _pastes(photos: LabelledPhotos, own: NDArray[np.intp], chance: np.random.Generator) -> list[tuple[int, int]]:
    """Walls into rooms. A photo is a room when its source has no wall damage to speak of, else a wall."""
    sound = (photos.labels != 1).all(axis=1) & ((photos.labels == 0).sum(axis=1) >= _MOSTLY_JUDGED)
    walls = np.isin(photos.sources, list(wall_sources(photos)))
    rooms = own[sound[own] & ~walls[own]]
    sound_walls = own[sound[own] & walls[own]]
    if not len(rooms):
        return []
    pairs = []
    for name, count in _PASTED.items():
        damaged = own[walls[own] & (photos.labels[own, CLASSES.index(name)] == 1)]
        pairs += _draw(rooms, damaged, count, chance)
    return pairs + _draw(rooms, sound_walls, _PASTED_SOUND, chance)


def wall_sources(photos: LabelledPhotos) -> set[str]:
    """Sources of close-ups: at least two in five of their photos show damage of a wall."""
    wall = [CLASSES.index(name) for name in _PASTED]
    shown = (photos.labels[:, wall] == 1).any(axis=1)
    return {name for name in set(photos.sources.tolist()) if shown[photos.sources == name].mean() >= 0.4}


def _draw(
    rooms: NDArray[np.intp], walls: NDArray[np.intp], count: int, chance: np.random.Generator
) -> list[tuple[int, int]]:
    if not len(walls):
        return []
    return list(zip(chance.choice(rooms, count).tolist(), chance.choice(walls, count).tolist(), strict=True))


def _labels(labels: NDArray[np.int8], photo: NDArray[np.intp], other: NDArray[np.intp]) -> NDArray[np.int8]:
    """Shown in either is shown; absent in both is absent; anything else is unknown."""
    own = labels[photo]
    second = np.where((other >= 0)[:, None], labels[np.maximum(other, 0)], own)
    either, neither = (own == 1) | (second == 1), (own == 0) & (second == 0)
    return np.where(either, 1, np.where(neither, 0, UNKNOWN)).astype(np.int8)
