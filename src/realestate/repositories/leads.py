"""Reads leads: lists of them, one with all it rests on; sets their status and keeps their history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from realestate.domain.leads.records import (
    AnalysisRecord,
    ContactLine,
    LeadFilter,
    LeadLine,
    LeadRecord,
    SignalLine,
)
from realestate.repositories.folding import BEST_FIRST
from realestate.repositories.lead_search import select_leads

if TYPE_CHECKING:
    import psycopg

_COLUMNS = """
SELECT leads.id, lead_scores.score, leads.distress_signals AS signals, leads.property_address AS address,
    leads.property_city AS city, leads.property_state AS state, leads.property_zip AS zip, leads.parcel,
    leads.status, leads.lists, leads.source, lead_dues.due_on AS due, lead_scores.suppressed_by
FROM lead_scores JOIN leads ON leads.id = lead_scores.lead_id
LEFT JOIN lead_dues ON lead_dues.lead_id = leads.id
"""

_ONE = """
SELECT leads.id, lead_scores.score, lead_scores.as_of, lead_scores.model, lead_scores.suppressed_by,
    leads.distress_signals AS signals,
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

_CONTACTS = f"""
SELECT DISTINCT ON (contacts.kind, contacts.blind) contacts.id, contacts.kind, contacts.value, contacts.label,
    (SELECT jsonb_agg(first ORDER BY restriction) FROM (
        (SELECT DISTINCT ON (restriction) restriction, jsonb_build_object('restriction', restriction, 'list', by.name,
            'file', brought.file, 'row', seen.line, 'date', coalesce(seen.event_date, brought.as_of)) AS first
        FROM contacts AS said, unnest(said.restrictions) AS restriction, sightings AS seen, runs AS brought, lists AS by
        WHERE said.blind = contacts.blind AND said.kind = contacts.kind AND seen.id = said.sighting_id
            AND brought.id = seen.first_run AND by.id = seen.list_id
        ORDER BY restriction, coalesce(seen.event_date, brought.as_of), by.name, seen.row_hash)
        UNION ALL SELECT 'do_not_contact', jsonb_build_object('restriction', 'do_not_contact', 'list', NULL,
            'file', NULL, 'row', NULL, 'date', wish.created_at::date, 'reason', coalesce(wish.reason, 'asked'))
        FROM do_not_contact AS wish WHERE wish.blind = contacts.blind AND wish.kind = contacts.kind
     ) AS firsts) AS restricted_by,
    lists.name AS list, runs.file, sightings.line AS row
FROM spots
JOIN sightings ON sightings.spot_key = spots.spot_key
JOIN contacts ON contacts.sighting_id = sightings.id
JOIN lists ON lists.id = sightings.list_id
JOIN runs ON runs.id = sightings.first_run
WHERE spots.lead_id = %s
ORDER BY contacts.kind, contacts.blind, {BEST_FIRST}
"""  # noqa: S608 - constant text

_ANALYSIS = """
SELECT id, created_at, condition, estimate_low AS low, repair_cost_estimate AS likely, estimate_high AS high,
    images_analyzed AS photos
FROM property_analyses WHERE lead_id = %s ORDER BY id DESC LIMIT 1
"""

FEW_ROWS = "SET LOCAL random_page_cost = 1.1"
"""What a short list reads is in memory or on a solid disk; at the price of a turning one whole tables are read."""


class LeadRepository:
    """Works on the leads of one user inside the caller's transaction."""

    def __init__(self, connection: psycopg.Connection[Any], user: int) -> None:
        self._connection = connection
        self._user = user

    def search(self, wanted: LeadFilter) -> Iterator[LeadLine]:
        """Stream the leads that fit, from a server-side cursor when there is no limit."""
        query, names = select_leads(_COLUMNS, wanted)
        if wanted.limit is not None:
            self._connection.execute(FEW_ROWS)
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

    def latest_analysis(self, lead: int) -> AnalysisRecord | None:
        """Give what photos of the house showed last; ``None`` if none were analyzed."""
        with self._connection.cursor(row_factory=class_row(AnalysisRecord)) as cursor:
            return cursor.execute(_ANALYSIS, (lead,)).fetchone()

    def lock(self, lead: int) -> str | None:
        """Hold a lead until the transaction ends; returns its status, or ``None`` when there is no such lead."""
        row = self._connection.execute("SELECT status FROM leads WHERE id = %s FOR UPDATE", (lead,)).fetchone()
        return str(row[0]) if row else None

    def set_status(self, lead: int, status: str) -> None:
        """Change the status of a lead that was locked."""
        self._connection.execute("UPDATE leads SET status = %s, updated_at = now() WHERE id = %s", (status, lead))

    def note_history(self, lead: int, what: str, detail: Mapping[str, Any]) -> None:
        """Write down what happened to a lead; ``detail`` holds nothing about a person."""
        query = "INSERT INTO lead_history (user_id, lead_id, what, detail) VALUES (%s, %s, %s, %s)"
        self._connection.execute(query, (self._user, lead, what, Jsonb(dict(detail))))
