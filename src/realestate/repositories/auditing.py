"""Counts what an audit of the leads asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from realestate.domain.leads.people import HOME
from realestate.domain.leads.reach import CLOSES

if TYPE_CHECKING:
    import psycopg

# Lists of which single rows say so are named only where another row contradicts them.
_ABSENTEE = """
WITH home AS MATERIALIZED (
    SELECT DISTINCT spots.lead_id FROM sightings JOIN spots ON spots.spot_key = sightings.spot_key
    WHERE sightings.kinds & %(home)s <> 0
), absentee AS (
    SELECT DISTINCT lists.name, lists.signal = 'absentee' AS wholly, spots.lead_id FROM signals
    JOIN sightings ON sightings.id = signals.sighting_id
    JOIN lists ON lists.id = sightings.list_id
    JOIN spots ON spots.spot_key = sightings.spot_key
    WHERE signals.signal = 'absentee'
)
SELECT absentee.name, count(*), count(home.lead_id) FROM absentee LEFT JOIN home USING (lead_id)
GROUP BY absentee.name, absentee.wholly HAVING absentee.wholly OR count(home.lead_id) > 0
ORDER BY count(home.lead_id)::float8 / count(*) DESC, absentee.name
"""

# A lead can be reached by an open contact of any list, or by a letter to the house where its owner lives there.
_SILENT = """
WITH closed AS MATERIALIZED (
    SELECT kind, blind FROM contacts WHERE (kind = 'phone' AND restrictions && %(phone)s)
        OR (kind = 'email' AND restrictions && %(email)s) OR (kind = 'mailing' AND restrictions && %(mailing)s)
    UNION SELECT kind, blind FROM do_not_contact
), open AS MATERIALIZED (
    SELECT contacts.sighting_id FROM contacts LEFT JOIN closed USING (kind, blind)
        WHERE contacts.kind <> 'name' AND closed.blind IS NULL
    UNION SELECT sightings.id FROM sightings WHERE kinds & %(home)s <> 0 AND NOT EXISTS (
        SELECT FROM contacts WHERE contacts.sighting_id = sightings.id AND restrictions && %(mailing)s)
), reached AS MATERIALIZED (
    SELECT DISTINCT spots.lead_id FROM open JOIN sightings ON sightings.id = open.sighting_id
    JOIN spots ON spots.spot_key = sightings.spot_key
)
SELECT count(*), count(*) - count(reached.lead_id) FROM leads LEFT JOIN reached ON reached.lead_id = leads.id
"""


class AuditRepository:
    """Counts for the user whose token the connection carries."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def absentee_lists(self) -> list[tuple[str, int, int]]:
        """Give each list that calls owners absent: name, leads, and those whose owner's mail goes to the property."""
        return self._connection.execute(_ABSENTEE, {"home": HOME}).fetchall()

    def silent(self) -> tuple[int, int]:
        """Count all leads, and those with no contact that may be used."""
        closers = {kind: sorted(names) for kind, names in CLOSES.items()}
        row = self._connection.execute(_SILENT, {"home": HOME, **closers}).fetchone()
        return (int(row[0]), int(row[1])) if row else (0, 0)
