"""Merges and splits leads by hand; what is decided outlives every later import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from realestate.domain.leads.records import LeadRow
from realestate.domain.leads.scoring import ScoreModel
from realestate.errors import UsageError
from realestate.services.lookups import found
from realestate.services.restacking import REACH, restack, rewrite_touched

if TYPE_CHECKING:
    from realestate.domain.leads.ports import LeadWork, OpenWork

FURTHEST = ("new", "lost", "contacted", "qualified", "converted")
"""Of two merged leads the status that stands further on is kept."""


@dataclass(frozen=True, slots=True)
class Parted:
    """What a split made: the lead that is left, the one that is new, and how many rows went along unnamed."""

    lead: int
    new: int
    along: int


class Deciding:
    """Merges and splits the leads of whoever is signed in.

    Args:
        open_work: Begins a transaction.
        score_model: Gives the weights.
        today: Gives the day to score for.
    """

    def __init__(self, open_work: OpenWork, score_model: Callable[[], ScoreModel], today: Callable[[], date]) -> None:
        self._open_work = open_work
        self._score_model = score_model
        self._today = today

    def merge(self, one: int, other: int) -> int:
        """Make two leads one, with the work of both; returns the one that stays, which has the oldest row.

        Raises:
            UsageError: If a lead is missing or has no row, or both are the same.
            TryLaterError: If an import is at work.
        """
        if one == other:
            raise UsageError(f"{one} and {other} are the same lead.", "Name two leads.")
        with self._open_work() as work:
            work.lock_leads()
            status = {lead: found(work.leads.lock(lead), lead) for lead in sorted((one, other))}
            first, second = (_spots(self._rows(work, lead)) for lead in (one, other))
            work.decided.forget("apart", [(a, b) for a in first for b in second])
            # Each spot is bound to the oldest of the other lead, so that no undone import loosens the two.
            pairs = {(first[0], spot) for spot in second} | {(spot, second[0]) for spot in first}
            work.decided.decide("together", sorted(pairs))
            self._stack_again(work, [one, other])
            stays = found(work.decided.lead_of(first[0]), one)
            if stays != work.decided.lead_of(second[0]):
                raise UsageError(f"Leads {one} and {other} cannot be made one.", "Nothing was changed.")
            gone = other if stays == one else one
            work.leads.set_status(stays, max(status.values(), key=FURTHEST.index))
            work.leads.set_status(gone, "new")
            work.leads.note_history(stays, "merge", {"lead": gone, "status": status[gone]})
            self._rewrite(work)
            work.commit()
        return stays

    def split(self, lead: int, rows: Sequence[str]) -> Parted:
        """Take rows out of a lead; they are a lead of their own from now on.

        Args:
            lead: The lead.
            rows: ``RUN:ROW`` as ``leads show`` names them, or ``ROW`` alone where no other run has such a row.

        Raises:
            UsageError: If there is no such lead or row, or none would be left.
            TryLaterError: If an import is at work.
        """
        with self._open_work() as work:
            work.lock_leads()
            found(work.leads.lock(lead), lead)
            named = self._rows(work, lead)
            chosen = {row.spot for text in rows for row in [_row(named, text, lead)]}
            leaving = [spot for spot in _spots(named) if spot in chosen]
            staying = [spot for spot in _spots(named) if spot not in chosen]
            if not leaving or not staying:
                raise UsageError(
                    f"All rows of lead {lead} name this very address and parcel; none would be left.",
                    f"See its rows: realestate leads show {lead}",
                )
            pairs = [(stays, gone) for stays in staying for gone in leaving]
            work.decided.forget("together", pairs)
            work.decided.forget("apart", pairs)
            work.decided.decide("apart", pairs)
            work.decided.decide("together", [(leaving[0], spot) for spot in leaving[1:]])
            self._stack_again(work, [lead])
            left, new = (found(work.decided.lead_of(spot), lead) for spot in (staying[0], leaving[0]))
            if left == new:
                raise UsageError(f"Lead {lead} cannot be split so.", "Nothing was changed.")
            self._rewrite(work)
            for own, other in ((left, new), (new, left)):
                work.leads.note_history(own, "split", {"lead": other})
            work.commit()
        return Parted(left, new, sum(row.spot in chosen for row in named) - len(set(rows)))

    @staticmethod
    def _rows(work: LeadWork, lead: int) -> list[LeadRow]:
        rows = work.decided.rows(lead)
        if not rows:
            raise UsageError(f"No row names lead {lead} any more.", "Import its list again.")
        return rows

    @staticmethod
    def _stack_again(work: LeadWork, leads: Sequence[int]) -> None:
        work.imports.prepare()
        work.decided.seed(leads)
        work.stack.reach(REACH, removed=True)
        restack(work)

    def _rewrite(self, work: LeadWork) -> None:
        work.undone.touch()
        rewrite_touched(work, self._score_model(), self._today())


def _spots(rows: Sequence[LeadRow]) -> list[int]:
    return list(dict.fromkeys(row.spot for row in rows))


def _row(rows: Sequence[LeadRow], text: str, lead: int) -> LeadRow:
    run, _, line = text.rpartition(":")
    fitting = [row for row in rows if str(row.row) == line and (not run or str(row.run) == run)]
    if len(fitting) == 1:
        return fitting[0]
    known = ", ".join(f"{row.run}:{row.row}" for row in rows[:12])
    what = "is no row" if not fitting else "is more than one row"
    raise UsageError(f"{text!r} {what} of lead {lead}.", f"Its rows: {known}")
