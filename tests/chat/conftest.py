"""A toolkit on a database of its own with two leads to talk about, one of them with a phone and an e-mail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from databases import TestDatabase
from realestate.repositories.connection import connect_as_owner
from realestate.services.importing import ImportOptions
from realestate.settings import Settings
from realestate.toolkit import Toolkit

LIST = """property_address,city,state,zip,owner_name,phone,email
101 Juniper Way,Fairview,IL,62701,Pat Example,217-555-0142,pat@example.com
202 Alder Ct,Mobile,AL,36602,Sam Sample,,
"""


def toolkit_on(database: TestDatabase, home: Path) -> Toolkit:
    """A toolkit that works on a database of the test server, signed in as the local owner."""
    with connect_as_owner(database.owner_url) as owner:
        row = owner.execute("select auth.local_owner_session()").fetchone()
    assert row is not None
    return Toolkit(Settings(home=home, database_url=database.url, token=str(row[0])))


@pytest.fixture(scope="module")
def toolkit(database: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toolkit]:
    """Two leads: number 1 in Illinois with a phone, number 2 in Alabama without."""
    home = tmp_path_factory.mktemp("home")
    path = home / "list.csv"
    path.write_text(LIST)
    with toolkit_on(database, home) as made:
        made.importer.run(str(path), ImportOptions(signal="vacant"), lambda _: None)
        yield made
