"""Hands leads out: streams them from the database to a file, without the people who may not be contacted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from realestate.domain.leads.exports import OutgoingLead, Reached, as_record, cells, serves, without_closed
from realestate.domain.leads.layouts import OWN, Layout
from realestate.domain.leads.statements import Statement

if TYPE_CHECKING:
    from realestate.domain.leads.outgoing import ExportStore, OutgoingContact
    from realestate.domain.leads.ports import OpenWork
    from realestate.domain.leads.records import LeadFilter, LeadLine
    from realestate.domain.leads.spreadsheet_cells import Cell
    from realestate.domain.ports import Cipher

LEADS_AT_ONCE = 2_000


class RowWriter(Protocol):
    """Takes the rows of one file."""

    def row(self, values: Sequence[Cell], record: Mapping[str, Any]) -> None:
        """Write one row: its cells, and all that is known of the lead for formats without columns."""
        ...


class AuditLog(Protocol):
    """The log that every look at people is written to."""

    def record(self, action: str, detail: Mapping[str, Any]) -> None:
        """Write an entry: ids and counts only."""
        ...

    def seal_audit(self) -> int | None:
        """Chain the entries."""
        ...


OpenFile = Callable[[Layout], AbstractContextManager[RowWriter]]
"""Opens the file that the rows go to; what a failed export wrote is gone when it is left."""


@dataclass(slots=True)
class ExportReport:
    """What went out and what stayed behind.

    Attributes:
        leads: Rows written.
        contacts: Phones, e-mails and mailing addresses among them.
        closed: Contacts left out, by (kind, restriction).
        unserved: Leads left out because the purpose has no use for them.
        squeezed: Contacts for which the layout has no column.
    """

    leads: int = 0
    contacts: int = 0
    closed: Counter[tuple[str, str]] = field(default_factory=Counter)
    unserved: int = 0
    squeezed: int = 0


class Exporter:
    """Exports leads of whoever is signed in.

    Args:
        search: Finds leads, as `realestate leads list` does.
        open_work: Begins a transaction, on the connection that is searched.
        cipher: Opens personal data.
        audit: Is told of every export.
        today: Gives the day.
    """

    def __init__(
        self,
        search: Callable[[LeadFilter], Iterator[LeadLine]],
        open_work: OpenWork,
        cipher: Callable[[], Cipher],
        audit: Callable[[], AuditLog],
        today: Callable[[], date],
    ) -> None:
        self._search = search
        self._open_work = open_work
        self._cipher = cipher
        self._audit = audit
        self._today = today

    def run(
        self,
        wanted: LeadFilter,
        open_file: OpenFile,
        layout: Layout = OWN,
        *,
        include_restricted: bool = False,
        tick: Callable[[int], None] = lambda _: None,
    ) -> ExportReport:
        """Write the leads that fit, a few thousand in memory at a time; audited, also when it breaks off.

        Args:
            wanted: Which leads, in which order.
            open_file: Opens the file.
            layout: Its columns.
            include_restricted: Whether contacts that may not be used go out too.
            tick: Called with the leads written so far.

        Raises:
            UsageError: If a filter is unknown.
            NotAllowedError: If the key to the personal data is missing.
        """
        report = ExportReport()
        today = self._today()
        keys, rooms = layout.keys, {"phone": layout.phones, "email": layout.emails}
        with open_file(layout) as file:
            try:
                for lead in self.leads(wanted, layout.purpose, report, include_restricted=include_restricted):
                    self._count(report, lead, rooms)
                    known = cells(lead, today)
                    file.row([known.get(key) for key in keys], as_record(lead))
                    tick(report.leads)
            finally:
                # On record before the file is in its place, so that no file is there without its entry.
                self._record(report, include_restricted=include_restricted)
        return report

    def leads(
        self, wanted: LeadFilter, purpose: str, report: ExportReport, *, include_restricted: bool
    ) -> Iterator[OutgoingLead]:
        """Stream the leads that fit in clear, and count in the report what stays behind."""
        for lead in self._read(wanted):
            if not include_restricted:
                report.closed.update(without_closed(lead).closed)
            if serves(purpose, lead):
                yield lead
            else:
                report.unserved += 1

    def _read(self, wanted: LeadFilter) -> Iterator[OutgoingLead]:
        exports = self._open_work().exports
        lines = self._search(wanted)
        while batch := list(islice(lines, LEADS_AT_ONCE)):
            yield from self._in_full(exports, batch)

    def _in_full(self, exports: ExportStore, lines: Sequence[LeadLine]) -> Iterator[OutgoingLead]:
        ids = [line.id for line in lines]
        houses = {house.id: house for house in exports.houses(ids)}
        people = self._in_clear(exports.contacts(ids))
        statements: dict[int, list[Statement]] = defaultdict(list)
        for each in exports.statements(ids):
            statements[each.lead].append(Statement(each.signal, each.day, each.amount, each.years, each.deadline))
        for line in lines:
            house = houses[line.id]
            names = [contact for contact, _ in people[line.id] if contact.kind == "name"]
            texts = {contact.id: text for contact, text in people[line.id]}
            yield OutgoingLead(
                **{name: getattr(line, name) for name in _LINE},
                county=house.county,
                created=house.created,
                owner=next((texts[each.id] for each in names if each.label != "owner 2"), None),
                owner2=next((texts[each.id] for each in names if each.label == "owner 2"), None),
                facts=house.facts or {},
                people=[
                    Reached(contact.kind, text, contact.restrictions)
                    for contact, text in people[line.id]
                    if contact.kind != "name"
                ],
                statements=statements[line.id],
            )

    def _in_clear(self, contacts: Sequence[OutgoingContact]) -> dict[int, list[tuple[OutgoingContact, str]]]:
        """Open contacts, one kind at a time, and put them beside their leads."""
        opened: dict[int, str] = {}
        for kind in sorted({contact.kind for contact in contacts}):
            of_kind = [contact for contact in contacts if contact.kind == kind]
            ids = [contact.id for contact in of_kind]
            texts = self._cipher().unseal(f"contacts.{kind}", ids, [contact.value for contact in of_kind])
            opened.update((number, text) for number, text in zip(ids, texts, strict=True) if text)
        by_lead: dict[int, list[tuple[OutgoingContact, str]]] = defaultdict(list)
        for contact in contacts:
            if contact.id in opened:
                by_lead[contact.lead].append((contact, opened[contact.id]))
        return by_lead

    @staticmethod
    def _count(report: ExportReport, lead: OutgoingLead, rooms: Mapping[str, int]) -> None:
        report.leads += 1
        report.contacts += len(lead.people)
        for kind, room in rooms.items():
            report.squeezed += max(0, len(lead.reached(kind)) - room) if room else 0

    def _record(self, report: ExportReport, *, include_restricted: bool) -> None:
        """Note that people were handed out; a header alone reveals nobody."""
        if not report.leads:
            return
        audit = self._audit()
        detail = {"leads": report.leads, "contacts": report.contacts, "restricted": include_restricted}
        with self._open_work() as work:
            audit.record("leads.export", detail)
            work.commit()
        audit.seal_audit()


_LINE = ("id", "score", "signals", "address", "city", "state", "zip", "parcel", "status", "lists")
