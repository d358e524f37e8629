"""The example of the library runs as it stands."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from databases import TestDatabase

EXAMPLE = Path(__file__).parents[2] / "examples" / "python_api.py"


def test_the_library_example_prints_leads_with_reasons(
    fresh_database: TestDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in fresh_database.environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", [str(EXAMPLE), "--undo"])

    runpy.run_path(str(EXAMPLE), run_name="__main__")

    printed = capsys.readouterr().out
    assert printed.startswith("70 rows: 70 new leads")
    assert "tax_delinquent.csv, line" in printed
