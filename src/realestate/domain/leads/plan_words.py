"""Says in words how the columns of a list are read, and how surely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from realestate.domain.leads.neighbours import SURE_FROM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from realestate.domain.leads.columns import ColumnPlan


def in_short(plan: ColumnPlan) -> Iterator[str]:
    """Say how many columns are read and how surely, which are doubtful, and what the cells of others suggest."""
    fields, confidence = plan.shown(), plan.confidence()
    doubtful = [_one(header, fields[header], share) for header, share in confidence.items() if share < SURE_FROM]
    sure = [share for share in confidence.values() if share >= SURE_FROM]
    least = [f"{'rest' if doubtful else 'all'} {min(sure):.0%}+"] if sure else []
    only_kept = f", {count} only kept" if (count := len(plan.unread())) else ""
    if fields:
        yield f"{len(fields)} columns read ({', '.join(doubtful + least)}){only_kept}; -v names them"
    for header, field in plan.suggestions().items():
        yield f"{header!r} looks like {field}: --map {header + '=' + field!r} reads it"


def in_full(plan: ColumnPlan) -> Iterator[str]:
    """Name every column that is read, with its confidence, and every one that is only kept."""
    fields, confidence = plan.shown(), plan.confidence()
    yield f"columns read: {', '.join(_one(header, field, confidence[header]) for header, field in fields.items())}"
    if unread := plan.unread():
        yield f"columns only kept: {', '.join(map(repr, unread))}"


def _one(header: str, field: str, confidence: float) -> str:
    plain = field.removeprefix("signal:").removeprefix("restriction:").replace(":", " ")
    return f"{header!r} as {plain} {confidence:.0%}"
