"""Reads leads: lists of them, one with all it rests on, and the evidence behind a score."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from psycopg import sql
from psycopg.rows import class_row, dict_row

from realestate.domain.leads.records import ContactLine, LeadFilter, LeadLine, LeadRecord, SignalLine

if TYPE_CHECKING:
    import psycopg

_ORDERS = {
    "score": "lead_scores.score DESC",
    "address": "leads.property_address",
    "city": "leads.property_city",
    "zip": "leads.property_zip",
    "status": "leads.status",
    "lists": "leads.lists DESC",
    "created": "leads.created_at DESC",
    "updated": "leads.updated_at DESC",
    "id": "leads.id",
}


_COLUMNS = """
SELECT leads.id, lead_scores.score, leads.distress_signals AS signals, leads.property_address AS address,
    leads.property_city AS city, leads.property_state AS state, leads.property_zip AS zip, leads.parcel,
    leads.status, leads.lists
FROM lead_scores JOIN leads ON leads.id = lead_scores.lead_id
"""

_ONE = """
SELECT leads.id, lead_scores.score, lead_scores.as_of, lead_scores.model, leads.distress_signals AS signals,
    leads.property_address AS address, leads.property_city AS city, leads.property_state AS state,
    leads.property_zip AS zip, leads.parcel, leads.facts, leads.many_parcels, leads.status, leads.source,
    leads.lists, leads.owner_name, leads.owner_name_contact, leads.created_at, leads.updated_at
FROM leads JOIN lead_scores ON lead_scores.lead_id = leads.id WHERE leads.id = %s
"""

_SIGNALS = """
SELECT signals.signal, signals.event_date, runs.as_of, signals.amount, signals.years, signals.deadline,
    signals.closed_on, lists.name AS list, runs.file, sightings.line AS row, runs.id AS run
FROM spots
JOIN sightings ON sightings.spot_key = spots.spot_key
JOIN signals ON signals.sighting_id = sightings.id
JOIN lists ON lists.id = sightings.list_id
JOIN runs ON runs.id = sightings.first_run
WHERE spots.lead_id = %s
ORDER BY signals.signal, coalesce(signals.event_date, runs.as_of) DESC, runs.file, sightings.line
"""

_CONTACTS = """
SELECT DISTINCT ON (contacts.kind, contacts.blind) contacts.id, contacts.kind, contacts.value, contacts.label,
    (SELECT array_agg(DISTINCT restriction ORDER BY restriction) FROM contacts AS said, unnest(said.restrictions) AS restriction
     WHERE said.blind = contacts.blind AND said.kind = contacts.kind) AS restrictions,
    lists.name AS list, runs.file, sightings.line AS row
FROM spots
JOIN sightings ON sightings.spot_key = spots.spot_key
JOIN contacts ON contacts.sighting_id = sightings.id
JOIN lists ON lists.id = sightings.list_id
JOIN runs ON runs.id = sightings.first_run
WHERE spots.lead_id = %s
ORDER BY contacts.kind, contacts.blind, sightings.event_date DESC NULLS LAST, lists.priority, sightings.row_hash, lists.name
"""


class LeadRepository:
    """Reads the leads of the user whose token the connection carries."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def search(self, wanted: LeadFilter) -> Iterator[LeadLine]:
        """Stream the leads that fit, from a server-side cursor when there is no limit."""
        query, names = _select(wanted)
        if wanted.limit is not None:
            with self._connection.cursor(row_factory=class_row(LeadLine)) as cursor:
                yield from cursor.execute(query, names)
            return
        with self._connection.cursor("leads", row_factory=class_row(LeadLine)) as cursor:
            cursor.itersize = 5_000
            yield from cursor.execute(query, names)

    def get(self, lead: int) -> LeadRecord | None:
        """Find one lead."""
        with self._connection.cursor(row_factory=class_row(LeadRecord)) as cursor:
            return cursor.execute(_ONE, (lead,)).fetchone()

    def signals(self, lead: int) -> list[SignalLine]:
        """Give every signal of a lead, closed ones too, the newest of each kind first."""
        with self._connection.cursor(row_factory=class_row(SignalLine)) as cursor:
            return cursor.execute(_SIGNALS, (lead,)).fetchall()

    def contacts(self, lead: int) -> list[ContactLine]:
        """Give each distinct contact once; a restriction that any list stated of it holds."""
        with self._connection.cursor(row_factory=class_row(ContactLine)) as cursor:
            return cursor.execute(_CONTACTS, (lead,)).fetchall()

    def history(self, lead: int) -> list[dict[str, Any]]:
        """Give what happened to a lead, the latest first."""
        query = "SELECT what, detail, created_at FROM lead_history WHERE lead_id = %s ORDER BY id DESC"
        with self._connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, (lead,)).fetchall()

    def set_status(self, lead: int, status: str) -> str | None:
        """Change the status; returns the one before, or ``None`` when there is no such lead."""
        query = """
            WITH before AS (SELECT id, status FROM leads WHERE id = %(lead)s FOR UPDATE)
            UPDATE leads SET status = %(status)s, updated_at = now() FROM before
            WHERE leads.id = before.id RETURNING before.status
        """
        row = self._connection.execute(query, {"lead": lead, "status": status}).fetchone()
        return str(row[0]) if row else None


def _select(wanted: LeadFilter) -> tuple[sql.Composed, dict[str, Any]]:
    clauses: list[str] = []
    names: dict[str, Any] = {}

    def need(clause: str, name: str, value: object) -> None:
        if value is not None and value != []:
            clauses.append(clause)
            names[name] = value

    need("leads.distress_signals @> to_jsonb(%(signals)s::text[])", "signals", list(wanted.signals))
    need("jsonb_array_length(leads.distress_signals) >= %(min_signals)s", "min_signals", wanted.min_signals)
    need("lead_scores.score >= %(min_score)s", "min_score", wanted.min_score)
    need("lower(leads.property_city) = lower(%(city)s)", "city", wanted.city)
    need("leads.property_zip = %(zip)s", "zip", wanted.zip)
    need("leads.status = %(status)s", "status", wanted.status)
    need("leads.created_at >= %(new_since)s", "new_since", wanted.new_since)
    need(_NAMED_BY_RUN, "run", wanted.run)
    need("true", "limit", wanted.limit)
    where = " WHERE " + " AND ".join(clauses) if clauses else ""
    limit = " LIMIT %(limit)s" if wanted.limit is not None else ""
    text = f"{_COLUMNS}{where} ORDER BY {_ORDERS[wanted.sort]}, leads.id{limit}"
    return sql.SQL(text).format(), names


_NAMED_BY_RUN = """leads.id IN (
    SELECT spots.lead_id FROM run_rows CROSS JOIN unnest(run_rows.sightings) AS named (sighting)
    JOIN sightings ON sightings.id = named.sighting JOIN spots ON spots.spot_key = sightings.spot_key
    WHERE run_rows.run_id = %(run)s)"""
