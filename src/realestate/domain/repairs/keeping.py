"""Analyses as they are kept with a lead, and the port to where they are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Any, Protocol, Self

from realestate.domain.repairs.analysis import Analysis, EstimateLine, HouseIssue
from realestate.domain.repairs.house import House
from realestate.domain.repairs.price_book import Region

Record = dict[str, Any]
"""Plain values, as JSON has them."""


@dataclass(frozen=True, slots=True)
class LeadHouse:
    """What is known of the house of a lead; numbers as its lists state them, however unlikely."""

    lead: int
    address: str
    zip: str | None
    state: str | None
    sqft: float | None
    year_built: float | None


@dataclass(frozen=True, slots=True)
class AnalysisLine:
    """An analysis as a list shows it; amounts in US dollars, ``None`` where nothing was priced."""

    id: int
    created_at: datetime
    condition: str | None
    low: float | None
    likely: float | None
    high: float | None
    photos: int
    skipped: int
    model: str | None
    sha256: str | None
    price_date: date | None


@dataclass(frozen=True, slots=True)
class KeptAnalysis:
    """One analysis with all that it takes to make its estimate again.

    Attributes:
        line: What a list shows of it.
        lead: Whose house it is of.
        issues: Of the house, photos by hash.
        reasons: Of the condition.
        lines: The estimate as it was printed.
        house: What quantities rested on; ``None`` where nothing was priced.
        prices: The price book of that time.
    """

    line: AnalysisLine
    lead: int
    issues: Sequence[Record]
    reasons: Sequence[str]
    lines: Sequence[Record]
    house: Record | None
    prices: Sequence[Record] | None


class AnalysisStore(Protocol):
    """Analyses inside one transaction."""

    def house(self, lead: int) -> LeadHouse | None:
        """What is known of a lead's house; ``None`` when there is no such lead."""
        ...

    def keep_book(self, digest: str, prices: Sequence[Record]) -> int:
        """Keep a price book once; returns its id."""
        ...

    def add(self, lead: int, columns: Mapping[str, Any]) -> int:
        """Keep an analysis; returns its id."""
        ...

    def history(self, lead: int) -> list[AnalysisLine]:
        """The analyses of a lead, the latest first."""
        ...

    def get(self, analysis: int) -> KeptAnalysis | None:
        """One analysis."""
        ...


class RepairWork(Protocol):
    """One transaction; leaving its block without a commit takes everything back."""

    @property
    def repairs(self) -> AnalysisStore:
        """The analyses of this transaction."""
        ...

    def commit(self) -> None:
        """Make it last."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


OpenRepairWork = Callable[[], RepairWork]


def columns_of(analysis: Analysis, book: int | None) -> Record:
    """An analysis as the columns of its row; photos are named by their hashes, never by their names."""
    estimate, hashes = analysis.estimate, {photo.file: photo.sha256 for photo in analysis.photos}
    return {
        "detected_issues": [_issue_record(issue, hashes) for issue in analysis.issues],
        "images_analyzed": len(analysis.photos),
        "images_skipped": len(analysis.skipped),
        "condition": analysis.condition.rating,
        "condition_reasons": list(analysis.condition.reasons),
        "repair_cost_estimate": float(estimate.cost.likely) if estimate else None,
        "estimate_low": float(estimate.cost.low) if estimate else None,
        "estimate_high": float(estimate.cost.high) if estimate else None,
        "estimate_lines": [line_record(line) for line in estimate.lines] if estimate else [],
        "house": _house_record(estimate.house) if estimate else None,
        "model_name": analysis.model.name,
        "model_sha256": analysis.model.sha256,
        "price_date": estimate.book_date if estimate else None,
        "price_book_id": book,
    }


def line_record(line: EstimateLine) -> Record:
    """A line of an estimate, amounts in whole US dollars."""
    record = {**asdict(line), **asdict(line.cost)}
    del record["cost"]
    return record


def _issue_record(issue: HouseIssue, hashes: Mapping[str, str]) -> Record:
    named = {name: [hashes[file] for file in getattr(issue, name)] for name in ("photos", "views")}
    return {**asdict(issue), **named, "reasons": list(issue.reasons)}


def issue_from_record(record: Mapping[str, Any]) -> HouseIssue:
    """The issue that :func:`columns_of` wrote, its photos named by their hashes."""
    return HouseIssue(
        issue=record["issue"],
        score=record["score"],
        severity=record["severity"],
        photos=tuple(record["photos"]),
        views=tuple(record["views"]),
        area=record["area"],
        reasons=tuple(record["reasons"]),
    )


def _house_record(house: House) -> Record:
    return {
        "sqft": house.stated_sqft,
        "photos": house.photos,
        "year_built": house.year_built,
        "region": asdict(house.region),
    }


def house_from_record(record: Mapping[str, Any]) -> House:
    """The house that :func:`columns_of` wrote."""
    return House(record["sqft"], record["photos"], Region(**record["region"]), record["year_built"])
