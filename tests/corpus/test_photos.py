"""The 46 bad photos through the command line, in one process: read or refused with a reason, never believed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import photo_models
from realestate.adapters.model_shelf import ModelShelf

SCRIPT = """
import contextlib, io, json, resource, sys, time
from realestate.cli.main import run

def megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10

for line in sys.stdin:
    case = json.loads(line)
    out, err = io.StringIO(), io.StringIO()
    begun, before = time.monotonic(), megabytes()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(["analyze", *case["paths"], "--model", "tiny", "--jobs", "0", "--no-cache", "-o", "json"])
    case |= {"code": code, "out": out.getvalue(), "err": err.getvalue()}
    print(json.dumps(case | {"seconds": time.monotonic() - begun, "grown": megabytes() - before}), flush=True)
"""
ALONE = {"photo-empty-folder"}
"""Given without a good photo beside it: nothing usable is another exit code than nothing left out."""

OTHERWISE = {
    # HEIC is read, which the corpus leaves open.
    "photo-heic": 0,
    # The link leads to the folder of all cases, bad ones among them; each is counted once.
    "photo-dir-symlink-loop": 3,
    # Modes do not keep root out.
    "photo-unreadable": 0 if os.geteuid() == 0 else 3,
}
Cases = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def cases(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Cases:
    """What became of each case."""
    folder = tmp_path_factory.mktemp("corpus")
    maker = shared / "corpus" / "gen_corpus.py"
    subprocess.run([sys.executable, str(maker), str(folder), "--only", "photo"], check=True, capture_output=True)
    lines = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    good = str(folder / "photos" / "good.jpg")
    for line in lines:
        path = str(folder / line["path"])
        line["paths"] = [path] if line["id"] in ALONE else [good, path]
    home = tmp_path_factory.mktemp("home")
    put_model(home)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input="\n".join(map(json.dumps, lines)),
        env={**os.environ, "REALESTATE_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert done.stderr == ""
    return {case["id"]: case for case in map(json.loads, done.stdout.splitlines())}


def put_model(home: Path) -> None:
    """Put a model on the shelf whose scores are the mean red, green and blue."""
    folder = home / "made"
    folder.mkdir()
    ModelShelf(home / "data" / "models").add(
        *photo_models.write(folder, photo_models.brightness_model(), photo_models.card())
    )


def photos(case: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(case["out"])["photos"]
    return found


def last(cases: Cases, name: str) -> dict[str, Any]:
    """The photo of a case."""
    return photos(cases[f"photo-{name}"])[-1]


def test_every_bad_photo_ends_as_expected(cases: Cases) -> None:
    wrong = []
    for name, case in cases.items():
        expected = OTHERWISE.get(name, case["exit"])
        if case["code"] != expected:
            wrong.append(f"{name}: exit {case['code']}, expected {expected}: {case['err'][-200:]}")
    assert len(cases) == 46
    assert not wrong, "\n".join(wrong)


def test_what_is_left_out_says_why_and_the_good_photo_beside_it_is_read(cases: Cases) -> None:
    for name, case in cases.items():
        if case["code"] == 3 and name != "photo-dir-symlink-loop":
            good, bad = photos(case)
            assert (good["status"], bad["status"]) == ("ok", "skipped"), name
            assert 5 < len(bad["reason"]) < 120, name


def test_no_case_takes_long_or_much_memory(cases: Cases) -> None:
    for name, case in cases.items():
        assert case["seconds"] < 20, name
        # The first case loads the engine and the decoders.
        assert case["grown"] < 200 or name == "photo-good", (name, case["grown"])


def test_nothing_that_is_printed_moves_a_terminal(cases: Cases) -> None:
    for name, case in cases.items():
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", case["out"] + case["err"]), name
    assert last(cases, "newline-name")["file"].endswith("a\\nb.jpg")


def test_each_photo_is_counted_once_through_links_and_copies(cases: Cases) -> None:
    files = [photo["file"] for photo in photos(cases["photo-dir-symlink-loop"])]

    assert len(files) == len(set(files)) > 35
    assert len({Path(file).name for file in files}) == len(files)
    assert len(photos(cases["photo-good"])) == 1
    assert last(cases, "dup-photo")["same_as"].endswith("good.jpg")


def test_turned_photos_read_as_the_upright_one(cases: Cases) -> None:
    good = photos(cases["photo-good"])[0]
    for name in ("progressive", "png-named-jpg", "jpeg-trailing-garbage", "exif-huge", "heic", "webp"):
        assert last(cases, name)["scores"] == pytest.approx(good["scores"], abs=0.01), name
    # Scores of this model are mean colours, which every way of turning leaves alone.
    for name in ("exif-rotated-3", "exif-rotated-6", "exif-rotated-8"):
        assert last(cases, name)["scores"] == pytest.approx(good["scores"], abs=0.01), name


def test_sixteen_bits_are_scaled_and_not_clipped(cases: Cases) -> None:
    grey, deep = last(cases, "grey"), last(cases, "16bit-grey-png")

    assert deep["scores"] == pytest.approx(grey["scores"], abs=0.02)


@pytest.mark.parametrize(("name", "doubt"), [("all-black", "too dark"), ("all-white", "too bright")])
def test_a_photo_of_nothing_is_not_a_photo_without_damage(cases: Cases, name: str, doubt: str) -> None:
    assert doubt in json.dumps(last(cases, name))


def test_a_moving_picture_is_its_first(cases: Cases) -> None:
    assert last(cases, "gif-animated")["scores"] == pytest.approx(last(cases, "gif")["scores"], abs=0.01)
