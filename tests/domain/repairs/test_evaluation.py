"""The figures of a photo model, against values worked by hand and against the yardstick of the measurement data."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from realestate.domain.repairs.evaluation import Evaluation, LabelledPhoto, Prediction, average_precision, f1, predict
from realestate.domain.repairs.taxonomy import CLASSES


def ap(labels: list[int], scores: list[float]) -> float | None:
    return average_precision(np.array(labels, np.int8), np.array(scores))


def labelled(file: str, shown: str = "", absent: str = "", source: str = "own", parent: str = "") -> LabelledPhoto:
    return LabelledPhoto(file, set(shown.split()), set(absent.split()), parent or file, source)


def said(issues: str = "", **scores: float) -> Prediction:
    return Prediction(scores, set(issues.split()))


def figures(photos: list[LabelledPhoto], predictions: dict[str, Prediction], *classes: str) -> dict[str, Any]:
    return Evaluation(photos, predictions, classes or ("crack", "mould")).figures()


@pytest.mark.parametrize(
    ("labels", "scores", "expected"),
    [
        ([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1], (1 + 2 / 3) / 2),
        ([1, 1], [0.1, 0.9], 1.0),
        ([0, 0, 1], [0.9, 0.8, 0.1], 1 / 3),
        ([1, 0], [0.5, 0.5], 1 / 2),
        ([0, 1, 1, 0], [0.5, 0.5, 0.5, 0.5], (1 / 3 + 2 / 4) / 2),
        ([0, 0], [0.5, 0.1], None),
    ],
)
def test_average_precision_takes_the_worst_order_of_equal_scores(
    labels: list[int], scores: list[float], expected: float | None
) -> None:
    assert ap(labels, scores) == (None if expected is None else pytest.approx(expected))


def test_f1_of_nothing_to_find_is_unknown() -> None:
    assert f1(2, 1, 1) == pytest.approx(2 / 3)
    assert f1(0, 0, 3) == 0
    assert f1(0, 0, 0) is None


def test_a_class_without_a_threshold_is_never_an_issue() -> None:
    prediction = predict(
        {"crack": 0.5, "mould": 0.49, "roof_damage": 1.0}, {"crack": 0.5, "mould": 0.5, "roof_damage": None}
    )
    assert prediction.issues == {"crack"}


def test_what_is_unknown_counts_neither_way() -> None:
    photos = [
        labelled("a", shown="crack"),
        labelled("b", shown="crack", absent="mould"),
        labelled("c", absent="crack mould"),
        labelled("d", shown="mould"),
    ]
    predictions = {
        "a": said("crack mould", crack=0.9, mould=0.9),
        "b": said(crack=0.2),
        "c": said("crack", crack=0.8),
        "d": said("crack", crack=1.0, mould=0.1),
    }
    found = figures(photos, predictions)
    # Crack is known of a, b and c: right once, wrong once, missed once. Mould is shown once, which says nothing.
    assert found["f1"] == {"crack": 0.5}
    assert found["ap"] == {"crack": pytest.approx((1 + 2 / 3) / 2, abs=1e-3)}
    assert found["map"] == pytest.approx(0.8333)
    assert found["positives"] == {"crack": 2, "mould": 1}
    assert found["macro_f1"] is None
    # The surest class of a and b is one that they show, that of d is not.
    assert found["top1_on_damaged"] == pytest.approx(2 / 3, abs=1e-4)


def test_undamaged_photos_flagged_are_counted_by_source() -> None:
    photos = [
        labelled("a", absent="crack mould", source="rooms"),
        labelled("b", absent="crack mould", source="rooms"),
        labelled("c", absent="crack", source="walls"),
        labelled("d", shown="mould", absent="crack", source="walls"),
        labelled("e", absent="mould", source="walls"),
    ]
    predictions = {"a": said("mould"), "b": said(), "c": said("mould"), "d": said("crack"), "e": said("mould")}
    # c was not judged for mould, d is damaged, e was not judged for cracks.
    assert figures(photos, predictions)["undamaged_flagged"] == {
        "rooms": {"photos": 2, "share": 0.5},
        "walls": {"photos": 1, "share": 0.0},
    }


def test_photos_without_a_prediction_are_missing() -> None:
    found = figures([labelled("a", shown="crack"), labelled("b", shown="crack")], {"a": said(crack=1.0)})
    assert (found["photos"], found["missing"]) == (1, 1)


def test_without_photos_there_are_no_figures() -> None:
    found = figures([], {})
    assert {found[name] for name in ("map", "macro_f1", "top1_on_damaged", "map_interval")} == {None}


def test_the_interval_draws_houses_and_not_photos() -> None:
    photos = [labelled(f"{i}", *(("crack", "") if i % 2 else ("", "crack")), parent="one house") for i in range(40)]
    chance = random.Random(3)
    predictions = {photo.file: said(crack=chance.random()) for photo in photos}
    together = figures(photos, predictions, "crack")
    assert together["map_interval"] == [round(together["map"], 3)] * 2
    apart = [LabelledPhoto(photo.file, photo.shown, photo.absent, photo.file, "own") for photo in photos]
    low, high = figures(apart, predictions, "crack")["map_interval"]
    assert low < together["map"] < high


def test_the_yardstick_of_the_measurement_data_gives_the_same_figures(shared: Path, tmp_path: Path) -> None:
    chance = random.Random(5)
    rows, photos, predictions = [], [], {}
    for i in range(400):
        labels = {name: chance.choices((-1, 0, 1), (2, 5, 2 if i % 3 else 0))[0] for name in CLASSES}
        scores = {
            name: round(min(1, max(0, chance.gauss(0.3 + 0.3 * label, 0.2))), 2) for name, label in labels.items()
        }
        issues = [name for name in CLASSES if scores[name] >= 0.5]
        file, parent, repo = f"{i}.jpg", f"house {i // 3}", f"source {i % 4}"
        rows.append(
            {"file": file, "split": "val", "repo": repo, "parent": parent} | {f"y_{k}": v for k, v in labels.items()}
        )
        shown, absent = ({name for name in CLASSES if labels[name] == value} for value in (1, 0))
        photos.append(LabelledPhoto(file, shown, absent, parent, repo))
        predictions[file] = Prediction(scores, set(issues))
    table, predicted = tmp_path / "manifest.csv", tmp_path / "predicted.jsonl"
    with table.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    lines = [{"file": file, "scores": one.scores, "issues": sorted(one.issues)} for file, one in predictions.items()]
    predicted.write_text("\n".join(map(json.dumps, lines)))
    yardstick = shared / "tools" / "score_photos.py"
    output = subprocess.run([sys.executable, yardstick, table, predicted], check=True, capture_output=True, text=True)

    assert figures(photos, predictions, *CLASSES) == json.loads(output.stdout)
