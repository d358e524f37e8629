"""Reads scores of a day gone by, which were added up into the temporary table ``scored``, and what changed since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from psycopg.rows import class_row

from realestate.domain.leads.records import PastScore, ScoreChange

if TYPE_CHECKING:
    import psycopg

_PAST = """
SELECT seen.lead_id AS id, coalesce(scored.score, 0) AS score, coalesce(scored.signals, '[]') AS signals,
    scored.suppressed_by, leads.property_address AS address, leads.property_city AS city, leads.property_zip AS zip
FROM seen JOIN leads ON leads.id = seen.lead_id LEFT JOIN scored ON scored.lead_id = seen.lead_id
ORDER BY 2 DESC, 1
"""
_SEEN = """
CREATE TEMP TABLE seen ON COMMIT DROP AS
SELECT DISTINCT spots.lead_id FROM spots
JOIN sightings ON sightings.user_id = spots.user_id AND sightings.spot_key = spots.spot_key
JOIN runs ON runs.id = sightings.first_run WHERE runs.as_of <= %(as_of)s
"""

_CHANGES = """
SELECT * FROM (
    SELECT CASE WHEN seen.lead_id IS NULL THEN 'new' WHEN before > 0 AND score = 0 THEN 'closed'
            WHEN score - before >= %(least)s OR (score >= before AND opened <> '[]') THEN 'hotter'
            WHEN before - score >= %(least)s OR (score < before AND closed <> '[]') THEN 'cooler' END AS change,
        id, address, city, zip, before, score, opened, closed, suppressed_by
    FROM (
        SELECT leads.id, leads.property_address AS address, leads.property_city AS city, leads.property_zip AS zip,
            coalesce(scored.score, 0) AS before, lead_scores.score, lead_scores.suppressed_by,
            leads.distress_signals - was.names AS opened, coalesce(scored.signals, '[]') - now.names AS closed
        FROM leads JOIN lead_scores ON lead_scores.lead_id = leads.id LEFT JOIN scored ON scored.lead_id = leads.id
        CROSS JOIN LATERAL (SELECT ARRAY(SELECT jsonb_array_elements_text(coalesce(scored.signals, '[]'))) AS names)
            AS was
        CROSS JOIN LATERAL (SELECT ARRAY(SELECT jsonb_array_elements_text(leads.distress_signals)) AS names) AS now
    ) AS compared LEFT JOIN seen ON seen.lead_id = compared.id
) AS changed WHERE change IS NOT NULL
ORDER BY array_position(ARRAY['new', 'hotter', 'cooler', 'closed'], change), score DESC, before DESC, id
"""


class PastScores:
    """Works on what :class:`ScoreRepository` added up for a day, inside the same transaction."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def past(self, as_of: date) -> Iterator[PastScore]:
        """Stream the scores that were added up for a day gone by, the best first."""
        self._connection.execute(_SEEN, {"as_of": as_of})
        with self._connection.cursor(row_factory=class_row(PastScore)) as cursor:
            yield from cursor.execute(_PAST)

    def changes(self, since: date, least: float) -> Iterator[ScoreChange]:
        """Stream what became of the leads since the day that was added up."""
        self._connection.execute(_SEEN, {"as_of": since})
        with self._connection.cursor(row_factory=class_row(ScoreChange)) as cursor:
            yield from cursor.execute(_CHANGES, {"least": least})
