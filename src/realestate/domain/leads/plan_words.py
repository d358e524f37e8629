"""Says in words how the columns of a list are read, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from realestate.domain.leads.neighbours import SURE_FROM

if TYPE_CHECKING:
    from realestate.domain.leads.columns import ColumnPlan

MAX_NAMED = 12
"""Columns that one line names; of more the doubtful ones."""


def in_words(plan: ColumnPlan) -> list[str]:
    """Say what each column is taken for, what is kept but not read, and what the cells suggest."""
    fields, confidence = plan.shown(), plan.confidence()
    said = {header: f"{header!r} {_plainly(field)} {confidence[header]:.0%}" for header, field in fields.items()}
    doubtful = [words for header, words in said.items() if confidence[header] < SURE_FROM]
    lines = []
    if said:
        lines.append(f"columns: {_some(list(said.values()) if len(said) <= MAX_NAMED else doubtful, len(said))}")
    likely = plan.suggestions()
    lines += [
        f"{header!r} looks like {field}: --map {header + '=' + field!r} reads it" for header, field in likely.items()
    ]
    if unread := [repr(header) for header in plan.unread() if header not in likely]:
        lines.append(f"kept but not read: {_some(unread[:MAX_NAMED], len(unread))}")
    return lines


def _plainly(field: str) -> str:
    return field.removeprefix("signal:").removeprefix("restriction:").replace(":", " ")


def _some(named: Sequence[str], count: int) -> str:
    """List what is named, and how many more there are."""
    more = f"{count - len(named)} {'more' if named else 'read surely'}" if count > len(named) else ""
    return ", ".join((*named, more) if more else named)
