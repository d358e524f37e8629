"""Walks through ciphertexts of any table: those under other keys than the active one, and how many there are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from psycopg import sql

from realestate.domain.keys import SealedValue
from realestate.domain.personal_data import SEALED, SEALED_DOCUMENTS, SealedColumn

if TYPE_CHECKING:
    from psycopg import Connection

START = "(0,0)"
"""Before the first row of a table."""


class SealedValues:
    """Ciphertexts of the user the connection speaks for, inside the caller's transaction."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def stale(self, column: SealedColumn, active: int, after: str, limit: int) -> list[SealedValue]:
        """Lock the next values that are not under the active key, in the order they lie on the disk.

        Rows that another process has locked are left for the next round, and a row that is written again
        goes to the end of the table, under the active key.

        Args:
            column: Where to look.
            active: Id of the key that encrypts now.
            after: Place of the last one seen, :data:`START` at first.
            limit: Values at most.
        """
        query = sql.SQL(
            "select ctid::text, {key}, {bound}, {column} from {table} where ctid > %(after)s::tid"
            " and substring({column} from 2 for 4) <> %(active)s and {mine} limit %(limit)s for update skip locked"
        ).format(bound=_bound(column), **_names(column))
        self._connection.execute("set local max_parallel_workers_per_gather = 0")
        values = {"after": after, "active": active.to_bytes(4), "limit": limit}
        return [SealedValue(*row) for row in self._connection.execute(query, values)]

    def replace(self, column: SealedColumn, values: Sequence[SealedValue], sealed: Sequence[bytes]) -> None:
        """Write new ciphertexts where :meth:`stale` found the old ones, in the same transaction."""
        query = sql.SQL(
            "update {table} set {column} = new.value from unnest(%s::tid[], %s::bytea[]) as new (at, value)"
            " where ctid = new.at and {mine}"
        ).format(**_names(column))
        self._connection.execute(query, ([value.at for value in values], list(sealed)))

    def counts(self) -> dict[int, int]:
        """How many values of this user stand under each key."""
        found: dict[int, int] = {}
        for column in SEALED:
            query = sql.SQL(
                "select substring({column} from 2 for 4), count(*) from {table}"
                " where {column} is not null and {mine} group by 1"
            ).format(**_names(column))
            for key, count in self._connection.execute(query):
                found[int.from_bytes(key)] = found.get(int.from_bytes(key), 0) + count
        for column in SEALED_DOCUMENTS:
            query = sql.SQL(
                "select substring(decode(one #>> '{{}}', 'base64') from 2 for 4), count(*) from {table},"
                " jsonb_path_query({column}, 'lax $.**.sealed') as one where {mine} group by 1"
            ).format(**_names(column))
            for key, count in self._connection.execute(query):
                found[int.from_bytes(key)] = found.get(int.from_bytes(key), 0) + count
        return found

    def documents(self, column: SealedColumn, after: int, limit: int) -> list[tuple[int, Any]]:
        """Lock the next JSON documents, by key."""
        query = sql.SQL(
            "select {key}, {column} from {table} where {key} > %s and {mine} order by {key} limit %s for update"
        ).format(**_names(column))
        return self._connection.execute(query, (after, limit)).fetchall()

    def replace_document(self, column: SealedColumn, key: int, document: object) -> None:
        """Write one JSON document."""
        query = sql.SQL("update {table} set {column} = %s::jsonb where {key} = %s and {mine}").format(**_names(column))
        self._connection.execute(query, (json.dumps(document), key))

    def all_of(self, column: SealedColumn, after: str, limit: int) -> list[SealedValue]:
        """The next values whatever their key, without locking them."""
        query = sql.SQL(
            "select ctid::text, {key}, {bound}, {column} from {table} where ctid > %s::tid"
            " and {column} is not null and {mine} limit %s"
        ).format(bound=_bound(column), **_names(column))
        self._connection.execute("set local max_parallel_workers_per_gather = 0")
        return [SealedValue(*row) for row in self._connection.execute(query, (after, limit))]


def _names(column: SealedColumn) -> dict[str, sql.Composable]:
    return {
        "table": sql.Identifier(column.table),
        "column": sql.Identifier(column.column),
        "key": sql.Identifier(column.key),
        # Administrators see other people's row of users, but only its owner's key opens it.
        "mine": sql.SQL("{} = (select auth.uid())").format(sql.Identifier(column.owner)),
    }


def _bound(column: SealedColumn) -> sql.Composable:
    if column.by_kind:
        return sql.SQL("replace({}, '{{kind}}', kind)").format(sql.Literal(column.bound_as))
    return sql.Literal(column.bound_as)
