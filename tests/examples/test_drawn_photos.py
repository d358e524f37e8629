"""The pictures of examples/photos are what their script draws, and small."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from example_scripts import ROOT
from numpy.typing import NDArray
from PIL import Image

PHOTOS = ROOT / "examples" / "photos"
NAMES = sorted(path.name for path in PHOTOS.glob("*.jpg"))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the pictures, drawn anew."""
    folder = tmp_path_factory.mktemp("drawn")
    subprocess.run([sys.executable, "-B", str(ROOT / "examples" / "draw_photos"), str(folder)], check=True)
    return folder


def dots(path: Path) -> NDArray[np.float32]:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"), np.float32)


def test_the_script_draws_every_picture_and_no_other(drawn: Path) -> None:
    assert sorted(path.name for path in drawn.iterdir()) == NAMES
    assert 6 <= len(NAMES) <= 8


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_as_it_is_drawn(drawn: Path, name: str) -> None:
    difference = np.abs(dots(PHOTOS / name) - dots(drawn / name))

    # Processors round differently, and JPEG makes a little more of it.
    assert difference.mean() < 1.5, f"draw it anew: python examples/draw_photos {PHOTOS.relative_to(ROOT)}"


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_small_and_carries_nothing_beside_it(name: str) -> None:
    assert (PHOTOS / name).stat().st_size < 150_000
    with Image.open(PHOTOS / name) as picture:
        assert 900 <= max(picture.size) <= 1200
        assert not picture.getexif()


def test_every_picture_is_told_of_in_the_folder() -> None:
    told = (PHOTOS / "README.md").read_text(encoding="utf-8")

    assert [name for name in NAMES if f"`{name}`" not in told] == []
