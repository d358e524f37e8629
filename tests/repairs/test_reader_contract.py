"""What every reader of photos keeps to: the one that looks at files, and the one that tests make up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from repair_fakes import MemoryReader

import photo_models
from made_readings import reading
from realestate.adapters.executors import workers
from realestate.adapters.model_shelf import ModelFiles
from realestate.adapters.photo_reader import ModelPhotoReader
from realestate.domain.repairs.ports import PhotoReader
from realestate.domain.repairs.readings import PhotoReading, SkippedPhoto

MakeReader = Callable[[Path], PhotoReader]


def from_files(folder: Path) -> PhotoReader:
    """Two photos in a folder, and a file between them that is none."""
    photos = folder / "photos"
    photos.mkdir()
    rough = np.random.default_rng(1).integers(0, 255, (120, 160, 3), np.uint8)
    for name in ("a.png", "c.png"):
        Image.fromarray(rough).save(photos / name)
    (photos / "b.jpg").write_bytes(b"hello")
    files = photo_models.write(folder, photo_models.brightness_model(), photo_models.card())
    return ModelPhotoReader(ModelFiles("tiny", *files), lambda: workers(jobs=0))


def from_memory(folder: Path) -> PhotoReader:
    """The same, made up."""
    del folder
    photos = [reading(name, preview=b"jpeg") for name in ("a.png", "c.png")]
    return MemoryReader(photos[0], SkippedPhoto("b.jpg", "not a photo"), photos[1])


@pytest.fixture(params=[from_files, from_memory])
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[PhotoReader, list[str]]:
    """A reader, and the names that lead to its photos."""
    make: MakeReader = request.param
    return make(tmp_path), [str(tmp_path / "photos")]


def test_photos_come_in_order_and_a_bad_one_stops_nothing(reader: tuple[PhotoReader, list[str]]) -> None:
    reads, names = reader
    found = list(reads.read(names))
    assert [Path(item.file).name for item in found] == ["a.png", "b.jpg", "c.png"]
    assert [isinstance(item, SkippedPhoto) for item in found] == [False, True, False]


def test_every_class_of_the_card_has_a_score_and_a_map(reader: tuple[PhotoReader, list[str]]) -> None:
    reads, names = reader
    for item in reads.read(names):
        if isinstance(item, PhotoReading):
            assert tuple(item.scores) == reads.card.classes
            assert len(item.heat) == len(reads.card.classes)
            assert item.heat.dtype == np.float32


def test_progress_begins_at_none_and_ends_at_all(reader: tuple[PhotoReader, list[str]]) -> None:
    reads, names = reader
    told: list[tuple[int, int]] = []
    list(reads.read(names, on_progress=lambda done, total: told.append((done, total))))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_previews_come_when_they_are_asked_for(reader: tuple[PhotoReader, list[str]]) -> None:
    reads, names = reader
    asked = [item.preview for item in reads.read(names, previews=True) if isinstance(item, PhotoReading)]
    plain = [item.preview for item in reads.read(names) if isinstance(item, PhotoReading)]
    assert all(asked)
    assert not any(plain)
