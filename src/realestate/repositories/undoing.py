"""Takes away what one run brought, and settles leads that are left without any row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

# Rows that a later or earlier run of the list shows too are theirs from now on.
_GONE = """
CREATE TEMP TABLE still ON COMMIT DROP AS
    SELECT DISTINCT ON (named.sighting) named.sighting, named.line, runs.id AS run
    FROM runs JOIN run_rows ON run_rows.run_id = runs.id
    CROSS JOIN unnest(run_rows.sightings, run_rows.lines) AS named (sighting, line)
    WHERE runs.list_id = {list} AND runs.state = 'done' AND runs.id <> {run} AND named.sighting IS NOT NULL
    ORDER BY named.sighting, runs.id, named.line;
CREATE TEMP TABLE seeds ON COMMIT DROP AS
    SELECT id AS sighting_id, spot_key, still.sighting IS NULL AS gone
    FROM sightings LEFT JOIN still ON still.sighting = sightings.id WHERE first_run = {run};
UPDATE sightings SET first_run = still.run, line = still.line FROM still
    WHERE sightings.id = still.sighting AND first_run = {run};
CREATE TEMP TABLE before ON COMMIT DROP AS
    SELECT DISTINCT lead_id FROM seeds JOIN spots USING (spot_key);
DELETE FROM signals USING seeds WHERE gone AND signals.sighting_id = seeds.sighting_id;
DELETE FROM contacts USING seeds WHERE gone AND contacts.sighting_id = seeds.sighting_id;
DELETE FROM sightings USING seeds WHERE gone AND sightings.id = seeds.sighting_id;
CREATE TEMP TABLE empty_spots ON COMMIT DROP AS
    SELECT DISTINCT spot_key FROM seeds
    WHERE gone AND NOT EXISTS (SELECT FROM sightings WHERE sightings.spot_key = seeds.spot_key)
"""

_REMOVE_SPOTS = """
DELETE FROM spot_ranges USING empty_spots WHERE spot_ranges.spot_key = empty_spots.spot_key;
DELETE FROM spots USING empty_spots WHERE spots.spot_key = empty_spots.spot_key
"""

_TOUCHED = """
CREATE TEMP TABLE touched ON COMMIT DROP AS
SELECT lead_id FROM before UNION SELECT lead_id FROM moved UNION SELECT before FROM moved
"""

_END = """
DELETE FROM run_rows WHERE run_id = {run};
UPDATE runs SET state = 'undone' WHERE id = {run}
"""

_HAND_OVER = """
UPDATE run_rows SET run_id = {heir} WHERE run_id = {run};
UPDATE sightings SET first_run = {heir} WHERE first_run = {run};
UPDATE runs SET same_as = {heir} WHERE same_as = {run} AND id <> {heir};
UPDATE runs SET same_as = NULL, created = given.created, merged = given.merged, unchanged = given.unchanged
    FROM runs AS given WHERE runs.id = {heir} AND given.id = {run};
UPDATE runs SET state = 'undone' WHERE id = {run}
"""


class UndoRepository:
    """Works inside the caller's transaction, on the temporary tables of the stacking."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def heir(self, run: int) -> int | None:
        """Find the earliest run that brought the same bytes again and still stands."""
        query = "SELECT min(id) FROM runs WHERE same_as = %s AND state = 'done'"
        row = self._connection.execute(query, (run,)).fetchone()
        return row[0] if row else None

    def hand_over(self, run: int, heir: int) -> None:
        """Let a run that brought the same bytes have the rows, as if it had been the first."""
        self._connection.execute(_HAND_OVER.format(run=int(run), heir=int(heir)))

    def take_rows(self, run: int, list_id: int) -> None:
        """Remove the rows that only this run shows, and name the spots that nobody names any more."""
        self._connection.execute(_GONE.format(run=int(run), list=int(list_id)))

    def remove_spots(self) -> None:
        """Remove the spots that nobody names, once their neighbourhood is known."""
        self._connection.execute(_REMOVE_SPOTS)

    def touch(self) -> None:
        """Name the leads to be folded and scored again in the temporary table ``touched``."""
        self._connection.execute(_TOUCHED)

    def end(self, run: int) -> None:
        """Close the ledger of a run whose rows are gone."""
        self._connection.execute(_END.format(run=int(run)))
