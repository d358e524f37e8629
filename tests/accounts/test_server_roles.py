"""A server whose tables belong to an ordinary role, and whose people log in by roles of their own."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from people import PASSWORD, QUICK

from databases import PostgresServer, TestDatabase
from realestate.errors import NotAllowedError
from realestate.repositories.accounts import SqlAccounts, new_bootstrap_code
from realestate.repositories.connection import connect, connect_as_owner


@pytest.fixture
def managed(server: PostgresServer, empty_database: TestDatabase) -> Iterator[TestDatabase]:
    """A database as a hosting company gives it: no superuser, and re_app made beforehand."""
    name = urlsplit(empty_database.url).path[1:]
    with connect_as_owner(empty_database.owner_url) as superuser:
        superuser.execute("create role plain_owner login password 'owner'")
        superuser.execute("create role plain_person login password 'person' in role re_app")
        superuser.execute("create role stranger login password 'stranger'")
        superuser.execute(f'alter database "{name}" owner to plain_owner')  # type: ignore[arg-type]
        superuser.execute("grant all on schema public to plain_owner")
    place = empty_database.owner_url.partition("@")[2]
    yield TestDatabase(f"postgresql://plain_person:person@{place}", f"postgresql://plain_owner:owner@{place}")
    server.drop(empty_database)
    with connect_as_owner(server.embedded.url("postgres")) as superuser:
        for role in ("plain_owner", "plain_person", "stranger"):
            superuser.execute(f"drop role {role}")  # type: ignore[arg-type]
    # The fixture drops it again.
    with connect_as_owner(server.embedded.url("postgres")) as superuser:
        superuser.autocommit = True
        superuser.execute(f'create database "{name}"')  # type: ignore[arg-type]


def test_the_walls_stand_where_nobody_is_superuser(managed: TestDatabase) -> None:
    managed.migrations(embedded=False).upgrade()
    managed.migrations(embedded=False).check()
    with connect_as_owner(managed.owner_url) as owner:
        code = new_bootstrap_code(owner)
        assert code is not None
    with connect(managed.url) as connection:
        accounts = SqlAccounts(connection)
        assert accounts.bootstrap(code, "ada@example.com", None, QUICK.hash(PASSWORD))
        assert accounts.whoami() is None
        salt = accounts.begin_login("ada@example.com")
        proof = QUICK.prove(PASSWORD, salt)
        import hashlib

        assert accounts.offer_login("ada@example.com", hashlib.sha256(proof.encode()).digest()) == 0
        granted = accounts.finish_login("ada@example.com", proof, b"", bytes(32))
        accounts.carry(granted.access)
        identity = accounts.whoami()
        assert identity is not None
        with connection.transaction():
            connection.execute("insert into lists (user_id, name) values (1, 'mine')")
            assert connection.execute("select count(*) from lists").fetchone() == (1,)
        accounts.seal_audit()
    with connect_as_owner(managed.owner_url) as owner:
        # Forced walls hold the tables' own owner back too, short of taking them down.
        assert owner.execute("select count(*) from lists").fetchone() == (0,)


def test_a_login_role_that_was_not_let_in_stays_out(managed: TestDatabase) -> None:
    managed.migrations(embedded=False).upgrade()
    stranger = managed.url.replace("plain_person:person", "stranger:stranger")
    with pytest.raises(NotAllowedError, match="may not act as"):
        connect(stranger)
