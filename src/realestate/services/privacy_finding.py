"""Finds all that is kept about one person, and opens it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from realestate.domain.leads.people import normal_name
from realestate.domain.ports import Cipher
from realestate.domain.privacy import KINDS, Person, emails_in, phones_in
from realestate.domain.privacy_finds import (
    AnalysisFind,
    BuyerFind,
    ChunkFind,
    ContactFind,
    ConversationFind,
    NoteFind,
    PrivacyStore,
    PurchaseFind,
)
from realestate.services.raw_rows import CELL, unpack_rows

Entry = dict[str, Any]
"""One thing that is kept about a person: where, what, and the value in clear."""


@dataclass(slots=True)
class Found:
    """All that is kept about a person.

    Attributes:
        contacts: What rows say about them.
        rows: Chunks of raw rows, with the positions of those that name them.
        conversations: About leads that are theirs.
        notes: On leads that are theirs.
        analyses: Of photos of houses that are theirs.
        buyers: Who they are as cash buyers.
        purchases: What they bought as such.
    """

    contacts: list[ContactFind] = field(default_factory=list)
    rows: list[tuple[ChunkFind, list[str], list[int]]] = field(default_factory=list)
    conversations: list[ConversationFind] = field(default_factory=list)
    notes: list[NoteFind] = field(default_factory=list)
    analyses: list[AnalysisFind] = field(default_factory=list)
    buyers: list[BuyerFind] = field(default_factory=list)
    purchases: list[PurchaseFind] = field(default_factory=list)

    @property
    def leads(self) -> set[int]:
        """Leads that carry one of the contacts."""
        return {contact.lead for contact in self.contacts}

    def counts(self) -> dict[str, int]:
        """How much was found, for reports and the audit log."""
        return {
            "contacts": len(self.contacts),
            "leads": len(self.leads),
            "rows": sum(len(at) for _, _, at in self.rows),
            "conversations": len(self.conversations),
            "notes": len(self.notes),
            "buyers": len(self.buyers),
        }


class Finder:
    """Finds a person by keyed hashes, and what the hashes of names leave open by a look in clear.

    Args:
        store: The database, inside a transaction.
        cipher: Opens what is found, and makes the hashes it is found by.
    """

    def __init__(self, store: PrivacyStore, cipher: Cipher) -> None:
        self._store = store
        self._cipher = cipher

    def find(self, person: Person) -> Found:
        """All that is kept about a person."""
        found = Found()
        hits = [hit for kind in KINDS for hit in self._matching(person, kind)]
        names = person.name | self._names(hits)
        at_home = [hit for hit in self._store.names_of_leads({hit.lead for hit in hits}) if self._is(hit, names)]
        sightings = {hit.sighting for hit in (*hits, *at_home)}
        found.contacts = list(self._store.contacts_of_sightings(sightings))
        everything = Person(person.phone, person.email, names)
        found.rows = [
            row for chunk in self._store.chunks(sightings) if (row := self._rows(chunk, sightings, everything))
        ]
        found.conversations = list(self._store.conversations(found.leads))
        found.notes = list(self._store.notes(found.leads))
        found.analyses = list(self._store.analyses(found.leads))
        found.buyers = self._buyers(person)
        found.purchases = list(self._store.purchases({buyer.id for buyer in found.buyers}))
        return found

    def in_clear(self, found: Found) -> Iterator[Entry]:
        """What was found, one entry per place."""
        for contact in found.contacts:
            place = f"lead {contact.lead}, {contact.address}"
            yield _entry(place, contact.label or contact.kind, self.open(contact))
        for chunk, rows, at in found.rows:
            for position in at:
                value = " | ".join(cell for cell in rows[position].split(CELL) if cell)
                yield _entry(f"run {chunk.run}, {chunk.file}, line {chunk.lines[position]}", "row", value)
        for talk in found.conversations:
            yield _entry(f"conversation {talk.id}, lead {talk.lead}", "messages", "\n".join(self._words(talk)))
        for note in found.notes:
            text = self._cipher.unseal("lead_notes.text", [note.id], [note.text])[0]
            yield _entry(f"lead {note.lead}", "note", text)
        for analysis in found.analyses:
            yield _entry(f"analysis {analysis.id}, lead {analysis.lead}", "photos of the house", _shown(analysis))
        yield from self._buyers_in_clear(found)

    def open(self, contact: ContactFind) -> str:
        """The text of a contact."""
        return self._cipher.unseal(f"contacts.{contact.kind}", [contact.id], [contact.value])[0] or ""

    def reach(self, buyer: BuyerFind, kind: str) -> str:
        """The phone or e-mail address of a buyer as it was written; empty if there is none."""
        sealed = buyer.phone if kind == "phone" else buyer.email
        return self._cipher.unseal(f"cash_buyers.{kind}", [buyer.id], [sealed])[0] or ""

    def blind(self, kind: str, texts: Sequence[str] | frozenset[str] | set[str]) -> set[bytes]:
        """Keyed hashes of normalised texts."""
        return {blind for blind in self._cipher.blind(kind, list(texts)) if blind is not None}

    def _matching(self, person: Person, kind: str) -> list[ContactFind]:
        texts = person.of(kind)
        if not texts:
            return []
        hits = self._store.contacts_by_blind(kind, sorted(self.blind(kind, texts)))
        # Names share buckets of a hash that says little; what it says is checked in clear.
        return [hit for hit in hits if self._is(hit, texts)] if kind == "name" else list(hits)

    def _names(self, hits: Sequence[ContactFind]) -> frozenset[str]:
        """The names beside the phones and e-mail addresses that were found."""
        rows = self._store.contacts_of_sightings({hit.sighting for hit in hits})
        return frozenset(normal_name(self.open(row)) for row in rows if row.kind == "name" and row.label != "owner 2")

    def _is(self, hit: ContactFind, names: frozenset[str]) -> bool:
        return normal_name(self.open(hit)) in names

    def _rows(
        self, chunk: ChunkFind, sightings: set[int], person: Person
    ) -> tuple[ChunkFind, list[str], list[int]] | None:
        """The rows of a chunk that are the person's: known by their sighting, or rejected ones by their words."""
        rows = unpack_rows(self._cipher.unseal_bytes("run_rows.data", chunk.key, chunk.data))
        at = [
            place
            for place, (sighting, outcome, row) in enumerate(zip(chunk.sightings, chunk.outcomes, rows, strict=True))
            if sighting in sightings or (outcome == "x" and person.is_in(row.split(CELL)))
        ]
        return (chunk, rows, at) if at else None

    def _buyers(self, person: Person) -> list[BuyerFind]:
        blinds = {kind: self.blind(kind, person.of(kind)) for kind in ("phone", "email") if person.of(kind)}
        found = self._store.buyers(blinds, named=bool(person.name)) if blinds or person.name else ()
        return [buyer for buyer in found if self._is_buyer(buyer, person)]

    def _is_buyer(self, buyer: BuyerFind, person: Person) -> bool:
        if person.name.intersection(map(normal_name, buyer.names)):
            return True
        return any(
            person.of(kind).intersection(read(self.reach(buyer, kind)))
            for kind, read in (("phone", phones_in), ("email", emails_in))
            if person.of(kind)
        )

    def _buyers_in_clear(self, found: Found) -> Iterator[Entry]:
        for buyer in found.buyers:
            place = f"buyer {buyer.id}, {', '.join(buyer.names)}"
            said = {kind: text for kind in ("phone", "email") if (text := self.reach(buyer, kind))}
            # A buyer without phone and e-mail is kept by name alone.
            for kind, text in said.items() or [("name", buyer.names[0])]:
                yield _entry(place, kind, text)
        for bought in found.purchases:
            price = "" if bought.price is None else f", ${bought.price:,.0f}"
            value = f"{bought.day or 'no date'}, {bought.address}{price}, as {bought.spelling}"
            yield _entry(f"buyer {bought.buyer}, {bought.file}, line {bought.line}", "purchase", value)

    def _words(self, talk: ConversationFind) -> Iterator[str]:
        for message in talk.messages:
            sealed = message.get("sealed") if isinstance(message, dict) else None
            if sealed:
                words = base64.b64decode(sealed)
                yield self._cipher.unseal_bytes("conversations.messages", talk.id, words).decode()


def _entry(where: str, what: str, value: str | None) -> Entry:
    return {"where": where, "what": what, "value": value}


def _shown(analysis: AnalysisFind) -> str:
    rating = analysis.condition or "condition not rated"
    cost = "nothing priced" if analysis.low is None else f"repairs ${analysis.low:,.0f} to ${analysis.high:,.0f}"
    return f"{analysis.created:%Y-%m-%d}: {analysis.photos} photos, {rating}, {cost}"
