"""One analysis on one screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from realestate.cli.output import Format, emit, printable, write
from realestate.domain.repairs.taxonomy import WORDS

if TYPE_CHECKING:
    from realestate.domain.repairs.analysis import Analysis, EstimateLine, HouseIssue
    from realestate.domain.repairs.second_opinion import SecondOpinion

FEW = 3
"""Files that are named before the rest is counted."""


def screen(found: Analysis) -> None:
    """Print condition, range, issues, lines of the estimate, and what somebody on site should look at."""
    _line(headline(found))
    for reason in found.condition.reasons:
        _line(f"  {reason}")
    if found.issues:
        write("\nFound")
        emit([_issue(issue) for issue in found.issues], Format.TABLE)
    if found.estimate:
        if found.estimate.lines:
            write("\nRepairs, US dollars")
            emit([_cost(line) for line in found.estimate.lines], Format.TABLE)
        _block("What moves it", found.estimate.drivers)
        _block("Taken for granted", found.estimate.assumptions)
    _block("To be looked at on site", [f"{one.who}: {one.why} ({_few(one.photos)})" for one in found.inspections])
    if found.second_opinion:
        _block("A second opinion, unchecked", _opinion(found.second_opinion))


def headline(found: Analysis) -> str:
    """Say what the house is like and what it costs in one line."""
    rating = f"Condition {found.condition.rating}" if found.condition.rating else "Condition not rated"
    if found.estimate is None:
        return f"{found.title}: {rating}; nothing priced."
    cost = found.estimate.cost
    return f"{found.title}: {rating}; repairs ${cost.low:,} to ${cost.high:,}, likely ${cost.likely:,}."


def doubts(found: Analysis) -> Iterator[str]:
    """Say which photos were left out and why, the first few by name."""
    for reason, files in _left_out(found).items():
        yield f"{len(files):,} left out, {reason}: {_few(files)}"


def summary(found: Analysis) -> str:
    """Count the photos that were left out by reason."""
    counted = Counter({reason: len(files) for reason, files in _left_out(found).items()})
    if counted.total() == 1:
        return next(iter(counted))
    return "; ".join(f"{number:,} {reason}" for reason, number in counted.most_common())


def _left_out(found: Analysis) -> dict[str, list[str]]:
    by_reason: dict[str, list[str]] = {}
    for photo in found.photos:
        if not photo.counts:
            reason = " and ".join(photo.doubts) or "shown by another photo already"
            by_reason.setdefault(reason, []).append(photo.file)
    for skipped in found.skipped:
        by_reason.setdefault(skipped.reason, []).append(skipped.file)
    return by_reason


def _issue(issue: HouseIssue) -> dict[str, Any]:
    return {
        "issue": WORDS.get(issue.issue, issue.issue),
        "severity": issue.severity,
        "sure": f"{issue.score:.0%}",
        "places": issue.places,
        "photos": _few(issue.photos),
    }


def _cost(line: EstimateLine) -> dict[str, Any]:
    return {
        "work": line.name,
        "quantity": f"{line.quantity:,.0f} {line.unit}",
        "low": line.cost.low,
        "likely": line.cost.likely,
        "high": line.cost.high,
    }


def _opinion(opinion: SecondOpinion) -> list[str]:
    if opinion.failure:
        return [f"{opinion.host} gave none: {opinion.failure}"]
    return [f"{remark.subject}, {remark.severity}: {remark.finding}" for remark in opinion.remarks]


def _few(files: tuple[str, ...] | list[str]) -> str:
    rest = len(files) - FEW
    return ", ".join(files[:FEW]) + (f" and {rest:,} more" if rest > 0 else "")


def _block(title: str, lines: tuple[str, ...] | list[str]) -> None:
    if lines:
        write(f"\n{title}")
    for text in lines:
        _line(f"  {text}")


def _line(text: str) -> None:
    write(printable(text))
