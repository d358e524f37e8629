"""Backups: one file, whole or absent, that brings back the very same database."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from databases import KINDS, PostgresServer, Servers, TestDatabase
from realestate.adapters.postgres_programs import bundled_programs
from realestate.database import Database
from realestate.errors import NoDatabaseError, NotAllowedError, TryLaterError, UnusableInputError
from realestate.repositories.connection import connect_as_owner
from realestate.settings import Settings


def at(database: TestDatabase) -> Database:
    """The product's view of a test's database."""
    return Database(Settings(database_url=database.owner_url))


def fill(database: TestDatabase, rows: int = 500) -> None:
    """Give the database an owner, sessions and rows behind row-level security."""
    with connect_as_owner(database.owner_url) as owner:
        owner.execute("select auth.local_owner_session()")
        owner.execute(
            "insert into do_not_contact (user_id, kind, blind, reason)"
            " select (select min(id) from users), 'phone', decode(md5(n::text), 'hex'), 'it''s ünïcode' || chr(9)"
            " from generate_series(1, %s) n",
            (rows,),
        )


def content(database: TestDatabase) -> list[str]:
    """The whole database as text, without what differs between any two dumps and servers.

    PostgreSQL prints the casts in a check of ``varchar IN (...)`` otherwise once it has read its own
    printing; they mean the same and are left out.
    """
    command = [str(bundled_programs() / "pg_dump"), "--no-owner", f"--dbname={database.owner_url}"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    differing = re.compile(r"\\(un)?restrict |-- Dumped |SET transaction_timeout")
    lines = [line for line in text.splitlines() if not differing.match(line)]
    return [re.sub(r"::(text|character varying)|[()\[\]]", "", line) if " CHECK " in line else line for line in lines]


@pytest.mark.parametrize(("saved_on", "restored_on"), [(kind, kind) for kind in KINDS] + [("bundled", [*KINDS][-1])])
def test_a_restored_database_equals_the_original(
    servers: Servers, saved_on: str, restored_on: str, tmp_path: Path
) -> None:
    source, target = servers.get(KINDS[saved_on]), servers.get(KINDS[restored_on])
    original, empty, full = source.clone(), target.empty(), target.clone()
    fill(original)
    fill(full, rows=3)
    at(original).backup(tmp_path / "houses.backup")
    for database in (empty, full):
        at(database).restore(tmp_path / "houses.backup")
        assert content(database) == content(original)
        target.drop(database)
    source.drop(original)


def test_a_backup_is_private_and_leaves_nothing_beside_it(fresh_database: TestDatabase, tmp_path: Path) -> None:
    at(fresh_database).backup(tmp_path / "houses.backup")
    assert [path.name for path in tmp_path.iterdir()] == ["houses.backup"]
    assert (tmp_path / "houses.backup").stat().st_mode & 0o777 == 0o600


def test_no_password_stands_in_the_arguments_of_a_program(fresh_database: TestDatabase) -> None:
    dumps = at(fresh_database)._dumps()
    password = fresh_database.owner_url.split(":")[2].split("@")[0]
    assert password not in dumps._conninfo
    assert password in dumps._environment.values()


def test_an_older_backup_is_upgraded_after_it_is_back(
    server: PostgresServer, fresh_database: TestDatabase, tmp_path: Path
) -> None:
    fresh_database.migrations().downgrade("-1")
    at(fresh_database).backup(tmp_path / "old.backup")
    later = server.clone()
    at(later).restore(tmp_path / "old.backup")
    assert at(later).upgrade()[0] != at(later).migrations.head
    assert at(later).migrations.revision() == at(later).migrations.head
    server.drop(later)


def test_a_backup_by_a_newer_version_is_refused(fresh_database: TestDatabase, tmp_path: Path) -> None:
    with connect_as_owner(fresh_database.owner_url) as owner:
        owner.execute("update alembic_version set version_num = '9999_later'")
    at(fresh_database).backup(tmp_path / "new.backup")
    with pytest.raises(UnusableInputError, match="saved at 9999_later"):
        at(fresh_database).restore(tmp_path / "new.backup")


@pytest.mark.parametrize("cut", [0, 100, -200, -1])
def test_a_damaged_backup_changes_nothing(fresh_database: TestDatabase, tmp_path: Path, cut: int) -> None:
    fill(fresh_database, rows=20_000)
    whole, broken = tmp_path / "houses.backup", tmp_path / "broken.backup"
    at(fresh_database).backup(whole)
    broken.write_bytes(whole.read_bytes()[:cut])
    with connect_as_owner(fresh_database.owner_url) as owner:
        owner.execute("delete from do_not_contact")
    before = content(fresh_database)
    with pytest.raises(UnusableInputError):
        at(fresh_database).restore(broken)
    assert content(fresh_database) == before


def test_a_table_in_use_is_waited_for_and_then_left(fresh_database: TestDatabase, tmp_path: Path) -> None:
    at(fresh_database).backup(tmp_path / "houses.backup")
    with connect_as_owner(fresh_database.owner_url) as busy:
        busy.execute("insert into users (email) values ('a@example.com')")
        with pytest.raises(TryLaterError, match="uses the tables"):
            at(fresh_database).restore(tmp_path / "houses.backup")
    assert any("a@example.com" in line for line in content(fresh_database))


def test_what_is_no_backup_is_named(fresh_database: TestDatabase, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("address,city\n1 Main St,Macon\n")
    for name, words in (("list.csv", "no backup"), ("missing", "no file"), (".", "no file")):
        with pytest.raises(UnusableInputError, match=words):
            at(fresh_database).restore(tmp_path / name)


def test_a_database_without_tables_is_not_saved(empty_database: TestDatabase, tmp_path: Path) -> None:
    with pytest.raises(NoDatabaseError, match="nothing to save"):
        at(empty_database).backup(tmp_path / "houses.backup")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_named(fresh_database: TestDatabase, tmp_path: Path) -> None:
    with pytest.raises(UnusableInputError, match="cannot be written"):
        at(fresh_database).backup(tmp_path / "no such folder" / "houses.backup")


def test_a_role_that_may_not_read_every_row_makes_no_half_backup(fresh_database: TestDatabase, tmp_path: Path) -> None:
    with pytest.raises(NotAllowedError):
        Database(Settings(database_url=fresh_database.url)).backup(tmp_path / "houses.backup")
    assert list(tmp_path.iterdir()) == []
