"""Repository tests run on the bundled PostgreSQL and, where it is installed, on Debian's too."""

from __future__ import annotations

import pytest

from databases import KINDS, PostgresServer, Servers


@pytest.fixture(scope="session", params=KINDS)
def server(request: pytest.FixtureRequest, servers: Servers) -> PostgresServer:
    """One server after the other."""
    return servers.get(KINDS[request.param])
