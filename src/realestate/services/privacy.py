"""One person's data: show it, hand it out, erase it everywhere, and keep them out and undisturbed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from realestate.domain.buyers.identity import read_name
from realestate.domain.leads.people import normal_name
from realestate.domain.ports import Cipher
from realestate.domain.privacy import (
    KINDS,
    Person,
    buyer_key,
    emails_in,
    identify,
    person_key,
    phones_in,
)
from realestate.domain.privacy_finds import BuyerFind, ChunkFind, ContactFind, PrivacyStore
from realestate.errors import UsageError
from realestate.services.privacy_finding import Entry, Finder, Found
from realestate.services.raw_rows import blanked, pack_rows


class AuditLog(Protocol):
    """The log that every look at a person is written to."""

    def record(self, action: str, detail: Mapping[str, Any]) -> None:
        """Write an entry: ids, counts and keyed hashes only."""
        ...

    def seal_audit(self) -> int | None:
        """Chain the entries."""
        ...


class Privacy:
    """Looks after what is kept about people, for the user who is signed in.

    Args:
        store: The database.
        transaction: Begins one; all or nothing.
        cipher: Opens what is found, and makes the hashes it is found by.
        audit: Is told of every look.
        forget_buyers: Takes buyers out of the vector index, by id, after the commit.
        forget_pictures: Removes every picture of a house that this machine keeps beside the database; returns how many.
    """

    def __init__(
        self,
        store: PrivacyStore,
        transaction: Callable[[], AbstractContextManager[Any]],
        cipher: Cipher,
        audit: AuditLog,
        forget_buyers: Callable[[Sequence[int]], None] = lambda _: None,
        forget_pictures: Callable[[], int] = lambda: 0,
    ) -> None:
        self._store = store
        self._transaction = transaction
        self._cipher = cipher
        self._finder = Finder(store, cipher)
        self._audit = audit
        self._forget_pictures = forget_pictures
        self._forget_buyers = forget_buyers

    def show(self, words: Sequence[str], action: str = "privacy.show") -> list[Entry]:
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
            found = self._finder.find(person)
            entries = list(self._finder.in_clear(found))
            self._audit.record(action, {"who": self._hashes(person), **found.counts()})
        self._audit.seal_audit()
        return entries

    def erase(self, words: Sequence[str]) -> dict[str, int]:
        """Take a person out of everything, for good; returns what was erased.

        The property stays, with what lists and photos say of it. Keyed hashes of phones, e-mail addresses, name
        with ZIP, names as buyers, and of the rows keep later imports from bringing the person back, and the first
        two keep them from being contacted.

        Raises:
            UsageError: If a word is no phone, e-mail address or name.
            NotAllowedError: If the key is missing.
            TryLaterError: If the vector index did not answer; the person is erased all the same.
        """
        person = _identified(words)
        with self._transaction():
            self._store.lock()
            found = self._finder.find(person)
            self._keep_out(person, found)
            self._erase(found)
            # They are only copies: gone before the commit, none is left behind should the process end after it.
            pictures = self._forget_pictures() if found.leads else 0
            self._audit.record("privacy.erase", {"who": self._hashes(person), **found.counts()})
        self._audit.seal_audit()
        self._forget_buyers([buyer.id for buyer in found.buyers])
        return {**found.counts(), "pictures": pictures}

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
                self._store.silence(kind, self._finder.blind(kind, person.of(kind)), reason)
            self._audit.record("privacy.silence", {"who": self._hashes(person)})
        self._audit.seal_audit()
        return len(person.phone) + len(person.email)

    @staticmethod
    def is_contact(word: str) -> bool:
        """Whether a word is a phone or an e-mail address."""
        return bool(phones_in(word) or emails_in(word))

    def may_contact(self, word: str) -> bool:
        """Whether a phone or e-mail address may be called or written to, by their own wish and by every list.

        Args:
            word: In any spelling; what is neither may not be contacted.
        """
        named = {"phone": phones_in(word), "email": emails_in(word)}
        with self._transaction():
            silenced = any(
                self._store.silenced(kind, sorted(self._finder.blind(kind, texts)))
                for kind, texts in named.items()
                if texts
            )
        return any(named.values()) and not silenced

    def _erase(self, found: Found) -> None:
        sightings = {contact.sighting for contact in found.contacts}
        self._store.erase_contacts({contact.id for contact in found.contacts}, sightings, found.leads)
        for chunk, rows, at in found.rows:
            self._blank(chunk, rows, at)
        self._store.erase_conversations({talk.id for talk in found.conversations})
        self._store.erase_notes({note.id for note in found.notes})
        self._store.note_erased(found.leads)
        self._store.erase_buyers({buyer.id for buyer in found.buyers})

    def _blank(self, chunk: ChunkFind, rows: list[str], at: Sequence[int]) -> None:
        kept = [blanked(row) if place in set(at) else row for place, row in enumerate(rows)]
        data = self._cipher.seal_bytes("run_rows.data", chunk.key, pack_rows(kept))
        self._store.replace_chunk(chunk.run, chunk.chunk, data)

    def _keep_out(self, person: Person, found: Found) -> None:
        """Remember the person by hashes, those of their own words and of all that was found."""
        for kind, read in (("phone", phones_in), ("email", emails_in)):
            said = {hit.blind for hit in found.contacts if hit.kind == kind}
            theirs = {text for buyer in found.buyers for text in read(self._finder.reach(buyer, kind))}
            blinds = said | self._finder.blind(kind, person.of(kind) | theirs)
            self._store.suppress(kind, blinds)
            self._store.silence(kind, blinds, "erasure")
        names = {*self._owners(found.contacts), *_buyer_names(found.buyers)}
        self._store.suppress("person", self._finder.blind("person", names))
        rows = [rows[place] for _, rows, at in found.rows for place in at]
        hashes = set(self._cipher.row_hash(rows)) if rows else set()
        self._store.suppress("row", hashes | {hit.row_hash.bytes for hit in found.contacts})

    def _owners(self, contacts: Sequence[ContactFind]) -> set[str]:
        return {person_key(normal_name(self._finder.open(hit)), hit.zip) for hit in contacts if hit.kind == "name"}

    def _hashes(self, person: Person) -> list[str]:
        return sorted(blind.hex() for kind in KINDS for blind in self._finder.blind(kind, person.of(kind)))


def _buyer_names(buyers: Sequence[BuyerFind]) -> set[str]:
    return {buyer_key(core) for buyer in buyers for name in buyer.names if (core := read_name(name).core)}


def _identified(words: Sequence[str]) -> Person:
    try:
        person = identify(words)
    except ValueError:
        raise UsageError("One of these is no phone, e-mail address or name.") from None
    if person == Person():
        raise UsageError("Nobody was named.", "Name a phone, an e-mail address or a person.")
    return person
