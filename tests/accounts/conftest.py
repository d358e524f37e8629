"""Databases with accounts."""

from __future__ import annotations

from pathlib import Path

import pytest
from people import People, populate

from databases import TestDatabase


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
