"""Measures the issues of whole houses on visits that are composed of labelled photos, all stages together.

    python tests/benchmarks/visits.py [--split val] [--half shut|open|all] [--predictions FILE] [--card FILE] [--sweep]

A visit is 6 to 24 photos: sound rooms and outsides, and, in seven of ten visits, one to three kinds of damage with one
to three photos each. A class is there when a photo of the visit is labelled with it, and is not judged when it is
unknown in a photo and there in none. Parents (a house, a patch's photograph) are halved by hash: rules are settled on
the open half, by --sweep, and figures are of the shut one. --predictions takes one JSON object a line with file and
scores, for photos that the model was trained on: only scores of a model that did not see them count.
"""

from __future__ import annotations

import argparse
import collections
import csv
import hashlib
import json
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from realestate.domain.repairs import issues as rules
from realestate.domain.repairs.judging import judge
from realestate.domain.repairs.readings import ModelCard, PhotoReading, Quality
from realestate.domain.repairs.taxonomy import CLASSES
from realestate.domain.repairs.views import mark_duplicates

SHARED = Path(os.environ.get("REALESTATE_SHARED", Path(__file__).parents[3] / "shared"))
PHOTOS = SHARED / "data" / "photos"
VISITS = 400
SIZES = (6, 24)
DAMAGED = 0.7
MOST_KINDS, MOST_SHOTS = 3, 3
SWEPT = (0.0, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
FINE = Quality(brightness=0.5, contrast=0.2, sharpness=500.0, short_side=1_000)

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Visit:
    """Photos of one invented house, and what is known to be there or not."""

    files: tuple[str, ...]
    there: frozenset[str]
    absent: frozenset[str]


def half_of(row: Row) -> str:
    """Which half of the parents a photo belongs to."""
    return "shut" if hashlib.sha256(row["parent"].encode()).digest()[0] % 2 else "open"


def labels(row: Row) -> dict[str, int]:
    """Class to 1, 0 or -1 for unknown."""
    return {name: int(row[f"y_{name}"]) for name in CLASSES}


def is_sound(row: Row) -> bool:
    """Whether nothing of the eight classes is in a photo, as far as is known of cracks and plaster."""
    known = labels(row)
    return not any(value == 1 for value in known.values()) and known["crack"] == known["plaster_loss"] == 0


def compose(rows: Sequence[Row], count: int, seed: int = 1) -> list[Visit]:
    """Draw visits; a photo may stand in several, never twice in one."""
    chance = random.Random(seed)
    sound = [row for row in rows if is_sound(row)]
    damaged = {name: [row for row in rows if labels(row)[name] == 1] for name in CLASSES}
    kinds = [name for name in CLASSES if damaged[name]]
    return [_draw(chance, sound, damaged, kinds) for _ in range(count)]


def _draw(chance: random.Random, sound: Sequence[Row], damaged: dict[str, list[Row]], kinds: Sequence[str]) -> Visit:
    chosen: dict[str, Row] = {}
    if chance.random() < DAMAGED:
        for name in chance.sample(kinds, min(len(kinds), chance.randint(1, MOST_KINDS))):
            shots = min(len(damaged[name]), chance.randint(1, MOST_SHOTS))
            chosen.update({row["file"]: row for row in chance.sample(damaged[name], shots)})
    for row in chance.sample(sound, max(0, chance.randint(*SIZES) - len(chosen))):
        chosen[row["file"]] = row
    values = [labels(row) for row in chosen.values()]
    there = frozenset(name for name in CLASSES if any(value[name] == 1 for value in values))
    absent = frozenset(name for name in CLASSES if all(value[name] == 0 for value in values))
    return Visit(tuple(chance.sample(list(chosen), len(chosen))), there, absent)


def find(visit: Visit, readings: dict[str, PhotoReading], card: ModelCard) -> set[str]:
    """What all stages say is wrong with the house."""
    photos = mark_duplicates([judge(readings[file], card) for file in visit.files])
    return {issue.issue for issue in rules.house_issues(photos, card)}


def find_in_photos(visit: Visit, readings: dict[str, PhotoReading], card: ModelCard) -> set[str]:
    """What any photo by itself says, for comparison."""
    return {issue.issue for file in visit.files for issue in judge(readings[file], card).issues}


def figures(visits: Sequence[Visit], found: Sequence[set[str]]) -> dict[str, object]:
    """F1 over all classes of all visits, by class, and how many visits are right in everything."""
    right, wrong, missed = collections.Counter[str](), collections.Counter[str](), collections.Counter[str]()
    for visit, issues in zip(visits, found, strict=True):
        right.update(issues & visit.there)
        wrong.update(issues & visit.absent)
        missed.update(visit.there - issues)
    exact = sum(not (v.there - f) and not (f & v.absent) for v, f in zip(visits, found, strict=True))
    return {
        "f1": _f1(right.total(), wrong.total(), missed.total()),
        "precision": round(right.total() / max(1, right.total() + wrong.total()), 3),
        "recall": round(right.total() / max(1, right.total() + missed.total()), 3),
        "exact": f"{exact}/{len(visits)}",
        "by_class": {
            name: _f1(right[name], wrong[name], missed[name]) for name in CLASSES if right[name] + missed[name]
        },
        "false_alarms": dict(wrong.most_common()),
    }


def _f1(right: int, wrong: int, missed: int) -> float:
    return round(2 * right / max(1, 2 * right + wrong + missed), 3)


def readings_of_predictions(path: Path, card: ModelCard) -> dict[str, PhotoReading]:
    """Readings of photos whose scores are known; nothing is known of where in them the damage is."""
    with path.open(encoding="utf-8") as lines:
        return {row["file"]: _reading(row, card) for row in map(json.loads, lines)}


def _reading(row: dict[str, object], card: ModelCard) -> PhotoReading:
    file, nowhere = str(row["file"]), np.zeros((len(card.classes), 2, 2), np.float32)
    digest = hashlib.sha256(file.encode()).hexdigest()
    strangeness = float(row.get("strangeness", 0.0))  # type: ignore[arg-type]
    scores: dict[str, float] = row["scores"]  # type: ignore[assignment]
    return PhotoReading(file, digest, 448, 448, FINE, int(digest[:16], 16), scores, nowhere, strangeness, b"")


def readings_of_model(files: Sequence[str], jobs: int | None) -> tuple[dict[str, PhotoReading], ModelCard]:
    """Readings by the model in use, with its card."""
    from realestate.adapters.executors import workers
    from realestate.adapters.photo_reader import ModelPhotoReader
    from realestate.settings import Settings
    from realestate.toolkit import Toolkit

    settings = Settings()
    model = Toolkit(settings).models.ready(settings.model)
    reader = ModelPhotoReader(model, lambda: workers(jobs), settings.data_folder / "photos")
    names = [str(PHOTOS / file) for file in files]
    found = [item for item in reader.read(names) if isinstance(item, PhotoReading)]
    return {str(Path(one.file).relative_to(PHOTOS)): one for one in found}, reader.card


def rows_of(split: str, half: str) -> Iterator[Row]:
    """Labelled photos of a split and a half of its parents."""
    with (PHOTOS / "manifest.csv").open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if split in ("all", row["split"]) and half in ("all", half_of(row)):
                yield row


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", default="val", choices=("train", "val", "all"))
    parser.add_argument("--half", default="shut", choices=("open", "shut", "all"))
    parser.add_argument("--predictions", type=Path)
    parser.add_argument("--card", type=Path, help="card of the model of the predictions; the shipped one when omitted")
    parser.add_argument("--sweep", action="store_true", help="try other degrees of caution, on the open half")
    parser.add_argument("--jobs", type=int)
    options = parser.parse_args()
    rows = list(rows_of(options.split, "open" if options.sweep else options.half))
    begun = time.perf_counter()
    if options.predictions:
        from realestate.adapters.model_cards import read_card
        from realestate.adapters.model_shelf import ModelShelf

        card = read_card(options.card).card if options.card else ModelShelf(Path()).find("damage").read_card().card
        readings = readings_of_predictions(options.predictions, card)
    else:
        readings, card = readings_of_model([row["file"] for row in rows], options.jobs)
    rows = [row for row in rows if row["file"] in readings]
    print(f"{len(rows)} photos read in {time.perf_counter() - begun:.1f} s", file=sys.stderr)
    visits = compose(rows, VISITS)
    if options.sweep:
        for rules.CAUTION in SWEPT:
            print(json.dumps({"caution": rules.CAUTION, **figures(visits, [find(v, readings, card) for v in visits])}))
        return
    print(json.dumps({"rule": "all stages", **figures(visits, [find(v, readings, card) for v in visits])}))
    print(json.dumps({"rule": "any photo", **figures(visits, [find_in_photos(v, readings, card) for v in visits])}))


if __name__ == "__main__":
    main()
