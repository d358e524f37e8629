"""What is found about one person, table by table, as the database holds it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ContactFind:
    """A name, phone, e-mail or mailing address as one row of one list states it."""

    id: int
    sighting: int
    kind: str
    value: bytes
    blind: bytes
    label: str | None
    lead: int
    address: str
    zip: str | None
    row_hash: UUID


@dataclass(frozen=True, slots=True)
class ChunkFind:
    """About a thousand raw rows; lines, sightings and outcomes are by position."""

    run: int
    chunk: int
    key: int
    data: bytes
    lines: Sequence[int]
    sightings: Sequence[int | None]
    outcomes: str
    file: str


@dataclass(frozen=True, slots=True)
class ConversationFind:
    """A conversation about a lead."""

    id: int
    lead: int
    messages: list[Any]


@dataclass(frozen=True, slots=True)
class NoteFind:
    """A note on a lead."""

    id: int
    lead: int
    text: bytes


@dataclass(frozen=True, slots=True)
class AnalysisFind:
    """What photos of a lead's house showed; costs in US dollars."""

    id: int
    lead: int
    created: datetime
    condition: str | None
    low: float | None
    high: float | None
    photos: int


@dataclass(frozen=True, slots=True)
class BuyerFind:
    """A cash buyer by every spelling of the name; phone and e-mail are ciphertexts."""

    id: int
    names: Sequence[str]
    phone: bytes | None
    email: bytes | None


@dataclass(frozen=True, slots=True)
class PurchaseFind:
    """A house that a buyer bought, as a file of deeds states it; the price in US dollars."""

    buyer: int
    spelling: str
    day: date | None
    price: float | None
    address: str
    file: str
    line: int


class PrivacyStore(Protocol):
    """What is kept about people, inside a transaction."""

    def lock(self) -> None:
        """Hold imports back."""
        ...

    def contacts_by_blind(self, kind: str, blinds: Sequence[bytes]) -> Sequence[ContactFind]:
        """Contacts of one kind with one of these hashes."""
        ...

    def contacts_of_sightings(self, sightings: set[int]) -> Sequence[ContactFind]:
        """Everything that these rows say about a person."""
        ...

    def names_of_leads(self, leads: set[int]) -> Sequence[ContactFind]:
        """The names that any row gives the owner of these properties."""
        ...

    def chunks(self, sightings: set[int]) -> Sequence[ChunkFind]:
        """Chunks of raw rows that hold one of these rows, or rejected ones."""
        ...

    def conversations(self, leads: set[int]) -> Sequence[ConversationFind]:
        """Conversations about these leads."""
        ...

    def notes(self, leads: set[int]) -> Sequence[NoteFind]:
        """Notes on these leads."""
        ...

    def analyses(self, leads: set[int]) -> Sequence[AnalysisFind]:
        """What photos showed of these leads' houses."""
        ...

    def buyers(self, blinds: Mapping[str, Collection[bytes]], *, named: bool) -> Sequence[BuyerFind]:
        """Cash buyers with one of these hashes by kind, or all of them where a name is looked for."""
        ...

    def purchases(self, buyers: set[int]) -> Sequence[PurchaseFind]:
        """What these buyers bought."""
        ...

    def erase_contacts(self, contacts: set[int], sightings: set[int], leads: set[int]) -> None:
        """Take away contacts and their copies."""
        ...

    def replace_chunk(self, run: int, chunk: int, data: bytes) -> None:
        """Write a chunk of raw rows again."""
        ...

    def erase_conversations(self, conversations: set[int]) -> None:
        """Take the words out of conversations."""
        ...

    def erase_notes(self, notes: set[int]) -> None:
        """Take notes away."""
        ...

    def note_erased(self, leads: set[int]) -> None:
        """Write into the history of leads that their owner was erased."""
        ...

    def erase_buyers(self, buyers: set[int]) -> None:
        """Take buyers away."""
        ...

    def suppress(self, kind: str, blinds: set[bytes]) -> None:
        """Keep somebody out of later imports."""
        ...

    def silence(self, kind: str, blinds: set[bytes], reason: str) -> None:
        """Note that somebody is not to be contacted."""
        ...

    def silenced(self, kind: str, blinds: Sequence[bytes]) -> set[bytes]:
        """Which of these are not to be contacted."""
        ...
