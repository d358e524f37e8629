"""The README's picture of a report shows what the command writes; ``REALESTATE_UPDATE=1`` takes it anew."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from PIL import Image, PngImagePlugin

from realestate.cli.main import run
from realestate.cli.session import toolkit

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "report.png"
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
HOUSE = "12 Oak St, Larkfield OH"
DESK, PHONE = (1180, 860), (390, 860)
COLOURS = 160
HEIGHT = 700


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A report on the drawn photos, in a folder named as a house."""
    shutil.copytree(ROOT / "examples" / "photos", tmp_path / HOUSE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REALESTATE_HOME", str(tmp_path / "home"))
    toolkit.cache_clear()
    with time_machine.travel(dt.datetime(2026, 2, 1, 12, tzinfo=dt.UTC), tick=True):
        code = run(["analyze", HOUSE, "--sqft", "1400", "--jobs", "0", "--report", "report.html", "-o", "json"])
    assert code == 0
    yield tmp_path / "report.html"
    toolkit().close()
    toolkit.cache_clear()


def words(page: str) -> str:
    """The words of a page without numbers, which processors round differently."""
    body = re.sub(r"<style>.*?</style>|<svg.*?</svg>", " ", page, flags=re.DOTALL)
    return " ".join(re.findall(r"[a-z]{2,}", re.sub(r"<[^>]*>", " ", body).lower()))


def shot(address: str, size: tuple[int, int], folder: Path) -> Image.Image:
    """What a window of this size shows."""
    assert BROWSER is not None
    file = folder / "shot.png"
    flags = ["headless", "no-sandbox", "disable-gpu", "hide-scrollbars", "virtual-time-budget=5000"]
    flags += [f"window-size={size[0]},{size[1]}", f"screenshot={file}", f"user-data-dir={folder / 'profile'}"]
    subprocess.run([BROWSER, *(f"--{flag}" for flag in flags), address], check=True, capture_output=True, timeout=180)
    with Image.open(file) as picture:
        return picture.convert("RGB")


def take(report: Path) -> None:
    """Put a desk's view of the report beside a phone's view of its photos."""
    page = report.read_text(encoding="utf-8")
    head, _, rest = page.partition("<main>")
    photos = report.with_name("photos.html")
    photos.write_text(head + "<main>" + rest[rest.index('<section class="photos">') :], encoding="utf-8")
    views = [shot(report.as_uri(), DESK, report.parent), shot(photos.as_uri(), PHONE, report.parent)]
    views = [view.resize((view.width * HEIGHT // view.height, HEIGHT), Image.Resampling.LANCZOS) for view in views]
    whole = Image.new("RGB", (sum(view.width for view in views) + 16, HEIGHT), "white")
    whole.paste(views[0], (0, 0))
    whole.paste(views[1], (views[0].width + 16, 0))
    told = PngImagePlugin.PngInfo()
    told.add_itxt("words", words(page))
    whole.quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURE, optimize=True, pnginfo=told)


def test_the_picture_in_the_readme_is_of_the_report_that_is_written(report: Path) -> None:
    if os.environ.get("REALESTATE_UPDATE"):
        take(report)

    with Image.open(PICTURE) as picture:
        told = picture.info.get("words")
    assert PICTURE.stat().st_size < 150_000
    assert told == words(report.read_text(encoding="utf-8")), (
        "take it anew: REALESTATE_UPDATE=1 sh tests/run.sh tests/test_report_picture.py"
    )
