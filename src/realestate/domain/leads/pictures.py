"""What the pictures of many leads are made of: points on a map, a histogram of scores, signals that meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

BINS = 20
MAX_POINTS = 2_000
"""Houses drawn one by one; the rest is drawn as circles of whole ZIP codes, or a browser could not move the page."""
MAX_TOP = 50
MAX_COMBINATIONS, MAX_SIGNALS = 12, 10

Place = tuple[float, float]
"""Latitude and longitude."""


@dataclass(frozen=True, slots=True)
class PicturedLead:
    """One lead as pictures need it; ``place`` is known where a list gives it."""

    id: int
    score: float
    signals: Sequence[str]
    address: str
    city: str | None
    zip: str | None
    status: str
    place: Place | None = None


@dataclass(slots=True)
class ZipCircle:
    """The leads of one ZIP code that are not drawn one by one."""

    zip: str
    place: Place
    leads: int = 0
    best: float = 0.0


@dataclass(slots=True)
class MapData:
    """What a map shows; ``nowhere`` counts leads without a place that is known."""

    points: list[PicturedLead] = field(default_factory=list)
    circles: dict[str, ZipCircle] = field(default_factory=dict)
    top: list[PicturedLead] = field(default_factory=list)
    leads: int = 0
    nowhere: int = 0

    def add(self, lead: PicturedLead, center: Callable[[str], Place | None]) -> None:
        """Take one lead; the best have to come first."""
        self.leads += 1
        if len(self.top) < MAX_TOP:
            self.top.append(lead)
        if lead.place and len(self.points) < MAX_POINTS:
            self.points.append(lead)
            return
        zip_code = lead.zip or ""
        circle = self.circles.get(zip_code)
        if circle is None:
            middle = center(zip_code) if zip_code else lead.place
            if middle is None:
                self.nowhere += 1
                return
            circle = self.circles.setdefault(zip_code, ZipCircle(zip_code, middle))
        circle.leads += 1
        circle.best = max(circle.best, lead.score)


@dataclass(frozen=True, slots=True)
class Source:
    """A list that leads come from, and when it last spoke."""

    list: str
    signal: str | None
    leads: int
    as_of: date
    newest_event: date | None


@dataclass(slots=True)
class ReportData:
    """What a report shows."""

    leads: int = 0
    bins: list[int] = field(default_factory=lambda: [0] * BINS)
    combinations: Counter[tuple[str, ...]] = field(default_factory=Counter)
    signals: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    top: list[PicturedLead] = field(default_factory=list)
    sources: Sequence[Source] = ()

    def add(self, lead: PicturedLead) -> None:
        """Take one lead; the best have to come first."""
        self.leads += 1
        self.bins[min(int(lead.score * BINS), BINS - 1)] += 1
        self.combinations[tuple(sorted(lead.signals))] += 1
        self.signals.update(lead.signals)
        self.statuses[lead.status] += 1
        if len(self.top) < MAX_TOP:
            self.top.append(lead)

    def meetings(self) -> tuple[list[tuple[str, int]], list[tuple[tuple[str, ...], int]]]:
        """Give the most frequent signals, and the most frequent sets of them that stand in one lead together."""
        signals = self.signals.most_common(MAX_SIGNALS)
        known = {name for name, _ in signals}
        sets = [(names, count) for names, count in self.combinations.most_common() if names and known.issuperset(names)]
        return signals, sets[:MAX_COMBINATIONS]


def middle(places: Iterable[Place]) -> Place:
    """Give the middle of places, by which a flat map is least wrong."""
    latitudes, longitudes = zip(*places, strict=True)
    return (min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2
