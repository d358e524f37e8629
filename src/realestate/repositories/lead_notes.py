"""Keeps what people add to leads: notes, tags and follow-up dates."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from psycopg.rows import class_row

from realestate.domain.leads.records import NoteLine

if TYPE_CHECKING:
    import psycopg


class NoteRepository:
    """Works for one user inside the caller's transaction; the lead is locked by the caller."""

    def __init__(self, connection: psycopg.Connection[Any], user: int) -> None:
        self._connection = connection
        self._user = user

    def reserve(self) -> int:
        """Take the id of a note before it is written, because its ciphertext is bound to it."""
        row = self._connection.execute("SELECT nextval('lead_notes_id_seq')").fetchone()
        return int(row[0]) if row else 0

    def add(self, note: int, lead: int, text: bytes) -> None:
        """Keep a note, encrypted."""
        query = "INSERT INTO lead_notes (id, user_id, lead_id, text) VALUES (%s, %s, %s, %s)"
        self._connection.execute(query, (note, self._user, lead, text))

    def notes(self, lead: int) -> list[NoteLine]:
        """Give the notes of a lead, the latest first, still encrypted."""
        query = "SELECT id, text, created_at FROM lead_notes WHERE lead_id = %s ORDER BY id DESC"
        with self._connection.cursor(row_factory=class_row(NoteLine)) as cursor:
            return cursor.execute(query, (lead,)).fetchall()

    def tags(self, lead: int) -> list[str]:
        """Give the tags of a lead."""
        query = "SELECT tag FROM lead_tags WHERE lead_id = %s ORDER BY tag"
        return [row[0] for row in self._connection.execute(query, (lead,))]

    def tag(self, lead: int, tag: str) -> bool:
        """Give a lead a tag; returns whether it is new."""
        query = "INSERT INTO lead_tags (user_id, lead_id, tag) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
        return self._connection.execute(query, (self._user, lead, tag)).rowcount > 0

    def untag(self, lead: int, tag: str) -> bool:
        """Take a tag from a lead; returns whether it had it."""
        query = "DELETE FROM lead_tags WHERE lead_id = %s AND tag = %s"
        return self._connection.execute(query, (lead, tag)).rowcount > 0

    def due(self, lead: int) -> date | None:
        """Give the day of the next follow-up."""
        row = self._connection.execute("SELECT due_on FROM lead_dues WHERE lead_id = %s", (lead,)).fetchone()
        return row[0] if row else None

    def set_due(self, lead: int, day: date | None) -> None:
        """Set the day of the next follow-up, or take it away."""
        if day is None:
            self._connection.execute("DELETE FROM lead_dues WHERE lead_id = %s", (lead,))
            return
        query = """INSERT INTO lead_dues (user_id, lead_id, due_on) VALUES (%s, %s, %s)
            ON CONFLICT (lead_id) DO UPDATE SET due_on = excluded.due_on"""
        self._connection.execute(query, (self._user, lead, day))
