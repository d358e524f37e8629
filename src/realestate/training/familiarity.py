"""What the features of photos seen in training look like, so that a photo unlike all of them can be told."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from realestate.training.exporting import Familiar
from realestate.training.learning import BATCH, Material
from realestate.training.network import Upper

_DIRECTIONS = 64
_FAMILIAR_SHARE = 0.995
"""Share of the training photos that lie within 1.0."""


def familiar_features(network: Upper, material: Material, views: NDArray[np.intp]) -> Familiar:
    """Main directions of the mean features of plain views, and how far photos usually lie beside them.

    Directions are found on one half of the photos and distances measured on the other, for photos lie nearer to
    directions that were made from them.
    """
    features = _mean_features(network, material, views)
    mean, directions = _principal(features[::2])
    away = features[1::2] - mean
    left = np.linalg.norm(away - away @ directions @ directions.T, axis=1)
    scale = float(np.quantile(left, _FAMILIAR_SHARE))
    return Familiar(mean, directions, scale, float(left.max()) / scale)


def _principal(features: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    mean = features.mean(axis=0)
    _, _, directions = np.linalg.svd(features - mean, full_matrices=False)
    return mean, np.ascontiguousarray(directions[:_DIRECTIONS].T)


def _mean_features(network: Upper, material: Material, views: NDArray[np.intp]) -> NDArray[np.float32]:
    network.eval()
    means = []
    with torch.no_grad():
        for first in range(0, len(views), BATCH):
            below = material.features[views[first : first + BATCH]].astype(np.float32)
            coarse, _ = network.features(torch.from_numpy(below))
            means.append(coarse.mean(dim=(2, 3)).numpy())
    return np.concatenate(means)
