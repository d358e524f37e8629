"""Where personal data is kept, table by table; what is not named here may hold none, and a test says so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of ciphertexts.

    Attributes:
        table: The table.
        column: The column.
        key: Column of the integer that each value is bound to.
        bound_as: ``table.column`` that the value is bound to; ``{kind}`` is the row's own kind.
        owner: Column of the user it is bound to.
    """

    table: str
    column: str
    key: str
    bound_as: str
    owner: str = "user_id"

    @property
    def by_kind(self) -> bool:
        """Whether the row's kind decides what the value is bound as."""
        return "{kind}" in self.bound_as


SEALED = (
    SealedColumn("users", "encrypted_phone", "id", "users.phone", owner="id"),
    SealedColumn("users", "encrypted_address", "id", "users.address", owner="id"),
    SealedColumn("contacts", "value", "id", "contacts.{kind}"),
    SealedColumn("leads", "owner_name", "owner_name_contact", "contacts.name"),
    SealedColumn("leads", "owner_email", "owner_email_contact", "contacts.email"),
    SealedColumn("leads", "owner_phone", "owner_phone_contact", "contacts.phone"),
    SealedColumn("run_rows", "data", "key", "run_rows.data"),
    SealedColumn("lead_notes", "text", "id", "lead_notes.text"),
    SealedColumn("cash_buyers", "email", "id", "cash_buyers.email"),
    SealedColumn("cash_buyers", "phone", "id", "cash_buyers.phone"),
)
"""Every column of ciphertexts: what re-encryption walks through."""

SEALED_DOCUMENTS = (SealedColumn("conversations", "messages", "id", "conversations.messages"),)
"""JSON in which an object ``{"sealed": "<base64>"}`` stands for each encrypted text."""

HASHES = {
    "contacts": ("blind",),
    "do_not_contact": ("blind",),
    "suppressed": ("blind",),
    "runs": ("file_hash",),
    "data_keys": ("wrapped", "canary"),
    "audit_seals": ("digest",),
    "buyer_contacts": ("blind",),
    "buyer_names": ("mailing",),
    "buyer_purchases": ("row_hash",),
    "buyer_vectors": ("content",),
}
"""Columns of bytes that are no ciphertexts of personal data: keyed hashes, file hashes, wrapped keys."""

ERASED_FROM = frozenset(
    {
        "contacts",
        "leads",
        "lead_notes",
        "run_rows",
        "sightings",
        "conversations",
        "cash_buyers",
        "buyer_contacts",
        "buyer_names",
        "buyer_purchases",
    }
)
"""Tables that the erasure of a person goes through."""

WITHOUT_PERSONS = frozenset(
    {
        "lead_scores",
        "score_models",
        "lists",
        "runs",
        "spots",
        "spot_ranges",
        "crowds",
        "decisions",
        "signals",
        "lead_history",
        "lead_signals",
        "lead_tags",
        "lead_dues",
        "property_analyses",
        "price_books",
        "do_not_contact",
        "suppressed",
        "buyer_decisions",
        "buyer_matches",
        "buyer_vectors",
        "buyer_rankings",
        "buyer_pages",
    }
)
"""Tables with an owner that hold properties, hashes and our own work, but nothing about a person."""
