"""``realestate models train`` from labels to a model with its card: folds, figures, thresholds, the model itself."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from realestate.domain.repairs.evaluation import Evaluation, Prediction, predict
from realestate.domain.repairs.taxonomy import CLASSES
from realestate.training.backbone import BackboneFile, read_backbone, read_shipped
from realestate.training.card import Trained, write_card
from realestate.training.exporting import Parts, export_judge, export_lower, export_model
from realestate.training.familiarity import familiar_features
from realestate.training.features import compute_features, store_photos
from realestate.training.folds import FOLDS, folds
from realestate.training.labels import LabelledPhotos, read_labels
from realestate.training.learning import Material, learn, predict_logits
from realestate.training.linear_head import LinearHead, fit_linear_head, untouched_features
from realestate.training.measuring import (
    Thresholds,
    calibrate,
    choose_thresholds,
    mean_average_precision,
    probabilities,
)
from realestate.training.network import Upper
from realestate.training.planning import PLAIN, ViewPlan, plan_views
from realestate.training.quantizing import MOST_LOST, RANGES_FROM, run_logits
from realestate.training.views import plain_view

STEPS = 1400
"""Of gradient descent per run: a quarter of an hour on one core."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be trained.

    Attributes:
        folder: Of photos.
        labels: CSV of labels.
        backbone: Folder of the ImageNet weights to start from; the shipped model when ``None``.
        licensed_only: Leave out photos without an explicit licence.
        out: Folder for ``damage.onnx``, ``damage.json`` and ``predictions.jsonl``.
        name: Of the model.
        seed: Decides folds' views, batches and heads.
        steps: Of gradient descent per run.
        fold_count: For cross-validation.
        jobs: Processes; every run takes one core.
    """

    folder: Path
    labels: Path
    backbone: Path | None
    licensed_only: bool
    out: Path
    name: str = "damage"
    seed: int = 1
    steps: int = STEPS
    fold_count: int = FOLDS
    jobs: int = 1


@dataclass(frozen=True, slots=True)
class Workshop:
    """All that a run needs, on disk where it is large, so that every process maps the same pages.

    Attributes:
        backbone: To start from.
        photos: Labelled ones.
        fold: Of each photo.
        plan: Views.
        stored: File of :func:`store_photos`.
        features: File of :func:`compute_features`.
        untouched: Pooled features of each photo by the backbone as it came, float32 (photos, features).
        steps: Per run.
    """

    backbone: BackboneFile
    photos: LabelledPhotos
    fold: NDArray[np.intp]
    plan: ViewPlan
    stored: Path
    features: Path
    untouched: NDArray[np.float32]
    steps: int

    def material(self, used: NDArray[np.intp]) -> Material:
        """What a run on these photos learns from."""
        return Material(self.photos, self.plan, np.load(self.features, mmap_mode="r"), used)

    def head(self, used: NDArray[np.intp]) -> LinearHead:
        """The linear head that these photos teach."""
        return fit_linear_head(self.untouched[used], self.photos.labels[used])

    def squares(self, photos: NDArray[np.intp]) -> Iterator[NDArray[np.uint8]]:
        """These photos as the model sees them."""
        stored = np.load(self.stored, mmap_mode="r")
        return (plain_view(stored[photo]) for photo in photos)

    def some_squares(self, used: NDArray[np.intp], seed: int) -> Iterator[NDArray[np.uint8]]:
        """So many of these photos as quantization needs."""
        count = min(RANGES_FROM, len(used))
        return self.squares(np.random.default_rng(seed).choice(used, count, replace=False))

    @property
    def plain(self) -> NDArray[np.intp]:
        """Position of each photo's plain view."""
        return np.flatnonzero(self.plan.other == PLAIN)


def train(request: Request, say: Say) -> dict[str, Any]:
    """Train, measure and write a model; returns the figures of the cross-validation.

    Needs about 1.1 MB of temporary disk for a photo, 5 GB for 4,500.

    Raises:
        UsageError: If a label is none.
        UnusableInputError: If a photo or the backbone cannot be read.
    """
    photos = read_labels(request.folder, request.labels)
    if request.licensed_only:
        photos = photos.some(np.flatnonzero(photos.licensed))
    say(f"{len(photos.known)} photos of {len(set(photos.parents.tolist()))} parents.")
    request.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="realestate-train-") as scratch:
        workshop = set_up(request, photos, Path(scratch), say)
        logits, network = _run_all(request, workshop, say)
        return _finish(request, workshop, logits, network)


def set_up(request: Request, photos: LabelledPhotos, scratch: Path, say: Say) -> Workshop:
    """Make what all runs share: the plan, the views and their features."""
    backbone = read_backbone(request.backbone) if request.backbone else read_shipped()
    fold = folds(photos, request.fold_count)
    plan = plan_views(photos, fold, request.seed)
    stored, lower, features = scratch / "photos.npy", scratch / "lower.onnx", scratch / "features.npy"
    store_photos(photos, stored)
    export_lower(backbone, lower)
    say(f"Making {len(plan.photo)} views.")
    compute_features(lower, photos, stored, plan, request.seed, features, request.jobs)
    plain = np.flatnonzero(plan.other == PLAIN)
    untouched = untouched_features(backbone, np.load(features, mmap_mode="r"), plain)
    return Workshop(backbone, photos, fold, plan, stored, features, untouched, request.steps)


