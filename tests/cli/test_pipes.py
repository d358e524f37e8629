"""Command lines in pipes: a reader that goes away early, and errors in the shape that was asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_lines import Run

from databases import TestDatabase
from realestate.errors import ExitCode

ROOT = Path(__file__).parents[2]
HEADER = "Property Address,City,State,Zip,Owner Name"
LEADS = 700
"""Enough that a list of them fits neither a buffer of Python's nor a pipe."""
EARLY: tuple[tuple[list[str], int], ...] = (
    (["leads", "list", "-o", "jsonl"], 0),
    (["leads", "list", "-o", "jsonl"], 1),
    (["leads", "export"], 1),
    (["leads", "rows", "1"], 0),
)
"""Commands, and how many of their lines are read."""


def piped(words: list[str], environment: dict[str, str], lines: int) -> tuple[int, bytes, list[bytes]]:
    """Run a command whose reader goes away after so many lines; gives its exit code, talk, and those lines."""
    command = subprocess.Popen(
        [sys.executable, "-m", "realestate", *words],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert command.stdout is not None
    assert command.stderr is not None
    read = [command.stdout.readline() for _ in range(lines)]
    command.stdout.close()
    with command.stderr:
        said = command.stderr.read()
    return command.wait(60), said, read


def test_a_reader_that_goes_away_ends_a_command_silently(
    line: Run, fresh_database: TestDatabase, tmp_path: Path
) -> None:
    rows = [f"{number} Oak St,Larkfield,OH,43999,Owner {number}" for number in range(2, 2 * LEADS, 2)]
    (tmp_path / "vacant.csv").write_text("\n".join((HEADER, *rows)) + "\n")
    assert line("leads", "import", "vacant.csv") == ExitCode.DONE
    environment = fresh_database.environment(tmp_path / "home")

    for words, lines in EARLY:
        code, said, read = piped(words, environment, lines)

        assert (words, lines, code, said) == (words, lines, ExitCode.DONE, b"")
        assert all(each.endswith(b"\n") for each in read)


@pytest.mark.parametrize("words", [["-o", "json"], ["-ojson"], ["--output=jsonl"], ["--output", "jsonl"], ["--json"]])
def test_errors_are_json_however_json_is_asked_for(
    line: Run, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert line("leads", "show", "77777", *words) == ExitCode.USAGE

    error = json.loads(capsys.readouterr().err)["error"]
    assert (error["code"], error["message"]) == (2, "There is no lead 77777.")
    assert error["hint"]
