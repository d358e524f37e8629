"""The wrapped data keys in Postgres."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from realestate.domain.keys import DataKey

if TYPE_CHECKING:
    from psycopg import Connection

KEY_LOCK = 7218
"""Advisory lock of every change of data keys."""


class SqlKeyStore:
    """Data keys inside the caller's transaction; never commits by itself."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def all(self) -> list[DataKey]:
        """Every data key, oldest first."""
        # Keys are unwrapped when the first value is met, perhaps outside any transaction: none is left open.
        with self._connection.transaction():
            rows = self._connection.execute(
                "select id, purpose, state, kek, wrapped, canary from data_keys order by id"
            ).fetchall()
        return [DataKey(*row) for row in rows]

    def next_id(self) -> int:
        """Reserve the id of a key to be made."""
        row = self._connection.execute("select nextval(pg_get_serial_sequence('data_keys', 'id'))").fetchone()
        return int(row[0]) if row else 0

    def add(self, key: DataKey) -> None:
        """Keep a new key."""
        self._connection.execute(
            "insert into data_keys (id, purpose, state, kek, wrapped, canary)"
            " overriding system value values (%s, %s, %s, %s, %s, %s)",
            (key.id, key.purpose, key.state, key.kek, key.wrapped, key.canary),
        )

    def stand_down(self, purpose: str) -> None:
        """Let the active key of a purpose only decrypt from now on."""
        self._connection.execute(
            "update data_keys set state = 'decrypt' where purpose = %s and state = 'active'", (purpose,)
        )

    def rewrap(self, key_id: int, kek: str, wrapped: bytes) -> None:
        """Keep a key under another wrapping key."""
        self._connection.execute("update data_keys set kek = %s, wrapped = %s where id = %s", (kek, wrapped, key_id))

    def retire(self, key_id: int) -> None:
        """Note that no value stands under a key any more; it still opens one that turns up."""
        self._connection.execute(
            "update data_keys set state = 'retired', retired_at = now() where id = %s and state = 'decrypt'", (key_id,)
        )

    def active_days(self) -> int:
        """How long the key that encrypts has been doing so."""
        with self._connection.transaction():
            row = self._connection.execute(
                "select extract(day from now() - created_at) from data_keys where purpose = 'pii' and state = 'active'"
            ).fetchone()
        return int(row[0]) if row else 0

    def was_backed_up(self) -> bool:
        """Whether a copy of the local key was ever made, as far as the signed-in user's audit entries tell."""
        with self._connection.transaction():
            row = self._connection.execute(
                "select exists (select from audit_log where action = 'keys.backup')"
            ).fetchone()
        return bool(row and row[0])

    def install_id(self) -> str:
        """The name of this database to a key service."""
        with self._connection.transaction():
            row = self._connection.execute("select auth.install_id()").fetchone()
        return str(row[0]) if row else ""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; committed at the end, unless the caller has a transaction open."""
        with self._connection.transaction():
            yield

    def lock(self) -> None:
        """Hold back every other change of keys until the transaction ends."""
        self._connection.execute("select pg_advisory_xact_lock(%s)", (KEY_LOCK,))
