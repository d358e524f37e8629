"""Runs command lines in this process, on a database of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from command_lines import Run

from databases import TestDatabase
from realestate.cli.main import run
from realestate.cli.session import toolkit


@pytest.fixture
def line(fresh_database: TestDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a command line as the local owner of an empty database; gives the exit code."""
    monkeypatch.chdir(tmp_path)
    for name, value in fresh_database.environment(tmp_path / "home").items():
        monkeypatch.setenv(name, value)

    def command(*words: str) -> int:
        return run(list(words))

    toolkit.cache_clear()
    yield command
    toolkit().close()
    toolkit.cache_clear()
