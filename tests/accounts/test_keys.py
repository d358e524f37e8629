"""Keys: made once, turned over in any order and interrupted anywhere; without them only personal data is locked."""

from __future__ import annotations

import base64
import multiprocessing
import os
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from people import People
from psycopg import sql

from realestate.access import key_rotation, open_cipher
from realestate.adapters.local_keys import LocalKey, LocalKeyFile
from realestate.domain.keys import SealedValue
from realestate.domain.personal_data import SEALED, SealedColumn
from realestate.errors import NotAllowedError
from realestate.repositories.connection import Connection, connect
from realestate.repositories.keys import SqlKeyStore
from realestate.repositories.sealed_values import SealedValues
from realestate.services.key_rotation import KeyRotation
from realestate.settings import Settings

TEXTS = ["Ann Example", "", "Bob O'Neil", "ünïcode 🏠"]


@dataclass(frozen=True)
class Vault:
    """A database with personal data of two users in every sealed column."""

    people: People
    settings: Settings

    @contextmanager
    def as_admin(self) -> Iterator[tuple[Connection, KeyRotation]]:
        with self.people.signed_in(4) as connection:
            yield connection, key_rotation(connection, self.settings)

    def fill(self, user: int, rows: int = 40) -> None:
        with self.people.signed_in(user) as connection:
            cipher = open_cipher(connection, self.settings, user)
            texts = [f"{TEXTS[n % 4]} {user}-{n}" for n in range(rows)]
            keys = range(user * 1_000, user * 1_000 + rows)
            with connection.transaction():
                for kind in ("name", "phone", "email"):
                    connection.cursor().executemany(
                        "insert into contacts (id, user_id, sighting_id, kind, value, blind)"
                        " values (%s, %s, 1, %s, %s, 'b')",
                        [
                            (key, user, kind, value)
                            for key, value in zip(keys, cipher.seal(f"contacts.{kind}", keys, texts), strict=True)
                        ],
                    )
                connection.execute(
                    "insert into leads (user_id, property_address, owner_name, owner_name_contact)"
                    " select user_id, 'x', value, id from contacts where kind = 'name' limit 5"
                )
                connection.execute(
                    "update users set encrypted_phone = %s, encrypted_address = %s where id = %s",
                    (
                        cipher.seal("users.phone", [user], ["5550100"])[0],
                        cipher.seal("users.address", [user], ["1 Oak St"])[0],
                        user,
                    ),
                )
                sealed = base64.b64encode(cipher.seal_bytes("conversations.messages", 1, b"I have to sell")).decode()
                connection.execute(
                    "insert into conversations (id, lead_id, user_id, messages) overriding system value"
                    " select 1, min(id), user_id, %s::jsonb from leads group by user_id on conflict do nothing",
                    (f'[{{"from": "seller", "sealed": "{sealed}"}}]',),
                )

    def problems(self, user: int = 1) -> list[str]:
        """What does not open of a user's values."""
        with self.people.signed_in(user) as connection:
            return [
                f"{x.subject}: {x.problem}" for x in key_rotation(connection, self.settings).check(user) if x.problem
            ]

    def key_ids(self) -> set[int]:
        """The data keys that anybody's values stand under."""
        with self.people.owner() as owner:
            found: set[int] = set()
            for column in SEALED:
                query = sql.SQL("select distinct substring({0} from 2 for 4) from {1} where {0} is not null").format(
                    sql.Identifier(column.column), sql.Identifier(column.table)
                )
                found |= {int.from_bytes(row[0]) for row in owner.execute(query)}
        return found


@pytest.fixture
def vault(people: People, tmp_path: Path) -> Vault:
    made = Vault(people, Settings(home=tmp_path / "home"))
    with made.as_admin() as (connection, _):
        open_cipher(connection, made.settings, 4)
    return made


