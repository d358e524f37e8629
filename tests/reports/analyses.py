"""Invented visits to a house, judged and priced by the rules as real ones are."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from importlib.resources import files

import numpy as np
from PIL import Image

from realestate.domain.repairs.analysis import Analysis
from realestate.domain.repairs.condition import rate
from realestate.domain.repairs.estimate import estimate
from realestate.domain.repairs.house import House
from realestate.domain.repairs.inspections import inspections
from realestate.domain.repairs.issues import doubtful, house_issues
from realestate.domain.repairs.judging import judge
from realestate.domain.repairs.price_book import PriceBook
from realestate.domain.repairs.readings import ModelCard, PhotoReading, Quality, SkippedPhoto
from realestate.domain.repairs.taxonomy import CLASSES
from realestate.domain.repairs.views import mark_duplicates

Spot = tuple[float, float, float, float]
"""Score, and where: middle across and down, and radius, as shares of the photo."""

CARD = ModelCard(
    name="damage",
    sha256=hashlib.sha256(b"a model").hexdigest(),
    classes=CLASSES,
    thresholds={name: None if name == "roof_damage" else 0.5 for name in CLASSES},
    inspect_from={"roof_damage": 0.4},
    strange_above=5.0,
)
FINE = Quality(brightness=0.5, contrast=0.2, sharpness=900.0, short_side=3000)
DARK = Quality(brightness=0.02, contrast=0.01, sharpness=5.0, short_side=3000)


def book() -> PriceBook:
    """The prices that are shipped."""
    text = (files("realestate.data") / "price_book.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return PriceBook.read(enumerate(rows, start=1))


def picture(seed: int, width: int = 960, height: int = 720, grain: float = 6.0) -> bytes:
    """A JPEG of a wall with grain, no two alike."""
    dice = np.random.default_rng(seed)
    tone = dice.uniform(90, 200, 3) + np.linspace(30, -30, width)[None, :, None]
    dots = np.clip(tone + dice.normal(0, grain, (height, width, 1)), 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(dots).save(out, "JPEG", quality=85)
    return out.getvalue()


def reading(
    name: str,
    preview: bytes,
    spots: Mapping[str, Spot] | None = None,
    quality: Quality = FINE,
    look: int | None = None,
    size: tuple[int, int] = (4000, 3000),
) -> PhotoReading:
    """What a model might say of a photo, with a round spot of heat for each class that it shows."""
    spots = spots or {}
    rows, columns = np.mgrid[0.05:0.95:10j, 0.05:0.95:10j]
    heat = np.full((len(CLASSES), 10, 10), 0.01, np.float32)
    for issue, (score, across, down, radius) in spots.items():
        far = np.hypot(columns - across, rows - down) / radius
        heat[CLASSES.index(issue)] = score * np.exp(-(far**2) / 1.4)
    digest = hashlib.sha256(preview + name.encode()).hexdigest()
    scores = {issue: spots[issue][0] if issue in spots else 0.02 for issue in CLASSES}
    look = int(digest[:16], 16) if look is None else look
    return PhotoReading(name, digest, *size, quality, look, scores, heat, 1.0, preview)


def analysis(
    readings: Sequence[PhotoReading], title: str, skipped: Sequence[SkippedPhoto] = (), sqft: float | None = 1400.0
) -> Analysis:
    """Judge and price a visit."""
    photos = mark_duplicates([judge(each, CARD, keep_preview=True) for each in readings])
    issues = house_issues(photos, CARD)
    house = House(sqft, sum(photo.counts for photo in photos))
    priced = estimate(issues, house, book()) if house.photos else None
    return Analysis(
        photos=tuple(photos),
        skipped=tuple(skipped),
        issues=issues,
        inspections=inspections(issues, doubtful(photos, issues)),
        condition=rate(photos, issues),
        estimate=priced,
        model=CARD,
        title=title,
    )


def visit() -> Analysis:
    """A house with all kinds of photos: damaged, sound, taken twice, dark, unreadable."""
    damaged: list[Mapping[str, Spot]] = [
        {"crack": (0.93, 0.4, 0.5, 0.3), "peeling_paint": (0.62, 0.75, 0.3, 0.16)},
        {"plaster_loss": (0.95, 0.5, 0.5, 0.7)},
        {"mould": (0.97, 0.25, 0.7, 0.3)},
        {"damp_stain": (0.81, 0.6, 0.2, 0.25), "roof_damage": (0.55, 0.5, 0.2, 0.3)},
        {"crack": (0.7, 0.5, 0.5, 0.12)},
    ]
    readings = [reading(f"visit/IMG_{at:04d}.jpg", picture(at), spots) for at, spots in enumerate(damaged)]
    readings += [reading(f"visit/IMG_{at:04d}.jpg", picture(at, 400, 300)) for at in range(10, 16)]
    readings.append(reading("visit/IMG_0001 (copy).jpg", picture(1), damaged[1], look=readings[1].look))
    readings.append(reading("visit/cellar.jpg", picture(20, grain=1), quality=DARK))
    return analysis(readings, "12 OAK ST, LARKFIELD OH 43999", [SkippedPhoto("visit/notes.jpg", "not a picture")])
