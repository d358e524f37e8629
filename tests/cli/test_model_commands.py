"""``realestate models``: what is on the shelf, what it claims, what is refused, and how good it is."""

from __future__ import annotations

import csv
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from photo_models import brightness_model, card, fixed_model, write
from realestate.cli.main import run
from realestate.cli.session import toolkit
from realestate.errors import ExitCode

Captured = pytest.CaptureFixture[str]
RED, GREEN, DARK = (230, 10, 10), (10, 230, 10), (20, 20, 25)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user without database, settings or models."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REALESTATE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("REALESTATE_MODEL", raising=False)
    toolkit.cache_clear()
    yield tmp_path / "home"
    toolkit.cache_clear()


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> str:
    """The name of a model of the user's, which is the one in use."""
    figures = {"map": 0.9, "ap": {"crack": 0.9}, "positives": {"crack": 100}}
    source = {
        "repository": "somebody/cracks",
        "licence": "CC BY 4.0",
        "tier": "A",
        "photos": 4,
        "attribution": "Somebody",
    }
    about = {"figures": figures, "sources": [source], "training": {"command": "by hand", "seed": 7}, "notes": ["thin"]}
    onnx, card_path = write(tmp_path, brightness_model(), card(**about))
    assert run(["models", "add", str(onnx), "--card", str(card_path), "--name", "bright"]) == ExitCode.DONE
    monkeypatch.setenv("REALESTATE_MODEL", "bright")
    toolkit.cache_clear()
    capsys.readouterr()
    return "bright"


def out(captured: Captured) -> Any:  # noqa: ANN401  any JSON
    return json.loads(captured.readouterr().out)


def failure(captured: Captured) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(captured.readouterr().err)["error"]
    return found


def test_a_model_is_listed_with_who_uses_it(added: str, capsys: Captured) -> None:
    assert run(["models", "list", "-o", "json"]) == ExitCode.DONE
    row = next(row for row in out(capsys) if row["name"] == added)
    assert (row["used"], row["from"], row["kind"], row["state"]) == (True, "you", "grid", "ready")
    assert row["classes"] == ["crack", "mould", "roof_damage"]


def test_a_card_that_cannot_be_read_does_not_hide_the_others(added: str, home: Path, capsys: Captured) -> None:
    broken = home / "data" / "models" / "broken"
    broken.mkdir()
    (broken / "card.json").write_text("{")
    assert run(["models", "list", "-o", "json"]) == ExitCode.DONE
    states = {row["name"]: row["state"] for row in out(capsys)}
    assert states[added] == "ready"
    assert "no JSON" in states["broken"]


def test_a_card_is_printed_whole_as_json_and_in_words_as_a_table(added: str, capsys: Captured) -> None:
    assert run(["models", "card", "-o", "json"]) == ExitCode.DONE
    document = out(capsys)
    assert document["name"] == added
    assert document["sources"][0]["attribution"] == "Somebody"
    assert run(["models", "card", added, "-o", "table"]) == ExitCode.DONE
    text = capsys.readouterr().out
    for part in (
        document["sha256"],
        "roof_damage",
        "never priced",
        "0.9",
        "CC BY 4.0",
        "Somebody",
        "seed: 7",
        "- thin",
    ):
        assert part in text


def test_a_card_says_nothing_to_a_terminal_that_it_would_obey(tmp_path: Path, capsys: Captured) -> None:
    onnx, card_path = write(tmp_path, brightness_model(), card(notes=["\x1b[2J\u202eboo"], version="\x1b]0;x\x07"))
    run(["models", "add", str(onnx), "--card", str(card_path)])
    capsys.readouterr()
    assert run(["models", "card", "tiny", "-o", "table"]) == ExitCode.DONE
    assert not {"\x1b", "\u202e", "\x07"} & set(capsys.readouterr().out)


def test_a_file_is_verified_with_the_card_beside_it(tmp_path: Path, capsys: Captured) -> None:
    onnx, _ = write(tmp_path, brightness_model(), card())
    assert run(["models", "verify", str(onnx), "-o", "json"]) == ExitCode.DONE
    assert out(capsys)["state"] == "whole"
    onnx.write_bytes(onnx.read_bytes() + b"\0")
    assert run(["models", "verify", str(onnx), "-o", "json"]) == ExitCode.NOTHING_USABLE
    assert "SHA-256" in failure(capsys)["message"]


