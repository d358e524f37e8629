"""Prints how a photo model ranks damage in sources that it learnt nothing from (needs the extra train).

    python tests/benchmarks/unseen_sources.py BACKBONE [--steps 700] [--jobs 2]

Two models are trained, each without some sources, and judge these: mean average precision over the classes of which a
source shows at least five photos, and over the photos of all left-out sources together. About a quarter of an hour.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from realestate.domain.repairs.evaluation import average_precision
from realestate.training.command import Request, Workshop, set_up
from realestate.training.labels import LabelledPhotos, read_labels
from realestate.training.learning import learn, predict_logits

ROOT = Path(__file__).parents[2]
PHOTOS = Path(os.environ.get("REALESTATE_SHARED", ROOT.parent / "shared")) / "data/photos"
LEFT_OUT = (
    ("SilviuBR24/room-classification", "QinganZhao/Deep-Learning-Based-Structural-Damage-Detection"),
    (
        "Nikhil9367/Automated-Building-Damage-Detection-and-Repair-Estimation",
        "GDSCASECBE/room_tidyness",
        "RitikRaj0105/CBRI",
    ),
)
LEAST = 5


def judge(workshop: Workshop, sources: tuple[str, ...]) -> dict[str, NDArray[np.float32]]:
    """Logits of the photos of these sources by models of all others: both branches, and each alone."""
    torch.set_num_threads(1)
    unseen = np.isin(workshop.photos.sources, sources)
    used, held_out = np.flatnonzero(~unseen), np.flatnonzero(unseen)
    network = learn(workshop.backbone, workshop.material(used), workshop.steps, seed=1)
    features = np.load(workshop.features, mmap_mode="r")
    tuned = predict_logits(network, features, workshop.plain[held_out])
    linear = workshop.head(used).logits(workshop.untouched[held_out])
    return {"both": tuned + linear, "fine-tuned branch": tuned, "linear head": linear}


def mean_precision(photos: LabelledPhotos, logits: NDArray[np.float32]) -> float | None:
    """Over the classes that enough of the photos show; ``None`` when there is none."""
    each = []
    for labels, scores in zip(photos.labels.T, logits.T, strict=True):
        known = labels >= 0
        if (labels == 1).sum() >= LEAST and (labels == 0).sum() >= LEAST:
            each.append(average_precision(labels[known], scores[known].astype(np.float64)))
    return float(np.mean(each)) if each else None


def show(photos: LabelledPhotos, sources: tuple[str, ...], said: dict[str, NDArray[np.float32]]) -> None:
    own = photos.some(np.flatnonzero(np.isin(photos.sources, sources)))
    for name, logits in said.items():
        found = {"all of them": mean_precision(own, logits)}
        for source in sources:
            here = np.flatnonzero(own.sources == source)
            found[source] = mean_precision(own.some(here), logits[here])
        print(f"{name}: " + ", ".join(f"{source} {value:.3f}" for source, value in found.items() if value is not None))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("backbone", type=Path)
    parser.add_argument("--steps", type=int, default=700)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    labels = PHOTOS / "manifest.csv"
    photos = read_labels(PHOTOS, labels)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        request = Request(PHOTOS, labels, options.backbone, False, folder, steps=options.steps, jobs=options.jobs)
        workshop = set_up(request, photos, folder, print)
        with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
            for sources, said in zip(LEFT_OUT, pool.map(partial(judge, workshop), LEFT_OUT), strict=True):
                print(f"\nwithout {', '.join(sources)}")
                show(photos, sources, said)


if __name__ == "__main__":
    main()
