"""Databases with accounts; what Postgres itself decides is asked of Debian's as well, where it is installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from people import People, populate

from databases import KINDS, PostgresServer, Servers, TestDatabase

ON_EVERY_SERVER = {"test_access_tokens", "test_server_roles", "test_sign_in", "test_walls"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run some modules once for each server."""
    if metafunc.module.__name__ in ON_EVERY_SERVER and "server" in metafunc.fixturenames:
        metafunc.parametrize("server", KINDS, indirect=True, scope="module")


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest, servers: Servers) -> PostgresServer:
    """The bundled PostgreSQL, or the one that is asked for."""
    return servers.get(KINDS[getattr(request, "param", "bundled")])


@pytest.fixture
def people(database: TestDatabase, tmp_path: Path) -> People:
    """Four accounts whose passwords are all the same, and nothing else in the database."""
    return populate(database, tmp_path)


@pytest.fixture(scope="module")
def shared_people(database: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> People:
    """The same for all tests of a module, which are to leave no trace."""
    return populate(database, tmp_path_factory.mktemp("sessions"))


@pytest.fixture
def fresh_people(fresh_database: TestDatabase, tmp_path: Path) -> People:
    """The same in a database of its own, whose tables a test may bend."""
    return populate(fresh_database, tmp_path)
