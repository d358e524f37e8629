"""Works leads by hand: adds and corrects them, notes, tags and dates them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from realestate.domain.leads.values import Parsed, amounts, dates, emails, numbers, phones
from realestate.errors import UsageError
from realestate.services.importing import BY_HAND, Importer, ImportOptions
from realestate.services.lookups import found, one_of

if TYPE_CHECKING:
    from realestate.domain.leads.ports import LeadWork, ListReader, OpenedList, OpenWork
    from realestate.domain.ports import Cipher

LIST = "manual"
"""The list that rows written by hand stand on; later imports join their leads like those of any other list."""

EDITABLE = (
    *("owner_name", "owner2_name", "phone", "email"),
    *("mailing_address", "mailing_city", "mailing_state", "mailing_zip", "do_not_contact"),
    *("value", "equity", "loan_balance", "sale_date", "sale_price", "property_type"),
    *("beds", "baths", "sqft", "lot_sqft", "year_built", "lat", "lon"),
)
ADDABLE = ("address", "unit", "city", "state", "zip", "county", "parcel", "signal", "event_date", "amount", *EDITABLE)
_READERS: dict[str, Callable[[Sequence[str]], Parsed[Any]]] = {
    "phone": phones,
    "email": emails,
    **dict.fromkeys(("event_date", "sale_date"), dates),
    **dict.fromkeys(("amount", "value", "equity", "loan_balance", "sale_price"), amounts),
    **dict.fromkeys(("beds", "baths", "sqft", "lot_sqft", "year_built", "lat", "lon"), numbers),
}
LONGEST_TAG = 40


@dataclass(slots=True)
class _Batch:
    columns: list[list[str]]
    lines: list[int] = field(default_factory=lambda: [2])
    rejected: list[object] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)


class OneRow:
    """A list of one row that somebody typed."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.name = BY_HAND
        self.header = list(fields)
        self.notes: list[str] = []
        self._row = list(fields.values())

    def batches(self) -> Iterator[_Batch]:
        """Give the row."""
        yield _Batch([[cell] for cell in self._row])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing was opened."""


class Working:
    """Works the leads of whoever is signed in.

    Args:
        importer: Makes an importer that reads its lists so.
        open_work: Begins a transaction.
        cipher: Gives the cipher when personal data is first needed.
        today: Gives the day.
        stamp: Gives something that no other call gives, so that two equal corrections are two.
    """

    def __init__(
        self,
        importer: Callable[[ListReader], Importer],
        open_work: OpenWork,
        cipher: Callable[[], Cipher],
        today: Callable[[], date],
        stamp: Callable[[], str],
    ) -> None:
        self._importer = importer
        self._open_work = open_work
        self._cipher = cipher
        self._today = today
        self._stamp = stamp

    def add(self, address: str, fields: Mapping[str, str], source: str) -> tuple[int, bool]:
        """Add a lead that came by a call or a tip, as the one row of a list.

        Args:
            address: In any spelling; with city, state and ZIP code, or these among the fields.
            fields: Names of :data:`ADDABLE` to what is known.
            source: ``manual`` or ``referral``.

        Returns:
            The lead, and whether it is new: a house that lists know already is joined.

        Raises:
            UsageError: If a field is unknown, or the address or a value cannot be understood.
        """
        one_of(source, ("manual", "referral"), "source of a lead added by hand")
        self._check(fields, ADDABLE)
        known = {"address": address, **fields}
        lead, created = self._import(known, source)
        with self._held(lead) as work:
            work.leads.note_history(lead, "added", {"source": source, "fields": sorted(known)})
        return lead, created

    def edit(self, lead: int, fields: Mapping[str, str]) -> None:
        """Correct what a lead shows, or add an owner, phone or e-mail address to those it has.

        What is said here comes before what any list says; what lists say stays on file.

        Raises:
            UsageError: If there is no such lead or field, or a value cannot be understood.
        """
        if not fields:
            raise UsageError("Nothing to change.", f"Write FIELD=VALUE; fields: {', '.join(EDITABLE)}")
        self._check(fields, EDITABLE)
        with self._open_work() as work:
            found(work.leads.get(lead), lead)
            rows = work.decided.rows(lead)
        if not rows:
            raise UsageError(f"No row names lead {lead} any more.", "Import its list again, or add it by hand.")
        self._import({"lead": str(lead), **fields, "stamp": self._stamp()}, "manual")
        with self._held(lead) as work:
            work.leads.note_history(lead, "edit", {"fields": sorted(fields)})

    def note(self, lead: int, text: str) -> None:
        """Write something down about a lead, encrypted.

        Raises:
            UsageError: If there is no such lead, or nothing to write.
        """
        if not text.strip():
            raise UsageError("The note is empty.", f"Write: realestate leads note {lead} 'what they said'")
        with self._held(lead) as work:
            note = work.notes.reserve()
            sealed = self._cipher().seal("lead_notes.text", [note], [text.strip()])[0]
            work.notes.add(note, lead, sealed or b"")
            work.leads.note_history(lead, "note", {"note": note})

    def tag(self, lead: int, tags: Sequence[str], *, remove: bool = False) -> list[str]:
        """Give a lead tags or take them away; returns those it has then.

        Raises:
            UsageError: If there is no such lead, or a tag is empty or too long.
        """
        with self._held(lead) as work:
            for word in tags:
                tag = " ".join(word.lower().split())
                if not 0 < len(tag) <= LONGEST_TAG:
                    raise UsageError(f"{word!r} is no tag.", f"A tag has 1 to {LONGEST_TAG} characters.")
                if work.notes.untag(lead, tag) if remove else work.notes.tag(lead, tag):
                    work.leads.note_history(lead, "untag" if remove else "tag", {"tag": tag})
            return work.notes.tags(lead)

    def due(self, lead: int, day: date | None) -> date | None:
        """Set the day of the next follow-up, or take it away; returns the one before.

        Raises:
            UsageError: If there is no such lead, or the day is past.
        """
        if day is not None and day < self._today():
            raise UsageError(f"{day} is past.", f"Give a day from today on, {self._today()}, or none.")
        with self._held(lead) as work:
            before = work.notes.due(lead)
            if before != day:
                work.notes.set_due(lead, day)
                detail = {"from": before and before.isoformat(), "to": day and day.isoformat()}
                work.leads.note_history(lead, "due", detail)
        return before

    @contextmanager
    def _held(self, lead: int) -> Iterator[LeadWork]:
        """Hold a lead, so that whoever works it at the same time comes after, and commit at the end."""
        with self._open_work() as work:
            found(work.leads.lock(lead), lead)
            yield work
            work.commit()

    def _import(self, fields: Mapping[str, str], source: str) -> tuple[int, bool]:
        """Import one row; it is tried first, so that a row with a mistake leaves nothing behind."""
        header = {"lead": "lead_id", "stamp": "ignore"}
        mapping = {name: header.get(name, name) for name in fields}

        def opened(name: str, *, encoding: str | None = None) -> OpenedList:
            del name, encoding
            return OneRow(fields)

        importer = self._importer(opened)
        options = ImportOptions(signal="none", list_name=LIST, mapping=mapping, source=source, dry_run=True)
        tried = importer.run(BY_HAND, options)
        if tried.rejected or tried.lossy:
            reason = tried.rejections[0][1] if tried.rejections else "a date or number in it cannot be understood"
            raise UsageError(f"That cannot be taken: {reason}.", "Dates as 2026-01-31, amounts as 125000.")
        report = importer.run(BY_HAND, ImportOptions(signal="none", list_name=LIST, mapping=mapping, source=source))
        with self._open_work() as work:
            record = work.runs.get(report.run)
            row = next(iter(work.runs.rows(record))) if record else None
        return found(row.lead if row else None, 0), report.created > 0

    @staticmethod
    def _check(fields: Mapping[str, str], known: Sequence[str]) -> None:
        for name, value in fields.items():
            one_of(name, known, "field")
            reader = _READERS.get(name)
            if reader and reader([value]).values[0] in (None, ""):
                raise UsageError(
                    f"That is no {name.replace('_', ' ')}.", "Write dates as 2026-01-31, amounts as 125000."
                )
