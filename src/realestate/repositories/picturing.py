"""Reads what the pictures of many leads need: places and sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg.rows import class_row

from realestate.domain.leads.pictures import Place, Source

if TYPE_CHECKING:
    import psycopg

_PLACES = """
SELECT id, (facts ->> 'lat')::float8, (facts ->> 'lon')::float8 FROM leads
WHERE id = ANY(%s) AND facts ? 'lat' AND facts ? 'lon'
    AND (facts ->> 'lat')::float8 BETWEEN 13 AND 72 AND (facts ->> 'lon')::float8 BETWEEN -180 AND -60
"""

_SOURCES = """
SELECT lists.name AS list, lists.signal, coalesce(named.leads, 0) AS leads, runs.as_of, named.newest_event
FROM lists
JOIN (SELECT list_id, max(as_of) AS as_of FROM runs WHERE state = 'done' GROUP BY 1) AS runs ON runs.list_id = lists.id
LEFT JOIN (
    SELECT sightings.list_id, count(DISTINCT spots.lead_id) AS leads, max(sightings.event_date) AS newest_event
    FROM sightings JOIN spots ON spots.spot_key = sightings.spot_key GROUP BY 1
) AS named ON named.list_id = lists.id
ORDER BY leads DESC, lists.name
"""


class PictureRepository:
    """Reads for the user whose token the connection carries."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def places(self, leads: list[int]) -> dict[int, Place]:
        """Give latitude and longitude, where lists state ones that lie in the United States."""
        return {lead: (lat, lon) for lead, lat, lon in self._connection.execute(_PLACES, (leads,))}

    def sources(self) -> list[Source]:
        """Give every list with the leads it names, the largest first."""
        with self._connection.cursor(row_factory=class_row(Source)) as cursor:
            return cursor.execute(_SOURCES).fetchall()
