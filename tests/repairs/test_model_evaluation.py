"""A model is measured on the photos that are there; what is missing, broken or unjudged is said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from repair_fakes import MemoryReader

from made_readings import reading
from realestate.domain.repairs.evaluation import LabelledPhoto
from realestate.domain.repairs.readings import PhotoReading, SkippedPhoto
from realestate.errors import UnusableInputError
from realestate.services.model_evaluation import Measured, ModelEvaluation


def labelled(file: str, shown: str = "", absent: str = "") -> LabelledPhoto:
    return LabelledPhoto(file, set(shown.split()), set(absent.split()), file, "own")


def measure(folder: Path, photos: list[LabelledPhoto], *items: PhotoReading | SkippedPhoto) -> Measured:
    """Measure with what a reader gives for files that are there."""

    def labels(table: Path, classes: Sequence[str], split: str | None) -> list[LabelledPhoto]:
        del table, classes, split
        return photos

    for item in items:
        Path(item.file).touch()
    return ModelEvaluation(MemoryReader(*items), labels).run(folder / "labels.csv", folder)


def test_readings_are_compared_with_their_labels_by_file(tmp_path: Path) -> None:
    photos = [labelled("a.jpg", "crack"), labelled("b.jpg", "crack"), labelled("c.jpg", absent="crack")]
    scores = {"a.jpg": 0.9, "b.jpg": 0.2, "c.jpg": 0.1}
    readings = [reading(str(tmp_path / file), {"crack": score}) for file, score in scores.items()]
    measured = measure(tmp_path, photos, *readings)
    assert measured.figures["ap"] == {"crack": 1.0}
    assert measured.figures["f1"] == {"crack": pytest.approx(0.667)}
    assert {file: sorted(one.issues) for file, one in measured.predictions.items()} == {
        "a.jpg": ["crack"],
        "b.jpg": [],
        "c.jpg": [],
    }
    assert (measured.model, measured.sha256) == ("damage", "c" * 64)


def test_what_is_missing_broken_or_unjudged_is_said(tmp_path: Path) -> None:
    photos = [labelled("a.jpg", "crack", "mould"), labelled("b.jpg", "crack"), labelled("gone.jpg", "crack")]
    items = (reading(str(tmp_path / "a.jpg")), SkippedPhoto(str(tmp_path / "b.jpg"), "cut short"))
    measured = measure(tmp_path, photos, *items)
    assert measured.skipped == [SkippedPhoto("b.jpg", "cut short")]
    assert (measured.figures["photos"], measured.figures["missing"]) == (1, 2)
    assert "roof_damage" in measured.unjudged
    assert not {"crack", "mould"} & set(measured.unjudged)


def test_a_table_none_of_whose_photos_is_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInputError, match="None of the 1 photos") as refused:
        measure(tmp_path, [labelled("a.jpg", "crack")])
    assert "--photos" in refused.value.hint
