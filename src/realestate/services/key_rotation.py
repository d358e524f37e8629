"""Turning keys over: a new active key, every value under it, another key above them; all can be resumed."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

from realestate.domain.keys import DataKey, KeyStore, ValueStore, WrappingKey
from realestate.domain.personal_data import SEALED, SEALED_DOCUMENTS, SealedColumn
from realestate.domain.ports import Cipher
from realestate.errors import NotAllowedError, RealestateError
from realestate.services.keys import DataKeys

BATCH = 1_000
DOCUMENTS = 100
ACT_BATCHES = 200
"""An administrator acts for an account for a quarter of an hour at a time; so many batches take seconds."""

START = "(0,0)"


class Office(Protocol):
    """Who is at the keyboard, and on whose behalf."""

    def speaking_for(self, user_id: int) -> AbstractContextManager[None]:
        """Speak for another account, as an administrator."""
        ...

    def record(self, action: str, detail: Mapping[str, Any]) -> None:
        """Write an entry of the audit log."""
        ...

    def seal_audit(self) -> int | None:
        """Chain the entries of the audit log."""
        ...


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """One data key as ``keys status`` shows it; ``values`` are those of whoever asks."""

    id: int
    purpose: str
    state: str
    kek: str
    values: int


@dataclass(frozen=True, slots=True)
class KeyFinding:
    """What ``keys check`` found about one key, or about the values; ``problem`` is ``None`` for all well."""

    subject: str
    problem: str | None


class KeyRotation:
    """Looks after the keys of one database.

    Args:
        store: The wrapped keys.
        keys: The same, unwrapped.
        values: The ciphertexts.
        office: Whose they are.
        cipher: Makes the cipher of a user, over keys as they are at that moment.
    """

    def __init__(
        self,
        store: KeyStore,
        keys: DataKeys,
        values: ValueStore,
        office: Office,
        cipher: Callable[[int], Cipher],
    ) -> None:
        self._store = store
        self._keys = keys
        self._values = values
        self._office = office
        self._cipher = cipher

    def status(self) -> list[KeyStatus]:
        """Every data key, and how many of one's own values stand under it."""
        with self._store.transaction():
            rows, counts = self._store.all(), self._values.counts()
        return [KeyStatus(row.id, row.purpose, row.state, row.kek, counts.get(row.id, 0)) for row in rows]

    def rotate(self) -> int:
        """Encrypt under a new key from now on; values under earlier ones stay readable. Returns its id."""
        with self._store.transaction():
            self._store.lock()
            active = self._active()
            wrapping = self._keys.wrapping(active)
            self._store.stand_down("pii")
            made = self._keys.add("pii", wrapping)
            self._office.record("keys.rotate", {"key": made, "before": active.id})
        self._office.seal_audit()
        return made

    def rewrap(self, target: WrappingKey) -> int:
        """Put every data key under another wrapping key, all or nothing; returns how many."""
        with self._store.transaction():
            self._store.lock()
            rows = self._store.all()
            for row in rows:
                wrapped = target.wrap(self._keys.unwrap(row), row.purpose)
                self._store.rewrap(row.id, target.name, wrapped)
            self._office.record("keys.rewrap", {"keys": len(rows), "to": target.name.partition(":")[0]})
        self._office.seal_audit()
        return len(rows)

    def reencrypt(
        self,
        users: Sequence[int],
        own: int,
        *,
        everybody: bool,
        batch: int = BATCH,
        progress: Callable[[int], None] = lambda _: None,
    ) -> int:
        """Put every value under the active key, a batch per transaction; stopped, it goes on where it was.

        Args:
            users: Whose values; others' than one's own take an administrator.
            own: Who is at the keyboard.
            everybody: Whether these are all users there are, so that keys without values can be retired.
            batch: Values per transaction.
            progress: Told of each batch how many values it had.

        Returns:
            Values written.
        """
        written = 0
        for user in users:
            for column in SEALED:
                for count in self._walk(user, own, column, batch):
                    written += count
                    progress(count)
            for column in SEALED_DOCUMENTS:
                with self._as(user, own):
                    written += self._documents(user, column)
        if everybody:
            self._retire(users, own)
        self._office.record("keys.reencrypt", {"users": len(users), "values": written})
        self._office.seal_audit()
        return written

    def _walk(self, user: int, own: int, column: SealedColumn, batch: int) -> Iterator[int]:
        """Write batch after batch of one column, and go round again until none is left."""
        after, found = START, False
        while True:
            with self._as(user, own):
                cipher = self._cipher(user)
                for _ in range(ACT_BATCHES):
                    after, count = self._batch(cipher, column, after, batch)
                    if count == 0:
                        break
                    found = True
                    yield count
                else:
                    continue
            if not found:
                return
            after, found = START, False

    def _batch(self, cipher: Cipher, column: SealedColumn, after: str, batch: int) -> tuple[str, int]:
        with self._store.transaction():
            values = self._values.stale(column, self._active().id, after, batch)
            if not values:
                return after, 0
            sealed = [
                cipher.seal_bytes(
                    value.bound_as, value.key, cipher.unseal_bytes(value.bound_as, value.key, value.value)
                )
                for value in values
            ]
            self._values.replace(column, values, sealed)
        return values[-1].at, len(values)

    def _documents(self, user: int, column: SealedColumn) -> int:
        cipher, after, written = self._cipher(user), 0, 0
        while True:
            with self._store.transaction():
                active = self._active().id
                documents = self._values.documents(column, after, DOCUMENTS)
                for key, document in documents:
                    changed, count = _resealed(cipher, column.bound_as, key, document, active)
                    if count:
                        self._values.replace_document(column, key, changed)
                        written += count
            if not documents:
                return written
            after = documents[-1][0]

    def _retire(self, users: Sequence[int], own: int) -> None:
        """Retire the keys that no value of these users, who are everybody, stands under."""
        used: set[int] = set()
        for user in users:
            with self._as(user, own), self._store.transaction():
                used.update(self._values.counts())
        with self._store.transaction():
            self._store.lock()
            for row in self._store.all():
                if row.purpose == "pii" and row.state == "decrypt" and row.id not in used:
                    self._store.retire(row.id)
                    self._office.record("keys.retire", {"key": row.id})

    def _as(self, user: int, own: int) -> AbstractContextManager[None]:
        return nullcontext() if user == own else self._office.speaking_for(user)

    def _active(self) -> DataKey:
        for row in self._store.all():
            if row.purpose == "pii" and row.state == "active":
                return row
        raise NotAllowedError("This database has no keys for personal data yet.", "Run: realestate keys init")

    def check(self, user: int) -> Iterator[KeyFinding]:
        """Unwrap every key, then open every one of the user's own values."""
        for row in self._store.all():
            subject = f"{row.purpose} key {row.id}, {row.state}, under {row.kek}"
            try:
                self._keys.unwrap(row)
                yield KeyFinding(subject, None)
            except RealestateError as error:
                yield KeyFinding(subject, error.message)
        cipher = self._cipher(user)
        for column in SEALED:
            opened, failed = self._open_all(cipher, column)
            if opened or failed:
                problem = f"{failed} do not open" if failed else None
                yield KeyFinding(f"{column.table}.{column.column}, {opened + failed} values", problem)

    def _open_all(self, cipher: Cipher, column: SealedColumn) -> tuple[int, int]:
        after, opened, failed = START, 0, 0
        while True:
            with self._store.transaction():
                values = self._values.all_of(column, after, BATCH)
            for value in values:
                try:
                    cipher.unseal_bytes(value.bound_as, value.key, value.value)
                    opened += 1
                except NotAllowedError:
                    failed += 1
            if not values:
                return opened, failed
            after = values[-1].at


def _resealed(cipher: Cipher, bound_as: str, key: int, part: Any, active: int) -> tuple[Any, int]:  # noqa: ANN401
    """A JSON document with its sealed texts under the active key, and how many were not."""
    if isinstance(part, list):
        made = [_resealed(cipher, bound_as, key, one, active) for one in part]
        return [one for one, _ in made], sum(count for _, count in made)
    if not isinstance(part, dict):
        return part, 0
    changed, total = {}, 0
    for name, value in part.items():
        if name == "sealed" and isinstance(value, str):
            sealed = base64.b64decode(value)
            if int.from_bytes(sealed[1:5]) != active:
                text = cipher.unseal_bytes(bound_as, key, sealed)
                value, count = base64.b64encode(cipher.seal_bytes(bound_as, key, text)).decode(), 1
            else:
                count = 0
        else:
            value, count = _resealed(cipher, bound_as, key, value, active)
        changed[name], total = value, total + count
    return changed, total
