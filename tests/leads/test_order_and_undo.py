"""Stacking is a function of the set of rows: their order, repeats and undone runs leave no trace."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from list_tools import toolkit_on
from psycopg import sql
from snapshots import snapshot

from databases import PostgresServer, TestDatabase
from realestate.domain.leads.records import LeadFilter
from realestate.errors import UsageError
from realestate.services.importing import ImportOptions
from realestate.toolkit import Toolkit

HEADER = "Property Address,City,State,Zip,Parcel,Owner Name,Phone,Amount Owed,Date Filed"
STREETS = ("Oak St", "OAK STREET", "N Oak St", "Okk St", "Elm Ave", "Elm Avenue Apt 2", "Elm Ave #2")
PLACES = (",,", "Larkfield,OH,43999", "Larkfield,OH,", ",,43999", "Farwell,OH,43998")
NUMBERS = ("12", "14", "0012", "12-14", "12-16", "7")
PARCELS = ("", "", "11-222", "11222", "33-444")
BROUGHT = (
    *("leads", "lead_scores", "lead_signals", "sightings", "spots", "spot_ranges", "crowds", "signals", "contacts"),
    "run_rows",
)
"""Tables that only imports fill."""
SIGNALS = ("tax_delinquent", "vacant", "code_violation")

rows = st.builds(
    lambda number, street, place, parcel, owner, day: f"{number} {street},{place},{parcel},{owner},,,2025-0{day}-01",
    st.sampled_from(NUMBERS),
    st.sampled_from(STREETS),
    st.sampled_from(PLACES),
    st.sampled_from(PARCELS),
    st.sampled_from(("Avery Ashdown", "Blake Brambell", "")),
    st.integers(1, 9),
)
lists_of_rows = st.lists(st.lists(rows, min_size=1, max_size=6), min_size=2, max_size=3)


class Bench:
    """Makes databases for the examples of one test and imports into them."""

    def __init__(self, server: PostgresServer, folder: Path) -> None:
        self._server = server
        self._folder = folder
        # Where lists tie, the smaller keyed hash wins, so databases that are compared share their keys.
        self._keyed = server.clone()
        with toolkit_on(self._keyed, folder / "home") as toolkit:
            toolkit.cipher.row_hash(["any row"])

    def imported(self, lists: Sequence[tuple[int, Sequence[str]]], undo: int | None = None) -> list[object]:
        """Import lists by number, perhaps undo one, and give what the database then says."""
        database = self._server.copy(self._keyed)
        with toolkit_on(database, self._folder / "home") as toolkit:
            runs = {number: self._run(toolkit, number, rows) for number, rows in lists}
            if undo is not None:
                toolkit.undoer.run(runs[undo])
            found = snapshot(toolkit)
        self._server.drop(database)
        return found

    def _run(self, toolkit: Toolkit, number: int, rows: Sequence[str]) -> int:
        path = self._folder / f"list {number}.csv"
        path.write_text("\n".join([HEADER, *rows]) + "\n")
        return toolkit.importer.run(str(path), ImportOptions(signal=SIGNALS[number])).run


@pytest.fixture
def bench(server: PostgresServer, tmp_path: Path) -> Bench:
    """A place for many databases."""
    return Bench(server, tmp_path)


slow_examples = settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@slow_examples
@given(lists=lists_of_rows, seed=st.integers(0, 99))
def test_the_order_of_files_and_rows_changes_nothing(bench: Bench, lists: list[list[str]], seed: int) -> None:
    shuffled = [(number, random.Random(seed).sample(rows, len(rows))) for number, rows in enumerate(lists)]
    random.Random(seed).shuffle(shuffled)

    assert bench.imported(shuffled) == bench.imported(list(enumerate(lists)))


@slow_examples
@given(lists=lists_of_rows)
def test_an_undone_run_leaves_no_trace(bench: Bench, lists: list[list[str]]) -> None:
    numbered = list(enumerate(lists))

    assert bench.imported(numbered, undo=0) == bench.imported(numbered[1:])


def test_undoing_the_first_of_two_equal_imports_leaves_the_second(toolkit: Toolkit, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{HEADER}\n12 Oak St,Larkfield,OH,43999,,Avery Ashdown,,,2025-01-01\n")
    options = ImportOptions(signal="vacant")
    first = toolkit.importer.run(str(path), options)
    second = toolkit.importer.run(str(path), options)
    before = snapshot(toolkit)

    toolkit.undoer.run(first.run)

    assert snapshot(toolkit) == before
    assert toolkit.leads.run(second.run).created == 1
    toolkit.undoer.run(second.run)
    assert not snapshot(toolkit)


def test_undone_runs_leave_no_row_behind(toolkit: Toolkit, tmp_path: Path, fresh_database: TestDatabase) -> None:
    rows = ["12 Oak St,Larkfield,OH,43999,,Avery Ashdown,6145550101,$5,2025-01-01", "12-16 Oak St,,,43999,11-222,,,,"]
    runs = []
    for name, extra in (("one", []), ("two", [rows[0].replace("$5", "$6")]), ("three", rows)):
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join([HEADER, *rows, *extra]) + "\n")
        runs.append(toolkit.importer.run(str(path), ImportOptions(signal="tax_delinquent", list_name="taxes")).run)
    assert all(brought(fresh_database).values())
    for run in (runs[1], runs[0], runs[2]):
        toolkit.undoer.run(run)

    assert brought(fresh_database) == dict.fromkeys(BROUGHT, 0)


def brought(database: TestDatabase) -> dict[str, int]:
    """Rows of each table that only imports fill, whoever owns them."""
    with psycopg.connect(database.owner_url) as owner:
        count = sql.SQL("SELECT count(*) FROM {}")
        found = {table: owner.execute(count.format(sql.Identifier(table))).fetchone() for table in BROUGHT}
    return {table: row[0] for table, row in found.items() if row}


def test_a_lead_that_carries_work_outlives_the_undo_and_takes_its_rows_back(toolkit: Toolkit, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        f"{HEADER}\n12 Oak St,Larkfield,OH,43999,,,,,2025-01-01\n14 Oak St,Larkfield,OH,43999,,,,,2025-01-01\n"
    )
    report = toolkit.importer.run(str(path), ImportOptions(signal="vacant"))
    worked = next(line.id for line in toolkit.leads.search(LeadFilter()) if line.address == "12 OAK ST")
    toolkit.leads.set_status(worked, "contacted")

    undone = toolkit.undoer.run(report.run)

    assert (undone.removed, undone.kept) == (1, [worked])
    (left,) = toolkit.leads.search(LeadFilter())
    assert (left.signals, left.score, left.status) == ([], 0.0, "contacted")

    toolkit.importer.run(str(path), ImportOptions(signal="vacant"))
    assert toolkit.leads.show(worked).lead.signals == ["vacant"]


def test_a_run_is_undone_once(toolkit: Toolkit, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{HEADER}\n12 Oak St,Larkfield,OH,43999,,,,,2025-01-01\n")
    run = toolkit.importer.run(str(path), ImportOptions(signal="vacant")).run
    toolkit.undoer.run(run)

    with pytest.raises(UsageError, match="undone already"):
        toolkit.undoer.run(run)
