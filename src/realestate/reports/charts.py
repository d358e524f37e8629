"""The geometry of charts: from numbers to shapes in SVG units, which templates only write down."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from realestate.domain.leads.pictures import MapData, PicturedLead, Place, ReportData, middle

HEAT = ("#7fa8c9", "#4f86b0", "#e0a030", "#e0662b", "#b3122f")
"""Colours of scores from 0 in fifths; told apart in grey and by colour-blind readers."""
WIDTH = 360
MAP_HEIGHT = 300
MARGIN = 18
MIN_SPAN = 0.02
"""Degrees that a map shows at least, so that a single house has some room around it."""
KM_PER_DEGREE = 111.32


@dataclass(frozen=True, slots=True)
class Dot:
    """A circle; ``title`` shows when it is pointed at."""

    x: float
    y: float
    radius: float
    colour: str
    title: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """An upright rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    title: str
    label: str = ""


@dataclass(slots=True)
class Scatter:
    """A map: circles of whole ZIP codes below, houses on top, and a scale bar of so many kilometres."""

    circles: list[Dot] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    scale_km: float = 1.0
    scale_width: float = 0.0


@dataclass(slots=True)
class Overlap:
    """Sets of signals as columns over a grid of signals as rows."""

    bars: list[Bar] = field(default_factory=list)
    rows: list[tuple[float, str, int]] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    lines: list[tuple[float, float, float]] = field(default_factory=list)
    height: float = 0.0


def colour(score: float) -> str:
    """Give the colour of a score from 0 to 1."""
    return HEAT[min(int(score * len(HEAT)), len(HEAT) - 1)]


def spoken(signal: str) -> str:
    """Write a signal's name for people."""
    return signal.replace("_", " ")


def histogram(bins: Sequence[int], height: float = 150) -> list[Bar]:
    """Draw how many leads have which score; bars stand on ``height``."""
    most = max(bins, default=0) or 1
    step = (WIDTH - 2 * MARGIN) / len(bins)
    return [
        Bar(
            x=round(MARGIN + at * step + 1, 2),
            y=round(height - count / most * (height - 22), 2),
            width=round(step - 2, 2),
            height=round(count / most * (height - 22), 2),
            colour=colour((at + 0.5) / len(bins)),
            title=f"{count:,} leads score {at / len(bins):.2f} to {(at + 1) / len(bins):.2f}",
            label=f"{count:,}" if count == most else "",
        )
        for at, count in enumerate(bins)
    ]


def overlap(data: ReportData) -> Overlap:
    """Draw which signals stand together in how many leads."""
    signals, sets = data.meetings()
    chart = Overlap(height=96 + 17 * len(signals))
    left, top, row_height = 146.0, 92.0, 17.0
    step = (WIDTH - left - 8) / max(len(sets), 1)
    step = min(step, 26)
    place = {name: top + (at + 0.5) * row_height for at, (name, _) in enumerate(signals)}
    chart.rows = [(y, spoken(name), count) for (name, count), y in zip(signals, place.values(), strict=True)]
    most = max((count for _, count in sets), default=1)
    for at, (names, count) in enumerate(sets):
        x = left + (at + 0.5) * step
        tall = max(1.0, count / most * 62)
        title = f"{count:,} leads: {' + '.join(map(spoken, names))}"
        chart.bars.append(Bar(x - step * 0.36, 84 - tall, step * 0.72, tall, "#2f4b66", title, _short(count)))
        inside = sorted(place[name] for name in names)
        chart.lines.append((x, inside[0], inside[-1]))
        chart.dots.extend(
            Dot(round(x, 2), y, 4.2, "#2f4b66" if name in names else "#d9dee3", title) for name, y in place.items()
        )
    return chart


def scatter(data: MapData) -> Scatter:
    """Draw leads where they are: whole ZIP codes as pale circles below, houses as points, the best on top."""
    places = [lead.place for lead in data.points if lead.place] + [each.place for each in data.circles.values()]
    if not places:
        return Scatter()
    project, units_per_degree = _projection(places)
    chart = Scatter()
    most = max((each.leads for each in data.circles.values()), default=1)
    labelled = {each.zip for each in sorted(data.circles.values(), key=lambda each: -each.leads)[:8]}
    for each in sorted(data.circles.values(), key=lambda each: -each.leads):
        x, y = project(each.place)
        title = f"ZIP {each.zip}: {each.leads:,} leads, the best scores {each.best:.2f}"
        radius = round(4 + 14 * math.sqrt(each.leads / most), 2)
        chart.circles.append(Dot(x, y, radius, colour(each.best), title, each.zip if each.zip in labelled else ""))
    for lead in reversed(data.points):
        if lead.place:
            x, y = project(lead.place)
            chart.dots.append(Dot(x, y, 2.4, colour(lead.score), _told(lead)))
    chart.scale_km = _round_km(60 / units_per_degree * KM_PER_DEGREE)
    chart.scale_width = round(chart.scale_km / KM_PER_DEGREE * units_per_degree, 2)
    return chart


def _projection(places: Sequence[Place]) -> tuple[_Project, float]:
    """Lay degrees flat, true to scale in the middle of the map; gives SVG units per degree of latitude too."""
    latitude, longitude = middle(places)
    narrow = math.cos(math.radians(latitude))
    tall = max(max(abs(lat - latitude) for lat, _ in places) * 2, MIN_SPAN)
    wide = max(max(abs(lon - longitude) for _, lon in places) * 2 * narrow, MIN_SPAN)
    unit = min((WIDTH - 3 * MARGIN) / wide, (MAP_HEIGHT - 3 * MARGIN) / tall)
    return _Project(latitude, longitude, narrow, unit), unit


@dataclass(frozen=True, slots=True)
class _Project:
    latitude: float
    longitude: float
    narrow: float
    unit: float

    def __call__(self, place: Place) -> tuple[float, float]:
        x = WIDTH / 2 + (place[1] - self.longitude) * self.narrow * self.unit
        y = MAP_HEIGHT / 2 - (place[0] - self.latitude) * self.unit
        return round(x, 2), round(y, 2)


def _round_km(km: float) -> float:
    """Give the largest 1, 2 or 5 times a power of ten that is no longer."""
    power = 10.0 ** math.floor(math.log10(km))
    return max(step * power for step in (1, 2, 5) if step * power <= km * 1.0001)


def _told(lead: PicturedLead) -> str:
    return f"{lead.address}: {lead.score:.2f}" + (f" ({', '.join(map(spoken, lead.signals))})" if lead.signals else "")


def _short(count: int) -> str:
    return f"{count:,}" if count < 10_000 else f"{count / 1000:.0f}k"
