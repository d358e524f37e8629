"""Readings kept between runs: found again, never believed when damaged, never in anybody's way."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realestate.adapters import blob_cache
from realestate.adapters.analysis_cache import FILE_NAME, AnalysisCache, forget_previews
from realestate.adapters.blob_cache import BlobCache
from realestate.domain.repairs.readings import PhotoReading, Quality, SkippedPhoto

SHA = "ab" * 32
READING = PhotoReading(
    file="a.jpg",
    sha256=SHA,
    width=4_000,
    height=3_000,
    quality=Quality(0.4, 0.2, 123.456, 3_000),
    look=2**64 - 1,
    scores={"crack": 0.1, "mould": 1 / 3},
    heat=np.linspace(0, 1, 24, dtype=np.float32).reshape(2, 3, 4),
    strangeness=0.25,
    preview=b"",
)


def same(one: object, other: PhotoReading) -> bool:
    """Equal in everything; arrays have no plain equality."""
    assert isinstance(one, PhotoReading)
    none = np.zeros(0, np.float32)
    return replace(one, heat=none) == replace(other, heat=none) and bool((one.heat == other.heat).all())


OPENED: list[AnalysisCache | BlobCache] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """No cache stays open after a test."""
    yield
    while OPENED:
        OPENED.pop().close()


def again(folder: Path, card: bytes = b"card") -> AnalysisCache:
    """The cache as a later run finds it."""
    OPENED.append(cache := AnalysisCache(folder, card))
    return cache


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where one reading is kept."""
    cache = again(tmp_path / "photos")
    cache.keep(b"stamp", SHA, READING)
    cache.close()
    return tmp_path / "photos"


def test_a_reading_is_found_by_stamp_and_by_content_under_its_name_of_today(folder: Path) -> None:
    cache = again(folder)

    assert same(cache.by_stamp(b"stamp", "b.jpg", preview=False), replace(READING, file="b.jpg"))
    assert same(cache.by_content(SHA, "a.jpg", preview=False), READING)
    assert cache.by_stamp(b"other", "a.jpg", preview=False) is None
    assert cache.by_content("cd" * 32, "a.jpg", preview=False) is None


def test_another_model_or_card_has_readings_of_its_own(folder: Path) -> None:
    assert again(folder, b"other card").by_stamp(b"stamp", "a.jpg", preview=False) is None


def test_a_preview_is_kept_only_when_there_is_one(folder: Path) -> None:
    cache = again(folder)
    assert cache.by_stamp(b"stamp", "a.jpg", preview=True) is None

    cache.keep(b"stamp", SHA, replace(READING, preview=b"jpeg"))
    cache.close()

    found = again(folder).by_stamp(b"stamp", "a.jpg", preview=True)
    assert same(found, replace(READING, preview=b"jpeg"))


def test_why_a_photo_cannot_be_read_is_kept_too(folder: Path) -> None:
    cache = again(folder)
    cache.keep(b"bad", "cd" * 32, SkippedPhoto("x.jpg", "damaged"))
    cache.close()

    assert again(folder).by_stamp(b"bad", "y.jpg", preview=True) == SkippedPhoto("y.jpg", "damaged")


def test_only_the_owner_may_look_and_nothing_but_one_file_is_there(folder: Path) -> None:
    (file,) = folder.iterdir()

    assert file.name == FILE_NAME
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_neither_names_nor_places_of_photos_are_in_the_file(folder: Path) -> None:
    cache = again(folder)
    cache.keep(b"stamp of /home/jane/photos", "cd" * 32, replace(READING, file="/home/jane/photos/bedroom.jpg"))
    cache.close()

    data = (folder / FILE_NAME).read_bytes()
    assert b"jane" not in data
    assert b"bedroom" not in data


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 255))
def test_a_flipped_byte_is_a_miss_or_harmless(tmp_path_factory: pytest.TempPathFactory, at: int, by: int) -> None:
    folder = tmp_path_factory.mktemp("cache") / "photos"
    cache = again(folder)
    cache.keep(b"stamp", SHA, READING)
    cache.close()
    data = bytearray((folder / FILE_NAME).read_bytes())
    data[at % len(data)] ^= by
    (folder / FILE_NAME).write_bytes(data)

    cache = again(folder)
    found = cache.by_stamp(b"stamp", "a.jpg", preview=False)
    assert found is None or same(found, READING)
    cache.keep(b"stamp", SHA, READING)
    cache.close()

    # Where SQLite itself does not notice, an entry may stay lost, but a wrong one is never believed.
    found = again(folder).by_stamp(b"stamp", "a.jpg", preview=False)
    assert found is None or same(found, READING)


@pytest.mark.parametrize("rubbish", [b"", b"x" * 20_000, b"SQLite format 3\0" + b"\xff" * 5_000])
def test_a_file_that_is_no_cache_is_replaced(folder: Path, rubbish: bytes) -> None:
    (folder / FILE_NAME).write_bytes(rubbish)

    cache = again(folder)
    assert cache.by_stamp(b"stamp", "a.jpg", preview=False) is None
    cache.keep(b"stamp", SHA, READING)
    cache.close()

    assert same(again(folder).by_stamp(b"stamp", "a.jpg", preview=False), READING)


