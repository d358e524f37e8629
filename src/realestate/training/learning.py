"""One run of training on stored features: balanced batches, masked losses, averaged weights."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from realestate.training.backbone import BackboneFile
from realestate.training.labels import LabelledPhotos
from realestate.training.network import Upper
from realestate.training.planning import ViewPlan

BATCH = 32
_PASTED, _MIXED = 0.25, 0.3
"""Share of a batch that is pasted views, and of batches in which views are blended in pairs."""
_BODY_RATE, _HEAD_RATE = 3e-4, 2e-3
_WARM_STEPS = 60
_CROPS = (20, 24, 28)
"""Sides of the random crop of the 32 x 32 features that a batch is learnt from; the whole is used at the end."""
_AVERAGED = 0.995
_GRADIENT_LIMIT = 5.0
_FEW, _MOST_WEIGHT = 200, 3.0
"""A class with fewer positives than this weighs more in the loss, up to the limit."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a run learns from.

    Attributes:
        photos: All labelled photos.
        plan: Their views.
        features: float16 (views, channels, rows, columns), in the order of the plan.
        used: Positions of the photos that this run may see.
    """

    photos: LabelledPhotos
    plan: ViewPlan
    features: NDArray[np.float16]
    used: NDArray[np.intp]


def learn(
    backbone: BackboneFile, material: Material, steps: int, seed: int, on_step: Callable[[int], None] = lambda _: None
) -> Upper:
    """Fine-tune everything above the cut; returns the running average of the weights.

    The result depends on nothing but the arguments and the number of threads torch uses.
    """
    torch.manual_seed(seed)
    network = Upper(backbone).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average: Upper = copy.deepcopy(network).eval()
    optimizer = _optimizer(network)
    batches = Batches(material, np.random.default_rng(seed))
    for step in range(steps):
        _set_rates(optimizer, step, steps)
        features, labels, known = batches.draw()
        network.train()
        loss = masked_loss(network(features)[0], labels, known, batches.class_weights)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), _GRADIENT_LIMIT)
        optimizer.step()
        _follow(average, network, step)
        on_step(step + 1)
    return average


def masked_loss(
    logits: torch.Tensor, labels: torch.Tensor, known: torch.Tensor, class_weights: torch.Tensor
) -> torch.Tensor:
    """Binary cross-entropy over what is known; all (batch, classes), ``known`` being 1 or 0."""
    loss = functional.binary_cross_entropy_with_logits(logits, labels, pos_weight=class_weights, reduction="none")
    return (loss * known).sum() / known.sum().clamp(min=1)


def predict_logits(network: Upper, features: NDArray[np.float16], views: NDArray[np.intp]) -> NDArray[np.float32]:
    """Logits (views, classes) of whole views."""
    network.eval()
    batches = (features[views[first : first + BATCH]] for first in range(0, len(views), BATCH))
    with torch.no_grad():
        return np.concatenate([network(_tensor(batch))[0].numpy() for batch in batches])


class Batches:
    """Draws batches: half damaged, rare classes more often, and sound photos from the same sources and from all."""

    def __init__(self, material: Material, chance: np.random.Generator) -> None:
        self._features, self._plan, self._chance = material.features, material.plan, chance
        self._used = material.used
        shown = material.photos.labels[material.used] == 1
        self._damaged = _rare_first(shown)
        self._sound = _sound_odds(~shown.any(axis=1), material.photos.sources[material.used], self._damaged)
        self._own = _views_of(material)
        self._pasted = _pasted_views(material)
        rarity = np.sqrt(_FEW / np.maximum(shown.sum(axis=0), 1))
        self.class_weights = torch.from_numpy(np.clip(rarity, 1, _MOST_WEIGHT).astype(np.float32))

    def draw(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Features, labels 0 to 1, and which labels are known."""
        views = self._views()
        labels = torch.from_numpy(self._plan.labels[views].astype(np.float32))
        known, labels = (labels >= 0).float(), labels.clamp(min=0)
        features = self._crop(_tensor(self._features[views]))
        if self._chance.random() < _MIXED:
            other = torch.from_numpy(self._chance.permutation(len(views)))
            share = float(self._chance.beta(0.4, 0.4))
            features = share * features + (1 - share) * features[other]
            labels, known = share * labels + (1 - share) * labels[other], known * known[other]
        return features.contiguous(memory_format=torch.channels_last), labels, known

    def _views(self) -> NDArray[np.intp]:
        pasted = int(BATCH * _PASTED) if all(len(views) for views in self._pasted) else 0
        damaged = (BATCH - pasted) // 2
        photos = np.concatenate(
            [self._choose(self._damaged, damaged), self._choose(self._sound, BATCH - pasted - damaged)]
        )
        own = [self._chance.choice(self._own[photo]) for photo in photos]
        halves = [self._chance.choice(views, pasted // 2) for views in self._pasted if pasted]
        return np.concatenate([own, *halves]).astype(np.intp)

    def _choose(self, odds: NDArray[np.float64], count: int) -> NDArray[np.intp]:
        return self._chance.choice(self._used, count, p=odds)

    def _crop(self, features: torch.Tensor) -> torch.Tensor:
        full, side = features.shape[3], int(self._chance.choice(_CROPS))
        top, left = (int(self._chance.integers(0, full - side + 1)) for _ in range(2))
        cropped = features[:, :, top : top + side, left : left + side]
        return cropped.flip(3) if self._chance.random() < 0.5 else cropped


def _rare_first(shown: NDArray[np.bool_]) -> NDArray[np.float64]:
    odds = (shown / np.sqrt(np.maximum(shown.sum(axis=0), 1))).sum(axis=1)
    return np.asarray(odds / odds.sum(), dtype=np.float64)


def _sound_odds(
    sound: NDArray[np.bool_], sources: NDArray[np.str_], damaged: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Half of the sound photos come from where damage comes from, else the source would give the damage away.

    The other half stands between even over photos and even over sources: the square root of a size counts.
    """
    names, source = np.unique(sources, return_inverse=True)
    sizes = np.maximum(np.bincount(source, weights=sound), 1)
    damage = np.bincount(source, weights=damaged, minlength=len(names))
    even = np.where(sound, 1 / np.sqrt(sizes[source]), 0.0)
    alike = np.where(sound, (damage / sizes)[source], 0.0)
    return np.asarray(even / even.sum() + alike / max(alike.sum(), 1e-12), dtype=np.float64) / 2


def _views_of(material: Material) -> dict[int, NDArray[np.intp]]:
    alone = np.flatnonzero(~material.plan.pasted)
    order = alone[np.argsort(material.plan.photo[alone], kind="stable")]
    photos, starts = np.unique(material.plan.photo[order], return_index=True)
    return dict(zip(photos.tolist(), np.split(order, starts[1:]), strict=True))


def _pasted_views(material: Material) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pasted views of the photos in use: those that show damage, and those that do not."""
    plan = material.plan
    usable = plan.pasted & np.isin(plan.photo, material.used) & np.isin(plan.other, material.used)
    damaged = (plan.labels == 1).any(axis=1)
    return np.flatnonzero(usable & damaged), np.flatnonzero(usable & ~damaged)


def _tensor(features: NDArray[np.float16]) -> torch.Tensor:
    return torch.from_numpy(features.astype(np.float32)).contiguous(memory_format=torch.channels_last)


def _optimizer(network: Upper) -> torch.optim.AdamW:
    heads = [*network.coarse.parameters(), *network.fine.parameters()]
    return torch.optim.AdamW(
        [
            {"params": list(network.layers.parameters()), "lr": 0.0, "weight_decay": 1e-4},
            {"params": heads, "lr": 0.0, "weight_decay": 1e-2},
        ],
        betas=(0.9, 0.99),
    )


def _set_rates(optimizer: torch.optim.AdamW, step: int, steps: int) -> None:
    """A cosine to nothing; the body warms up first, while the heads are still guessing."""
    body, heads = optimizer.param_groups
    warm = min(_WARM_STEPS, steps - 1)
    after = max(0, step - warm) / max(1, steps - warm)
    body["lr"] = _BODY_RATE * min(1.0, step / max(1, warm)) * 0.5 * (1 + np.cos(np.pi * after))
    heads["lr"] = _HEAD_RATE * 0.5 * (1 + np.cos(np.pi * step / steps))


def _follow(average: Upper, network: Upper, step: int) -> None:
    """Move the average towards the network, quickly at first."""
    keep = min(_AVERAGED, (1 + step) / (10 + step))
    with torch.no_grad():
        for kept, new in zip(average.parameters(), network.parameters(), strict=True):
            kept.lerp_(new, 1 - keep)
