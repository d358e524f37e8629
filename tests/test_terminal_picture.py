"""The README's terminal picture is what the commands print; ``REALESTATE_UPDATE=1`` draws it anew."""

from __future__ import annotations

import datetime as dt
import os
import re
import shlex
from pathlib import Path

import pytest
import time_machine
from rich.console import Console
from rich.text import Text

from databases import TestDatabase
from realestate.cli.main import run
from realestate.cli.session import toolkit

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "terminal.svg"
SHOWN = (
    "realestate demo lists",
    "realestate leads import lists/code_violations.csv lists/tax_delinquent.csv lists/vacant_houses.csv -o table",
    "realestate leads list --limit 5 -o table",
    "realestate leads why BEST -o table",
)
WIDTH = 128


def draw(capsys: pytest.CaptureFixture[str]) -> str:
    """Run the commands and draw what they print, talk and data, as a terminal would."""
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w"), force_terminal=True)  # noqa: SIM115, PTH123
    for command in SHOWN:
        typed = command.replace("BEST", _best_lead()) if "BEST" in command else command
        console.print(Text(f"$ {typed}", style="bold green"))
        run(shlex.split(typed)[1:])
        printed = capsys.readouterr()
        for text in (printed.out, printed.err):
            for line in text.rstrip().splitlines():
                if not re.search(r"; --signal says otherwise$", line):
                    console.print(Text(line.rstrip()), soft_wrap=True)
    console.file.close()
    return console.export_svg(title="realestate", unique_id="terminal")


def _best_lead() -> str:
    from realestate.domain.leads.records import LeadFilter

    return str(next(toolkit().leads.search(LeadFilter(limit=1))).id)


def test_the_picture_in_the_readme_is_what_the_commands_print(
    fresh_database: TestDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in fresh_database.environment(tmp_path / "home").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    toolkit.cache_clear()

    with time_machine.travel(dt.datetime(2026, 2, 1, 12, tzinfo=dt.UTC), tick=True):
        drawn = draw(capsys)
    toolkit().close()
    toolkit.cache_clear()

    if os.environ.get("REALESTATE_UPDATE"):
        PICTURE.write_text(drawn, encoding="utf-8")
    assert words(PICTURE.read_text(encoding="utf-8")) == words(drawn), (
        "draw it anew: REALESTATE_UPDATE=1 sh tests/run.sh tests/test_terminal_picture.py"
    )


def words(svg: str) -> list[str]:
    """The words of a picture, without numbers of seconds, which differ from run to run."""
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    return [
        word for text in texts for word in text.replace("&#160;", " ").split() if not re.fullmatch(r"\d\.\d+", word)
    ]
