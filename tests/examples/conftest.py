"""The realestate command as scripts call it, on a database of the test server."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping

import pytest
from example_scripts import ROOT, Script, environment

from databases import PostgresServer


@pytest.fixture(scope="module")
def workplace(server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An environment in which `realestate` is on the PATH and signed in to an empty database."""
    folder = tmp_path_factory.mktemp("workplace")
    database = server.clone()
    yield environment(database, folder)
    server.drop(database)


@pytest.fixture
def script(workplace: dict[str, str]) -> Script:
    """Run a script of examples/ without a terminal."""

    def run(name: str, *words: str, more: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", str(ROOT / "examples" / name), *words],
            env=workplace | dict(more or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run
