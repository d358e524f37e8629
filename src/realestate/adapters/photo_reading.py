"""What a worker does with a few photos: decode, measure, have the model look at them together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from realestate.adapters.analysis_cache import AnalysisCache
from realestate.adapters.photo_decoding import UprightPhoto, Wanted, decode
from realestate.adapters.photo_headers import BadPhotoError
from realestate.adapters.photo_measures import PREVIEW_SIDE, judged_luma, look, preview, quality, squashed
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


@dataclass(slots=True)
class _Decoded:
    """A photo that the model has not seen yet."""

    reading: PhotoReading
    square: NDArray[np.uint8]


def read_photos(task: ReadingTask, sources: Sequence[PhotoSource]) -> list[Outcome]:
    """Read photos; one outcome for each, in their order.

    Raises:
        RealestateError: If the model cannot be used or a store of photos does not answer; never for one bad photo.
    """
    begun = [_begin(task, source) for source in sources]
    seen = iter(_looked_at(task.model, [each for each in begun if isinstance(each, _Decoded)]))
    return [next(seen) if isinstance(each, _Decoded) else each for each in begun]


def _begin(task: ReadingTask, source: PhotoSource) -> Outcome | _Decoded:
    """Everything but the model, or all of it when the content is known."""
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
            decoded = _decoded(task, side, data, source.name, sha256)
    except BadPhotoError as bad:
        return Outcome(SkippedPhoto(source.name, bad.reason), sha256)
    except MemoryError:
        return Outcome(SkippedPhoto(source.name, TOO_MUCH))
    seen = cache.by_content(sha256, source.name, preview=False) if cache and task.previews else None
    if isinstance(seen, PhotoReading):
        return Outcome(replace(seen, preview=decoded.reading.preview), sha256)
    return decoded


def _decoded(task: ReadingTask, side: tuple[int, int], data: bytes, name: str, sha256: str) -> _Decoded:
    height, width = side
    # The same pixels with and without previews: what is read out of a photo must not depend on that.
    photo = decode(data, Wanted(height, width, PREVIEW_SIDE))
    square = squashed(photo.rgb, height, width)
    return _Decoded(_measured(photo, name, sha256, previews=task.previews), square)


def _measured(photo: UprightPhoto, name: str, sha256: str, *, previews: bool) -> PhotoReading:
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
        preview=preview(photo.rgb) if previews else b"",
    )


def _looked_at(files: ModelFiles, photos: Sequence[_Decoded]) -> Iterable[Outcome]:
    """What the model says of photos, in one go."""
    if not photos:
        return
    model = _model(files)
    looks = model.look(np.stack([photo.square for photo in photos]))
    for at, photo in enumerate(photos):
        scores = dict(zip(model.card.classes, map(float, looks.scores[at]), strict=True))
        reading = replace(
            photo.reading, scores=scores, heat=looks.heat[at].copy(), strangeness=float(looks.strangeness[at])
        )
        yield Outcome(reading, reading.sha256)


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
