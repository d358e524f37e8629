"""Looks at leads and works them: the use cases behind ``realestate leads`` and ``realestate runs``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

from realestate.domain.address import read_parcel
from realestate.domain.leads.records import (
    NUMBERS,
    SORTS,
    AnalysisRecord,
    ContactLine,
    LeadFilter,
    LeadLine,
    LeadRecord,
    LeadRow,
    NoteLine,
    PastScore,
    RowRecord,
    RunRecord,
    ScoreChange,
    SignalLine,
)
from realestate.domain.leads.score_parts import Explanation, explain
from realestate.domain.leads.scoring import ScoreModel, hazard
from realestate.errors import NotAllowedError, UsageError
from realestate.services.raw_rows import CELL, unpack_rows

if TYPE_CHECKING:
    from pandas import DataFrame

    from realestate.domain.leads.ports import LeadWork, OpenWork, Scope
    from realestate.domain.ports import Cipher

Found = TypeVar("Found")
STATUSES = ("new", "contacted", "qualified", "converted", "lost")
"""A lead goes through them in this order, and may be lost at any time."""
SOURCES = ("list_stacking", "manual", "referral")


@dataclass(frozen=True, slots=True)
class Contact:
    """A person's name, phone, e-mail or mailing address, in clear, with where it comes from."""

    kind: str
    value: str | None
    label: str | None
    restrictions: list[str]
    restricted_by: list[dict[str, Any]]
    list: str
    file: str
    row: int


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote down about a lead; ``None`` while it cannot be opened."""

    text: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LeadView:
    """One lead with all it rests on; ``locked`` says why personal data could not be opened."""

    lead: LeadRecord
    owner: str | None
    signals: list[SignalLine]
    contacts: list[Contact]
    history: list[dict[str, Any]]
    rows: list[LeadRow]
    notes: list[Note]
    tags: list[str]
    due: date | None
    analysis: AnalysisRecord | None
    locked: NotAllowedError | None = None

    def as_json(self) -> dict[str, Any]:
        """Give the lead as one object; ciphertexts are left out."""
        lead = asdict(self.lead)
        for sealed in ("owner_name", "owner_name_contact"):
            del lead[sealed]
        return {
            **lead,
            "owner": self.owner,
            "locked": self.locked is not None,
            "signals": [asdict(line) for line in self.signals],
            "contacts": [asdict(contact) for contact in self.contacts],
            "history": self.history,
            "rows": [{name: value for name, value in asdict(row).items() if name != "spot"} for row in self.rows],
            "notes": [asdict(note) for note in self.notes],
            "tags": self.tags,
            "due": self.due,
            "analysis": asdict(self.analysis) if self.analysis else None,
        }


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
            UsageError: If the column to sort by or the status is unknown.
        """
        one_of(wanted.sort, SORTS, "column to sort by")
        if wanted.status:
            one_of(wanted.status, STATUSES, "status")
        for signal in (*wanted.signals, *wanted.without):
            self.signal(signal)
        if wanted.source:
            one_of(wanted.source, SOURCES, "source")
        for name in wanted.has:
            one_of(name, ("owner", "phone", "email"), "thing a lead has on file")
        for name in (*wanted.at_least, *wanted.at_most):
            one_of(name, NUMBERS, "fact that can be counted")
        if wanted.parcel and not read_parcel(wanted.parcel):
            raise UsageError(f"{wanted.parcel!r} is no parcel number.", "Write it as a list does, e.g. 12-034-567.")
        with self._open_work() as work:
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
            record = found(work.leads.get(lead), lead)
            signals, contacts = work.leads.signals(lead), work.leads.contacts(lead)
            history, rows = work.leads.history(lead), work.decided.rows(lead)
            sealed, tags, due = work.notes.notes(lead), work.notes.tags(lead), work.notes.due(lead)
            analysis = work.leads.latest_analysis(lead)
        try:
            owner, clear, locked = self._owner(record), self._contacts(contacts, self._open), None
            notes = [Note(self._open_note(note), note.created_at) for note in sealed]
        except NotAllowedError as error:
            # Without the key the property is shown all the same, and the way back to the key.
            owner, clear, locked = None, self._contacts(contacts, lambda _: None), error
            notes = [Note(None, note.created_at) for note in sealed]
        return LeadView(record, owner, signals, clear, history, rows, notes, tags, due, analysis, locked)

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
            yield from work.scores.past(day)

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
            yield from work.scores.changes(since, least)

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

    def _owner(self, record: LeadRecord) -> str | None:
        if record.owner_name is None or record.owner_name_contact is None:
            return None
        return self._cipher().unseal("contacts.name", [record.owner_name_contact], [record.owner_name])[0]

    def _open_note(self, note: NoteLine) -> str | None:
        return self._cipher().unseal("lead_notes.text", [note.id], [note.text])[0]

    def _open(self, line: ContactLine) -> str | None:
        return self._cipher().unseal(f"contacts.{line.kind}", [line.id], [line.value])[0]

    @staticmethod
    def _contacts(lines: list[ContactLine], value: Callable[[ContactLine], str | None]) -> list[Contact]:
        return [
            Contact(
                kind=line.kind,
                value=value(line),
                label=line.label,
                restrictions=sorted({said["restriction"] for said in line.restricted_by or ()}),
                restricted_by=line.restricted_by or [],
                list=line.list,
                file=line.file,
                row=line.row,
            )
            for line in lines
        ]


def _add_up(work: LeadWork, model: ScoreModel, day: date, scope: Scope) -> None:
    evidence = work.scores.gather(model, day, scope)
    work.scores.add_up(evidence, [hazard(model.rules[piece.signal], piece) for piece in evidence])


def as_kept(wanted: LeadFilter) -> LeadFilter:
    """Write what is looked for as leads are kept: places in capitals, tags in small letters, five digits."""
    return replace(
        wanted,
        address=_plain(wanted.address),
        city=_plain(wanted.city),
        state=_plain(wanted.state),
        zip=(_plain(wanted.zip) or "")[:5] or None,
        parcel=wanted.parcel and read_parcel(wanted.parcel),
        property_type=_lower(wanted.property_type),
        tag=_lower(wanted.tag),
    )


def _plain(text: str | None) -> str | None:
    return " ".join(text.upper().split()) if text else None


def _lower(text: str | None) -> str | None:
    return " ".join(text.lower().split()) if text else None


def _is_forwards(before: str, status: str) -> bool:
    """Tell whether a lead may go so by itself: on along the line, or out of it."""
    if before == "lost":
        return False
    return status == "lost" or STATUSES.index(status) > STATUSES.index(before)


def found(value: Found | None, lead: int) -> Found:
    """Give what was found of a lead.

    Raises:
        UsageError: If there is no such lead.
    """
    if value is None:
        raise UsageError(f"There is no lead {lead}.", "See: realestate leads list")
    return value


def one_of(value: str, known: Sequence[str], what: str) -> None:
    """Refuse a word that is not known, and name the nearest that is.

    Raises:
        UsageError: If it is not known.
    """
    if value not in known:
        near = get_close_matches(value.lower(), known, n=1, cutoff=0.6)
        meant = f" Did you mean {near[0]!r}?" if near else ""
        raise UsageError(f"{value!r} is no {what}.{meant}", f"Known: {', '.join(sorted(known))}")
