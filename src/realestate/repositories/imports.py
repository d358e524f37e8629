"""Brings the rows of one run into the database: COPY into temporary tables, a set-based merge per batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from realestate.domain.leads.ports import StagedBatch
from realestate.domain.leads.returning import KnownSpot
from realestate.repositories.copying import copy_columns
from realestate.repositories.privacy import SqlPrivacy

if TYPE_CHECKING:
    import psycopg

IDS_PER_BLOCK = 1_000
"""Ids that one ``nextval`` reserves; the sequences of migration 0002 step by as many."""

BULK_ROWS = 20_000
"""From here on joining whole tables beats looking rows up one by one."""

# The tables of a batch are emptied before the next one, so that they stay small and in memory; those of the
# run, ``incoming_rows``, ``repeats`` and ``fresh`` spots with their ranges, grow until the end. Spots of which one
# file begins or ceases to name several rows are ``recrowded``.
_TEMPORARY = """
CREATE TEMP TABLE incoming_rows (n bigint, chunk int, outcome "char", spot_key bigint) ON COMMIT DROP;
CREATE TEMP TABLE repeats (repeat bigint PRIMARY KEY, kept bigint) ON COMMIT DROP;
CREATE TEMP TABLE incoming_sightings (id bigint, line int, row_hash uuid, spot_key bigint, event_date date, facts jsonb,
    kinds smallint) ON COMMIT DROP;
CREATE TEMP TABLE fresh (LIKE spots) ON COMMIT DROP;
ALTER TABLE fresh DROP COLUMN user_id, DROP COLUMN lead_id, DROP COLUMN how, DROP COLUMN many_parcels,
    DROP COLUMN group_key, ADD PRIMARY KEY (spot_key);
CREATE TEMP TABLE fresh_ranges (street_key bigint, spot_key bigint) ON COMMIT DROP;
CREATE TEMP TABLE recrowded (spot_key bigint) ON COMMIT DROP;
CREATE TEMP TABLE incoming_spots (LIKE fresh) ON COMMIT DROP;
CREATE TEMP TABLE incoming_ranges (LIKE fresh_ranges) ON COMMIT DROP;
CREATE TEMP TABLE incoming_signals (LIKE signals) ON COMMIT DROP;
ALTER TABLE incoming_signals DROP COLUMN user_id;
CREATE TEMP TABLE incoming_contacts (LIKE contacts) ON COMMIT DROP;
ALTER TABLE incoming_contacts DROP COLUMN user_id;
CREATE TEMP TABLE incoming_chunks (chunk int, key bigint, lines int[], sightings bigint[], reasons jsonb, data bytea)
    ON COMMIT DROP
