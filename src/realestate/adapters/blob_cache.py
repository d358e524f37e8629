"""Bytes kept by key in one SQLite file that may be lost at any time: damaged, pruned, or shut out by a full disk."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from realestate.adapters.platform import private_folder
from realestate.errors import NotAllowedError

T = TypeVar("T")

FORMAT: Final = 1
"""Of the tables; a file of another format is emptied."""

CHECK_BYTES = 16
WAIT_S = 5.0
FLUSH_AFTER = 64
FLUSH_AFTER_S = 2.0
DAY_S = 86_400

_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_TABLES = """
    pragma auto_vacuum = incremental;
    begin;
    create table if not exists entries (
        key blob primary key, used integer not null, body blob not null
    );
    create index if not exists entries_by_age on entries (used);
    pragma user_version = {format};
    commit;
"""


class BlobCache:
    """Keeps bodies under keys; every failure is a miss, none is an error.

    Each body carries a checksum, so that a damaged one is a miss, too, and is written anew. Writing is gathered and
    done in short transactions, so that two commands do not wait for each other.

    Args:
        path: Of the file; its folder is made for its owner alone.
        most_bytes: Above this the entries that were used longest ago are removed.
        read_only: Never make or change the file.
        clock: Seconds since 1970.
    """

    def __init__(
        self, path: Path, most_bytes: int, *, read_only: bool = False, clock: Callable[[], float] = time.time
    ) -> None:
        self._path, self._most_bytes, self._read_only, self._clock = path, most_bytes, read_only, clock
        self._waiting: dict[bytes, bytes] = {}
        self._touched: set[bytes] = set()
        self._flushed = time.monotonic()
        self._file = self._open()

    def get(self, key: bytes) -> bytes | None:
        """The body, or ``None``."""
        found = self._row(key)
        if found is None:
            return None
        used, body = found
        if body[:CHECK_BYTES] != _check(key, body[CHECK_BYTES:]):
            return None
        if used < self._clock() - DAY_S:
            self._touched.add(key)
        return body[CHECK_BYTES:]

    def put(self, key: bytes, body: bytes) -> None:
        """Keep a body, from now on or from the next flush on."""
        if self._read_only:
            return
        self._waiting[key] = _check(key, body) + body
        if len(self._waiting) >= FLUSH_AFTER or time.monotonic() - self._flushed > FLUSH_AFTER_S:
            self.flush()

    def remove(self, prefix: bytes) -> int:
        """Take away every entry whose key begins so; returns how many. A file that refuses is removed whole."""
        self._waiting = {key: body for key, body in self._waiting.items() if not key.startswith(prefix)}
        if self._file is not None:
            try:
                return _remove(self._file, prefix)
            except sqlite3.DatabaseError:
                self._file.close()
        self._file = self._open_anew()
        return 0

    def flush(self) -> None:
        """Write what waits, all of it or nothing."""
        now = int(self._clock())
        rows = [(key, now, body) for key, body in self._waiting.items()]
        touched = [(now, key) for key in self._touched]
        self._waiting.clear()
        self._touched.clear()
        self._flushed = time.monotonic()
        if not self._read_only and (rows or touched):
            self._run(lambda file: _write(file, rows, touched, self._most_bytes))

    def close(self) -> None:
        """Write what waits and let go of the file."""
        self.flush()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _row(self, key: bytes) -> tuple[int, bytes] | None:
        query = "select used, body from entries where key = ?"
        found: tuple[int, bytes] | None = self._run(lambda file: file.execute(query, (key,)).fetchone())
        return found

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Do something with the file; a broken file is replaced by an empty one."""
        if self._file is None:
            return None
        try:
            return work(self._file)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode in _BROKEN and not self._read_only:
                self._file.close()
                self._file = self._open_anew()
        return None

    def _open(self) -> sqlite3.Connection | None:
        try:
            return self._connect()
        except sqlite3.DatabaseError as error:
            return self._open_anew() if error.sqlite_errorcode in _BROKEN and not self._read_only else None
        except (OSError, NotAllowedError):
            return None

    def _open_anew(self) -> sqlite3.Connection | None:
        try:
            self._path.unlink(missing_ok=True)
            self._path.with_name(self._path.name + "-journal").unlink(missing_ok=True)
            return self._connect()
        except (sqlite3.DatabaseError, OSError, NotAllowedError):
            return None

    def _connect(self) -> sqlite3.Connection:
        if self._read_only:
            return _connection(f"{self._path.absolute().as_uri()}?mode=ro")
        private_folder(self._path.parent)
        # SQLite gives a new file the modes of everybody; made by us before, it is the owner's alone.
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        file = _connection(self._path.absolute().as_uri())
        try:
            _prepare(file)
        except BaseException:
            file.close()
            raise
        return file


def _connection(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, timeout=WAIT_S, isolation_level=None, uri=True)


def _prepare(file: sqlite3.Connection) -> None:
    # What is pruned may be a picture of somebody's rooms: its place in the file is overwritten.
    file.execute("pragma secure_delete = on")
    file.execute("pragma synchronous = normal")
    (found,) = file.execute("pragma user_version").fetchone()
    if found == FORMAT:
        return
    file.execute("drop table if exists entries")
    file.executescript(_TABLES.format(format=FORMAT))


def _check(key: bytes, body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=CHECK_BYTES, key=hashlib.sha256(key).digest()).digest()


def _write(
    file: sqlite3.Connection, rows: list[tuple[bytes, int, bytes]], touched: list[tuple[int, bytes]], most_bytes: int
) -> None:
    file.execute("begin immediate")
    try:
        file.executemany("update entries set used = ? where key = ?", touched)
        file.executemany("insert or replace into entries (key, used, body) values (?, ?, ?)", rows)
        pruned = _prune(file, most_bytes)
        file.execute("commit")
    except BaseException:
        file.execute("rollback")
        raise
    if pruned:
        file.execute("pragma incremental_vacuum").fetchall()


def _remove(file: sqlite3.Connection, prefix: bytes) -> int:
    removed = file.execute("delete from entries where substr(key, 1, ?) = ?", (len(prefix), prefix)).rowcount
    file.execute("pragma incremental_vacuum").fetchall()
    return removed


def _prune(file: sqlite3.Connection, most_bytes: int) -> bool:
    """Remove what was used longest ago, down to nine tenths of the most."""
    (used,) = file.execute(
        "select (p.page_count - f.freelist_count) * s.page_size"
        " from pragma_page_count p, pragma_freelist_count f, pragma_page_size s"
    ).fetchone()
    if used <= most_bytes:
        return False
    file.execute(
        "delete from entries where rowid in (select rowid from"
        " (select rowid, sum(length(body)) over (order by used desc, rowid desc) as kept from entries)"
        " where kept > ?)",
        (most_bytes * 9 // 10,),
    )
    return True
