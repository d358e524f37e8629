"""An analysis as plain values, with the keys that scripts rely on: more may be added, none may change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING, Any

from realestate.domain.repairs.keeping import line_record

if TYPE_CHECKING:
    from realestate.domain.repairs.analysis import Analysis, Estimate, HouseIssue, JudgedPhoto, PhotoIssue
    from realestate.domain.repairs.readings import SkippedPhoto

DIGITS = 4
"""Of probabilities and shares."""

PHOTO_COLUMNS = ("file", "status", "issue", "score", "severity", "area", "box")
"""Of :func:`issue_rows`."""

Document = dict[str, Any]


def as_json(analysis: Analysis) -> Document:
    """Give an analysis as one object; amounts in whole US dollars, boxes in pixels of the upright photo."""
    document: Document = {
        "photos": [*map(_photo, analysis.photos), *map(_skipped, analysis.skipped)],
        "issues": [_issue(issue) for issue in analysis.issues],
        "inspections": [asdict(inspection) for inspection in analysis.inspections],
        "condition": analysis.condition.rating,
        "condition_reasons": list(analysis.condition.reasons),
        "estimate": estimate_as_json(analysis.estimate) if analysis.estimate else None,
        "model": {"name": analysis.model.name, "sha256": analysis.model.sha256},
    }
    if analysis.second_opinion:
        document["second_opinion"] = asdict(analysis.second_opinion)
    return document


def estimate_as_json(estimate: Estimate) -> Document:
    """Give an estimate as one object."""
    return {
        **asdict(estimate.cost),
        "lines": [line_record(line) for line in estimate.lines],
        "drivers": list(estimate.drivers),
        "assumptions": list(estimate.assumptions),
        "sqft": estimate.house.sqft,
        "region": asdict(estimate.house.region),
        "price_date": estimate.book_date.isoformat(),
    }


def issue_rows(analysis: Analysis) -> Iterator[Document]:
    """Give a row for each issue of each photo, and one for each photo without: for spreadsheets."""
    for photo in analysis.photos:
        status = "; ".join(_reasons(photo)) or "ok"
        for issue in photo.issues:
            yield _row(photo.file, status) | _photo_issue(issue)
        if not photo.issues:
            yield _row(photo.file, status)
    for skipped in analysis.skipped:
        yield _row(skipped.file, f"skipped: {skipped.reason}")


def _row(file: str, status: str) -> Document:
    return {**dict.fromkeys(PHOTO_COLUMNS), "file": file, "status": status}


def _photo(photo: JudgedPhoto) -> Document:
    return {
        "file": photo.file,
        "status": "ok",
        "reason": "; ".join(_reasons(photo)) or None,
        "scores": {name: round(score, DIGITS) if isfinite(score) else None for name, score in photo.scores.items()},
        "issues": [{**_photo_issue(issue), "boxes": list(map(list, issue.boxes))} for issue in photo.issues],
        "width": photo.width,
        "height": photo.height,
        "same_as": photo.same_as,
        "sha256": photo.sha256,
    }


def _reasons(photo: JudgedPhoto) -> list[str]:
    """Why an empty answer would not mean that there is no damage."""
    return [*photo.doubts, *([f"same as {photo.same_as}"] if photo.same_as else [])]


def _skipped(photo: SkippedPhoto) -> Document:
    return {"file": photo.file, "status": "skipped", "reason": photo.reason, "scores": {}, "issues": []}


def _photo_issue(issue: PhotoIssue) -> Document:
    return {
        "issue": issue.issue,
        "score": round(issue.score, DIGITS),
        "severity": issue.severity,
        "area": round(issue.area, DIGITS),
        "box": list(issue.box),
    }


def _issue(issue: HouseIssue) -> Document:
    return {
        "issue": issue.issue,
        "score": round(issue.score, DIGITS),
        "severity": issue.severity,
        "photos": list(issue.photos),
        "places": issue.places,
        "area": round(issue.area, DIGITS),
        "reasons": list(issue.reasons),
    }
