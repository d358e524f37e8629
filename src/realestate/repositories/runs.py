"""Keeps the ledger of imports: lists, runs, every row of a run, and what undoing one takes away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from realestate.domain.leads.records import ListRecord, RowRecord, RunRecord

if TYPE_CHECKING:
    import psycopg

OUTCOMES = {"c": "created", "m": "merged", "u": "unchanged", "x": "rejected", "e": "empty"}
MATCHES = {"n": "new", "p": "parcel", "a": "address", "r": "range", "f": "fuzzy", "m": "manual"}


_RUN = """
SELECT runs.id AS run, runs.list_id, lists.name AS list, runs.file, runs.signal, runs.as_of, runs.state, runs.same_as,
    runs.rows,
    runs.created, runs.merged, runs.unchanged, runs.rejected, runs.empty, runs.lossy, runs.header,
    runs.columns, runs.seconds,
    runs.created_at
FROM runs JOIN lists ON lists.id = runs.list_id
"""

_OPEN = """
INSERT INTO runs (user_id, list_id, file, file_hash, signal, as_of, header, columns)
VALUES (%(user)s, %(list)s, %(file)s, %(hash)s, %(signal)s, %(as_of)s, %(header)s, %(columns)s) RETURNING id
"""

_CLOSE = """
UPDATE runs SET rows = %(rows)s, created = %(created)s, merged = %(merged)s, unchanged = %(unchanged)s,
    rejected = %(rejected)s, empty = %(empty)s, lossy = %(lossy)s, seconds = %(seconds)s, same_as = %(same_as)s
WHERE id = %(run)s
"""

_ROWS = """
SELECT named.line, spots.lead_id, substr(run_rows.outcomes, named.position::int, 1),
    run_rows.reasons ->> (named.position - 1)::text, substr(run_rows.matches, named.position::int, 1)
FROM run_rows
CROSS JOIN unnest(run_rows.lines, run_rows.sightings) WITH ORDINALITY AS named (line, sighting, position)
LEFT JOIN sightings ON sightings.id = named.sighting
LEFT JOIN spots ON spots.user_id = sightings.user_id AND spots.spot_key = sightings.spot_key
WHERE run_rows.run_id = %s ORDER BY run_rows.chunk, named.position
"""


class RunRepository:
    """Reads and writes runs inside the caller's transaction; never commits by itself."""

    def __init__(self, connection: psycopg.Connection[Any], user: int) -> None:
        self._connection = connection
        self._user = user

    def saved_mapping(self, name: str) -> dict[str, str]:
        """Give what a person said of the columns of the list of this name: header to field."""
        row = self._connection.execute("SELECT mapping FROM lists WHERE name = %s", (name,)).fetchone()
        return row[0] if row and row[0] else {}

    def name_list(
        self, name: str, signal: str | None, mapping: dict[str, str] | None, priority: int | None = None
    ) -> ListRecord:
        """Make a list, or take the one of that name and remember its newest signal and mapping."""
        query = """
            INSERT INTO lists (user_id, name, signal, mapping, priority) VALUES (%s, %s, %s, %s, coalesce(%s, 100))
            ON CONFLICT (user_id, name) DO UPDATE SET signal = excluded.signal,
                mapping = coalesce(excluded.mapping, lists.mapping)
            RETURNING id, name, signal, mapping, priority
        """
        values = (self._user, name, signal, Jsonb(mapping) if mapping else None, priority)
        with self._connection.cursor(row_factory=class_row(ListRecord)) as cursor:
            found = cursor.execute(query, values).fetchone()
        assert found is not None  # noqa: S101 - RETURNING after an upsert always gives the row
        return found

    def same_file(self, run: int) -> RunRecord | None:
        """Find the run that brought the very bytes of this one to the same list, when it still stands."""
        query = (
            _RUN
            + """JOIN runs AS this ON this.id = %s AND this.list_id = runs.list_id AND this.file_hash = runs.file_hash
            WHERE runs.id < this.id AND runs.state = 'done' AND runs.same_as IS NULL ORDER BY runs.id LIMIT 1"""
        )
        return self._one(query, (run,))

    def open(
        self,
        list_id: int,
        file: str,
        file_hash: bytes,
        signal: str | None,
        as_of: date,
        header: Sequence[str],
        columns: dict[str, str],
    ) -> int:
        """Begin a run and return its number."""
        names = {"user": self._user, "list": list_id, "file": file, "hash": file_hash, "signal": signal}
        row = self._connection.execute(
            _OPEN, {**names, "as_of": as_of, "header": list(header), "columns": Jsonb(columns)}
        ).fetchone()
        assert row is not None  # noqa: S101 - RETURNING always gives the row
        return int(row[0])

    def close(
        self, run: int, counts: dict[str, int], *, lossy: int, seconds: float, same_as: int | None = None
    ) -> None:
        """Write what the run came to; the counts must add up, or the database refuses."""
        names = {
            **counts,
            "rows": sum(counts.values()),
            "lossy": lossy,
            "seconds": seconds,
            "same_as": same_as,
        }
        self._connection.execute(_CLOSE, {**names, "run": run})

    def get(self, run: int) -> RunRecord | None:
        """Find one run."""
        return self._one(_RUN + " WHERE runs.id = %s", (run,))

    def list_names(self) -> list[str]:
        """Give the name of every list, by the alphabet."""
        return [str(name) for (name,) in self._connection.execute("SELECT name FROM lists ORDER BY name")]

    def all(self) -> list[RunRecord]:
        """Give every run, the latest first."""
        with self._connection.cursor(row_factory=class_row(RunRecord)) as cursor:
            return cursor.execute(_RUN + " ORDER BY runs.id DESC").fetchall()

    def rows(self, run: RunRecord) -> Iterator[RowRecord]:
        """Stream what became of each row of a run, in the order of the file."""
        with self._connection.cursor("rows") as cursor:
            cursor.itersize = 5_000
            for line, lead, outcome, reason, match in cursor.execute(_ROWS, (run.same_as or run.run,)):
                if run.same_as and outcome in "cm":
                    yield RowRecord(line, lead, "unchanged", None, None)
                else:
                    yield RowRecord(line, lead, OUTCOMES[outcome], reason, MATCHES.get(match))

    def chunks(self, run: int) -> Iterator[tuple[int, bytes, str, list[int], dict[str, str]]]:
        """Stream the raw rows of a run, still encrypted: key, data, outcomes, lines, reasons by position."""
        query = "SELECT key, data, outcomes, lines, reasons FROM run_rows WHERE run_id = %s ORDER BY chunk"
        with self._connection.cursor("chunks") as cursor:
            cursor.itersize = 20
            yield from cursor.execute(query, (run,))

    def _one(self, query: str, values: tuple[object, ...]) -> RunRecord | None:
        with self._connection.cursor(row_factory=class_row(RunRecord)) as cursor:
            return cursor.execute(query, values).fetchone()
