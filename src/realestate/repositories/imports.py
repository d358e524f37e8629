"""Brings the rows of one run into the database: COPY into temporary tables, then one set-based merge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from realestate.domain.leads.ports import StagedBatch
from realestate.repositories.copying import copy_columns
from realestate.repositories.privacy import SqlPrivacy

if TYPE_CHECKING:
    import psycopg

IDS_PER_BLOCK = 1_000
"""Ids that one ``nextval`` reserves; the sequences of migration 0002 step by as many."""

BULK_ROWS = 20_000
"""From here on joining whole tables beats looking rows up one by one."""

_TEMPORARY = """
CREATE TEMP TABLE incoming_rows (n bigint, chunk int, line int, outcome text, sighting bigint) ON COMMIT DROP;
CREATE TEMP TABLE incoming_sightings (id bigint, line int, row_hash uuid, spot_key bigint, event_date date, facts jsonb,
    kinds smallint) ON COMMIT DROP;
CREATE TEMP TABLE incoming_spots (LIKE spots) ON COMMIT DROP;
ALTER TABLE incoming_spots DROP COLUMN user_id, DROP COLUMN lead_id, DROP COLUMN how, DROP COLUMN many_parcels,
    DROP COLUMN group_key;
CREATE TEMP TABLE incoming_ranges (street_key bigint, spot_key bigint) ON COMMIT DROP;
CREATE TEMP TABLE incoming_signals (LIKE signals) ON COMMIT DROP;
ALTER TABLE incoming_signals DROP COLUMN user_id;
CREATE TEMP TABLE incoming_contacts (LIKE contacts) ON COMMIT DROP;
ALTER TABLE incoming_contacts DROP COLUMN user_id;
CREATE TEMP TABLE incoming_chunks (chunk int, key bigint, reasons jsonb, data bytea) ON COMMIT DROP
"""

_KNOWN = """
SELECT given.position - 1, sightings.id
FROM unnest(%s::uuid[]) WITH ORDINALITY AS given (row_hash, position)
JOIN sightings ON sightings.list_id = %s AND sightings.row_hash = given.row_hash
"""

_KEEP_SIGHTINGS = """
INSERT INTO sightings (id, user_id, list_id, spot_key, row_hash, first_run, line, event_date, facts, kinds)
SELECT id, %(user)s, %(list)s, spot_key, row_hash, %(run)s, line, event_date, facts, kinds FROM incoming_sightings
ON CONFLICT (list_id, row_hash) DO NOTHING
"""

# The same row twice in one file is one sighting, and the second row points at it.
_FORGET_REPEATS = """
CREATE TEMP TABLE repeats ON COMMIT DROP AS
    SELECT incoming_sightings.id AS repeat, sightings.id AS kept FROM incoming_sightings
    JOIN sightings ON sightings.list_id = {list} AND sightings.row_hash = incoming_sightings.row_hash
    WHERE sightings.id <> incoming_sightings.id;
