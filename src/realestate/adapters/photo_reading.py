"""What a worker does with a few photos: decode each, measure it, have the model look at it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from realestate.adapters.analysis_cache import AnalysisCache
from realestate.adapters.photo_decoding import UprightPhoto, Wanted, decode
from realestate.adapters.photo_headers import HEAD_BYTES, BadPhotoError, photo_format
from realestate.adapters.photo_measures import JUDGED_SIDE, PREVIEW_SIDE, judged_luma, look, preview, quality, squashed
from realestate.adapters.photo_sources import PhotoSource
from realestate.adapters.worker_process import time_limit
from realestate.domain.repairs.readings import PhotoReading, SkippedPhoto

if TYPE_CHECKING:
    from realestate.adapters.damage_model import DamageModel
    from realestate.adapters.model_shelf import ModelFiles

PHOTO_SECONDS = 20.0
"""A photo of 100 megapixels takes 2."""

TOO_MUCH = "needs too much memory"


@dataclass(frozen=True, slots=True)
class ReadingTask:
    """How photos are to be read.

    Attributes:
        model: Which looks at them.
        previews: Whether readings carry a picture.
        cache: Folder of readings by content, or ``None``.
        seconds: That decoding one photo may take.
    """

    model: ModelFiles
    previews: bool
    cache: Path | None
    seconds: float = PHOTO_SECONDS


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one photo.

    Attributes:
        result: The reading, or why there is none.
        sha256: Of its bytes when the result is good for ever; empty when another try may end otherwise.
    """

    result: PhotoReading | SkippedPhoto
    sha256: str = ""


def read_photos(task: ReadingTask, sources: Sequence[PhotoSource]) -> list[Outcome]:
    """Read photos; one outcome for each, in their order.

    The model looks at one photo at a time: eight together take it half as long again for each, because what lies
    between its layers then no longer fits into the fast memory of a core.

    Raises:
        RealestateError: If the model cannot be used or a store of photos does not answer; never for one bad photo.
    """
    return [_read_photo(task, source) for source in sources]


def _read_photo(task: ReadingTask, source: PhotoSource) -> Outcome:
    try:
        data = source.read()
    except BadPhotoError as bad:
        return Outcome(SkippedPhoto(source.name, bad.reason))
    sha256 = hashlib.sha256(data).hexdigest()
    cache = _known(task.cache, task.model) if task.cache else None
    known = cache.by_content(sha256, source.name, preview=task.previews) if cache else None
    if known is not None:
        return Outcome(known, sha256)
    side = _model(task.model).side
    try:
        with time_limit(task.seconds):
            photo = _decoded(data, side)
            picture = _preview(data, photo) if task.previews else b""
            square = squashed(photo.rgb, *side)
            reading = _measured(photo, source.name, sha256, picture)
    except BadPhotoError as bad:
        return Outcome(SkippedPhoto(source.name, bad.reason), sha256)
    except MemoryError:
        return Outcome(SkippedPhoto(source.name, TOO_MUCH))
    seen = cache.by_content(sha256, source.name, preview=False) if cache and task.previews else None
    if isinstance(seen, PhotoReading):
        return Outcome(replace(seen, preview=picture), sha256)
    return Outcome(_looked_at(reading, square, _model(task.model)), sha256)


def _decoded(data: bytes, side: tuple[int, int]) -> UprightPhoto:
    """What the model looks at and figures are measured on: the same with and without previews.

    Only a JPEG is the cheaper the less of it is decoded; of the others all is decoded, so that enough is kept at once.
    """
    longest = JUDGED_SIDE if photo_format(data[:HEAD_BYTES]) == "JPEG" else PREVIEW_SIDE
    return decode(data, Wanted(*side, longest))


def _preview(data: bytes, photo: UprightPhoto) -> bytes:
    """A preview of what is decoded already if that is enough for one."""
    enough = max(photo.rgb.shape) >= min(PREVIEW_SIDE, max(photo.width, photo.height))
    return preview(photo.rgb if enough else decode(data, Wanted(1, 1, PREVIEW_SIDE)).rgb)


def _measured(photo: UprightPhoto, name: str, sha256: str, picture: bytes) -> PhotoReading:
    """All of a reading but what the model says."""
    luma = judged_luma(photo.rgb)
    return PhotoReading(
        file=name,
        sha256=sha256,
        width=photo.width,
        height=photo.height,
        quality=quality(luma, photo),
        look=look(luma),
        scores={},
        heat=np.zeros((0, 0, 0), np.float32),
        strangeness=0.0,
        preview=picture,
    )


def _looked_at(reading: PhotoReading, square: NDArray[np.uint8], model: DamageModel) -> PhotoReading:
    """A reading with what the model says."""
    looks = model.look(square[None])
    scores = dict(zip(model.card.classes, map(float, looks.scores[0]), strict=True))
    return replace(reading, scores=scores, heat=looks.heat[0], strangeness=float(looks.strangeness[0]))


@lru_cache(maxsize=1)
def _model(model: ModelFiles) -> DamageModel:
    """One session for a process; the shipped model is that of the package here, wherever this process runs."""
    from realestate.adapters.damage_model import DamageModel

    onnx, card = model.onnx, model.card
    if model.shipped and not onnx.exists():
        folder = Path(str(files("realestate") / "models"))
        onnx, card = folder / onnx.name, folder / card.name
    return DamageModel.load(onnx, card)


@lru_cache(maxsize=1)
def _known(folder: Path, model: ModelFiles) -> AnalysisCache:
    return AnalysisCache(folder, model.card.read_bytes(), read_only=True)
