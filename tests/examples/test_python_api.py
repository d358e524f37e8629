"""The example of the library runs as it stands."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from databases import TestDatabase
from realestate.repositories.connection import connect_as_owner

EXAMPLE = Path(__file__).parents[2] / "examples" / "python_api.py"


def test_the_library_example_prints_leads_with_reasons(
    fresh_database: TestDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with connect_as_owner(fresh_database.owner_url) as owner:
        row = owner.execute("select auth.local_owner_session()").fetchone()
    assert row is not None
    monkeypatch.setenv("REALESTATE_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", fresh_database.url)
    monkeypatch.setenv("REALESTATE_TOKEN", str(row[0]))
    monkeypatch.setattr(sys, "argv", [str(EXAMPLE), "--undo"])

    runpy.run_path(str(EXAMPLE), run_name="__main__")

    printed = capsys.readouterr().out
    assert printed.startswith("70 rows: 70 new leads")
    assert "tax_delinquent.csv, line" in printed
