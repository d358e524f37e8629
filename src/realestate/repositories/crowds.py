"""Spots that one file names in several rows, as a tax roll names the condominiums of one building."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

_ANY_KNOWN = "SELECT EXISTS (SELECT FROM incoming_rows WHERE outcome = 'u')"

# Rows of one day stand beside one another; a row for each year or each filing follows another.
_OF_NEW_ROWS = """
SELECT sightings.spot_key FROM (
    SELECT spot_key FROM incoming_rows WHERE spot_key IS NOT NULL GROUP BY spot_key HAVING count(*) > 1
) AS shared JOIN sightings USING (spot_key)
WHERE sightings.first_run = %(run)s GROUP BY sightings.spot_key, event_date HAVING count(*) > 1
"""
_OF_ALL_ROWS = """
SELECT sightings.spot_key FROM (
    SELECT spot_key FROM sightings WHERE list_id = %(list)s GROUP BY spot_key, event_date HAVING count(*) > 1
) AS shared JOIN sightings USING (spot_key)
JOIN (SELECT DISTINCT unnest(sightings) AS id FROM run_rows WHERE run_id = %(run)s) AS named USING (id)
WHERE list_id = %(list)s GROUP BY sightings.spot_key, event_date HAVING count(*) > 1
"""
# Of a list of nothing but addresses, several properties of one address are rows that do not differ.
_REPEATED = """
SELECT spot_key FROM sightings AS said
WHERE id IN ({again}) AND kinds = 0 AND facts IS NULL AND event_date IS NULL
    AND NOT EXISTS (SELECT FROM contacts WHERE sighting_id = said.id)
    AND NOT EXISTS (SELECT FROM signals WHERE sighting_id = said.id AND (amount IS NOT NULL OR years IS NOT NULL))
"""
_NEW_AGAIN = "SELECT kept FROM repeats"
_KNOWN_AGAIN = """
SELECT id FROM run_rows CROSS JOIN unnest(sightings) AS named (id) WHERE run_id = %(run)s
GROUP BY id HAVING count(*) > 1
"""
_KEEP = """
WITH kept AS (
    INSERT INTO crowds (user_id, run_id, spot_key)
    SELECT DISTINCT %(user)s::int, %(run)s::bigint, spot_key FROM ({found}) AS found
    WHERE NOT EXISTS (SELECT FROM fresh WHERE fresh.spot_key = found.spot_key AND parcel IS NOT NULL)
        AND NOT EXISTS (SELECT FROM spots WHERE spots.spot_key = found.spot_key AND parcel IS NOT NULL)
    RETURNING spot_key
) INSERT INTO recrowded SELECT spot_key FROM kept
"""
_LIFT = """
WITH lifted AS (DELETE FROM crowds WHERE run_id = %s RETURNING spot_key)
INSERT INTO recrowded SELECT spot_key FROM lifted
"""


class CrowdRepository:
    """Works inside the caller's transaction, on the temporary tables of an import."""

    def __init__(self, connection: psycopg.Connection[Any], user: int) -> None:
        self._connection = connection
        self._user = user

    def note(self, run: int, list_id: int) -> None:
        """Remember the spots without parcel that several rows of this run's file name for one day."""
        any_known = self._connection.execute(_ANY_KNOWN).fetchone()
        differing, again = _OF_NEW_ROWS, _NEW_AGAIN
        if any_known and any_known[0]:
            differing, again = _OF_ALL_ROWS, f"{_NEW_AGAIN} UNION {_KNOWN_AGAIN}"
        found = f"{differing} UNION {_REPEATED.format(again=again)}"
        self._connection.execute(_KEEP.format(found=found), {"user": self._user, "run": run, "list": list_id})

    def lift(self, run: int) -> None:
        """Forget what a run said."""
        self._connection.execute(_LIFT, (run,))

    def hand_over(self, run: int, heir: int) -> None:
        """Let another run that brought the same bytes say it."""
        self._connection.execute("UPDATE crowds SET run_id = %s WHERE run_id = %s", (heir, run))