DELETE FROM incoming_signals USING repeats WHERE sighting_id = repeat;
DELETE FROM incoming_contacts USING repeats WHERE sighting_id = repeat;
DELETE FROM incoming_sightings USING repeats WHERE id = repeat;
UPDATE incoming_rows SET sighting = kept FROM repeats WHERE sighting = repeat
"""

_KEEP_SIGNALS = """
INSERT INTO signals (sighting_id, user_id, signal, event_date, amount, years, deadline, closed_on)
SELECT sighting_id, %(user)s, signal, event_date, amount, years, deadline, closed_on FROM incoming_signals
"""

_KEEP_CONTACTS = """
INSERT INTO contacts (id, user_id, sighting_id, kind, position, value, blind, label, restrictions)
SELECT id, %(user)s, sighting_id, kind, position, value, blind, label, restrictions FROM incoming_contacts
"""

# A lead that this run opened was opened by the first row that names it; every other row joined it.
_KEEP_ROWS = """
INSERT INTO run_rows (run_id, chunk, user_id, key, lines, sightings, outcomes, matches, reasons, data)
SELECT %(run)s, chunk, %(user)s, key, lines, sightings, outcomes, matches, reasons, data
FROM incoming_chunks JOIN (
    SELECT chunk, array_agg(line ORDER BY n) AS lines, array_agg(sighting ORDER BY n) AS sightings,
        string_agg(outcome, '' ORDER BY n) AS outcomes,
        string_agg(CASE outcome WHEN 'c' THEN 'n' WHEN 'm' THEN match ELSE '-' END, '' ORDER BY n) AS matches
    FROM (
        SELECT n, chunk, incoming_rows.line, sighting,
            coalesce(outcome, CASE WHEN opened.lead_id IS NOT NULL
                AND n = min(n) OVER (PARTITION BY opened.lead_id) THEN 'c' ELSE 'm' END) AS outcome,
            left(spots.how, 1) AS match
        FROM incoming_rows
        LEFT JOIN sightings ON sightings.id = sighting AND outcome IS NULL
        LEFT JOIN spots ON spots.user_id = %(user)s AND spots.spot_key = sightings.spot_key
        LEFT JOIN opened ON opened.lead_id = spots.lead_id
    ) AS named GROUP BY 1
) AS rows USING (chunk)
"""

_COUNT_OUTCOME = (
    "SELECT coalesce(sum(length(outcomes) - length(replace(outcomes, %s, ''))), 0) FROM run_rows WHERE run_id = %s"
)


class ImportRepository:
    """Writes one run inside the caller's transaction; never commits by itself."""

    def __init__(self, connection: psycopg.Connection[Any], user: int) -> None:
        self._connection = connection
        self._user = user

    def prepare(self) -> None:
        """Make the temporary tables that the batches go to; they vanish with the transaction."""
        for statement in _TEMPORARY.split(";"):
            self._connection.execute(statement)

    def plan_for(self, rows: int) -> None:
        """Steer the planner by the size of the batch, because it knows nothing yet of rows written just now.

        Left alone it takes a table that was empty a moment ago for tiny and scans it once per row.
        """
        bulk = rows >= BULK_ROWS
        self._connection.execute(f"SET LOCAL enable_nestloop = {'off' if bulk else 'on'}")
        self._connection.execute(f"SET LOCAL enable_seqscan = {'on' if bulk else 'off'}")
        self._connection.execute("SET LOCAL work_mem = '256MB'")

    def reserve(self, sequence: str, count: int) -> list[int]:
        """Take ids before the rows are written, because ciphertexts are bound to them."""
        blocks = -(-count // IDS_PER_BLOCK)
        query = "SELECT nextval(%s::regclass) FROM generate_series(1, %s)"
        starts = [row[0] for row in self._connection.execute(query, (sequence, blocks))]
        return [start + offset for start in starts for offset in range(IDS_PER_BLOCK)][:count]

    def suppressed(self) -> dict[str, set[bytes]]:
        """Give the keyed hashes of everybody who was erased, by kind."""
        return SqlPrivacy(self._connection, self._user).suppressed()

    def any_sighting(self, list_id: int) -> bool:
        """Tell whether the list has shown any row before."""
        query = "SELECT EXISTS (SELECT FROM sightings WHERE list_id = %s)"
        row = self._connection.execute(query, (list_id,)).fetchone()
        return bool(row and row[0])

    def known(self, list_id: int, row_hashes: Sequence[str]) -> dict[int, int]:
        """Find which rows the list has shown before: position in the batch to sighting id."""
        return dict(self._connection.execute(_KNOWN, (list(row_hashes), list_id)).fetchall())

    def stage(self, batch: StagedBatch) -> None:
        """Send one batch to the temporary tables."""
        for name in ("rows", "sightings", "spots", "ranges", "signals", "contacts", "chunks"):
            copy_columns(self._connection, f"incoming_{name}", getattr(batch, name))

    def keep_sightings(self, list_id: int, run: int) -> None:
        """Keep the new rows, once each, with their signals and people."""
        names = {"user": self._user, "list": list_id, "run": run}
        staged = self._connection.execute("SELECT count(*) FROM incoming_sightings").fetchone()
        kept = self._connection.execute(_KEEP_SIGHTINGS, names).rowcount
        if staged and kept < staged[0]:
            for statement in _FORGET_REPEATS.format(list=int(list_id)).split(";"):
                self._connection.execute(statement)
        self._connection.execute(_KEEP_SIGNALS, names)
        self._connection.execute(_KEEP_CONTACTS, names)

    def keep_rows(self, run: int) -> dict[str, int]:
        """Keep every row as it came, and count what became of it.

        Returns:
            ``created``, ``merged``, ``unchanged``, ``rejected`` and ``empty``; together all rows.
        """
        self._connection.execute(_KEEP_ROWS, {"user": self._user, "run": run})
        letters = {"created": "c", "merged": "m", "unchanged": "u", "rejected": "x", "empty": "e"}
        return {name: self._count(letter, run) for name, letter in letters.items()}

    def _count(self, letter: str, run: int) -> int:
        row = self._connection.execute(_COUNT_OUTCOME, (letter, run)).fetchone()
        return int(row[0]) if row else 0
