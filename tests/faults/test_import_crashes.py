"""An import that is killed leaves all or nothing, and the next one completes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from databases import TestDatabase
from realestate.domain.leads.records import LeadFilter
from realestate.settings import Settings
from realestate.toolkit import Toolkit

HEADER = "Property Address,City,State,Zip,Owner Name,Phone,Amount Owed,Date Filed"
ROWS = [f"{number} Oak St,Larkfield,OH,43999,Ashdown Avery,,$100,2025-01-01" for number in range(1, 301)]

# The process ends itself, as kill -9 would, at the place that it is told.
IMPORT = """
import os, signal, sys
from realestate.repositories.unit_of_work import UnitOfWork
from realestate.toolkit import Toolkit

place = sys.argv[2]

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

class Mortal(UnitOfWork):
    def commit(self):
        if place == "before the commit":
            die()
        super().commit()
        die()

class MortalKit(Toolkit):
    def work(self):
        return Mortal(*self.session)

tick = die if place == "in the middle of the rows" else lambda _: None
MortalKit().importer.run(sys.argv[1], None, tick)
"""


@pytest.fixture
def kit(fresh_database: TestDatabase, tmp_path: Path) -> Toolkit:
    """A toolkit, and a list beside it."""
    (tmp_path / "vacant.csv").write_text("\n".join((HEADER, *ROWS)) + "\n")
    return Toolkit(Settings(home=tmp_path / "home", database_url=fresh_database.url, token=fresh_database.token()))


def killed(kit: Toolkit, path: Path, place: str) -> int:
    """Import in a process that dies; gives how it ended."""
    settings = kit.settings
    environment = {
        **os.environ,
        "REALESTATE_HOME": str(settings.home),
        "DATABASE_URL": str(settings.database_url),
        "REALESTATE_TOKEN": str(settings.token),
    }
    return subprocess.run([sys.executable, "-c", IMPORT, str(path), place], env=environment, check=False).returncode


@pytest.mark.parametrize(
    ("place", "kept"),
    [("in the middle of the rows", 0), ("before the commit", 0), ("after the commit", 300)],
)
def test_a_killed_import_leaves_all_or_nothing(kit: Toolkit, tmp_path: Path, place: str, kept: int) -> None:
    path = tmp_path / "vacant.csv"

    assert killed(kit, path, place) == -signal.SIGKILL

    with kit:
        assert len(list(kit.leads.search(LeadFilter()))) == kept
        again = kit.importer.run(str(path))
        assert again.created + again.unchanged == 300
        assert len(list(kit.leads.search(LeadFilter()))) == 300