@dataclass(frozen=True, slots=True)
class Logits:
    """What networks say of photos that they did not learn from, float32 (photos, classes).

    Attributes:
        alone: By the trained branches without the linear heads.
        trained: By both.
        quantized: By both with 8 bits.
    """

    alone: NDArray[np.float32]
    trained: NDArray[np.float32]
    quantized: NDArray[np.float32]


def _run_all(request: Request, workshop: Workshop, say: Say) -> tuple[Logits, Upper]:
    """Logits of every photo by a model that saw neither it nor its parent, and the model that saw all."""
    shape = workshop.photos.labels.shape
    logits = Logits(*(np.zeros(shape, np.float32) for _ in range(3)))
    say(f"Training {request.fold_count} folds and the model itself, {request.steps} steps each.")
    with ProcessPoolExecutor(request.jobs, mp_context=get_context("spawn")) as pool:
        whole = pool.submit(_run_whole, workshop, request.seed)
        runs = pool.map(partial(_run_fold, workshop, request.seed), range(request.fold_count))
        for k, held_out in enumerate(runs):
            logits.alone[workshop.fold == k] = held_out.alone
            logits.trained[workshop.fold == k] = held_out.trained
            logits.quantized[workshop.fold == k] = held_out.quantized
            say(f"Fold {k + 1} of {request.fold_count} done.")
        network = Upper(workshop.backbone)
        network.load_state_dict(whole.result())
    return logits, network


def _run_fold(workshop: Workshop, seed: int, k: int) -> Logits:
    used, held_out = (np.flatnonzero(chosen) for chosen in (workshop.fold != k, workshop.fold == k))
    network = _learn(workshop, used, seed + 1 + k)
    return judge(workshop, network, used, held_out, seed)


def judge(workshop: Workshop, network: Upper, used: NDArray[np.intp], held_out: NDArray[np.intp], seed: int) -> Logits:
    """What a network says of photos it did not learn from, before and after quantization."""
    head = workshop.head(used)
    alone = predict_logits(network, np.load(workshop.features, mmap_mode="r"), workshop.plain[held_out])
    trained = alone + head.logits(workshop.untouched[held_out])
    with tempfile.TemporaryDirectory(prefix="realestate-judge-") as scratch:
        file = Path(scratch) / "judge.onnx"
        export_judge(Parts(workshop.backbone, network, head), workshop.some_squares(used, seed), file)
        return Logits(alone, trained, run_logits(file, workshop.squares(held_out)))


def _run_whole(workshop: Workshop, seed: int) -> dict[str, torch.Tensor]:
    weights: dict[str, torch.Tensor] = _learn(workshop, np.arange(len(workshop.photos.known)), seed).state_dict()
    return weights


def _learn(workshop: Workshop, used: NDArray[np.intp], seed: int) -> Upper:
    torch.set_num_threads(1)
    return learn(workshop.backbone, workshop.material(used), workshop.steps, seed)


def _finish(request: Request, workshop: Workshop, logits: Logits, network: Upper) -> dict[str, Any]:
    photos, everything = workshop.photos, np.arange(len(workshop.photos.known))
    before, after = (mean_average_precision(some, photos.labels) for some in (logits.trained, logits.quantized))
    quantized = before - after < MOST_LOST
    chosen = logits.quantized if quantized else logits.trained
    calibration = calibrate(chosen, photos.labels)
    scores = probabilities(chosen, calibration)
    thresholds = choose_thresholds(scores, photos)
    predictions = _predictions(photos, scores, thresholds)
    figures = Evaluation(photos.known, predictions, CLASSES).figures()
    figures |= {"quantized": quantized, "map_with_32_bits": round(before, 4), "map_with_8_bits": round(after, 4)}
    familiar = familiar_features(network, workshop.material(everything), workshop.plain)
    model = request.out / "damage.onnx"
    squares = workshop.some_squares(everything, request.seed) if quantized else None
    parts = Parts(workshop.backbone, network, workshop.head(everything))
    export_model(parts, calibration, calibrate(logits.alone, photos.labels), familiar, squares, model)
    trained = Trained(
        thresholds, calibration, familiar.farthest, figures, _command(request), request.seed, request.steps, _versions()
    )
    write_card(model, request.out / "damage.json", request.name, photos, trained, request.backbone is not None)
    write_predictions(request.out / "predictions.jsonl", predictions)
    return figures


def _predictions(photos: LabelledPhotos, scores: NDArray[np.float32], thresholds: Thresholds) -> dict[str, Prediction]:
    return {
        photo.file: predict(dict(zip(CLASSES, row.tolist(), strict=True)), thresholds.report)
        for photo, row in zip(photos.known, scores, strict=True)
    }


def write_predictions(file: Path, predictions: Mapping[str, Prediction]) -> None:
    """Write what the models of the folds said of each photo, as JSON lines."""
    with file.open("w", encoding="utf-8") as lines:
        for name, one in predictions.items():
            scores = {issue: round(score, 5) for issue, score in one.scores.items()}
            lines.write(json.dumps({"file": name, "scores": scores, "issues": sorted(one.issues)}) + "\n")


def _command(request: Request) -> str:
    """What repeats the run, with names of folders only: where they lie is nobody's business."""
    words = ["realestate models train", request.folder.name]
    words += ["--backbone", request.backbone.name] if request.backbone else []
    words += ["--tier A"] if request.licensed_only else []
    return " ".join([*words, f"--seed {request.seed}", f"--steps {request.steps}"])


def _versions() -> dict[str, str]:
    return {name: version(name) for name in ("torch", "numpy", "onnxruntime", "opencv-python-headless")}


def cores() -> int:
    """Processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