def test_verifying_all_says_which_one_is_refused(added: str, home: Path, capsys: Captured) -> None:
    with (home / "data" / "models" / added / "model.onnx").open("ab") as file:
        file.write(b"\0")
    code = run(["models", "verify", "-o", "json"])
    rows = {row["model"]: row["state"] for row in out(capsys)}
    assert rows[added] == "refused"
    assert code == (ExitCode.PARTIAL if "whole" in rows.values() else ExitCode.NOTHING_USABLE)


def test_a_refused_model_is_exit_4_and_one_line(tmp_path: Path, capsys: Captured) -> None:
    output = {"kind": "grid", "scores": "scores"}
    onnx, card_path = write(tmp_path, fixed_model(scores=[np.nan] * 3), card(output=output))
    assert run(["models", "add", str(onnx), "--card", str(card_path), "-o", "json"]) == ExitCode.NOTHING_USABLE
    assert "no number" in failure(capsys)["message"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["verify", "nobody"], ExitCode.USAGE),
        (["card", "nobody"], ExitCode.USAGE),
        (["card", "../../etc"], ExitCode.USAGE),
        (["verify", "nowhere.onnx"], ExitCode.NOTHING_USABLE),
        (["add", "nowhere.onnx", "--card", "nowhere.json"], ExitCode.NOTHING_USABLE),
        (["eval", "nowhere.csv", "--model", "nobody"], ExitCode.USAGE),
        (["train", ".", "--tier", "B"], ExitCode.USAGE),
    ],
)
def test_what_is_not_there_is_said(words: list[str], code: ExitCode, capsys: Captured) -> None:
    assert run(["models", *words, "-o", "json"] if words[0] != "train" else ["models", *words]) == code
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="torch is installed")
def test_training_without_torch_says_how_to_get_it(capsys: Captured) -> None:
    assert run(["models", "train", "."]) == ExitCode.USAGE
    assert "realestate[train]" in capsys.readouterr().err


def photo(path: Path, colour: tuple[int, int, int]) -> None:
    """A photo of one colour, with grain enough to be judged."""
    grain = np.random.default_rng(1).integers(-9, 9, (240, 320, 1))
    Image.fromarray((np.array(colour) + grain).clip(0, 255).astype(np.uint8)).save(path, quality=95)


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Photos that show what their colour stands for, but one, and one that is none."""
    folder = tmp_path / "photos"
    folder.mkdir()
    rows = [
        ("a.jpg", RED, 1, 0),
        ("b.jpg", RED, 1, ""),
        ("c.jpg", GREEN, 0, 1),
        ("d.jpg", GREEN, -1, 1),
        ("e.jpg", DARK, 0, 0),
        ("f.jpg", RED, 0, 0),
        ("gone.jpg", None, 1, 0),
    ]
    for name, colour, _, _ in rows:
        if colour is not None:
            photo(folder / name, colour)
    table = tmp_path / "labels.csv"
    with table.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["file", "crack", "y_mould", "repo"])
        writer.writerows((name, crack, mould, "rooms") for name, _, crack, mould in rows)
    return table


def test_a_model_is_measured_on_labelled_photos(added: str, labels: Path, tmp_path: Path, capsys: Captured) -> None:
    predicted = tmp_path / "predicted.jsonl"
    command = ["models", "eval", str(labels), "--photos", "photos", "--predictions", str(predicted), "-o", "json"]
    assert run(command) == ExitCode.PARTIAL
    captured = capsys.readouterr()
    figures = json.loads(captured.out)
    assert figures["model"] == added
    assert (figures["photos"], figures["missing"]) == (6, 1)
    # Red stands for cracks, and f is red without one: it ranks among the three red photos, last or not.
    assert figures["f1"] == {"crack": 0.8, "mould": 1.0}
    assert figures["ap"]["mould"] == 1.0
    assert figures["undamaged_flagged"] == {"rooms": {"photos": 2, "share": 0.5}}
    assert "roof_damage: the labels say nothing of it" in captured.err
    rows = {row["file"]: row for row in map(json.loads, predicted.read_text().splitlines())}
    assert rows["a.jpg"]["issues"] == ["crack"]
    assert rows["c.jpg"]["scores"]["mould"] == pytest.approx(0.9, abs=0.03)
    assert set(rows) == {"a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg", "f.jpg"}
