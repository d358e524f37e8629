"""Stacks, scores and rewrites what a change of rows touches; the same steps after an import and an undo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import compress
from typing import TYPE_CHECKING

from realestate.domain.leads.decisions import Pair, decide
from realestate.domain.leads.scoring import ScoreModel, hazard
from realestate.domain.leads.stacking import HOPS, Joins, stack

if TYPE_CHECKING:
    from realestate.domain.leads.ports import LeadWork

MANUAL = "manual"
"""How a spot came to its lead when a person decided it."""
REACH = 2 * HOPS
"""So far away from a new spot lies what may decide about a spot whose decision it may change."""

SPOTS_AT_ONCE = 100_000
"""About 100 MB of memory."""


def restack(work: LeadWork) -> None:
    """Group the spots that were reached, part by part, and put those whose decision may have changed on their leads."""
    work.stack.expect_groups()
    together, apart = work.stack.decisions("together"), work.stack.decisions("apart")
    for area in work.stack.areas(SPOTS_AT_ONCE):
        joins = stack(area.spots, area.keys, area.crowded)
        spots = [key for key in area.keys.spot if key is not None]
        if together or apart:
            _follow_people(spots, joins, together, apart)
        settled = [hop <= HOPS for hop in area.hop]
        work.stack.group(
            list(compress(spots, settled)),
            list(compress(joins.group, settled)),
            list(compress(joins.how, settled)),
            list(compress(joins.many_parcels, settled)),
        )
    work.stack.place()


def _follow_people(spots: Sequence[int], joins: Joins, together: Sequence[Pair], apart: Sequence[Pair]) -> None:
    """Change the groups by what people decided."""
    decided = decide(dict(zip(spots, joins.group, strict=True)), together, apart)
    for i, spot in enumerate(spots):
        group = decided.group(spot, joins.group[i])
        if group != joins.group[i]:
            joins.group[i], joins.how[i] = group, MANUAL


def rewrite_touched(
    work: LeadWork, model: ScoreModel, day: date, source: str = "list_stacking"
) -> tuple[int, list[int]]:
    """Score and rewrite the leads named in the temporary table ``touched``.

    Returns:
        How many leads were dropped because no row names them any more, and the ids of those kept for their work.
    """
    settled = work.stack.settle_bare()
    evidence = work.scores.gather(model, day, "touched")
    work.scores.add_up(evidence, [hazard(model.rules[piece.signal], piece) for piece in evidence])
    work.folder.fold(source)
    work.scores.keep(day, model, "touched")
    return settled
