"""The 23 ONNX files: one is a model, 22 are refused with exit 4 and one line, before they take effect."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from realestate.adapters.model_shelf import ModelShelf
from realestate.errors import ExitCode, RealestateError

CLASSES = ("crack", "mould", "roof_damage")
SECRET = "root:"
"""What /etc/passwd begins with."""


@pytest.fixture(scope="module")
def corpus(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    maker = shared / "corpus" / "gen_corpus.py"
    subprocess.run([sys.executable, str(maker), str(folder), "--only", "onnx"], check=True, capture_output=True)
    return folder


def card(case: str, path: Path, good: Path) -> dict[str, Any]:
    """A card that is right in all that the case does not put wrong."""
    pinned = good if case == "onnx-hash-mismatch" or not path.is_file() else path
    classes = CLASSES[:2] if case == "onnx-label-mismatch" else CLASSES
    return {
        "name": case,
        "sha256": hashlib.sha256(pinned.read_bytes()).hexdigest(),
        "input": {
            "name": "images",
            "height": 224,
            "width": 224,
            "layout": "NCHW",
            "dtype": "float32",
            "scale": 1 / 255,
        },
        "output": {"kind": "grid", "scores": "scores"},
        "classes": classes,
        "thresholds": dict.fromkeys(classes, 0.5),
    }


def test_every_bad_model_is_refused_and_the_good_one_is_taken(corpus: Path, tmp_path: Path) -> None:
    cases = [json.loads(line) for line in (corpus / "manifest.jsonl").read_text().splitlines()]
    shelf = ModelShelf(tmp_path / "models")
    wrong, refusals = [], []
    for case in cases:
        path = corpus / case["path"]
        card_path = tmp_path / f"{case['id']}.json"
        card_path.write_text(json.dumps(card(case["id"], path, corpus / "models" / "good.onnx")))
        code = ExitCode.DONE
        try:
            shelf.add(path, card_path)
        except RealestateError as error:
            code = error.exit_code
            refusals.append(error.message)
        if code != case["exit"]:
            wrong.append(f"{case['id']}: {code}, expected {case['exit']}")
    assert not wrong
    assert len(cases) == 23
    assert len(refusals) == 22
    assert not [words for words in refusals if "\n" in words or SECRET in words or "Traceback" in words]
    assert [one.name for one in shelf.all() if not one.shipped] == ["onnx-good"]
