"""``docs/cli.md`` is the help of every command; ``REALESTATE_UPDATE=1`` writes it anew."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from realestate.cli.main import COMMANDS, GROUPS, build, run

REFERENCE = Path(__file__).parents[1] / "docs" / "cli.md"
PREFACE = """# Commands

The help of every command, as it prints it. Options that may stand anywhere: `-q`, `-v`, `--debug`, `--no-input`,
`--yes`; `--json` is short for `-o json`.
"""


def commands() -> Iterator[tuple[str, ...]]:
    """Every command line that has a help of its own."""
    yield ()
    for group in GROUPS:
        tree = typer.main.get_command(build([group]))
        yield (group,)
        for name in tree.commands[group].commands:  # type: ignore[attr-defined]
            yield (group, name)
    for command in COMMANDS:
        yield (command,)


def help_of(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> str:
    """What ``--help`` prints, without the spaces at the ends of lines."""
    assert run([*words, "--help"]) == 0
    return "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines()).strip()


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)


def test_the_reference_is_what_the_commands_say(capsys: pytest.CaptureFixture[str]) -> None:
    parts = [
        f"## realestate {' '.join(words)}".rstrip() + f"\n\n```\n{help_of(words, capsys)}\n```\n"
        for words in commands()
    ]
    written = PREFACE + "\n" + "\n".join(parts)

    if os.environ.get("REALESTATE_UPDATE"):
        REFERENCE.write_text(written, encoding="utf-8")
    assert REFERENCE.read_text(encoding="utf-8") == written, (
        "write it anew: REALESTATE_UPDATE=1 sh tests/run.sh tests/test_cli_reference.py"
    )


def test_every_command_says_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    silent = [words for words in commands() if len(help_of(words, capsys).splitlines()) < 5]

    assert not silent
