"""Migrations: tables on first use, upgrades where they may be done unasked, and all or nothing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest

from databases import KINDS, PostgresServer, Servers, TestDatabase
from realestate.adapters.migrations import Schema, migrations_folder, seen_revision
from realestate.adapters.postgres_programs import bundled_programs
from realestate.errors import NoDatabaseError, NotAllowedError
from realestate.repositories.connection import connect, connect_as_owner

REVISION = """
from alembic import op

revision = "{name}"
down_revision = {before!r}


def upgrade():
    op.execute({up!r})


def downgrade():
    op.execute({down!r})
"""

REFUSING = """
from alembic import op

revision = "0003_three"
down_revision = "0002_two"


def upgrade():
    block = "do $$ begin raise exception 'may not' using hint = 'grant it'; end $$"
    op.get_bind().connection.driver_connection.execute(block, None)
"""


@pytest.fixture(scope="module", params=KINDS)
def server(request: pytest.FixtureRequest, servers: Servers) -> PostgresServer:
    """Both kinds of server."""
    return servers.get(KINDS[request.param])


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A folder of migrations with two small revisions."""
    folder = tmp_path / "100% scratch"
    (folder / "versions").mkdir(parents=True)
    shutil.copy(migrations_folder() / "env.py", folder)
    add(folder, "0001_one", None, "create table one (id int)")
    add(folder, "0002_two", "0001_one", "create table two (id int)")
    return folder


def add(folder: Path, name: str, before: str | None, up: str) -> None:
    """Write a revision."""
    text = REVISION.format(name=name, before=before, up=up, down=up.replace("create", "drop").split(" (")[0])
    (folder / "versions" / f"{name}.py").write_text(text)


def older(folder: Path) -> Path:
    """The same migrations before the last revision was written."""
    earlier = folder.with_name("earlier")
    shutil.copytree(folder, earlier)
    (earlier / "versions" / "0002_two.py").unlink()
    return earlier


def tables(database: TestDatabase) -> set[str]:
    with connect_as_owner(database.owner_url) as connection:
        found = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    return {row[0] for row in found}


def test_the_newest_file_is_what_alembic_calls_the_head(fresh_database: TestDatabase) -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    assert fresh_database.migrations().head == ScriptDirectory.from_config(config).get_current_head()


def test_an_empty_database_gets_its_tables_on_first_use(empty_database: TestDatabase, scratch: Path) -> None:
    migrations = empty_database.migrations(folder=scratch, embedded=False)
    assert migrations.ensure_current()
    assert not migrations.ensure_current()
    assert tables(empty_database) == {"one", "two", "alembic_version"}


def test_an_older_embedded_database_is_upgraded_on_first_use(empty_database: TestDatabase, scratch: Path) -> None:
    empty_database.migrations(folder=older(scratch)).upgrade()
    assert empty_database.migrations(folder=scratch).ensure_current()
    assert "two" in tables(empty_database)


def test_an_older_server_is_upgraded_only_when_asked(empty_database: TestDatabase, scratch: Path) -> None:
    empty_database.migrations(folder=older(scratch)).upgrade()
    migrations = empty_database.migrations(folder=scratch, embedded=False)
    with pytest.raises(NoDatabaseError, match="at 0001_one; this realestate works with 0002_two") as refusal:
        migrations.ensure_current()
    assert "realestate db upgrade" in refusal.value.hint
    assert "two" not in tables(empty_database)
    migrations.upgrade()
    assert not migrations.ensure_current()


def test_a_newer_database_is_refused_and_left_as_it_is(empty_database: TestDatabase, scratch: Path) -> None:
    empty_database.migrations(folder=scratch).upgrade()
    behind = empty_database.migrations(folder=older(scratch))
    for attempt in (behind.ensure_current, behind.upgrade):
        with pytest.raises(NoDatabaseError, match="newer than this realestate") as refusal:
            attempt()
        assert "pip install --upgrade realestate" in refusal.value.hint
    assert behind.schema(behind.revision()) is Schema.NEWER


def test_a_revision_that_fails_leaves_nothing_of_the_upgrade(empty_database: TestDatabase, scratch: Path) -> None:
    add(scratch, "0003_three", "0002_two", "create table three (id nonsense)")
    with pytest.raises(Exception, match="nonsense"):
        empty_database.migrations(folder=scratch).ensure_current()
    assert tables(empty_database) == set()


def test_a_right_that_is_missing_is_named_with_its_mend(empty_database: TestDatabase, scratch: Path) -> None:
    (scratch / "versions" / "0003_three.py").write_text(REFUSING)
    with pytest.raises(NotAllowedError, match="may not") as refusal:
        empty_database.migrations(folder=scratch).upgrade()
    assert refusal.value.hint == "grant it"


def test_the_tables_are_those_that_the_package_describes(fresh_database: TestDatabase) -> None:
    fresh_database.migrations().check()


def test_up_down_and_up_again_gives_the_same_schema(fresh_database: TestDatabase) -> None:
    migrations, before = fresh_database.migrations(), schema_dump(fresh_database)
    migrations.downgrade("base")
    assert tables(fresh_database) == {"alembic_version"}
    migrations.upgrade()
    assert schema_dump(fresh_database) == before


def schema_dump(database: TestDatabase) -> list[str]:
    command = [str(bundled_programs() / "pg_dump"), "--schema-only", f"--dbname={database.owner_url}"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [line for line in text.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]


def test_the_owner_of_a_servers_database_need_not_be_a_superuser(empty_database: TestDatabase) -> None:
    name = empty_database.url.split("@/")[1].split("?")[0]
    role = f"owner_of_{name}"
    with connect_as_owner(empty_database.owner_url) as superuser:
        superuser.execute(
            f"create role {role} login password 'pw'; grant re_app to {role};"  # type: ignore[arg-type]
            f"alter database {name} owner to {role}; alter schema public owner to {role}"
        )
    url = empty_database.url.replace(empty_database.url.split("//")[1].split("@")[0], f"{role}:pw")
    assert TestDatabase(url, url).migrations(embedded=False).ensure_current()
    with connect(url) as connection:
        assert connection.execute("select current_user::text").fetchone() == ("re_app",)
        assert connection.execute("select count(*) from leads").fetchone() == (0,)


def test_looking_leaves_no_transaction_open(fresh_database: TestDatabase) -> None:
    with connect(fresh_database.url) as connection:
        assert not fresh_database.migrations().ensure_current(connection)
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_a_database_without_tables_has_no_revision(empty_database: TestDatabase) -> None:
    with connect_as_owner(empty_database.owner_url) as connection:
        assert seen_revision(connection) is None
        assert connection.execute("select 1").fetchone() == (1,)