def test_the_first_keys_are_made_by_an_administrator_and_only_once(people: People, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    with people.signed_in(1) as connection, pytest.raises(NotAllowedError, match="no keys"):
        open_cipher(connection, settings, 1).seal("contacts.name", [1], ["Ann"])
    for _ in range(2):
        with people.signed_in(4) as connection:
            open_cipher(connection, settings, 4).seal("contacts.name", [1], ["Ada"])
            assert [row.state for row in SqlKeyStore(connection).all()] == ["active", "active"]
    with people.signed_in(1) as connection:
        open_cipher(connection, settings, 1).seal("contacts.name", [1], ["Ann"])


def test_ordinary_users_cannot_touch_the_keys(vault: Vault) -> None:
    with vault.people.signed_in(1) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(
                "insert into data_keys (purpose, state, kek, wrapped, canary) values ('pii', 'decrypt', 'x', 'x', 'x')"
            )
        connection.rollback()
        assert connection.execute("update data_keys set state = 'decrypt'").rowcount == 0
        assert key_rotation(connection, vault.settings).status()
    with vault.people.nobody() as connection:
        assert SqlKeyStore(connection).all() == []


def test_after_a_rotation_old_and_new_values_both_read(vault: Vault) -> None:
    vault.fill(1)
    with vault.as_admin() as (_, rotation):
        new = rotation.rotate()
    vault.fill(2)
    assert vault.problems(1) == vault.problems(2) == []
    assert new in vault.key_ids()
    assert len(vault.key_ids()) == 2


def test_a_cipher_that_was_opened_before_a_rotation_reads_what_came_after(vault: Vault) -> None:
    with vault.people.signed_in(1) as connection:
        early = open_cipher(connection, vault.settings, 1)
        early.seal("contacts.name", [1], ["Ann"])
        with vault.as_admin() as (_, rotation):
            rotation.rotate()
        with vault.people.signed_in(1) as second:
            late = open_cipher(second, vault.settings, 1).seal("contacts.name", [1], ["Ann"])
        assert early.unseal("contacts.name", [1], late) == ["Ann"]


def test_reencryption_leaves_nothing_under_the_old_key_of_anybody(vault: Vault) -> None:
    for user in (1, 2):
        vault.fill(user)
    with vault.as_admin() as (_, rotation):
        new = rotation.rotate()
        written = rotation.reencrypt([1, 2, 3, 4], own=4, everybody=True, batch=7)
        states = {row.id: row.state for row in rotation.status()}
    assert written == 2 * (3 * 40 + 5 + 2) + 1
    assert vault.key_ids() == {new}
    assert sorted(states.values()) == ["active", "active", "retired"]
    assert vault.problems(1) == vault.problems(2) == []
    with vault.people.signed_in(1) as connection:
        row = connection.execute("select messages from conversations").fetchone()
        assert row is not None
        sealed = base64.b64decode(row[0][0]["sealed"])
        assert int.from_bytes(sealed[1:5]) == new
        cipher = open_cipher(connection, vault.settings, 1)
        assert cipher.unseal_bytes("conversations.messages", 1, sealed) == b"I have to sell"


def test_one_may_reencrypt_ones_own_values_without_being_an_administrator(vault: Vault) -> None:
    vault.fill(1)
    vault.fill(2)
    with vault.as_admin() as (_, rotation):
        rotation.rotate()
    with vault.people.signed_in(1) as connection:
        rotation = key_rotation(connection, vault.settings)
        rotation.reencrypt([1], own=1, everybody=False)
        assert {row.state for row in rotation.status()} == {"active", "decrypt"}
        with pytest.raises(NotAllowedError, match="administrator"):
            rotation.reencrypt([2], own=1, everybody=False)
    assert len(vault.key_ids()) == 2


class KilledError(BaseException):
    """The process ends here."""


class DiesAt(SealedValues):
    """Ciphertexts whose k-th write is the last thing the process does, before its commit."""

    def __init__(self, connection: Connection, writes: int) -> None:
        super().__init__(connection)
        self._left = writes

    def replace(self, column: SealedColumn, values: Sequence[SealedValue], sealed: Sequence[bytes]) -> None:
        super().replace(column, values, sealed)
        if self._left == 0:
            raise KilledError
        self._left -= 1


@pytest.mark.parametrize("point", [0, 1, 2, 3, 5, 8, 13, 17, 18, 25])
def test_a_reencryption_killed_at_any_batch_loses_nothing_and_goes_on(vault: Vault, point: int) -> None:
    vault.fill(1)
    with vault.as_admin() as (_, rotation):
        rotation.rotate()
    with vault.people.signed_in(1) as connection:
        whole = key_rotation(connection, vault.settings)
        dying = KeyRotation(whole._store, whole._keys, DiesAt(connection, point), whole._office, whole._cipher)
        try:
            dying.reencrypt([1], own=1, everybody=False, batch=6)
        except KilledError:
            connection.close()
    assert vault.problems() == []
    with vault.as_admin() as (_, rotation):
        rotation.reencrypt([1, 2, 3, 4], own=4, everybody=True)
    assert vault.problems() == []
    assert len(vault.key_ids()) == 1


def test_two_reencryptions_at_once_share_the_work(vault: Vault) -> None:
    vault.fill(1)
    with vault.as_admin() as (_, rotation):
        rotation.rotate()
    with vault.people.signed_in(1) as one, vault.people.signed_in(1) as two:
        column = next(column for column in SEALED if column.table == "contacts")
        with one.transaction(), two.transaction():
            first = SealedValues(one).stale(column, 99, "(0,0)", 10)
            second = SealedValues(two).stale(column, 99, "(0,0)", 10)
            assert {v.at for v in first}.isdisjoint(v.at for v in second)


def test_a_lost_key_locks_personal_data_and_names_the_way_back(vault: Vault) -> None:
    vault.fill(1)
    path = vault.settings.config_folder / "master.key"
    kept = path.read_text()
    path.unlink()
    with vault.people.signed_in(1) as connection:
        cipher = open_cipher(connection, vault.settings, 1)
        assert connection.execute("select count(*) from leads").fetchone() == (5,)
        connection.rollback()
        with pytest.raises(NotAllowedError) as refusal:
            cipher.seal("contacts.name", [1], ["Ann"])
        assert "keys restore" in refusal.value.hint
    assert not path.exists(), "a lost key is not silently replaced by a new one"
    LocalKeyFile(path).keep(LocalKey(os.urandom(32)))
    with vault.people.signed_in(1) as connection, pytest.raises(NotAllowedError, match="but the key here is"):
        open_cipher(connection, vault.settings, 1).seal("contacts.name", [1], ["Ann"])
    path.write_text(kept)
    assert vault.problems() == []


def test_a_damaged_data_key_is_told_from_a_wrong_one(vault: Vault) -> None:
    with vault.people.owner() as owner:
        owner.execute(
            "update data_keys set canary = other.canary from data_keys as other"
            " where data_keys.purpose = 'pii' and other.purpose = 'index'"
        )
    with vault.people.signed_in(1) as connection, pytest.raises(NotAllowedError, match="damaged"):
        open_cipher(connection, vault.settings, 1).seal("contacts.name", [1], ["Ann"])


def test_keys_that_were_rolled_back_never_encrypted_anything(people: People, tmp_path: Path) -> None:
    """The first keys are committed by themselves, whatever becomes of the import that asked for them."""
    settings = Settings(home=tmp_path / "home")
    with people.signed_in(4) as connection:
        cipher = open_cipher(connection, settings, 4)
        connection.execute("select 1")
        sealed = cipher.seal("contacts.name", [1], ["Ann"])
        connection.rollback()
    with people.signed_in(4) as connection:
        assert open_cipher(connection, settings, 4).unseal("contacts.name", [1], sealed) == ["Ann"]


def test_a_reencryption_that_is_killed_dead_ten_times_loses_nothing(vault: Vault) -> None:
    vault.fill(1, rows=300)
    token = vault.people.token(1)
    with vault.as_admin() as (_, rotation):
        new = rotation.rotate()

    def work() -> None:
        with connect(vault.people.database.url, token) as connection:
            key_rotation(connection, vault.settings).reencrypt([1], own=1, everybody=False, batch=5)

    moments = random.Random(20261101)
    for _ in range(10):
        process = multiprocessing.get_context("fork").Process(target=work)
        process.start()
        process.join(moments.uniform(0.02, 0.25))
        process.kill()
        process.join()
        assert vault.problems() == []
    work()
    assert vault.problems() == []
    assert vault.key_ids() == {new}
