"""Stacks, scores and rewrites what a change of rows touches; the same steps after an import and an undo."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from realestate.domain.leads.scoring import ScoreModel, hazard
from realestate.domain.leads.spots import spot_keys
from realestate.domain.leads.stacking import HOPS, stack

if TYPE_CHECKING:
    from realestate.domain.leads.ports import LeadWork

REACH = 2 * HOPS
"""So far away from a new spot lies what may decide about a spot whose decision it may change."""


def restack(work: LeadWork) -> None:
    """Group the spots that were reached, and put those whose decision may have changed on their leads."""
    area = work.stack.load_area()
    joins = stack(area.spots, spot_keys(area.spots))
    settled = [i for i, hop in enumerate(area.hop) if hop <= HOPS]
    work.stack.place(
        [area.keys[i] for i in settled],
        [joins.group[i] for i in settled],
        [joins.how[i] for i in settled],
        [joins.many_parcels[i] for i in settled],
    )


def rewrite_touched(work: LeadWork, model: ScoreModel, day: date) -> tuple[int, list[int]]:
    """Score and rewrite the leads named in the temporary table ``touched``.

    Returns:
        How many leads were dropped because no row names them any more, and the ids of those kept for their work.
    """
    settled = work.stack.settle_bare()
    evidence = work.scores.gather(model.rules.values(), day, touched=True)
    work.scores.add_up(evidence, [hazard(model.rules[piece.signal], piece) for piece in evidence])
    work.folder.fold()
    work.scores.keep(day, model.version, touched=True)
    return settled
