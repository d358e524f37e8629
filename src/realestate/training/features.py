"""Features of views up to the cut, computed once: the frozen layers are the dearer half of the network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from realestate.errors import UnusableInputError
from realestate.training.labels import LabelledPhotos
from realestate.training.planning import PLAIN, VIEW, ViewPlan
from realestate.training.views import SIDE, STORED, make_view, paste, plain_view

if TYPE_CHECKING:
    import onnxruntime

CHANNELS, STRIDE = 32, 8
"""Of the features at the cut: float16 (``CHANNELS``, ``SIDE / STRIDE``, ``SIDE / STRIDE``) per view."""

_BATCH = 16
_LEAST_AREA = {"damaged": 0.6, "sound": 0.45, "pasted": 0.75}
"""Smallest share of a photo that a crop keeps: damage must not be cut away while the label says it is there."""


def store_photos(photos: LabelledPhotos, file: Path) -> None:
    """Decode all photos to squares of ``STORED`` pixels, one uint8 array on disk.

    Raises:
        UnusableInputError: If one cannot be read; a label without its photo is a mistake to be mended.
    """
    stored = open_memmap(file, "w+", np.uint8, (len(photos.known), STORED, STORED, 3))
    for position, photo in enumerate(photos.known):
        stored[position] = _read_square(photos.folder / photo.file)
    stored.flush()


def _read_square(file: Path) -> NDArray[np.uint8]:
    import cv2

    photo = cv2.imdecode(np.fromfile(file, dtype=np.uint8), cv2.IMREAD_COLOR_RGB)
    if photo is None:
        raise UnusableInputError(f"{file.name} cannot be read as a photo.", "Take it out of the labels, or mend it.")
    larger = max(photo.shape[:2]) > STORED
    way = cv2.INTER_AREA if larger else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(photo, (STORED, STORED), interpolation=way), dtype=np.uint8)


def compute_features(
    lower: Path, photos: LabelledPhotos, stored: Path, plan: ViewPlan, seed: int, file: Path, jobs: int
) -> None:
    """Fill one float16 array on disk with the features of every planned view.

    Args:
        lower: ONNX file of the layers up to the cut: uint8 (batch, side, side, 3) to float16 features.
        photos: To tell damaged from sound ones.
        stored: Made by :func:`store_photos`.
        plan: Which views to make.
        seed: With a view's position it decides the view, whatever the number of processes.
        file: Where to write.
        jobs: Processes.
    """
    side = SIDE // STRIDE
    open_memmap(file, "w+", np.float16, (len(plan.photo), CHANNELS, side, side)).flush()
    damaged = (photos.labels == 1).any(axis=1)
    batches = [range(first, min(first + _BATCH, len(plan.photo))) for first in range(0, len(plan.photo), _BATCH)]
    work = partial(_fill, lower, stored, plan, damaged, seed, file)
    # A forked child of a process that has used torch may wait for ever for a thread that it did not inherit.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        list(pool.map(work, [batches[part::jobs] for part in range(jobs)]))


def _fill(
    lower: Path,
    stored: Path,
    plan: ViewPlan,
    damaged: NDArray[np.bool_],
    seed: int,
    file: Path,
    batches: Sequence[range],
) -> None:
    import cv2

    cv2.setNumThreads(1)
    photos = np.load(stored, mmap_mode="r")
    features = np.load(file, mmap_mode="r+")
    run = lower_runner(lower)
    for batch in batches:
        views = [_view(photos, plan, damaged, seed, position) for position in batch]
        features[batch.start : batch.stop] = run(np.stack(views))
    features.flush()


def _view(
    photos: NDArray[np.uint8], plan: ViewPlan, damaged: NDArray[np.bool_], seed: int, position: int
) -> NDArray[np.uint8]:
    photo, other = plan.photo[position], plan.other[position]
    if other == PLAIN:
        return plain_view(photos[photo])
    chance = np.random.default_rng([seed, position])
    if other == VIEW:
        return make_view(photos[photo], chance, _LEAST_AREA["damaged" if damaged[photo] else "sound"])
    return make_view(paste(photos[photo], photos[other], chance), chance, _LEAST_AREA["pasted"])


def lower_runner(lower: Path) -> Callable[[NDArray[np.uint8]], NDArray[np.float16]]:
    """What computes features of uint8 views (batch, side, side, 3) by the layers in a file."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session: onnxruntime.InferenceSession = onnxruntime.InferenceSession(
        str(lower), options, providers=["CPUExecutionProvider"]
    )
    name = session.get_inputs()[0].name
    return lambda views: np.asarray(session.run(None, {name: views})[0], dtype=np.float16)
