"""Looks at leads and works them: the use cases behind ``realestate leads`` and ``realestate runs``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from realestate.domain.leads.records import (
    SORTS,
    ContactLine,
    LeadFilter,
    LeadLine,
    LeadRecord,
    RowRecord,
    RunRecord,
    SignalLine,
)
from realestate.domain.leads.scoring import Evidence, ScoreModel, hazard, score, severity_class, whole_weeks
from realestate.errors import NotAllowedError, UsageError
from realestate.services.raw_rows import CELL, unpack_rows

if TYPE_CHECKING:
    from realestate.domain.leads.ports import OpenWork
    from realestate.domain.ports import Cipher

Found = TypeVar("Found")
STATUSES = ("new", "contacted", "qualified", "converted", "lost")


@dataclass(frozen=True, slots=True)
class Contact:
    """A person's name, phone, e-mail or mailing address, in clear, with where it comes from."""

    kind: str
    value: str | None
    label: str | None
    restrictions: list[str]
    list: str
    file: str
    row: int


@dataclass(frozen=True, slots=True)
class LeadView:
    """One lead with all it rests on; ``locked`` says why personal data could not be opened."""

    lead: LeadRecord
    owner: str | None
    signals: list[SignalLine]
    contacts: list[Contact]
    history: list[dict[str, Any]]
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
        }


@dataclass(frozen=True, slots=True)
class ScorePart:
    """The points one signal gives, and the file and row that state it."""

    signal: str
    points: float
    date: date | None
    age_weeks: int
    weeks_left: int | None
    list: str
    file: str
    row: int
    run: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score and its parts, which add up to it."""

    id: int
    score: float
    as_of: date
    model: str
    parts: list[ScorePart]

    def as_json(self) -> dict[str, Any]:
        """Give the explanation as one object."""
        return asdict(self)


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
        _one_of(wanted.sort, SORTS, "column to sort by")
        if wanted.status:
            _one_of(wanted.status, STATUSES, "status")
        with self._open_work() as work:
            yield from work.leads.search(wanted)

    def show(self, lead: int) -> LeadView:
        """Give one lead with its owner, signals, contacts and history.

        Raises:
            UsageError: If there is no such lead.
        """
        with self._open_work() as work:
            record = _found(work.leads.get(lead), lead)
            signals = work.leads.signals(lead)
            contacts = work.leads.contacts(lead)
            history = work.leads.history(lead)
        try:
            owner, clear, locked = self._owner(record), self._contacts(contacts, self._open), None
        except NotAllowedError as error:
            # Without the key the property is shown all the same, and the way back to the key.
            owner, clear, locked = None, self._contacts(contacts, lambda _: None), error
        return LeadView(record, owner, signals, clear, history, locked)

    def why(self, lead: int) -> Explanation:
        """Explain the score of a lead as it was last written.

        Raises:
            UsageError: If there is no such lead.
        """
        with self._open_work() as work:
            record = _found(work.leads.get(lead), lead)
            signals = work.leads.signals(lead)
        return explain(record, signals, self._score_model())

    def score(self, as_of: date | None = None) -> int:
        """Score every lead again; returns how many scores moved by 0.0005 or more."""
        model = self._score_model()
        day = as_of or self._today()
        with self._open_work() as work:
            work.lock_leads()
            evidence = work.scores.gather(model.rules.values(), day, touched=False)
            work.scores.add_up(evidence, [hazard(model.rules[piece.signal], piece) for piece in evidence])
            moved = work.scores.keep(day, model.version, touched=False)
            work.commit()
        return moved

    def set_status(self, lead: int, status: str) -> str:
        """Set the status of a lead and note it in its history; returns the one before.

        Raises:
            UsageError: If there is no such lead or status.
        """
        _one_of(status, STATUSES, "status")
        with self._open_work() as work:
            before = _found(work.leads.set_status(lead, status), lead)
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

    def _open(self, line: ContactLine) -> str | None:
        return self._cipher().unseal(f"contacts.{line.kind}", [line.id], [line.value])[0]

    @staticmethod
    def _contacts(lines: list[ContactLine], value: Callable[[ContactLine], str | None]) -> list[Contact]:
        return [
            Contact(
                kind=line.kind,
                value=value(line),
                label=line.label,
                restrictions=line.restrictions or [],
                list=line.list,
                file=line.file,
                row=line.row,
            )
            for line in lines
        ]


def explain(record: LeadRecord, signals: list[SignalLine], model: ScoreModel) -> Explanation:
    """Share a score out over the signals it comes from, the strongest statement of each."""
    best: dict[str, tuple[float, SignalLine, Evidence]] = {}
    for line in signals:
        rule = model.rules.get(line.signal)
        if rule is None or not _counts(line, record.as_of):
            continue
        evidence = Evidence(
            line.signal,
            whole_weeks(line.event_date or line.as_of, record.as_of),
            None if line.deadline is None else (line.deadline - record.as_of).days // 7,
            severity_class(rule, line.amount, line.years),
        )
        strength = hazard(rule, evidence)
        if line.signal not in best or strength > best[line.signal][0]:
            best[line.signal] = (strength, line, evidence)
    scored = score({name: strength for name, (strength, _, _) in best.items()})
    parts = [
        ScorePart(
            signal=name,
            points=scored.parts[name],
            date=line.event_date,
            age_weeks=evidence.age_weeks,
            weeks_left=evidence.weeks_left,
            list=line.list,
            file=line.file,
            row=line.row,
            run=line.run,
        )
        for name, (_, line, evidence) in best.items()
    ]
    parts.sort(key=lambda part: (-part.points, part.signal))
    return Explanation(record.id, scored.value, record.as_of, record.model, parts)


def _counts(line: SignalLine, as_of: date) -> bool:
    closed = line.closed_on is not None and line.closed_on <= as_of
    over = line.deadline is not None and line.deadline < as_of
    return not closed and not over


def _found(value: Found | None, lead: int) -> Found:
    if value is None:
        raise UsageError(f"There is no lead {lead}.", "See: realestate leads list")
    return value


def _one_of(value: str, known: tuple[str, ...], what: str) -> None:
    if value not in known:
        raise UsageError(f"{value!r} is no {what}.", f"Known: {', '.join(known)}")
