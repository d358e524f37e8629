"""Keeps analyses of photos in Postgres, and each price book once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from psycopg import sql
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from realestate.domain.repairs.keeping import AnalysisLine, KeptAnalysis, LeadHouse

if TYPE_CHECKING:
    import psycopg

_HOUSE = """
SELECT id AS lead, property_address AS address, property_zip AS zip, property_state AS state,
    facts -> 'sqft' AS sqft, facts -> 'year_built' AS year_built
FROM leads WHERE id = %s
"""

_LINE = """
SELECT property_analyses.id, property_analyses.created_at, condition, estimate_low AS low,
    repair_cost_estimate AS likely, estimate_high AS high, images_analyzed AS photos, images_skipped AS skipped,
    model_name AS model, model_sha256 AS sha256, price_date
"""

_HISTORY = _LINE + "FROM property_analyses WHERE lead_id = %s ORDER BY id DESC"

_ONE = (
    _LINE
    + """, lead_id AS lead, detected_issues AS issues, condition_reasons AS reasons, estimate_lines AS lines,
    house, prices
FROM property_analyses LEFT JOIN price_books ON price_books.id = price_book_id
WHERE property_analyses.id = %s
"""
)

_KEEP_BOOK = """
INSERT INTO price_books (user_id, digest, prices) VALUES (%(user)s, %(digest)s, %(prices)s)
ON CONFLICT (user_id, digest) DO NOTHING
"""


class RepairRepository:
    """Analyses of the user whose token the connection carries; never commits by itself."""

    def __init__(self, connection: psycopg.Connection[Any], user: int) -> None:
        self._connection = connection
        self._user = user

    def house(self, lead: int) -> LeadHouse | None:
        """What is known of a lead's house; ``None`` when there is no such lead."""
        with self._connection.cursor(row_factory=class_row(LeadHouse)) as cursor:
            return cursor.execute(_HOUSE, (lead,)).fetchone()

    def keep_book(self, digest: str, prices: Sequence[Mapping[str, Any]]) -> int:
        """Keep a price book once; returns its id."""
        named = {"user": self._user, "digest": digest, "prices": Jsonb(list(prices))}
        self._connection.execute(_KEEP_BOOK, named)
        row = self._connection.execute("SELECT id FROM price_books WHERE digest = %s", (digest,)).fetchone()
        return int(row[0]) if row else 0

    def add(self, lead: int, columns: Mapping[str, Any]) -> int:
        """Keep an analysis; returns its id."""
        values = {"user_id": self._user, "lead_id": lead, **columns}
        query = sql.SQL("INSERT INTO property_analyses ({}) VALUES ({}) RETURNING id").format(
            sql.SQL(", ").join(map(sql.Identifier, values)), sql.SQL(", ").join(map(sql.Placeholder, values))
        )
        row = self._connection.execute(query, {name: _as_json(value) for name, value in values.items()}).fetchone()
        return int(row[0]) if row else 0

    def history(self, lead: int) -> list[AnalysisLine]:
        """The analyses of a lead, the latest first."""
        with self._connection.cursor(row_factory=class_row(AnalysisLine)) as cursor:
            return cursor.execute(_HISTORY, (lead,)).fetchall()

    def get(self, analysis: int) -> KeptAnalysis | None:
        """One analysis with all that it takes to make its estimate again."""
        with self._connection.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute(_ONE, (analysis,)).fetchone()
        if row is None:
            return None
        line = AnalysisLine(**{name: row.pop(name) for name in AnalysisLine.__slots__})
        return KeptAnalysis(line, **row)


def _as_json(value: object) -> object:
    return Jsonb(value) if isinstance(value, (list, dict)) else value
