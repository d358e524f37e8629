"""``realestate doctor``: what is not in order is named with the command that mends it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_lines import Run

from databases import TestDatabase
from realestate.cli.session import toolkit
from realestate.errors import ExitCode

Captured = pytest.CaptureFixture[str]
Findings = dict[str, dict[str, str]]


def examined(line: Run, capsys: Captured, code: ExitCode) -> Findings:
    """What the doctor found, by part."""
    toolkit().close()
    toolkit.cache_clear()
    capsys.readouterr()
    assert line("doctor", "-o", "jsonl") == code
    return {found["part"]: found for found in map(json.loads, capsys.readouterr().out.splitlines())}


def test_nothing_is_to_mend_where_everything_is_in_order(line: Run, capsys: Captured) -> None:
    found = examined(line, capsys, ExitCode.DONE)

    assert {"python", "disk", "database", "schema", "account", "walls", "keys", "photo model"} <= set(found)
    assert {part for part, each in found.items() if each["state"] == "FAIL"} == set()
    assert {each["state"] for each in found.values()} <= {"OK", "WARN"}
    assert all(each["mend"] for each in found.values() if each["state"] == "WARN")


def test_without_a_database_only_that_is_named_and_the_rest_goes_on(
    line: Run, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://houses@127.0.0.1:1/houses")

    found = examined(line, capsys, ExitCode.PARTIAL)

    assert "No PostgreSQL listens at 127.0.0.1:1" in found["database"]["what"]
    assert "DATABASE_URL" in found["database"]["mend"]
    waiting = ("schema", "account", "walls", "keys", "buyers' index")
    assert {found[part]["what"] for part in waiting} == {"not examined: database comes first"}
    assert found["packages for photos"]["state"] == "OK"


def test_older_tables_of_a_server_name_the_upgrade(line: Run, capsys: Captured, fresh_database: TestDatabase) -> None:
    fresh_database.migrations().downgrade("-1")

    found = examined(line, capsys, ExitCode.PARTIAL)

    assert (found["database"]["state"], found["schema"]["state"]) == ("OK", "FAIL")
    assert "realestate db upgrade" in found["schema"]["mend"]


def test_whoever_is_not_signed_in_is_told_how(line: Run, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REALESTATE_TOKEN")

    found = examined(line, capsys, ExitCode.PARTIAL)

    assert (found["schema"]["state"], found["account"]["state"]) == ("OK", "FAIL")
    assert "realestate accounts login" in found["account"]["mend"]


@pytest.mark.parametrize("trouble", ["open", "missing"])
def test_a_key_that_is_open_or_missing_names_its_mend(
    line: Run, capsys: Captured, tmp_path: Path, trouble: str
) -> None:
    examined(line, capsys, ExitCode.DONE)
    key = tmp_path / "home" / "config" / "master.key"
    if trouble == "open":
        key.chmod(0o644)
    else:
        key.unlink()

    found = examined(line, capsys, ExitCode.PARTIAL)

    assert found["keys"]["state"] == "FAIL"
    assert ("chmod 600" if trouble == "open" else "realestate keys restore") in found["keys"]["mend"]
