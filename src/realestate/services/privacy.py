"""One person's data: show it, hand it out, erase it everywhere, and keep them out and undisturbed."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from realestate.domain.leads.people import normal_name
from realestate.domain.ports import Cipher
from realestate.domain.privacy import KINDS, Person, identify, person_key
from realestate.domain.privacy_finds import BuyerFind, ChunkFind, ContactFind, ConversationFind, NoteFind, PrivacyStore
from realestate.errors import UsageError
from realestate.services.raw_rows import CELL, blanked, pack_rows, unpack_rows


class AuditLog(Protocol):
    """The log that every look at a person is written to."""

    def record(self, action: str, detail: Mapping[str, Any]) -> None:
        """Write an entry: ids, counts and keyed hashes only."""
        ...

    def seal_audit(self) -> int | None:
        """Chain the entries."""
        ...


@dataclass(slots=True)
class Found:
    """All that is kept about a person.

    Attributes:
        contacts: What rows say about them.
        rows: Chunks of raw rows, with the positions of those that name them.
        conversations: About leads that are theirs.
        notes: On leads that are theirs.
        buyers: Who they are as cash buyers.
    """

    contacts: list[ContactFind] = field(default_factory=list)
    rows: list[tuple[ChunkFind, list[str], list[int]]] = field(default_factory=list)
    conversations: list[ConversationFind] = field(default_factory=list)
    notes: list[NoteFind] = field(default_factory=list)
    buyers: list[BuyerFind] = field(default_factory=list)

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


class Privacy:
    """Looks after what is kept about people, for the user who is signed in.

    Args:
        store: The database.
        transaction: Begins one; all or nothing.
        cipher: Opens what is found, and makes the hashes it is found by.
        audit: Is told of every look.
        forget_buyers: Takes buyers out of the vector index, by id, after the commit.
    """

    def __init__(
        self,
        store: PrivacyStore,
        transaction: Callable[[], AbstractContextManager[Any]],
        cipher: Cipher,
        audit: AuditLog,
        forget_buyers: Callable[[Sequence[int]], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._transaction = transaction
        self._cipher = cipher
        self._audit = audit
        self._forget_buyers = forget_buyers

    def show(self, words: Sequence[str], action: str = "privacy.show") -> list[dict[str, Any]]:
        """Everything kept about a person, in clear, one entry per place; audited.

        Args:
            words: Phones, e-mail addresses and names they are known by.
            action: ``privacy.show``, or ``privacy.export`` when it is handed out.

        Raises:
            UsageError: If a word is none of these.
            NotAllowedError: If the key is missing.
        """
        person = _identified(words)
        with self._transaction():
            found = self._find(person)
            entries = list(self._in_clear(found))
            self._audit.record(action, {"who": self._hashes(person), **found.counts()})
        self._audit.seal_audit()
        return entries

    def erase(self, words: Sequence[str]) -> dict[str, int]:
        """Take a person out of everything, for good; returns what was erased.

        The property stays. Keyed hashes of phones, e-mail addresses, name with ZIP, and of the rows keep
        later imports from bringing the person back, and the first two keep them from being contacted.

        Raises:
            UsageError: If a word is no phone, e-mail address or name.
            NotAllowedError: If the key is missing.
        """
        person = _identified(words)
        with self._transaction():
            self._store.lock()
            found = self._find(person)
            self._keep_out(person, found.contacts)
            sightings = {contact.sighting for contact in found.contacts}
            self._store.erase_contacts({contact.id for contact in found.contacts}, sightings, found.leads)
            for chunk, rows, at in found.rows:
                self._blank(chunk, rows, at)
            self._store.erase_conversations({each.id for each in found.conversations})
            self._store.erase_notes({note.id for note in found.notes})
            self._store.erase_buyers({buyer.id for buyer in found.buyers})
            self._audit.record("privacy.erase", {"who": self._hashes(person), **found.counts()})
        self._forget_buyers([buyer.id for buyer in found.buyers])
        self._audit.seal_audit()
        return found.counts()

    def silence(self, words: Sequence[str], reason: str = "asked") -> int:
        """Note that phones and e-mail addresses are not to be contacted; returns how many.

        Raises:
            UsageError: If a word is a name, which too many people share.
        """
        person = _identified(words)
        if person.name:
            raise UsageError("Only a phone or an e-mail address can be silenced; names are shared.")
        with self._transaction():
            for kind in ("phone", "email"):
                self._store.silence(kind, self._blind(kind, person.of(kind)), reason)
            self._audit.record("privacy.silence", {"who": self._hashes(person)})
        self._audit.seal_audit()
        return len(person.phone) + len(person.email)

    def may_contact(self, word: str) -> bool:
        """Whether a phone or e-mail address may be called or written to; every outbound path asks.

        Args:
            word: In any spelling; what is neither may not be contacted.
        """
        try:
            person = identify([word])
        except ValueError:
            return False
        if not person.phone and not person.email:
            return False
        with self._transaction():
            return not any(
                self._store.silenced(kind, sorted(self._blind(kind, person.of(kind)))) for kind in ("phone", "email")
            )

    def _find(self, person: Person) -> Found:
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
        found.buyers = [buyer for buyer in self._store.buyers() if self._is_buyer(buyer, person)]
        return found

    def _matching(self, person: Person, kind: str) -> list[ContactFind]:
        texts = person.of(kind)
        if not texts:
            return []
        hits = self._store.contacts_by_blind(kind, sorted(self._blind(kind, texts)))
        # Names share buckets of a hash that says little; what it says is checked in clear.
        return [hit for hit in hits if self._is(hit, texts)] if kind == "name" else list(hits)

    def _names(self, hits: Sequence[ContactFind]) -> frozenset[str]:
        """The names beside the phones and e-mail addresses that were found."""
        rows = self._store.contacts_of_sightings({hit.sighting for hit in hits})
        return frozenset(normal_name(self._open(row)) for row in rows if row.kind == "name" and row.label != "owner 2")

    def _is(self, hit: ContactFind, names: frozenset[str]) -> bool:
        return normal_name(self._open(hit)) in names

    def _open(self, contact: ContactFind) -> str:
        return self._cipher.unseal(f"contacts.{contact.kind}", [contact.id], [contact.value])[0] or ""

    def _rows(
        self, chunk: ChunkFind, sightings: set[int], person: Person
    ) -> tuple[ChunkFind, list[str], list[int]] | None:
        """The rows of a chunk that are the person's: known by their sighting, or rejected ones by their cells."""
        rows = unpack_rows(self._cipher.unseal_bytes("run_rows.data", chunk.key, chunk.data))
        at = [
            place
            for place, (sighting, outcome, row) in enumerate(zip(chunk.sightings, chunk.outcomes, rows, strict=True))
            if sighting in sightings or (outcome == "x" and person.is_in(row.split(CELL)))
        ]
        return (chunk, rows, at) if at else None

    def _is_buyer(self, buyer: BuyerFind, person: Person) -> bool:
        if person.name.intersection(map(normal_name, buyer.names)):
            return True
        for kind, sealed in (("phone", buyer.phone), ("email", buyer.email)):
            texts = person.of(kind)
            if texts and sealed is not None:
                opened = self._cipher.unseal(f"cash_buyers.{kind}", [buyer.id], [sealed])[0]
                if identify([opened]).of(kind) & texts if opened else False:
                    return True
        return False

    def _in_clear(self, found: Found) -> Iterator[dict[str, Any]]:
        for contact in found.contacts:
            place = f"lead {contact.lead}, {contact.address}"
            yield {"where": place, "what": contact.label or contact.kind, "value": self._open(contact)}
        for chunk, rows, at in found.rows:
            for position in at:
                value = " | ".join(cell for cell in rows[position].split(CELL) if cell)
                yield {
                    "where": f"run {chunk.run}, {chunk.file}, line {chunk.lines[position]}",
                    "what": "row",
                    "value": value,
                }
        for conversation in found.conversations:
            yield {
                "where": f"conversation {conversation.id}, lead {conversation.lead}",
                "what": "messages",
                "value": "\n".join(self._words(conversation)),
            }
        for note in found.notes:
            text = self._cipher.unseal("lead_notes.text", [note.id], [note.text])[0]
            yield {"where": f"lead {note.lead}", "what": "note", "value": text}
        for buyer in found.buyers:
            for kind, sealed in (("phone", buyer.phone), ("email", buyer.email)):
                opened = self._cipher.unseal(f"cash_buyers.{kind}", [buyer.id], [sealed])[0]
                yield {"where": f"buyer {buyer.id}, {', '.join(buyer.names)}", "what": kind, "value": opened}

    def _words(self, conversation: ConversationFind) -> Iterator[str]:
        for message in conversation.messages:
            sealed = message.get("sealed") if isinstance(message, dict) else None
            if sealed:
                words = base64.b64decode(sealed)
                yield self._cipher.unseal_bytes("conversations.messages", conversation.id, words).decode()

    def _blank(self, chunk: ChunkFind, rows: list[str], at: Sequence[int]) -> None:
        kept = [blanked(row) if place in set(at) else row for place, row in enumerate(rows)]
        data = self._cipher.seal_bytes("run_rows.data", chunk.key, pack_rows(kept))
        self._store.replace_chunk(chunk.run, chunk.chunk, data)

    def _keep_out(self, person: Person, contacts: Sequence[ContactFind]) -> None:
        """Remember the person by hashes, those of their own words and of all that their rows said."""
        said = {kind: {hit.blind for hit in contacts if hit.kind == kind} for kind in ("phone", "email")}
        people = [person_key(normal_name(self._open(hit)), hit.zip) for hit in contacts if hit.kind == "name"]
        for kind in ("phone", "email"):
            blinds = said[kind] | self._blind(kind, person.of(kind))
            self._store.suppress(kind, blinds)
            self._store.silence(kind, blinds, "erasure")
        self._store.suppress("person", self._blind("person", people))
        self._store.suppress("row", {hit.row_hash.bytes for hit in contacts})

    def _blind(self, kind: str, texts: Sequence[str] | frozenset[str] | set[str]) -> set[bytes]:
        return {blind for blind in self._cipher.blind(kind, list(texts)) if blind is not None}

    def _hashes(self, person: Person) -> list[str]:
        return sorted(blind.hex() for kind in KINDS for blind in self._blind(kind, person.of(kind)))


def _identified(words: Sequence[str]) -> Person:
    try:
        person = identify(words)
    except ValueError:
        raise UsageError("One of these is no phone, e-mail address or name.") from None
    if person == Person():
        raise UsageError("Nobody was named.", "Name a phone, an e-mail address or a person.")
    return person
