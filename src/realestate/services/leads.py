"""Looks at leads and works them: the use cases behind ``realestate leads`` and ``realestate runs``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from realestate.domain.leads.records import (
    STATUSES,
    LeadFilter,
    LeadLine,
    PastScore,
    RowRecord,
    RunRecord,
    ScoreChange,
)
from realestate.domain.leads.score_parts import Explanation, explain
from realestate.domain.leads.scoring import ScoreModel, hazard
from realestate.errors import UsageError
from realestate.services.lead_filter import as_kept, check_names, check_words
from realestate.services.lead_view import LeadView, read_lead
from realestate.services.lookups import found, one_of
from realestate.services.raw_rows import CELL, unpack_rows

if TYPE_CHECKING:
    from pandas import DataFrame

    from realestate.domain.leads.ports import LeadWork, OpenWork, Scope
    from realestate.domain.ports import Cipher


class Leads:
    """Reads and works the leads of whoever is signed in.

    Args:
        open_work: Begins a transaction.
        cipher: Gives the cipher when personal data is first needed.
        score_model: Gives the weights when a score is first needed.
        today: Gives the day to score for.
    """

    def __init__(
        self,
        open_work: OpenWork,
        cipher: Callable[[], Cipher],
        score_model: Callable[[], ScoreModel],
        today: Callable[[], date],
    ) -> None:
        self._open_work = open_work
        self._cipher = cipher
        self._score_model = score_model
        self._today = today

    def search(self, wanted: LeadFilter) -> Iterator[LeadLine]:
        """Stream the leads that fit.

        Raises:
            UsageError: If a word, list or run that is looked for by is unknown.
        """
        check_words(wanted, self._signals())
        with self._open_work() as work:
            check_names(wanted, work)
            yield from work.leads.search(as_kept(wanted))

    def signal(self, name: str) -> str:
        """Check the name of a signal.

        Raises:
            UsageError: If there is none of that name.
        """
        one_of(name, self._signals(), "signal")
        return name

    def frame(self, wanted: LeadFilter | None = None) -> DataFrame:
        """Give the leads that fit as a pandas DataFrame, all of them when nothing is wanted in particular.

        Raises:
            UsageError: If a filter is unknown.
        """
        from realestate.services.lead_frames import lead_frame

        exports = self._open_work().exports
        return lead_frame(self.search(wanted or LeadFilter()), exports)

    def show(self, lead: int) -> LeadView:
        """Give one lead with its owner, signals, contacts and history.

        Raises:
            UsageError: If there is no such lead.
        """
        with self._open_work() as work:
            sealed = read_lead(work, lead)
        return sealed.opened(self._cipher)

    def why(self, lead: int) -> Explanation:
        """Explain the score of a lead as it was last written.

        Raises:
            UsageError: If there is no such lead.
        """
        with self._open_work() as work:
            record = found(work.leads.get(lead), lead)
            signals = work.leads.signals(lead)
            model = work.scores.model_of(record.model) or self._score_model()
        return explain(record.id, signals, record.facts or {}, model, record.as_of)

    def score(self) -> int:
        """Score every lead again for today; returns how many scores moved by 0.0005 or more."""
        day = self._today()
        with self._open_work() as work:
            work.lock_leads()
            model = self._score_model()
            _add_up(work, model, day, "all")
            moved = work.scores.keep(day, model, "all")
            work.commit()
        return moved

    def scores_on(self, day: date) -> Iterator[PastScore]:
        """Score every lead by what the imports up to a day knew, with the weights of that time; nothing is kept.

        Raises:
            UsageError: If the day is still to come.
        """
        self._not_to_come(day)
        with self._open_work() as work:
            _add_up(work, work.scores.model_on(day) or self._score_model(), day, "past")
            yield from work.past_scores.past(day)

    def diff(self, since: date, least: float) -> Iterator[ScoreChange]:
        """Compare today's scores with those of a day gone by.

        Args:
            since: The day; imports that speak of it count as known then.
            least: A score that moved by less is no change, while its signals stay the same.

        Raises:
            UsageError: If the day is still to come.
        """
        self._not_to_come(since)
        with self._open_work() as work:
            _add_up(work, work.scores.model_on(since) or self._score_model(), since, "past")
            yield from work.past_scores.changes(since, least)

    def _signals(self) -> tuple[str, ...]:
        model = self._score_model()
        return (*model.rules, *model.attributes, *model.suppressors)

    def _not_to_come(self, day: date) -> None:
        if day > self._today():
            raise UsageError(f"{day} is still to come.", f"Give a day up to today, {self._today()}.")

    def today(self) -> date:
        """Give the day that scores are for."""
        return self._today()

    def set_status(self, lead: int, status: str, *, force: bool = False) -> str:
        """Set the status of a lead and note it in its history; returns the one before.

        Raises:
            UsageError: If there is no such lead or status, or it would go backwards and is not forced.
        """
        one_of(status, STATUSES, "status")
        with self._open_work() as work:
            before = found(work.leads.lock(lead), lead)
            if before == status:
                return before
            if not force and not _is_forwards(before, status):
                raise UsageError(
                    f"Lead {lead} is {before}; {status} would be a step back.",
                    f"If it is meant: realestate leads set-status {lead} {status} --force",
                )
            work.leads.set_status(lead, status)
            work.leads.note_history(lead, "status", {"from": before, "to": status})
            work.commit()
        return before

    def runs(self) -> list[RunRecord]:
        """Give every import, the latest first."""
        with self._open_work() as work:
            return work.runs.all()

    def run(self, run: int) -> RunRecord:
        """Give one import.

        Raises:
            UsageError: If there is no such run.
        """
        with self._open_work() as work:
            found = work.runs.get(run)
        if found is None:
            raise UsageError(f"There is no run {run}.", "See: realestate runs list")
        return found

    def rows(self, run: int) -> Iterator[RowRecord]:
        """Stream what became of each row of an import, in the order of the file.

        Raises:
            UsageError: If there is no such run.
        """
        record = self.run(run)
        with self._open_work() as work:
            yield from work.runs.rows(record)

    def rejects(self, run: int) -> Iterator[tuple[int, str, list[str]]]:
        """Stream the rejected rows of an import: line, reason and the cells as they came.

        Raises:
            UsageError: If there is no such run.
            NotAllowedError: If the key to the raw rows is missing.
        """
        record = self.run(run)
        cipher = self._cipher()
        with self._open_work() as work:
            for key, data, outcomes, lines, reasons in work.runs.chunks(record.same_as or record.run):
                if "x" not in outcomes:
                    continue
                texts = unpack_rows(cipher.unseal_bytes("run_rows.data", key, data))
                for at, outcome in enumerate(outcomes):
                    if outcome == "x":
                        yield lines[at], reasons.get(str(at), ""), texts[at].split(CELL)


def _add_up(work: LeadWork, model: ScoreModel, day: date, scope: Scope) -> None:
    evidence = work.scores.gather(model, day, scope)
    work.scores.add_up(evidence, [hazard(model.rules[piece.signal], piece) for piece in evidence])


def _is_forwards(before: str, status: str) -> bool:
    """Tell whether a lead may go so by itself: on along the line, or out of it."""
    if before == "lost":
        return False
    return status == "lost" or STATUSES.index(status) > STATUSES.index(before)
