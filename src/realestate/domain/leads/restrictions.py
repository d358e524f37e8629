"""Reads what forbids contacting somebody: do-not-call, litigators, opt-outs, do-not-mail and deaths."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from realestate.domain.leads.values import says_yes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from realestate.domain.leads.columns import ColumnPlan

_WORDS = {
    "do_not_call": re.compile(r"\bdnc\b|do not call|don't call"),
    "litigator": re.compile(r"litigat|\btcpa\b"),
    "opt_out": re.compile(r"opt(?:ed)?[ -]?out|unsubscribed"),
    "do_not_mail": re.compile(r"do not mail|\bno mail\b"),
    "deceased": re.compile(r"deceased|\bdead\b"),
    "do_not_contact": re.compile(r"do not contact|no contact"),
}
_DENIED = re.compile(r"\s*(?:not?\b|non\b|clean|clear|safe|callable|ok\b|alive|living)", re.IGNORECASE)


@dataclass(slots=True)
class SeenRestrictions:
    """Restrictions of a batch by column: `rows[i]` is forbidden `kinds[i]`.

    `contacts[i]` is the column of the phone that it speaks of, None for the whole row.
    """

    rows: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    contacts: list[int | None] = field(default_factory=list)


def read_restrictions(plan: ColumnPlan, columns: Sequence[Sequence[str]]) -> SeenRestrictions:
    """All restrictions that the rows of a batch carry.

    A column of one kind is raised by a yes or by any words that do not deny it; a column of many kinds, such as
    "DNC/Litigator Scrub" or a contact's flags, only by the words themselves.
    """
    seen = SeenRestrictions()
    for restriction in plan.restrictions:
        cells = columns[restriction.index]
        kinds_of = _kinds_said if restriction.kind == "mixed" else _kind_raised(restriction.kind)
        known = {cell: kinds_of(cell) for cell in set(cells)}
        for row, cell in enumerate(cells):
            for kind in known[cell]:
                seen.rows.append(row)
                seen.kinds.append(kind)
                seen.contacts.append(restriction.contact)
    return seen


def _kinds_said(cell: str) -> tuple[str, ...]:
    text = cell.lower()
    return tuple(kind for kind, words in _WORDS.items() if words.search(text) and not _DENIED.match(text))


def _kind_raised(kind: str) -> Callable[[str], tuple[str, ...]]:
    def raised(cell: str) -> tuple[str, ...]:
        return (kind,) if says_yes([cell])[0] and not _DENIED.match(cell) else ()

    return raised
