"""A linear head on features of the untouched backbone at three depths: a second opinion on the photo as a whole.

Fine-tuning and a linear head err on different photos: their logits added rank far better than either alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from realestate.domain.repairs.taxonomy import CLASSES
from realestate.training.backbone import BackboneFile, Layers
from realestate.training.network import CUT, FINE

_PENALTY = 1e-3
_ITERATIONS = 100
_BATCH = 32
_FIRST_BIAS = -3.0
_LEAST_SPREAD = 1e-3
_LEAST_VARIANCE = 1e-6

FEATURES = 2 * (32 + 576 + 1280)
"""Mean and spread of each channel at the cut, at 1/16 and at 1/32."""


@dataclass(frozen=True, slots=True)
class LinearHead:
    """``logits = features @ weight + bias``.

    Attributes:
        weight: float32 (features, classes).
        bias: float32 (classes,).
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logits (photos, classes) of features (photos, features)."""
        return np.asarray(features @ self.weight + self.bias, dtype=np.float32)


def untouched_features(
    backbone: BackboneFile, below: NDArray[np.float16], views: NDArray[np.intp]
) -> NDArray[np.float32]:
    """Pooled features float32 (views, ``FEATURES``) by the backbone as it came.

    Args:
        backbone: Before any training here.
        below: Features at the cut, of all views.
        views: Positions of those wanted.
    """
    layers = Layers(backbone, after=CUT, keep=FINE).eval()
    found = []
    with torch.no_grad():
        for first in range(0, len(views), _BATCH):
            batch = torch.from_numpy(below[views[first : first + _BATCH]].astype(np.float32))
            coarse, fine = layers(batch)
            found.append(pooled(batch, fine, coarse).numpy())
    return np.concatenate(found)


def pooled(*maps: torch.Tensor) -> torch.Tensor:
    """Mean and spread of every channel over the photo: how much there is of a texture, and how unevenly.

    Args:
        maps: (batch, channels, rows, columns), each of its own size.

    Returns:
        (batch, twice the channels of all maps).
    """
    return torch.cat([part for one in maps for part in _mean_and_spread(one)], dim=1)


def _mean_and_spread(one: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    mean = one.mean(dim=(2, 3), keepdim=True)
    away = one - mean
    return mean.flatten(1), ((away * away).mean(dim=(2, 3)) + _LEAST_VARIANCE).sqrt()


def fit_linear_head(features: NDArray[np.float32], labels: NDArray[np.int8]) -> LinearHead:
    """Fit by logistic regression with a ridge penalty on standardised features; what is unknown does not count.

    Args:
        features: (photos, features).
        labels: (photos, classes): 1, 0 or -1 for unknown.
    """
    mean, spread = features.mean(axis=0), features.std(axis=0) + _LEAST_SPREAD
    inputs, targets = torch.from_numpy((features - mean) / spread), torch.from_numpy(labels.astype(np.float32))
    known = (targets >= 0).float()
    weight = torch.zeros(inputs.shape[1], len(CLASSES), requires_grad=True)
    bias = torch.full((len(CLASSES),), _FIRST_BIAS, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=_ITERATIONS)

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        logits = inputs @ weight + bias
        every = functional.binary_cross_entropy_with_logits(logits, targets.clamp(min=0), reduction="none")
        value = (every * known).sum() / known.sum() + _PENALTY * (weight**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    found = weight.detach().numpy() / spread[:, None]
    return LinearHead(found.astype(np.float32), (bias.detach().numpy() - mean @ found).astype(np.float32))
