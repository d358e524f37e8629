"""Real databases for tests: a server per kind and session, a migrated template, a clone per module."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from realestate.adapters import platform
from realestate.adapters.embedded_postgres import EmbeddedPostgres
from realestate.adapters.migrations import Migrations
from realestate.repositories.connection import Connection, connect, connect_as_owner

DEBIAN = Path("/usr/lib/postgresql")
MEMORY = "/dev/shm"  # noqa: S108 - mkdtemp makes the folder


def debian_programs() -> Path | None:
    """Debian's newest PostgreSQL, when it is installed."""
    found = sorted(DEBIAN.glob("*/bin"), key=lambda path: int(path.parent.name))
    return found[-1] if found else None


def open_folder() -> Path:
    """A temporary folder that the account of root's server may enter; pytest's own is closed to it.

    In memory where there is enough of it, so that a test does not wait for a disk.
    """
    roomy = (platform.shared_memory_bytes() or 0) > 4 << 30
    folder = Path(tempfile.mkdtemp(prefix="realestate-test-", dir=MEMORY if roomy else None))
    if os.geteuid() == 0:
        folder.chmod(0o755)
    return folder


@dataclass(frozen=True)
class TestDatabase:
    """Where one database of a test is.

    Attributes:
        url: As ``re_app``, under row-level security.
        owner_url: As the superuser, who owns the tables.
    """

    __test__ = False

    url: str
    owner_url: str

    def token(self) -> str:
        """A session of the local owner, who is made with the first one."""
        with connect_as_owner(self.owner_url) as owner:
            row = owner.execute("select auth.local_owner_session()").fetchone()
        assert row is not None
        return str(row[0])

    def environment(self, home: Path) -> dict[str, str]:
        """What a command line needs to work here as the local owner."""
        return {"REALESTATE_HOME": str(home), "DATABASE_URL": self.url, "REALESTATE_TOKEN": self.token()}

    def migrations(self, *, embedded: bool = True, folder: Path | None = None) -> Migrations:
        """Of this database."""
        return Migrations(lambda: connect_as_owner(self.owner_url), embedded=embedded, folder=folder)


class PostgresServer:
    """A server that lives as long as the test session.

    Args:
        folder: Everything of it stands there.
        programs: Of another PostgreSQL than the bundled one.
    """

    def __init__(self, folder: Path, programs: Path | None) -> None:
        self.folder = folder
        self.embedded = EmbeddedPostgres(folder / "data", programs, server_files=folder / "server")
        self.embedded.start()
        self._made = 0

    @cached_property
    def template(self) -> str:
        """A database with the tables of the package, made by Alembic as for a user."""
        empty = self.empty()
        empty.migrations().upgrade()
        return urlsplit(empty.url).path[1:]

    def empty(self) -> TestDatabase:
        """A database without tables."""
        return self._create("template1")

    def clone(self) -> TestDatabase:
        """A database with the tables of the package and no rows."""
        return self._create(self.template)

    def copy(self, database: TestDatabase) -> TestDatabase:
        """A database with all that another one holds; nobody may be connected to that."""
        return self._create(urlsplit(database.url).path[1:])

    def drop(self, database: TestDatabase) -> None:
        """Take a database away, whoever is still connected."""
        self._run(f"drop database {urlsplit(database.url).path[1:]} with (force)")

    def end(self) -> None:
        """Stop and remove everything."""
        self.embedded.stop()
        shutil.rmtree(self.folder)

    def _create(self, template: str) -> TestDatabase:
        self._made += 1
        name = f"test_{self._made}"
        self._run(f"create database {name} template {template}")
        urls = (self.embedded.url(role).replace("@/realestate?", f"@/{name}?") for role in ("re_app", "postgres"))
        return TestDatabase(*urls)

    def _run(self, statement: str) -> None:
        with connect_as_owner(self.embedded.url("postgres")) as connection:
            connection.autocommit = True
            connection.execute(statement)  # type: ignore[arg-type]


class Servers:
    """The servers of a session, each started when the first test asks for it."""

    def __init__(self) -> None:
        self._running: dict[Path | None, PostgresServer] = {}

    def get(self, programs: Path | None = None) -> PostgresServer:
        """The server with these programs, the bundled ones when omitted."""
        if programs not in self._running:
            self._running[programs] = PostgresServer(open_folder(), programs)
        return self._running[programs]

    def end(self) -> None:
        """Stop them all."""
        for server in self._running.values():
            server.end()


KINDS: dict[str, Path | None] = {"bundled": None}
if (_installed := debian_programs()) is not None:
    KINDS["debian"] = _installed


class UserServer:
    """An embedded server as one user has it, shared with no other test, and where its files really are."""

    def __init__(self, folder: Path, configured: str = "data") -> None:
        self.folder = folder / configured
        self.server_files = folder / "server"
        self.embedded = self.again()

    def again(self, programs: Path | None = None) -> EmbeddedPostgres:
        """The same server as another process would see it."""
        return EmbeddedPostgres(self.folder, programs, server_files=self.server_files)

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own folder."""
        return self.embedded.status().folder / "cluster"

    @property
    def pid(self) -> int:
        """Of the running server."""
        pid = self.embedded.status().pid
        assert pid is not None
        return pid

    def run(self, statement: str) -> list[Any]:
        """Run a statement as the superuser and commit it."""
        with connect_as_owner(self.embedded.url("postgres"), self.embedded.start) as connection:
            cursor = connection.execute(statement)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []


@contextmanager
def new_server(configured: str = "data", folder: Path | None = None) -> Iterator[UserServer]:
    """A server that is not started yet, and is gone with its files afterwards."""
    folder = folder or open_folder()
    server = UserServer(folder, configured)
    try:
        yield server
    finally:
        server.embedded.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """All servers of the session."""
    started = Servers()
    yield started
    started.end()


@pytest.fixture(scope="session")
def server(servers: Servers) -> PostgresServer:
    """The bundled PostgreSQL; below tests/repositories also Debian's, where it is installed."""
    return servers.get()


@pytest.fixture(scope="module")
def database(server: PostgresServer) -> Iterator[TestDatabase]:
    """A database with our tables for the tests of one module, who see each other's committed rows."""
    made = server.clone()
    yield made
    server.drop(made)


@pytest.fixture
def fresh_database(server: PostgresServer) -> Iterator[TestDatabase]:
    """A database with our tables for one test."""
    made = server.clone()
    yield made
    server.drop(made)


@pytest.fixture
def empty_database(server: PostgresServer) -> Iterator[TestDatabase]:
    """A database without tables for one test."""
    made = server.empty()
    yield made
    server.drop(made)


@pytest.fixture
def owner(database: TestDatabase) -> Iterator[Connection]:
    """A connection of the module's database as the owner of its tables; not committed, it leaves no trace."""
    with connect_as_owner(database.owner_url) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def signed_in(database: TestDatabase) -> Iterator[Connection]:
    """A connection under row-level security, signed in as the local owner; rolled back at the end."""
    with connect_as_owner(database.owner_url) as owner:
        row = owner.execute("select auth.local_owner_session()").fetchone()
    assert row is not None
    with connect(database.url, str(row[0])) as connection:
        yield connection
        connection.rollback()
