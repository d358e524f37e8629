"""What encryption and row-level security cost: run it as a script, it prints the figures.

python tests/benchmarks/walls.py
"""

from __future__ import annotations

import hmac
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from databases import Servers, TestDatabase
from realestate.adapters.sealing import Sealer
from realestate.domain.keys import KeyRing
from realestate.repositories.connection import Connection, connect, connect_as_owner

LEADS = 100_000
ROUNDS = 5
COLUMNS = ("phone", "email", "name")


def best(work: Callable[[], object]) -> float:
    """Seconds of the fastest of some rounds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def encryption(leads: int = LEADS) -> tuple[float, float]:
    """Seconds for three fields of each lead with blind indexes, and for a bare AES-GCM and HMAC loop."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    texts = [f"+1404555{number:07}" for number in range(leads)]
    keys = range(leads)
    sealer = Sealer(KeyRing({1: bytes(32)}.__getitem__, 1, lambda: bytes(32)), 1)
    aead, hash_key = AESGCM(bytes(32)), bytes(32)

    def ours() -> None:
        for column in COLUMNS:
            sealer.seal(f"contacts.{column}", keys, texts)
            sealer.blind(column, texts)

    def bare() -> None:
        for _ in COLUMNS:
            for text in texts:
                raw, nonce = text.encode(), os.urandom(12)
                nonce + aead.encrypt(nonce, raw, b"additional data of a value")
                hmac.digest(hash_key, raw, "sha256")

    return best(ours), best(bare)


def _load(connection: Connection, rows: list[tuple[object, ...]]) -> None:
    """A batch as the importer writes it: COPY into a temporary table, then one insert."""
    with connection.transaction():
        connection.execute(
            "create temp table incoming on commit drop as"
            " select id, user_id, sighting_id, kind, value, blind from contacts limit 0"
        )
        with connection.cursor().copy(
            "copy incoming (id, user_id, sighting_id, kind, value, blind) from stdin"
        ) as copy:
            for row in rows:
                copy.write_row(row)
        connection.execute(
            "insert into contacts (id, user_id, sighting_id, kind, value, blind)"
            " select id, user_id, sighting_id, kind, value, blind from incoming"
        )


def walls(database: TestDatabase, rows: int = LEADS) -> tuple[float, float, float, float]:
    """Seconds to load contacts behind the wall and as the superuser; milliseconds of a point look-up each way."""
    with connect_as_owner(database.owner_url) as owner:
        row = owner.execute("select auth.local_owner_session()").fetchone()
    assert row is not None
    made = [(n, 1, n, "phone", os.urandom(49), os.urandom(16)) for n in range(rows)]
    times: dict[str, list[float]] = {"walled": [], "bare": []}
    look_ups: dict[str, float] = {}
    with connect(database.url, str(row[0])) as walled, connect_as_owner(database.owner_url) as bare:
        for _ in range(ROUNDS):
            for name, connection in (("walled", walled), ("bare", bare)):
                bare.execute("truncate contacts")
                bare.commit()
                began = time.perf_counter()
                _load(connection, made)
                times[name].append(time.perf_counter() - began)
        bare.execute("analyze contacts")
        bare.commit()
        for name, connection in (("walled", walled), ("bare", bare)):
            connection.autocommit = True
            began = time.perf_counter()
            for n in range(500):
                connection.execute("select value from contacts where blind = %s", (made[n][5],)).fetchone()
            look_ups[name] = (time.perf_counter() - began) * 2
    return min(times["walled"]), min(times["bare"]), look_ups["walled"], look_ups["bare"]


def main() -> None:
    """Print the figures."""
    ours, bare = encryption()
    print(
        f"encrypt and index {LEADS:,} leads x 3 fields: {ours:.2f} s, bare loop {bare:.2f} s, {ours / bare:.2f} times"
    )
    servers = Servers()
    try:
        walled, without, look, look_without = walls(servers.get().clone())
    finally:
        servers.end()
    print(f"load {LEADS:,} contacts: {walled:.2f} s behind the wall, {without:.2f} s without, {walled / without:.2f} x")
    print(f"point look-up by blind index: {look:.3f} ms behind the wall, {look_without:.3f} ms without")


if __name__ == "__main__":
    main()
