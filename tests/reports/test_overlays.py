"""Annotated photos: drawn from what was found, and never over somebody else's files."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from analyses import analysis, picture, reading
from PIL import Image

from realestate.domain.repairs.analysis import Analysis
from realestate.errors import UnusableInputError, UsageError
from realestate.reports.file_names import safe_names, short_names
from realestate.reports.overlays import write_overlays

CRACK = {"crack": (0.9, 0.25, 0.25, 0.15)}


@pytest.fixture
def house() -> Analysis:
    """Two photos of one name with findings, one without."""
    photos = [reading("a/front.jpg", picture(1), CRACK), reading("b/front.HEIC", picture(2), CRACK)]
    return analysis([*photos, reading("b/side.jpg", picture(3))], "Oak St")


def test_photos_with_findings_are_written_under_names_of_their_own(house: Analysis, tmp_path: Path) -> None:
    assert write_overlays(house, tmp_path / "new" / "folder") == 2

    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == ["front-2.jpg", "front.jpg"]


def opened(jpeg: bytes) -> Image.Image:
    with Image.open(io.BytesIO(jpeg)) as file:
        file.load()
        return file


def test_a_finding_keeps_its_colours_and_the_rest_is_veiled(house: Analysis, tmp_path: Path) -> None:
    write_overlays(house, tmp_path)
    drawn, before = (
        np.asarray(opened(jpeg), np.float32)
        for jpeg in ((tmp_path / "front.jpg").read_bytes(), house.photos[0].preview)
    )
    change = np.abs(drawn - before).mean(axis=2)

    assert drawn.shape == (720, 960, 3)
    assert change[160:200, 220:260].mean() < 4
    assert change[500:, 600:].mean() > 20


def test_pictures_of_an_earlier_run_are_replaced(house: Analysis, tmp_path: Path) -> None:
    write_overlays(house, tmp_path)

    assert write_overlays(house, tmp_path) == 2
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("content", [b"notes of a wedding", None])
def test_somebody_elses_file_stays_and_nothing_is_written(
    house: Analysis, tmp_path: Path, content: bytes | None
) -> None:
    theirs = tmp_path / "front-2.jpg"
    theirs.write_bytes(picture(9) if content is None else content)
    kept = theirs.read_bytes()

    with pytest.raises(UsageError, match=r"front-2\.jpg is there already") as refusal:
        write_overlays(house, tmp_path)

    assert "--yes" in refusal.value.hint
    assert theirs.read_bytes() == kept
    assert list(tmp_path.iterdir()) == [theirs]
    assert write_overlays(house, tmp_path, overwrite=True) == 2


def test_a_folder_that_cannot_be_is_said(house: Analysis, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(UnusableInputError, match="cannot be made"):
        write_overlays(house, tmp_path / "file" / "folder")


def test_what_stood_beside_the_dots_is_not_carried_over(house: Analysis, tmp_path: Path) -> None:
    tags = Image.Exif()
    tags[0x010F] = "Maker of phones"
    tagged = io.BytesIO()
    opened(house.photos[0].preview).save(tagged, "JPEG", exif=tags, comment=b"12 Oak St")
    photo = replace(house.photos[0], preview=tagged.getvalue())

    write_overlays(replace(house, photos=(photo,)), tmp_path)

    written = (tmp_path / "front.jpg").read_bytes()
    assert not opened(written).getexif()
    assert b"Oak" not in written


def test_an_issue_without_boxes_or_heat_is_drawn_all_the_same(house: Analysis, tmp_path: Path) -> None:
    photo = house.photos[0]
    bare = replace(photo.issues[0], boxes=(), heat=np.zeros((10, 10), np.float32))

    assert write_overlays(replace(house, photos=(replace(photo, issues=(bare,)),)), tmp_path) == 1


def test_names_are_safe_and_unique_where_case_does_not_count() -> None:
    files = ["../../etc/passwd", "a/FRONT.jpg", "b/front.png", "c/.jpg", "d\\évier n°1.jpg", "s3://bucket/x/front.jpg"]

    assert list(safe_names([*files, "x" * 300], ".jpg").values()) == [
        "passwd.jpg",
        "FRONT.jpg",
        "front-2.jpg",
        "photo.jpg",
        "évier_n_1.jpg",
        "front-3.jpg",
        "x" * 80 + ".jpg",
    ]


@pytest.mark.parametrize(
    ("files", "short"),
    [
        (["/home/a/x/1.jpg", "/home/a/x/2.jpg"], ["1.jpg", "2.jpg"]),
        (["/home/a/x/1.jpg", "/home/a/y/1.jpg"], ["x/1.jpg", "y/1.jpg"]),
        (["s3://bucket/house/1.jpg"], ["1.jpg"]),
        (["1.jpg", "/home/1.jpg"], ["1.jpg", "home/1.jpg"]),
        ([r"C:\photos\1.jpg", r"C:\photos\2.jpg"], ["1.jpg", "2.jpg"]),
        ([], []),
    ],
)
def test_what_all_names_share_is_left_out(files: list[str], short: list[str]) -> None:
    assert list(short_names(files).values()) == short
