"""The keys of personal data: made on first use and unwrapped when they are needed."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache

from realestate.domain.keys import PURPOSES, Canary, DataKey, KeyRing, KeyStore, WrappingKey
from realestate.errors import NotAllowedError

DATA_KEY_BYTES = 32


class DataKeys:
    """The data keys of one database.

    Args:
        store: Where they are kept.
        wrapping_key: By the name that stands beside a data key; ``None`` asks for the one new keys are
            wrapped with, which is made where none is yet.
        canary: Tells a wrong key.
    """

    def __init__(self, store: KeyStore, wrapping_key: Callable[[str | None], WrappingKey], canary: Canary) -> None:
        self._store = store
        self._wrapping_key = wrapping_key
        self._canary = canary
        self._opened: dict[bytes, bytes] = {}

    def make_first(self) -> None:
        """Make the first key of each purpose; where there are keys already, nothing changes."""
        self._store.lock()
        if self._store.all():
            return
        wrapping = self._wrapping_key(None)
        for purpose in PURPOSES:
            self.add(purpose, wrapping)

    def add(self, purpose: str, wrapping: WrappingKey) -> int:
        """Make one new active key; the caller holds the lock and has stood the last one down."""
        key, number = os.urandom(DATA_KEY_BYTES), self._store.next_id()
        wrapped, canary = wrapping.wrap(key, purpose), self._canary.make(number, key)
        self._store.add(DataKey(number, purpose, "active", wrapping.name, wrapped, canary))
        return number

    def ring(self) -> KeyRing:
        """The keys in use; each is unwrapped when it is first asked for.

        Raises:
            NotAllowedError: If the database has no keys yet.
        """
        rows = {row.id: row for row in self._store.all()}
        active = {row.purpose: row.id for row in rows.values() if row.state == "active"}
        if set(active) != set(PURPOSES):
            raise NotAllowedError(
                "This database has no keys for personal data yet.", "An administrator runs: realestate keys init"
            )

        @cache
        def unwrapped(number: int) -> bytes:
            if number not in rows:
                # Another process has rotated since this ring was made.
                rows.update((row.id, row) for row in self._store.all())
            return self.unwrap(rows[number])

        return KeyRing(unwrapped, active["pii"], lambda: unwrapped(active["index"]))

    def unwrap(self, row: DataKey) -> bytes:
        """Unwrap one data key.

        Raises:
            NotAllowedError: If the wrapping key is missing or another one.
            TryLaterError: If the key service does not answer.
        """
        if row.wrapped in self._opened:
            return self._opened[row.wrapped]
        key = self.wrapping(row).unwrap(row.wrapped, row.purpose)
        if not self._canary.sings(row.id, key, row.canary):
            raise NotAllowedError(
                f"Data key {row.id} is damaged: what it unwraps to does not open its own test value.",
                "Restore a backup of the database: realestate db restore FILE",
            )
        self._opened[row.wrapped] = key
        return key

    def wrapping(self, row: DataKey) -> WrappingKey:
        """The key that wraps a data key.

        Raises:
            NotAllowedError: If it is missing here, or is another one.
        """
        return self._wrapping_key(row.kek)
