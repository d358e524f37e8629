"""A toolkit on a database of its own, and lists to import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from list_tools import WriteList, toolkit_on

from databases import TestDatabase
from realestate.toolkit import Toolkit


@pytest.fixture
def toolkit(fresh_database: TestDatabase, tmp_path: Path) -> Iterator[Toolkit]:
    """An empty database behind a toolkit."""
    with toolkit_on(fresh_database, tmp_path / "home") as made:
        yield made


@pytest.fixture
def write_list(tmp_path: Path) -> WriteList:
    """Write a CSV of rows and give its path."""

    def write(name: str, header: str, rows: Sequence[str]) -> str:
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return str(path)

    return write