def test_an_older_format_is_emptied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blob_cache, "FORMAT", 2)

    assert again(folder).by_stamp(b"stamp", "a.jpg", preview=False) is None


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "photos").write_text("a file")

    cache = again(tmp_path / "photos")
    cache.keep(b"stamp", SHA, READING)
    cache.close()

    assert cache.by_stamp(b"stamp", "a.jpg", preview=False) is None


def test_two_runs_at_once_both_keep_what_they_read(folder: Path) -> None:
    one, other = again(folder), again(folder)
    one.keep(b"1", "01" * 32, replace(READING, sha256="01" * 32))
    other.keep(b"2", "02" * 32, replace(READING, sha256="02" * 32))
    one.close()
    other.close()

    cache = again(folder)
    assert cache.by_stamp(b"1", "a.jpg", preview=False)
    assert cache.by_stamp(b"2", "a.jpg", preview=False)


def test_a_cache_held_by_another_program_is_passed_by(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blob_cache, "WAIT_S", 0.05)
    cache = again(folder)
    with sqlite3.connect(folder / FILE_NAME, isolation_level=None) as holder:
        holder.execute("begin exclusive")
        cache.keep(b"2", SHA, READING)
        assert cache.by_stamp(b"stamp", "a.jpg", preview=False) is None
        cache.close()
        holder.execute("rollback")
    holder.close()

    assert again(folder).by_stamp(b"2", "a.jpg", preview=False) is None
    assert same(again(folder).by_stamp(b"stamp", "a.jpg", preview=False), READING)


class TestPruning:
    """What was used longest ago goes first."""

    MOST = 400_000

    def cache(self, folder: Path, now: int) -> BlobCache:
        OPENED.append(cache := BlobCache(folder / "cache", self.MOST, clock=lambda: now))
        return cache

    def reader(self, folder: Path) -> BlobCache:
        OPENED.append(cache := BlobCache(folder / "cache", self.MOST, read_only=True))
        return cache

    def test_the_file_stays_below_its_bound(self, tmp_path: Path) -> None:
        for now in range(20):
            cache = self.cache(tmp_path, now)
            cache.put(b"%d" % now, bytes([now]) * 50_000)
            cache.close()

        assert (tmp_path / "cache").stat().st_size < self.MOST * 1.2
        cache = self.cache(tmp_path, 20)
        kept = [now for now in range(20) if cache.get(b"%d" % now)]
        assert kept == list(range(20 - len(kept), 20))
        assert len(kept) >= 6

    def test_what_is_still_used_stays(self, tmp_path: Path) -> None:
        day = blob_cache.DAY_S
        for now in range(20):
            cache = self.cache(tmp_path, now * 2 * day)
            cache.put(b"%d" % now, bytes([now]) * 50_000)
            assert cache.get(b"0") or not now
            cache.close()

    def test_what_was_pruned_is_not_in_the_file_any_more(self, tmp_path: Path) -> None:
        for now in range(20):
            cache = self.cache(tmp_path, now)
            cache.put(b"%d" % now, b"bedroom %02d " % now * 5_000)
            cache.close()

        data = (tmp_path / "cache").read_bytes()
        assert b"bedroom 19" in data
        assert b"bedroom 00" not in data

    def test_a_reader_beside_the_writer_makes_and_changes_nothing(self, tmp_path: Path) -> None:
        assert self.reader(tmp_path).get(b"1") is None
        assert not list(tmp_path.iterdir())
        writer = self.cache(tmp_path, 1)
        writer.put(b"1", b"x")
        writer.close()

        reader = self.reader(tmp_path)
        reader.put(b"2", b"y")
        reader.close()

        assert self.reader(tmp_path).get(b"1") == b"x"
        assert self.cache(tmp_path, 1).get(b"2") is None


def test_pictures_are_forgotten_and_what_was_read_stays(folder: Path) -> None:
    picture = b"\xff\xd8 somebody's living room " * 4_000
    cache = again(folder)
    cache.keep(b"stamp", SHA, replace(READING, preview=picture))
    cache.close()
    assert picture[:64] in (folder / FILE_NAME).read_bytes()
    assert forget_previews(folder) == 1
    assert picture[:64] not in (folder / FILE_NAME).read_bytes()
    cache = again(folder)
    assert cache.by_content(SHA, "a.jpg", preview=True) is None
    assert same(cache.by_content(SHA, "a.jpg", preview=False), READING)
    assert forget_previews(folder) == 0


def test_where_no_photo_was_read_there_is_nothing_to_forget(tmp_path: Path) -> None:
    assert forget_previews(tmp_path / "none") == 0
    assert not (tmp_path / "none").exists()


def test_pictures_in_a_cache_that_others_hold_are_forgotten_with_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blob_cache, "WAIT_S", 0.05)
    cache = again(folder)
    cache.keep(b"stamp", SHA, replace(READING, preview=b"living room"))
    cache.close()
    with sqlite3.connect(folder / FILE_NAME, isolation_level=None) as holder:
        holder.execute("begin exclusive")
        forget_previews(folder)
    holder.close()
    assert again(folder).by_content(SHA, "a.jpg", preview=False) is None
