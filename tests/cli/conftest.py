"""Runs command lines in this process, on a database of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from databases import TestDatabase
from realestate.cli.main import run
from realestate.cli.session import toolkit
from realestate.repositories.connection import connect_as_owner

Run = Callable[..., int]


@pytest.fixture
def line(fresh_database: TestDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a command line as the local owner of an empty database; gives the exit code."""
    with connect_as_owner(fresh_database.owner_url) as owner:
        row = owner.execute("select auth.local_owner_session()").fetchone()
    assert row is not None
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REALESTATE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DATABASE_URL", fresh_database.url)
    monkeypatch.setenv("REALESTATE_TOKEN", str(row[0]))

    def command(*words: str) -> int:
        return run(list(words))

    toolkit.cache_clear()
    yield command
    toolkit().close()
    toolkit.cache_clear()
