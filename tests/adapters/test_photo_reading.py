"""Photos to readings: alone, in processes that die, and a second time."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import photo_models
from pictures import decoded, difference, encoded, room
from realestate.adapters import photo_reading
from realestate.adapters.executors import LocalProcesses, ThisProcess, Workers
from realestate.adapters.in_order import in_order
from realestate.adapters.model_shelf import ModelFiles
from realestate.adapters.photo_headers import BadPhotoError
from realestate.adapters.photo_reader import ModelPhotoReader
from realestate.adapters.photo_reading import ReadingTask, read_photos
from realestate.domain.repairs.ports import PhotoReader
from realestate.domain.repairs.readings import PhotoReading, SkippedPhoto
from realestate.errors import UnusableInputError

PHOTO = encoded(room())


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> ModelFiles:
    """Scores are the mean red, green and blue of a photo."""
    folder = tmp_path_factory.mktemp("model")
    return ModelFiles("tiny", *photo_models.write(folder, photo_models.brightness_model(), photo_models.card()))


@dataclass(frozen=True)
class Photo:
    """A photo that is only bytes."""

    name: str
    data: bytes = PHOTO

    def stamp(self) -> bytes:
        return self.name.encode()

    def read(self) -> bytes:
        return self.data


@dataclass(frozen=True)
class Sleeping(Photo):
    """Puts a decoder into its reader that sleeps where neither exceptions nor other threads reach it."""

    def read(self) -> bytes:
        photo_reading.decode = lambda *_: ctypes.PyDLL(None).sleep(30)
        return self.data


@dataclass(frozen=True)
class Deadly(Photo):
    """Puts a decoder into its reader that crashes."""

    def read(self) -> bytes:
        photo_reading.decode = lambda *_: os.kill(os.getpid(), signal.SIGSEGV)
        return self.data


@dataclass(frozen=True)
class Hungry(Photo):
    """Puts a decoder into its reader that needs more memory than a worker may have."""

    def read(self) -> bytes:
        real = photo_reading.decode

        def decode(*_: object) -> None:
            photo_reading.decode = real
            np.ones(1 << 30)

        photo_reading.decode = decode  # type: ignore[assignment]
        return self.data


def read(model: ModelFiles, *sources: Photo, previews: bool = False) -> list[PhotoReading | SkippedPhoto]:
    task = ReadingTask(model, previews, None)
    return [outcome.result for outcome in read_photos(task, sources)]


def test_a_reading_holds_all_that_is_said_of_a_photo(model: ModelFiles) -> None:
    (reading,) = read(model, Photo("a.jpg", encoded(room(640, 480))))

    assert isinstance(reading, PhotoReading)
    assert (reading.file, reading.width, reading.height) == ("a.jpg", 640, 480)
    assert reading.quality.short_side == 480
    red, green, blue = np.asarray(room(640, 480)).mean((0, 1)) / 255
    assert reading.scores == pytest.approx({"crack": red, "mould": green, "roof_damage": blue}, abs=0.01)
    assert reading.heat.shape == (3, photo_models.SIDE, photo_models.SIDE)
    assert reading.heat.dtype == np.float32
    # The room is lighter on its right.
    assert reading.heat[:, :, -3:].mean() > reading.heat[:, :, :3].mean() + 0.1
    assert reading.preview == b""


def test_outcomes_come_in_the_order_of_the_photos_bad_ones_among_them(model: ModelFiles) -> None:
    found = read(model, Photo("a"), Photo("b", b"x"), Photo("c", encoded(room(seed=2))), Photo("d", b""))

    assert [item.file for item in found] == ["a", "b", "c", "d"]
    assert [isinstance(item, PhotoReading) for item in found] == [True, False, True, False]
    assert read(model) == []


def test_quality_tells_dark_flat_and_blurred_from_sharp(model: ModelFiles) -> None:
    chance = np.random.default_rng(1)
    sharp = Image.fromarray(chance.integers(0, 255, (240, 320, 3), np.uint8))
    black, white = Image.new("RGB", (320, 240)), Image.new("RGB", (320, 240), "white")
    photos = (encoded(image, "PNG") for image in (sharp, room(), black, white))
    noisy, smooth, dark, light = (item.quality for item in read(model, *map(Photo, "1234", photos)))  # type: ignore[union-attr]

    assert noisy.sharpness > 1_000 > 10 > smooth.sharpness > dark.sharpness == 0
    assert (dark.brightness, light.brightness) == (0, 1)
    assert dark.contrast == light.contrast == 0 < smooth.contrast < 0.5


def test_sharpness_does_not_depend_on_the_camera(model: ModelFiles) -> None:
    small = Image.fromarray(np.random.default_rng(1).integers(0, 255, (240, 320, 3), np.uint8))
    large = small.resize((1_280, 960), Image.Resampling.NEAREST)
    found = read(model, Photo("s", encoded(small, "PNG")), Photo("l", encoded(large, "PNG")))

    one, other = (item.quality.sharpness for item in found)  # type: ignore[union-attr]
    assert one == pytest.approx(other, rel=0.02)


def test_the_look_is_the_same_for_copies_and_another_for_other_photos(model: ModelFiles) -> None:
    copies = (
        encoded(room(640, 480)),
        encoded(room(640, 480), quality=40),
        encoded(room(640, 480).resize((200, 150)), "PNG"),
    )
    looks = [item.look for item in read(model, *map(Photo, "123", copies), Photo("4", encoded(room(640, 480, 7))))]  # type: ignore[union-attr]

    assert all((looks[0] ^ copy).bit_count() <= 3 for copy in looks[1:3])
    assert (looks[0] ^ looks[3]).bit_count() > 10


def test_a_preview_is_the_upright_picture_and_nothing_else(model: ModelFiles) -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "the Smiths' bedroom", 6
    exif[0x8825] = {1: "N", 2: (41.0, 52.0, 1.0), 3: "W", 4: (87.0, 37.0, 1.0)}
    image = room(1_600, 1_200)
    data = encoded(image.transpose(Image.Transpose.ROTATE_90), exif=exif, comment=b"Smith", icc_profile=b"x" * 500)

    (reading,) = read(model, Photo("a", data), previews=True)

    assert isinstance(reading, PhotoReading)
    for private in (b"Smith", b"Exif", b"ICC_PROFILE"):
        assert private in data
        assert private not in reading.preview
    assert difference(decoded(reading.preview).rgb, np.asarray(image.resize((960, 720)))) < 3


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_preview_of_a_large_photo_changes_nothing_that_is_read_out_of_it(model: ModelFiles, kind: str) -> None:
    photo = Photo("a", encoded(room(3_200, 2_400), kind))
    (bare,), (shown,) = read(model, photo), read(model, photo, previews=True)

    assert isinstance(bare, PhotoReading)
    assert isinstance(shown, PhotoReading)
    assert decoded(shown.preview).width == 960
    assert shape([replace(shown, preview=b"")]) == shape([bare])


def test_a_small_photo_keeps_its_size_in_the_preview(model: ModelFiles) -> None:
    (reading,) = read(model, Photo("a", encoded(room(100, 80))), previews=True)

    assert isinstance(reading, PhotoReading)
    assert decoded(reading.preview).width == 100


def test_a_model_that_is_refused_stops_all(model: ModelFiles, tmp_path: Path) -> None:
    bad = tmp_path / "bad.onnx"
    bad.write_bytes(b"x")

    with pytest.raises(UnusableInputError):
        read(replace(model, onnx=bad), Photo("a"))


def test_photos_that_hang_crash_or_eat_memory_are_left_out_and_the_rest_is_read(model: ModelFiles) -> None:
    photos = [Photo("1"), Sleeping("sleeping"), Photo("2"), Deadly("deadly"), Hungry("hungry"), Photo("3")]
    task = ReadingTask(model, previews=False, cache=None, seconds=2)
    team = LocalProcesses(1)
    try:
        groups = [(None, photos[:3]), (None, photos[3:])]
        found = in_order(team, partial(read_photos, task), groups, lambda photo: f"killed by {photo.name}")
        outcomes: list[Any] = [outcome for _, results in found for outcome in results]
    finally:
        team.close()

    said = [outcome if isinstance(outcome, str) else outcome.result for outcome in outcomes]
    assert [item if isinstance(item, str) else item.file for item in said] == [
        "1",
        "killed by sleeping",
        "2",
        "killed by deadly",
        "hungry",
        "3",
    ]
    if sys.platform == "linux":
        assert said[4] == SkippedPhoto("hungry", "needs too much memory")
        # Another machine may have the memory, so that this is not kept as the photo's fault.
        assert outcomes[4].sha256 == ""
    assert isinstance(said[5], PhotoReading)


def test_workers_end_when_their_parent_is_killed() -> None:
    script = (
        "import os, time\n"
        "from realestate.adapters.executors import LocalProcesses\n"
        "if __name__ == '__main__':\n"
        "    print(LocalProcesses(1).submit(os.getpid).result(), flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        worker = int(parent.stdout.readline())
        os.kill(worker, 0)
        parent.kill()

    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("the worker lives on")


class NoTeam:
    """Nobody may be asked to work."""

    width, deaths, share_files = 1, (), True

    def submit(self, *_: object) -> Any:  # noqa: ANN401  it never returns
        pytest.fail("a photo was read that should have been known")

    def renew(self) -> None: ...

    def lifeless(self) -> Any:  # noqa: ANN401  nobody is asked to work
        pytest.fail("nobody was to be missed")

    def close(self) -> None: ...


@pytest.fixture
def visit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two photos, a copy and one that is none; we are beside it."""
    monkeypatch.chdir(tmp_path)
    folder = Path("visit")
    folder.mkdir()
    for name, data in {"a.jpg": PHOTO, "b.png": encoded(room(seed=2), "PNG"), "c.jpg": b"x", "d.jpg": PHOTO}.items():
        (folder / name).write_bytes(data)
    return folder


