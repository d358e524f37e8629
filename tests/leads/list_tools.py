"""Opens toolkits on test databases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from databases import TestDatabase
from realestate.settings import Settings
from realestate.toolkit import Toolkit

WriteList = Callable[..., str]


def toolkit_on(database: TestDatabase, home: Path) -> Toolkit:
    """A toolkit that works on a database of the test server, signed in as the local owner."""
    return Toolkit(Settings(home=home, database_url=database.url, token=database.token()))
