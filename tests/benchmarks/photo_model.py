"""Prints how good a photo model is, each photo judged by a model that saw neither it nor its parent.

``python tests/benchmarks/photo_model.py PREDICTIONS.jsonl...``; predictions are written by ``realestate models train``.
``--linear BACKBONE`` adds a linear head on the frozen ImageNet backbone, on the same folds (needs the extra train).
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from realestate.adapters.labelled_photos import read_labelled_photos
from realestate.domain.repairs.evaluation import Evaluation, Prediction, predict
from realestate.domain.repairs.taxonomy import CLASSES

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("REALESTATE_SHARED", ROOT.parent / "shared"))
PHOTOS = SHARED / "data/photos"


def read_predictions(file: Path) -> dict[str, Prediction]:
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return {row["file"]: Prediction(row["scores"], set(row["issues"])) for row in rows}


def linear_head(backbone: Path) -> dict[str, Prediction]:
    """Out-of-fold predictions of a logistic regression on mean features."""
    from realestate.training.folds import folds
    from realestate.training.labels import read_labels
    from realestate.training.linear_head import fit_linear_head
    from realestate.training.measuring import calibrate, choose_thresholds, probabilities

    photos = read_labels(PHOTOS, PHOTOS / "manifest.csv")
    features, fold = mean_features(backbone, photos.folder, [one.file for one in photos.known]), folds(photos)
    logits = np.zeros(photos.labels.shape, np.float32)
    for k in range(fold.max() + 1):
        own = fold == k
        logits[own] = fit_linear_head(features[~own], photos.labels[~own]).logits(features[own])
    scores = probabilities(logits, calibrate(logits, photos.labels))
    report = choose_thresholds(scores, photos).report
    rows = zip(photos.known, scores, strict=True)
    return {one.file: predict(dict(zip(CLASSES, row.tolist(), strict=True)), report) for one, row in rows}


def mean_features(backbone: Path, folder: Path, files: list[str]) -> NDArray[np.float32]:
    import cv2
    import torch

    from realestate.training.backbone import Layers, read_backbone
    from realestate.training.exporting import scaled
    from realestate.training.views import SIDE

    layers = Layers(read_backbone(backbone)).eval()
    means = []
    for first in range(0, len(files), 16):
        read = [cv2.imread(str(folder / file), cv2.IMREAD_COLOR_RGB) for file in files[first : first + 16]]
        views = np.stack([cv2.resize(one, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for one in read])
        with torch.no_grad():
            means.append(layers(scaled(torch.from_numpy(views)))[0].mean(dim=(2, 3)).numpy())
    return np.concatenate(means)


def show(name: str, figures: dict[str, Any]) -> None:
    low, high = figures["map_interval"]
    print(f"{name}: {figures['photos']} photos, mAP {figures['map']:.3f} [{low}, {high}]", end=", ")
    print(f"macro-F1 {figures['macro_f1']}, top-1 on damaged {figures['top1_on_damaged']}")
    print(f"  {'class':20} {'photos':>6} {'AP':>6} {'F1':>6}")
    for issue, count in figures["positives"].items():
        ap, f1 = (figures[kind].get(issue, "-") for kind in ("ap", "f1"))
        print(f"  {issue:20} {count:6} {ap:>6} {f1:>6}")
    print("  undamaged photos flagged, by source")
    for source, counted in figures["undamaged_flagged"].items():
        print(f"  {source:75} {counted['photos']:5} {counted['share']:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("predictions", type=Path, nargs="*")
    parser.add_argument("--linear", type=Path, metavar="BACKBONE")
    options = parser.parse_args()
    photos = read_labelled_photos(PHOTOS / "manifest.csv", CLASSES)
    found = {file.stem: read_predictions(file) for file in options.predictions}
    if options.linear:
        found["linear head"] = linear_head(options.linear)
    for name, predictions in found.items():
        show(name, Evaluation(photos, predictions, CLASSES).figures())


if __name__ == "__main__":
    main()
