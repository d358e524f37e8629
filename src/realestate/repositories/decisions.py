"""Keeps what people decided about leads: which spots belong together, and which do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from psycopg.rows import class_row

from realestate.domain.leads.records import LeadRow

if TYPE_CHECKING:
    import psycopg

    from realestate.domain.leads.decisions import Pair

_ROWS = """
SELECT runs.id AS run, sightings.line AS row, lists.name AS list, runs.file, spots.address, spots.how,
    spots.spot_key AS spot
FROM spots
JOIN sightings ON sightings.user_id = spots.user_id AND sightings.spot_key = spots.spot_key
JOIN lists ON lists.id = sightings.list_id
JOIN runs ON runs.id = sightings.first_run
WHERE spots.lead_id = %s ORDER BY sightings.id
"""

# The spots of a lead are where stacking begins anew, as they are when an undo empties them.
_SEED = """
CREATE TEMP TABLE empty_spots ON COMMIT DROP AS SELECT spot_key FROM spots WHERE lead_id = ANY('{leads}'::int[]);
CREATE TEMP TABLE before ON COMMIT DROP AS SELECT unnest('{leads}'::int[]) AS lead_id
"""

_PAIRS = "unnest(%s::bigint[], %s::bigint[]) AS pair (one, other)"


class DecisionRepository:
    """Works for one user inside the caller's transaction."""

    def __init__(self, connection: psycopg.Connection[Any], user: int) -> None:
        self._connection = connection
        self._user = user

    def rows(self, lead: int) -> list[LeadRow]:
        """Give every row that names a lead, the oldest first."""
        with self._connection.cursor(row_factory=class_row(LeadRow)) as cursor:
            return cursor.execute(_ROWS, (lead,)).fetchall()

    def lead_of(self, spot: int) -> int | None:
        """Find the lead of a spot."""
        row = self._connection.execute("SELECT lead_id FROM spots WHERE spot_key = %s", (spot,)).fetchone()
        return int(row[0]) if row else None

    def decide(self, kind: str, pairs: Sequence[Pair]) -> None:
        """Remember that spots belong ``together``, or that the second of each pair is ``apart`` from the first."""
        query = f"INSERT INTO decisions (user_id, kind, one, other) SELECT %s, %s, one, other FROM {_PAIRS}"  # noqa: S608
        self._connection.execute(query, (self._user, kind, *_columns(pairs)))

    def forget(self, kind: str, pairs: Sequence[Pair]) -> None:
        """Take decisions about these spots back, whichever is named first."""
        query = f"""DELETE FROM decisions USING {_PAIRS} WHERE kind = %s AND ((decisions.one, decisions.other)
            = (pair.one, pair.other) OR (decisions.other, decisions.one) = (pair.one, pair.other))"""  # noqa: S608
        self._connection.execute(query, (*_columns(pairs), kind))

    def seed(self, leads: Sequence[int]) -> None:
        """Name the leads whose spots are to be stacked again."""
        self._connection.execute(_SEED.format(leads="{" + ",".join(str(int(lead)) for lead in leads) + "}"))


def _columns(pairs: Sequence[Pair]) -> tuple[list[int], list[int]]:
    return [one for one, _ in pairs], [other for _, other in pairs]
