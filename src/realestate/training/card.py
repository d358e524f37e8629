"""Writes the card of a trained model: what it claims, how that was measured, and whose photos it rests on."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from realestate.domain.repairs.taxonomy import CLASSES
from realestate.training.labels import LabelledPhotos
from realestate.training.measuring import Calibration, Thresholds
from realestate.training.views import SIDE

VERSION = "1"


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training run found out.

    Attributes:
        thresholds: Measured on photos that the model of their fold did not see.
        calibration: The same.
        strange_above: Beyond it lies no photo of those that distances were measured on.
        figures: Of the cross-validation.
        command: What repeats the run.
        seed: Where chance began.
        steps: Of gradient descent, for each fold and for the model that is written.
        versions: Of the libraries that decide the result.
    """

    thresholds: Thresholds
    calibration: Calibration
    strange_above: float
    figures: Mapping[str, Any]
    command: str
    seed: int
    steps: int
    versions: Mapping[str, str]


def write_card(model: Path, file: Path, name: str, photos: LabelledPhotos, trained: Trained, shipped: bool) -> None:
    """Write the card beside the model; what is known of sources stands in ``data/photo_sources.toml``.

    Args:
        model: The ONNX file.
        file: Where the card goes.
        name: Of the model.
        photos: On which it rests.
        trained: What the run found out.
        shipped: Whether it starts from ImageNet as the shipped model does, and what is noted of that one holds.
    """
    described = _described()
    document = {
        "name": name,
        "version": VERSION,
        "file": model.name,
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "input": {"name": "photos", "height": SIDE, "width": SIDE, "layout": "NHWC", "dtype": "uint8"},
        "output": {"kind": "grid", "scores": "scores", "heat": "heat", "strangeness": "strangeness"},
        "classes": list(CLASSES),
        "thresholds": _rounded(trained.thresholds.report),
        "inspect_from": _rounded(trained.thresholds.inspect),
        "strange_above": round(trained.strange_above, 3),
        "calibration": {
            "method": "Platt scaling of out-of-fold logits",
            "slope": dict(zip(CLASSES, np.round(trained.calibration.slope, 4).tolist(), strict=True)),
            "offset": dict(zip(CLASSES, np.round(trained.calibration.offset, 4).tolist(), strict=True)),
        },
        "figures": {"measured": "five-fold cross-validation over parents", **trained.figures},
        "sources": _sources(photos, described),
        "training": {
            "command": trained.command,
            "seed": trained.seed,
            "steps": trained.steps,
            "backbone": described["backbone"] if shipped else "the model shipped with realestate",
            "libraries": dict(trained.versions),
        },
        "notes": described["notes"] if shipped else [],
    }
    file.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _described() -> dict[str, Any]:
    return tomllib.loads((files("realestate") / "data" / "photo_sources.toml").read_text(encoding="utf-8"))


def _sources(photos: LabelledPhotos, described: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each source with its number of photos, and its licence where that is known."""
    told = {one["repository"]: one for one in described["source"]}
    names, counts = np.unique(photos.sources, return_counts=True)
    return [
        {"repository": name, "photos": int(count), **told.get(name, {})}
        for name, count in zip(names.tolist(), counts.tolist(), strict=True)
    ]


def _rounded(values: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: None if value is None else round(value, 4) for name, value in values.items()}