"""
_EMPTY = """
TRUNCATE incoming_sightings, incoming_spots, incoming_ranges, incoming_signals, incoming_contacts, incoming_chunks
"""

# Asked row by row, for a join would be planned by statistics that know nothing of the rows of this run.
_KNOWN = """
SELECT position - 1, sighting FROM (
    SELECT position, (SELECT id FROM sightings WHERE list_id = %s AND sightings.row_hash = given.row_hash) AS sighting
    FROM unnest(%s::uuid[]) WITH ORDINALITY AS given (row_hash, position)
) AS asked WHERE sighting IS NOT NULL
"""

_PLACES = """
SELECT lead_id, spot_key, street_key, parcel_key, coalesce(zip, ''), address_key FROM spots WHERE lead_id = ANY(%s)
"""

_KEEP_SIGHTINGS = """
INSERT INTO sightings (id, user_id, list_id, spot_key, row_hash, first_run, line, event_date, facts, kinds)
SELECT id, %(user)s, %(list)s, spot_key, row_hash, %(run)s, line, event_date, facts, kinds FROM incoming_sightings
"""

# The same row twice in one file is one sighting, and the second row points at it. Asked beforehand, this costs
# less than ON CONFLICT at every row.
_REPEATS = """
INSERT INTO repeats SELECT id, kept FROM (
    SELECT id, (SELECT sightings.id FROM sightings
        WHERE sightings.list_id = %(list)s AND sightings.row_hash = incoming_sightings.row_hash) AS kept
    FROM incoming_sightings
) AS asked WHERE kept IS NOT NULL
"""
_REPEATS_INSIDE = """
INSERT INTO repeats SELECT id, first FROM (
    SELECT id, min(id) OVER (PARTITION BY row_hash) AS first FROM incoming_sightings
) AS named WHERE id <> first ON CONFLICT DO NOTHING
"""
_FORGET_REPEATS = """
DELETE FROM incoming_signals USING repeats WHERE sighting_id = repeat;
DELETE FROM incoming_contacts USING repeats WHERE sighting_id = repeat;
DELETE FROM incoming_sightings USING repeats WHERE id = repeat
"""

_KEEP_SIGNALS = """
INSERT INTO signals (sighting_id, user_id, signal, event_date, amount, years, deadline, closed_on)
SELECT sighting_id, %(user)s, signal, event_date, amount, years, deadline, closed_on FROM incoming_signals
"""

_KEEP_CONTACTS = """
INSERT INTO contacts (id, user_id, sighting_id, kind, position, value, blind, label, restrictions)
SELECT id, %(user)s, sighting_id, kind, position, value, blind, label, restrictions FROM incoming_contacts
"""

_KEEP_SPOTS = """
INSERT INTO fresh SELECT * FROM incoming_spots
WHERE (SELECT spot_key FROM spots WHERE spots.user_id = %(user)s AND spots.spot_key = incoming_spots.spot_key) IS NULL
ON CONFLICT DO NOTHING
"""
_KEEP_RANGES = "INSERT INTO fresh_ranges SELECT * FROM incoming_ranges"

_KEEP_CHUNKS = """
INSERT INTO run_rows (run_id, chunk, user_id, key, lines, sightings, outcomes, matches, reasons, data)
SELECT %(run)s, chunk, %(user)s, key, lines, sightings, '', '', reasons, data FROM incoming_chunks
"""

_NAME_KEPT = """
UPDATE run_rows SET sightings = (
    SELECT array_agg(coalesce(kept, sighting) ORDER BY position)
    FROM unnest(run_rows.sightings) WITH ORDINALITY AS named (sighting, position)
    LEFT JOIN repeats ON repeat = sighting)
WHERE run_id = %(run)s AND chunk IN (
    SELECT chunk FROM run_rows CROSS JOIN unnest(sightings) AS named (sighting) JOIN repeats ON repeat = sighting
    WHERE run_id = %(run)s)
