"""DATABASE_SETUP.md says what really happens: its errors are those that are printed, its tables exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import psycopg
import pytest

from realestate.repositories.connection_errors import KNOWN, WORKING, too_old
from realestate.repositories.tables import metadata

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "DATABASE_SETUP.md").read_text(encoding="utf-8")
ERRORS = re.findall(r"^Error: (.*)$", GUIDE, re.MULTILINE)

REMOTE = {"host": "db.example.com", "user": "houses", "dbname": "houses", "sslmode": "verify-full"}
LOCAL = {"host": "localhost", "user": "houses", "dbname": "houses"}


def printed() -> set[str]:
    """The messages of connecting and working, for the server of the guide's examples."""
    connecting = {make(where).message for _, make in KNOWN for where in (REMOTE, LOCAL)}
    working = {make(psycopg.Error()).message for _, make in WORKING}
    return connecting | working | {too_old(130012, REMOTE).message}


def pieces(node: ast.AST) -> list[str]:
    """The fixed parts of a text in the sources, between its blanks."""
    if isinstance(node, ast.JoinedStr):
        return [part.value if isinstance(part, ast.Constant) else "" for part in node.values]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        raised = re.search(r"raise exception '([^']*)'", node.value)
        return re.split("(%)", raised.group(1)) if raised else [node.value]
    return []


@cache
def templates() -> list[re.Pattern[str]]:
    """Every text of the sources that is long enough to be a message, as a pattern with its blanks open."""
    found = []
    for folder in ("src/realestate/adapters", "src/realestate/repositories", "migrations"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                parts = pieces(node)
                if sum(map(len, parts)) > 10:
                    blank = (".+" if part in ("", "%") else re.escape(part) for part in parts)
                    found.append(re.compile("".join(blank)))
    return found


def written_like(message: str) -> bool:
    """Whether a message of the sources, with its blanks filled in, reads like this one."""
    return any(template.fullmatch(message) for template in templates())


@pytest.mark.parametrize("message", ERRORS)
def test_an_error_of_the_guide_is_one_that_is_printed(message: str) -> None:
    assert message in printed() or written_like(message)


def test_the_guide_names_the_errors_that_a_connection_meets_first() -> None:
    for words in ("listens", "no role", "no database", "password", "14 or newer"):
        assert any(words in message for message in ERRORS)


def test_the_guide_names_every_table_and_no_other() -> None:
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \|", GUIDE.split("## Tables and relations")[1], re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}
    assert named == {table.name for table in metadata.tables.values()}
