"""Reads leads in bulk on their way out: house, people and what is open, a few thousand at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from psycopg.rows import class_row

from realestate.domain.leads.outgoing import OutgoingContact, OutgoingHouse, OutgoingStatement

if TYPE_CHECKING:
    import psycopg

Row = TypeVar("Row")

_HOUSES = """
SELECT leads.id, leads.facts, leads.source, leads.created_at::date AS created,
    (SELECT min(spots.county) FROM spots WHERE spots.lead_id = leads.id AND spots.county <> '') AS county
FROM leads WHERE leads.id = ANY(%s)
"""

# Every list's restriction on a phone, an e-mail address or a mailbox holds, and so does a wish that was noted.
_CONTACTS = """
WITH named AS MATERIALIZED (
    SELECT DISTINCT ON (spots.lead_id, contacts.kind, contacts.blind) spots.lead_id AS lead, contacts.id,
        contacts.kind, contacts.value, contacts.label, contacts.blind, contacts.position,
        sightings.event_date, lists.priority, sightings.row_hash, lists.name AS list
    FROM spots
    JOIN sightings ON sightings.spot_key = spots.spot_key
    JOIN contacts ON contacts.sighting_id = sightings.id
    JOIN lists ON lists.id = sightings.list_id
    WHERE spots.lead_id = ANY(%s)
    ORDER BY spots.lead_id, contacts.kind, contacts.blind, sightings.event_date DESC NULLS LAST, lists.priority,
        sightings.row_hash, lists.name, contacts.position
)
SELECT lead, id, kind, value, label, CASE WHEN kind = 'name' THEN '{}'::text[] ELSE ARRAY(
    SELECT DISTINCT restriction::text FROM contacts AS said, unnest(said.restrictions) AS restriction
        WHERE said.blind = named.blind AND said.kind = named.kind
    UNION SELECT 'do_not_contact' FROM do_not_contact
        WHERE do_not_contact.blind = named.blind AND do_not_contact.kind = named.kind
    ORDER BY 1) END AS restrictions
FROM named
ORDER BY lead, kind, event_date DESC NULLS LAST, priority, row_hash, list, position
"""

_STATEMENTS = """
SELECT DISTINCT spots.lead_id AS lead, signals.signal, coalesce(signals.event_date, runs.as_of) AS day,
    signals.amount, signals.years, signals.deadline
FROM spots
JOIN sightings ON sightings.spot_key = spots.spot_key
JOIN signals ON signals.sighting_id = sightings.id
JOIN runs ON runs.id = sightings.first_run
WHERE spots.lead_id = ANY(%s) AND (signals.closed_on IS NULL OR signals.closed_on > current_date)
ORDER BY lead, signals.signal, day DESC, amount, years, deadline
"""


class ExportRepository:
    """Reads what leads rest on, for the user whose token the connection carries."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def houses(self, leads: Sequence[int]) -> list[OutgoingHouse]:
        """Give what lists say of the houses."""
        return self._read(OutgoingHouse, _HOUSES, leads)

    def contacts(self, leads: Sequence[int]) -> list[OutgoingContact]:
        """Give each distinct contact of a lead once, the best first of each kind, with all that forbids using it."""
        return self._read(OutgoingContact, _CONTACTS, leads)

    def statements(self, leads: Sequence[int]) -> list[OutgoingStatement]:
        """Give each distinct statement about a signal that is not closed."""
        return self._read(OutgoingStatement, _STATEMENTS, leads)

    def _read(self, kind: type[Row], query: str, leads: Sequence[int]) -> list[Row]:
        with self._connection.cursor(row_factory=class_row(kind)) as cursor:
            return cursor.execute(query, (list(leads),)).fetchall()
