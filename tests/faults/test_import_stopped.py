"""An import stopped in the middle of its work says so by its exit code and leaves nothing; the next completes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from databases import TestDatabase
from realestate.domain.leads.records import LeadFilter
from realestate.errors import ExitCode
from realestate.repositories.connection import Connection, connect_as_owner
from realestate.settings import Settings
from realestate.toolkit import Toolkit

LIST = "Property Address,City,State,Zip,Owner Name\n" + "".join(
    f"{number} Oak St,Springfield,GA,30301,Ann Example\n" for number in range(1, 301)
)
WAITING = "select pid from pg_locks where not granted and relation = 'sightings'::regclass"
PATIENCE_S = 60


@pytest.fixture
def kit(fresh_database: TestDatabase, tmp_path: Path) -> Iterator[Toolkit]:
    (tmp_path / "list.csv").write_text(LIST)
    settings = Settings(home=tmp_path / "home", database_url=fresh_database.url, token=fresh_database.token())
    with Toolkit(settings) as made:
        assert made.cipher
        yield made


@pytest.fixture(autouse=True)
def _interrupts_are_heard() -> Iterator[None]:
    """A shell starts what it runs in the background deaf to SIGINT, and a child would be deaf as well."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def stopped(
    kit: Toolkit, database: TestDatabase, path: Path, stop: Callable[[subprocess.Popen[str], int], None]
) -> tuple[int, str]:
    """Import on the command line until it waits for a table with its transaction open; stop it there.

    Args:
        kit: Where to import to.
        database: The same.
        path: The list.
        stop: Gets the process and its server process.

    Returns:
        The exit code, and what was said.
    """
    environment = os.environ | {
        "REALESTATE_HOME": str(kit.settings.home),
        "DATABASE_URL": str(kit.settings.database_url),
        "REALESTATE_TOKEN": str(kit.settings.token),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    command = [sys.executable, "-m", "realestate", "leads", "import", str(path), "--signal", "vacant"]
    with (
        connect_as_owner(database.owner_url) as holder,
        subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process,
    ):
        holder.execute("lock table sightings in access exclusive mode")
        stop(process, _waiting(holder))
        holder.rollback()
        said = process.communicate(timeout=PATIENCE_S)[1]
    return process.returncode, said


def _waiting(holder: Connection) -> int:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        row = holder.execute(WAITING).fetchone()
        if row is not None:
            return int(row[0])
        time.sleep(0.02)
    raise AssertionError("the import never came to the table")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, ExitCode.TERMINATED), (signal.SIGINT, ExitCode.INTERRUPTED)]
)
def test_an_import_that_is_sent_away_leaves_nothing_and_can_be_done_again(
    kit: Toolkit, fresh_database: TestDatabase, tmp_path: Path, number: signal.Signals, code: ExitCode
) -> None:
    path = tmp_path / "list.csv"
    ended, said = stopped(kit, fresh_database, path, lambda process, _: process.send_signal(number))
    assert (ended, "nothing was half-done" in said) == (code, True), said
    _is_untouched_and_completes(kit, path)


def test_an_import_whose_connection_is_cut_is_to_be_tried_later(
    kit: Toolkit, fresh_database: TestDatabase, tmp_path: Path
) -> None:
    def cut(_: object, backend: int) -> None:
        with connect_as_owner(fresh_database.owner_url) as administrator:
            administrator.execute("select pg_terminate_backend(%s)", (backend,))

    ended, said = stopped(kit, fresh_database, tmp_path / "list.csv", cut)
    assert (ended, "what was not committed is undone" in said) == (ExitCode.TRY_LATER, True), said
    _is_untouched_and_completes(kit, tmp_path / "list.csv")


def test_an_import_that_waits_too_long_for_a_table_is_to_be_tried_later(
    kit: Toolkit, fresh_database: TestDatabase, tmp_path: Path
) -> None:
    ended, said = stopped(kit, fresh_database, tmp_path / "list.csv", lambda process, _: bool(process.wait(PATIENCE_S)))
    assert (ended, "Another command holds the rows" in said) == (ExitCode.TRY_LATER, True), said
    _is_untouched_and_completes(kit, tmp_path / "list.csv")


def _is_untouched_and_completes(kit: Toolkit, path: Path) -> None:
    assert not list(kit.leads.search(LeadFilter()))
    assert not kit.leads.runs()
    assert kit.importer.run(str(path)).created == 300
