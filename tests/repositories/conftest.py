"""Repository tests run on the bundled PostgreSQL and, where it is installed, on Debian's too."""

from __future__ import annotations

from pathlib import Path

import pytest
from databases import PostgresServer, Servers, debian_programs

KINDS = {"bundled": None} | ({"debian": found} if (found := debian_programs()) else {})


@pytest.fixture(scope="session", params=KINDS.values(), ids=KINDS.keys())
def server(request: pytest.FixtureRequest, servers: Servers) -> PostgresServer:
    """One server after the other."""
    programs: Path | None = request.param
    return servers.get(programs)
