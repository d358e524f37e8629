"""Measures a photo model on labelled photos: the use case behind ``realestate models eval``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from realestate.domain.repairs.evaluation import Evaluation, LabelledPhoto, Prediction, predict
from realestate.domain.repairs.ports import PhotoReader, Progress
from realestate.domain.repairs.readings import SkippedPhoto
from realestate.errors import UnusableInputError

ReadLabels = Callable[[Path, Sequence[str], str | None], Sequence[LabelledPhoto]]


@dataclass(frozen=True, slots=True)
class Measured:
    """A model on a table of photos.

    Attributes:
        model: Its name.
        sha256: Of its file.
        figures: By name, ready for JSON.
        predictions: By file as the table names it.
        skipped: Photos that could not be read, and why.
        unjudged: Classes of the model that the table does not know.
    """

    model: str
    sha256: str
    figures: Mapping[str, Any]
    predictions: Mapping[str, Prediction]
    skipped: Sequence[SkippedPhoto]
    unjudged: Sequence[str]


class ModelEvaluation:
    """Has a model look at labelled photos and compares.

    Args:
        reader: Looks at photos, by the model that is measured.
        read_labels: Reads a table.
    """

    def __init__(self, reader: PhotoReader, read_labels: ReadLabels) -> None:
        self._reader = reader
        self._read_labels = read_labels

    def run(self, table: Path, folder: Path, split: str | None = None, on_progress: Progress | None = None) -> Measured:
        """Measure the model.

        Args:
            table: CSV of labels; files in it are relative to the folder.
            folder: Where the photos are.
            split: Only rows of this split.
            on_progress: For a progress bar.

        Raises:
            UnusableInputError: If the table is none, or none of its photos can be read.
        """
        card = self._reader.card
        photos = self._read_labels(table, card.classes, split)
        names = {str(folder / photo.file): photo.file for photo in photos}
        predictions: dict[str, Prediction] = {}
        skipped: list[SkippedPhoto] = []
        for reading in self._reader.read(list(_there(names)), on_progress=on_progress):
            file = names.get(reading.file, reading.file)
            if isinstance(reading, SkippedPhoto):
                skipped.append(SkippedPhoto(file, reading.reason))
            else:
                predictions[file] = predict(reading.scores, card.thresholds)
        if not predictions:
            raise UnusableInputError(
                f"None of the {len(photos)} photos that {table.name} names could be read in {folder}.",
                "Say where they are: --photos FOLDER",
            )
        judged = [name for name in card.classes if any(name in photo.shown | photo.absent for photo in photos)]
        figures = Evaluation(photos, predictions, judged).figures()
        unjudged = [name for name in card.classes if name not in judged]
        return Measured(card.name, card.sha256, figures, predictions, skipped, unjudged)


def _there(names: Mapping[str, str]) -> Iterator[str]:
    """Those that are files: a folder among them would bring photos that nobody labelled."""
    return (name for name in names if Path(name).is_file())