def reader(model: ModelFiles, team: type[Workers] = ThisProcess, cache: Path | None = None) -> ModelPhotoReader:
    return ModelPhotoReader(model, team, cache)


def shape(items: Iterator[PhotoReading | SkippedPhoto] | Sequence[PhotoReading | SkippedPhoto]) -> list[object]:
    """Readings in a form that can be compared."""
    return [item if isinstance(item, SkippedPhoto) else {**asdict(item), "heat": item.heat.tobytes()} for item in items]


@pytest.mark.usefixtures("visit")
def test_a_second_run_reads_nothing_and_finds_the_same(model: ModelFiles) -> None:
    first = shape(reader(model, cache=Path("cache")).read(["visit"]))

    again = shape(reader(model, NoTeam, Path("cache")).read(["visit"]))
    Path("visit").rename("moved")

    assert len(first) == 4
    assert again == first
    moved = list(reader(model, cache=Path("cache")).read(["moved"]))
    assert [item.file for item in moved] == ["moved/a.jpg", "moved/b.png", "moved/c.jpg", "moved/d.jpg"]


def test_a_changed_photo_is_read_again_and_a_copy_is_not(
    model: ModelFiles, visit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(reader(model, cache=Path("cache")).read(["visit"]))
    (visit / "a.jpg").write_bytes(encoded(room(seed=5)))
    (visit / "e.jpg").write_bytes((visit / "b.png").read_bytes())
    seen = []
    real = photo_reading.decode
    monkeypatch.setattr(photo_reading, "decode", lambda *given: seen.append(1) or real(*given))
    photo_reading._known.cache_clear()

    found = list(reader(model, cache=Path("cache")).read(["visit"]))

    assert len(seen) == 1
    assert [item.file for item in found if isinstance(item, PhotoReading)] == [
        f"visit/{name}" for name in ("a.jpg", "b.png", "d.jpg", "e.jpg")
    ]


@pytest.mark.usefixtures("visit")
def test_a_report_after_a_run_without_one_decodes_and_does_not_look_again(
    model: ModelFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = shape(reader(model, cache=Path("cache")).read(["visit"]))
    photo_reading._known.cache_clear()
    monkeypatch.setattr(photo_reading, "_looked_at", lambda *_: pytest.fail("the model looked again"))

    with_previews = list(reader(model, cache=Path("cache")).read(["visit"], previews=True))

    assert all(item.preview for item in with_previews if isinstance(item, PhotoReading))
    bare = [replace(item, preview=b"") if isinstance(item, PhotoReading) else item for item in with_previews]
    assert shape(bare) == first
    assert shape(reader(model, NoTeam, Path("cache")).read(["visit"], previews=True)) == shape(with_previews)


@pytest.mark.usefixtures("visit")
def test_a_second_run_loads_neither_engine_nor_decoders(model: ModelFiles) -> None:
    first = list(reader(model, cache=Path("cache")).read(["visit"], previews=True))
    script = (
        "import sys; from pathlib import Path\n"
        "from realestate.adapters.executors import workers\n"
        "from realestate.adapters.model_shelf import ModelFiles\n"
        "from realestate.adapters.photo_reader import ModelPhotoReader\n"
        f"model = ModelFiles('tiny', Path({str(model.onnx)!r}), Path({str(model.card)!r}))\n"
        "reader = ModelPhotoReader(model, workers, Path('cache'))\n"
        "print(len(list(reader.read(['visit'], previews=True))), len(reader.card.classes))\n"
        "print([name for name in ('cv2', 'onnxruntime', 'PIL', 'boto3') if name in sys.modules])\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == [f"{len(first)} 3", "[]"]


@pytest.mark.usefixtures("visit")
def test_progress_is_told_from_nothing_to_all(model: ModelFiles) -> None:
    told: list[tuple[int, int]] = []

    for item in reader(model).read(["visit", "no.jpg"], on_progress=lambda *given: told.append(given)):
        assert item.file

    assert told == [(0, 5), (1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]


@pytest.mark.usefixtures("visit")
def test_a_reader_that_is_left_early_lets_its_workers_go_and_keeps_what_it_read(model: ModelFiles) -> None:
    closed = []

    class Team(ThisProcess):
        def close(self) -> None:
            closed.append(1)

    readings = reader(model, Team, Path("cache")).read(["visit"])
    next(readings)
    readings.close()  # type: ignore[attr-defined]

    assert closed == [1]
    assert next(reader(model, NoTeam, Path("cache")).read(["visit/a.jpg"])).file == "visit/a.jpg"


def test_a_photo_that_cannot_be_fetched_is_skipped(model: ModelFiles) -> None:
    class Gone(Photo):
        def read(self) -> bytes:
            raise BadPhotoError("no such object any more")

    assert read(model, Gone("a"), Photo("b"))[0] == SkippedPhoto("a", "no such object any more")


def test_the_reader_is_what_the_repair_flow_asks_for(model: ModelFiles) -> None:
    asked: PhotoReader = reader(model)

    assert asked.card.classes == photo_models.CLASSES
