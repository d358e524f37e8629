"""Reads leads in bulk on their way out: house, people and what is open, a few thousand at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from psycopg.rows import class_row

from realestate.domain.leads.outgoing import OutgoingContact, OutgoingHouse, OutgoingStatement
from realestate.repositories.folding import BEST_FIRST
from realestate.repositories.restrictions import restrictions_on

if TYPE_CHECKING:
    import psycopg

Row = TypeVar("Row")

_HOUSES = """
SELECT leads.id, leads.facts, leads.source, leads.created_at::date AS created,
    (SELECT min(spots.county) FROM spots WHERE spots.lead_id = leads.id AND spots.county <> '') AS county
FROM leads WHERE leads.id = ANY(%s)
"""

_CONTACTS = f"""
SELECT lead, id, kind, value, label, blind FROM (
    SELECT DISTINCT ON (spots.lead_id, contacts.kind, contacts.blind) spots.lead_id AS lead, contacts.id,
        contacts.kind, contacts.value, contacts.label, contacts.blind,
        row_number() OVER (PARTITION BY spots.lead_id ORDER BY {BEST_FIRST}, contacts.position) AS place
    FROM spots
    JOIN sightings ON sightings.spot_key = spots.spot_key
    JOIN contacts ON contacts.sighting_id = sightings.id
    JOIN lists ON lists.id = sightings.list_id
    WHERE spots.lead_id = ANY(%s)
    ORDER BY spots.lead_id, contacts.kind, contacts.blind, place
) AS named ORDER BY lead, kind, place
"""  # noqa: S608 - constant text

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
        self._look_up()
        rows = self._connection.execute(_CONTACTS, (list(leads),)).fetchall()
        # The short hashes of names are shared by many people, and a name is no way to anybody.
        blinds = list({blind for _, _, kind, _, _, blind in rows if kind != "name"})
        forbidden = restrictions_on(self._connection, blinds)
        return [
            OutgoingContact(lead, number, kind, value, label, forbidden.get((kind, blind), []))
            for lead, number, kind, value, label, blind in rows
        ]

    def statements(self, leads: Sequence[int]) -> list[OutgoingStatement]:
        """Give each distinct statement about a signal that is not closed."""
        return self._read(OutgoingStatement, _STATEMENTS, leads)

    def _read(self, kind: type[Row], query: str, leads: Sequence[int]) -> list[Row]:
        self._look_up()
        with self._connection.cursor(row_factory=class_row(kind)) as cursor:
            return cursor.execute(query, (list(leads),)).fetchall()

    def _look_up(self) -> None:
        """Have the planner look the rows of a few thousand leads up, whatever it believes of tables just filled."""
        for method in ("hashjoin", "mergejoin", "seqscan"):
            self._connection.execute(f"SET LOCAL enable_{method} = off")
