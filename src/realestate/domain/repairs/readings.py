"""What is known of a photo once a model has looked at it, and of the model that looked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a photo can be judged at all.

    Attributes:
        brightness: Mean luma, 0 (black) to 1 (white).
        contrast: Standard deviation of luma, 0 to 0.5.
        sharpness: Variance of the Laplacian of 8-bit luma at 320 pixels on the longest side.
        short_side: Pixels on the shorter side of the photo as it was taken.
    """

    brightness: float
    contrast: float
    sharpness: float
    short_side: int


@dataclass(frozen=True, slots=True)
class PhotoReading:
    """One photo as a model sees it; nothing in it is decided yet.

    Attributes:
        file: The name it was given by, for people to find it again.
        sha256: Of the file's bytes, in hexadecimal.
        width: Pixels of the upright photo, at full size.
        height: The same.
        quality: How well it can be judged.
        look: 64-bit difference hash of the upright photo; few differing bits mean near-duplicates.
        scores: Class to calibrated probability, 0 to 1, for every class of the model.
        heat: Local probability, float32 (classes, rows, columns), 0 to 1, in the order of the card's classes;
            rows and columns span the whole upright photo evenly. A detector's boxes are drawn into it.
        strangeness: 0 or more; above the card's limit the photo is unlike all that the model was trained on.
        preview: JPEG of the upright photo, at most 960 pixels on the longest side, without any metadata;
            empty unless pictures were asked for.
    """

    file: str
    sha256: str
    width: int
    height: int
    quality: Quality
    look: int
    scores: Mapping[str, float]
    heat: NDArray[np.float32]
    strangeness: float
    preview: bytes


@dataclass(frozen=True, slots=True)
class SkippedPhoto:
    """A photo that could not be read, and why in a few words."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a model claims, measured where it could be.

    Attributes:
        name: As the user calls it; the shipped model is ``damage``.
        sha256: Of the ONNX file's bytes, in hexadecimal; a file with another hash is refused.
        classes: In the order of the model's outputs.
        thresholds: Class to the probability from which an issue is reported. ``None``: too few examples to
            measure one, so that the class can only ask for an inspection and never carries a price.
        inspect_from: Class without a threshold to the probability from which an inspection is asked for.
        strange_above: Limit of :attr:`PhotoReading.strangeness`; ``None`` when the model does not say.
    """

    name: str
    sha256: str
    classes: tuple[str, ...]
    thresholds: Mapping[str, float | None]
    inspect_from: Mapping[str, float]
    strange_above: float | None
