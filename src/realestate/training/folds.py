"""Folds for cross-validation: whole parents, with every class and source spread evenly."""

from __future__ import annotations

import hashlib
from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from realestate.training.labels import LabelledPhotos

FOLDS = 5


def folds(photos: LabelledPhotos, count: int = FOLDS, seed: int = 0) -> NDArray[np.intp]:
    """Give each photo its fold, 0 to ``count`` - 1.

    Parents with rare damage choose first, each the fold that has least of its classes so far, then least of its
    source, then fewest photos; ties fall by a hash of the parent, so that the order of files does not matter.
    """
    shown = (photos.labels == 1).astype(float)
    share = shown / np.maximum(shown.sum(axis=0), 1)
    names, source = np.unique(photos.sources, return_inverse=True)
    of_source = np.bincount(source, minlength=len(names)).astype(float)
    members: dict[str, list[int]] = defaultdict(list)
    for photo, parent in enumerate(photos.parents.tolist()):
        members[parent].append(photo)
    order = sorted(members, key=lambda parent: (-round(share[members[parent]].sum(), 9), _hash(seed, parent)))

    fold = np.zeros(len(photos.known), dtype=np.intp)
    damage, sources, sizes = np.zeros((count, shown.shape[1])), np.zeros((count, len(names))), np.zeros(count)
    for parent in order:
        own = members[parent]
        classes = shown[own].any(axis=0)
        cost = [
            (round(damage[k, classes].sum(), 9), round(sources[k, source[own[0]]], 9), sizes[k], k)
            for k in range(count)
        ]
        chosen = min(cost)[-1]
        fold[own] = chosen
        damage[chosen] += share[own].sum(axis=0)
        sources[chosen, source[own[0]]] += len(own) / of_source[source[own[0]]]
        sizes[chosen] += len(own)
    return fold


def _hash(seed: int, parent: str) -> str:
    return hashlib.sha256(f"{seed}|{parent}".encode()).hexdigest()
