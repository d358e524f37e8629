"""One lead with all it rests on, in clear as far as the key is here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from realestate.domain.leads.records import AnalysisRecord, ContactLine, LeadRecord, LeadRow, NoteLine, SignalLine
from realestate.errors import NotAllowedError
from realestate.services.lookups import found

if TYPE_CHECKING:
    from realestate.domain.leads.ports import LeadWork
    from realestate.domain.ports import Cipher

Unseal = Callable[[str, int, bytes], str | None]
"""Opens a value of ``table.column`` that is bound to a key."""


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


@dataclass(frozen=True, slots=True)
class SealedLead:
    """One lead with all it rests on, as it is kept."""

    lead: LeadRecord
    signals: list[SignalLine]
    contacts: list[ContactLine]
    history: list[dict[str, Any]]
    rows: list[LeadRow]
    notes: list[NoteLine]
    tags: list[str]
    due: date | None
    analysis: AnalysisRecord | None

    def opened(self, cipher: Callable[[], Cipher]) -> LeadView:
        """Open what is personal; without the key the property is shown all the same, and the way back to the key."""

        def unseal(column: str, key: int, value: bytes) -> str | None:
            return cipher().unseal(column, [key], [value])[0]

        try:
            return self._view(unseal)
        except NotAllowedError as error:
            return self._view(lambda *_: None, error)

    def _view(self, unseal: Unseal, locked: NotAllowedError | None = None) -> LeadView:
        owner = None
        if self.lead.owner_name is not None and self.lead.owner_name_contact is not None:
            owner = unseal("contacts.name", self.lead.owner_name_contact, self.lead.owner_name)
        return LeadView(
            lead=self.lead,
            owner=owner,
            signals=self.signals,
            contacts=[_contact(line, unseal(f"contacts.{line.kind}", line.id, line.value)) for line in self.contacts],
            history=self.history,
            rows=self.rows,
            notes=[Note(unseal("lead_notes.text", note.id, note.text), note.created_at) for note in self.notes],
            tags=self.tags,
            due=self.due,
            analysis=self.analysis,
            locked=locked,
        )


def read_lead(work: LeadWork, lead: int) -> SealedLead:
    """Read one lead with all it rests on.

    Raises:
        UsageError: If there is no such lead.
    """
    return SealedLead(
        lead=found(work.leads.get(lead), lead),
        signals=work.leads.signals(lead),
        contacts=work.leads.contacts(lead),
        history=work.leads.history(lead),
        rows=work.decided.rows(lead),
        notes=work.notes.notes(lead),
        tags=work.notes.tags(lead),
        due=work.notes.due(lead),
        analysis=work.leads.latest_analysis(lead),
    )


def _contact(line: ContactLine, value: str | None) -> Contact:
    return Contact(
        kind=line.kind,
        value=value,
        label=line.label,
        restrictions=sorted({said["restriction"] for said in line.restricted_by or ()}),
        restricted_by=line.restricted_by or [],
        list=line.list,
        file=line.file,
        row=line.row,
    )
