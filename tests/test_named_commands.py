"""Every command that guides, examples, hints and next steps name exists, with the options they give it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import typer.main

from realestate.cli.main import ANYWHERE, COMMANDS, GROUPS, build

ROOT = Path(__file__).parents[1]
GUIDES = ("README.md", "DATABASE_SETUP.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md")
PLACES = (*GUIDES, "docs/*.md", "examples/**/*.sh", "examples/cron/*", "examples/**/*.md", "src/realestate/**/*.py")
NAMED = re.compile(r"(?<![\w/.-])realestate((?: +(?:--?)?[a-z][a-z-]*)+)")
MEANT = re.compile(r"(?:^|`|[A-Za-z]: )$")
"""What stands before a command that is meant to be typed; elsewhere ``realestate`` may be the program or package."""
END_OF_COMMAND = re.compile(r"[`|#\"<>;]")
ON_EVERY_COMMAND = {*ANYWHERE, "--wait", "--json", "--help"}


class NamedCommand(NamedTuple):
    """A command as a text names it."""

    where: str
    words: list[str]
    options: set[str]


def named() -> Iterator[NamedCommand]:
    """Every command of the texts."""
    for place in PLACES:
        for path in sorted(ROOT.glob(place)):
            if path.is_file() and path.name != "cli.md":
                for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                    yield from _named_in(line, f"{path.relative_to(ROOT)}:{number}")


def _named_in(line: str, where: str) -> Iterator[NamedCommand]:
    for found in NAMED.finditer(line):
        words = [word for word in found[1].split() if word not in {*ANYWHERE, "--wait"}]
        if words and (words[0] in (*GROUPS, *COMMANDS) or MEANT.search(line[: found.start()])):
            whole = END_OF_COMMAND.split(line[found.start() :])[0]
            yield NamedCommand(where, words, set(re.findall(r"(?<=\s)--[a-z][a-z-]+", whole)))


@cache
def tree(name: str) -> dict[str, Any]:
    """The commands of a group, or a single command, by name."""
    commands: dict[str, Any] = typer.main.get_command(build([name])).commands  # type: ignore[attr-defined]
    return commands


def command_of(words: list[str]) -> Any:  # noqa: ANN401 - typer's own kinds of commands
    """The command that words name, or ``None`` if there is none; a group alone is one."""
    first, *rest = words
    if first not in (*GROUPS, *COMMANDS):
        return None
    command = tree(first)[first]
    for word in rest:
        # A group that is a command by itself takes arguments, such as the lead of a chat.
        if word.startswith("-") or not hasattr(command, "commands") or command.invoke_without_command:
            break
        command = command.commands.get(word)
        if command is None:
            return None
    return command


def test_every_command_that_is_named_exists() -> None:
    commands = list(named())

    assert len(commands) > 150
    assert [each for each in commands if command_of(each.words) is None] == []


def test_every_option_that_is_named_is_one_of_its_command() -> None:
    unknown = []
    for each in named():
        command = command_of(each.words)
        if command is not None and not hasattr(command, "commands"):
            known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
            unknown += [(each.where, option) for option in each.options - known - ON_EVERY_COMMAND]

    assert unknown == []
