"""Takes an import back, as if it had never been."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from realestate.domain.leads.scoring import ScoreModel
from realestate.errors import UsageError
from realestate.services.restacking import REACH, restack, rewrite_touched

if TYPE_CHECKING:
    from realestate.domain.leads.ports import OpenWork


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: leads removed, and the ids of those that stay because they carry work."""

    removed: int = 0
    kept: list[int] = field(default_factory=list)


class Undoer:
    """Undoes runs.

    Args:
        open_work: Begins a transaction.
        score_model: Gives the weights.
        today: Gives the day to score for.
    """

    def __init__(self, open_work: OpenWork, score_model: Callable[[], ScoreModel], today: Callable[[], date]) -> None:
        self._open_work = open_work
        self._score_model = score_model
        self._today = today

    def run(self, run: int) -> Undone:
        """Take back what a run brought; rows that other runs of its list show too stay.

        Raises:
            UsageError: If there is no such run, or it is undone already.
            TryLaterError: If an import is at work.
        """
        with self._open_work() as work:
            work.lock_leads()
            record = work.runs.get(run)
            if record is None:
                raise UsageError(f"There is no run {run}.", "See: realestate runs list")
            if record.state == "undone":
                raise UsageError(f"Run {run} is undone already.", "See: realestate runs list")
            heir = None if record.same_as else work.undone.heir(run)
            if heir is not None:
                work.undone.hand_over(run, heir)
                work.crowds.hand_over(run, heir)
                undone = Undone()
            else:
                work.imports.prepare()
                work.undone.take_rows(run, record.list_id)
                work.crowds.lift(run)
                work.stack.reach(REACH, removed=True)
                work.undone.remove_spots()
                restack(work)
                work.undone.touch()
                removed, kept = rewrite_touched(work, self._score_model(), self._today())
                work.undone.end(run)
                undone = Undone(removed, kept)
            work.commit()
        return undone