"""

# A lead that this run opened was opened by the first row that names it; every other row joined it.
_NAME_OUTCOMES = """
WITH named AS (
    SELECT n, chunk, outcome, opened.lead_id, spots.how
    FROM incoming_rows
    LEFT JOIN spots ON spots.user_id = %(user)s AND spots.spot_key = incoming_rows.spot_key
    LEFT JOIN opened ON opened.lead_id = spots.lead_id
), firsts AS (
    SELECT min(n) AS n FROM named WHERE lead_id IS NOT NULL GROUP BY lead_id
), letters AS (
    SELECT named.n, chunk,
        coalesce(outcome::text, CASE WHEN firsts.n IS NULL THEN 'm' ELSE 'c' END) AS outcome,
        CASE WHEN outcome IS NOT NULL THEN '-' WHEN firsts.n IS NULL THEN left(how, 1) ELSE 'n' END AS match
    FROM named LEFT JOIN firsts ON firsts.n = named.n ORDER BY chunk, named.n
), lines AS (
    SELECT chunk, string_agg(outcome, '') AS outcomes, string_agg(match, '') AS matches FROM letters GROUP BY chunk
)
UPDATE run_rows SET outcomes = lines.outcomes, matches = lines.matches FROM lines
WHERE run_rows.run_id = %(run)s AND run_rows.chunk = lines.chunk
"""

_COUNT_OUTCOME = (
    "SELECT coalesce(sum(length(outcomes) - length(replace(outcomes, %s, ''))), 0) FROM run_rows WHERE run_id = %s"
)


class ImportRepository:
    """Writes one run inside the caller's transaction."""

    def __init__(self, connection: psycopg.Connection[Any], user: int) -> None:
        self._connection = connection
        self._user = user

    def prepare(self) -> None:
        """Make the temporary tables that the batches go to; they vanish with the transaction."""
        for statement in _TEMPORARY.split(";"):
            self._connection.execute(statement)

    def plan_for_batches(self) -> None:
        """Have the planner look the rows of a batch up one by one, however large the tables have become."""
        self._steer(nestloop=True, hashjoin=False, seqscan=True)

    def plan_for(self, rows: int) -> None:
        """Steer the planner by the size of the run, because it knows nothing yet of rows written just now.

        Left alone it takes a table that was empty a moment ago for tiny and scans it once per row.
        """
        bulk = rows >= BULK_ROWS
        self._steer(nestloop=not bulk, hashjoin=True, seqscan=bulk)
        self._connection.execute("SET LOCAL work_mem = '48MB'")

    def _steer(self, *, nestloop: bool, hashjoin: bool, seqscan: bool) -> None:
        methods = {"nestloop": nestloop, "hashjoin": hashjoin, "mergejoin": hashjoin, "seqscan": seqscan}
        for method, use in methods.items():
            self._connection.execute(f"SET LOCAL enable_{method} = {'on' if use else 'off'}")

    def reserve(self, sequence: str, count: int) -> list[int]:
        """Take ids before the rows are written, because ciphertexts are bound to them."""
        blocks = -(-count // IDS_PER_BLOCK)
        query = "SELECT nextval(%s::regclass) FROM generate_series(1, %s)"
        starts = [row[0] for row in self._connection.execute(query, (sequence, blocks))]
        return [start + offset for start in starts for offset in range(IDS_PER_BLOCK)]

    def suppressed(self) -> dict[str, set[bytes]]:
        """Give the keyed hashes of everybody who was erased, by kind."""
        return SqlPrivacy(self._connection, self._user).suppressed()

    def any_sighting(self, list_id: int) -> bool:
        """Tell whether the list has shown any row before."""
        query = "SELECT EXISTS (SELECT FROM sightings WHERE list_id = %s)"
        row = self._connection.execute(query, (list_id,)).fetchone()
        return bool(row and row[0])

    def places_of(self, leads: Sequence[int]) -> list[KnownSpot]:
        """Give the spots of these leads, for rows that name them by id."""
        return [KnownSpot(*row) for row in self._connection.execute(_PLACES, (list(leads),))]

    def known(self, list_id: int, row_hashes: Sequence[str]) -> dict[int, int]:
        """Find which rows the list has shown before: position in the batch to sighting id."""
        return dict(self._connection.execute(_KNOWN, (list_id, list(row_hashes))).fetchall())

    def stage(self, batch: StagedBatch, list_id: int, run: int) -> None:
        """Keep the new rows of one batch, once each, with their signals and people; their spots wait for a lead."""
        self._connection.execute(_EMPTY)
        for name in ("rows", "sightings", "spots", "ranges", "signals", "contacts", "chunks"):
            copy_columns(self._connection, f"incoming_{name}", getattr(batch, name))
        names = {"user": self._user, "list": list_id, "run": run}
        repeats = self._connection.execute(_REPEATS, names).rowcount
        hashes = batch.sightings["row_hash"]
        if len(set(hashes)) < len(hashes):
            repeats += self._connection.execute(_REPEATS_INSIDE).rowcount
        if repeats:
            self._connection.execute(_FORGET_REPEATS)
        for statement in (_KEEP_SIGHTINGS, _KEEP_SIGNALS, _KEEP_CONTACTS, _KEEP_SPOTS, _KEEP_RANGES, _KEEP_CHUNKS):
            self._connection.execute(statement, names)

    def keep_rows(self, run: int) -> dict[str, int]:
        """Note what became of every row, and count it.

        Returns:
            ``created``, ``merged``, ``unchanged``, ``rejected`` and ``empty``; together all rows.
        """
        names = {"user": self._user, "run": run}
        self._connection.execute(_NAME_KEPT, names)
        self._connection.execute(_NAME_OUTCOMES, names)
        letters = {"created": "c", "merged": "m", "unchanged": "u", "rejected": "x", "empty": "e"}
        return {name: self._count(letter, run) for name, letter in letters.items()}

    def take_stock(self) -> None:
        """Tell the planner, in a transaction of its own, how large the tables have become, unless others are at it."""
        from psycopg.errors import LockNotAvailable

        try:
            self._connection.execute("SELECT auth.take_stock()")
            self._connection.commit()
        except LockNotAvailable:
            self._connection.rollback()

    def _count(self, letter: str, run: int) -> int:
        row = self._connection.execute(_COUNT_OUTCOME, (letter, run)).fetchone()
        return int(row[0]) if row else 0
