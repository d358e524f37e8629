"""Migrations as other programs meet them: several at once, a plain alembic, an installed wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from databases import TestDatabase

REPOSITORY = Path(__file__).parents[2]


def run_python(code: str, *arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def test_two_first_uses_at_once_make_the_tables_once(empty_database: TestDatabase) -> None:
    code = (
        "import sys; from realestate.adapters.migrations import Migrations\n"
        "from realestate.repositories.connection import connect_as_owner\n"
        "migrations = Migrations(lambda: connect_as_owner(sys.argv[1]), embedded=True)\n"
        "migrations.ensure_current(); print(migrations.ensure_current())"
    )
    crowd = [run_python(code, empty_database.owner_url) for _ in range(2)]
    assert [process.communicate()[0] for process in crowd] == ["False\n"] * 2


def test_looking_at_a_current_database_loads_neither_alembic_nor_sqlalchemy(
    fresh_database: TestDatabase,
) -> None:
    code = (
        "import sys; from realestate.database import Database; from realestate.settings import Settings\n"
        "Database(Settings(database_url=sys.argv[1])).connect()\n"
        "print(sorted({'alembic', 'sqlalchemy'} & sys.modules.keys()))"
    )
    assert run_python(code, fresh_database.url).communicate()[0] == "[]\n"


@pytest.mark.slow
def test_a_plain_alembic_command_does_the_same(empty_database: TestDatabase) -> None:
    environment = os.environ | {"DATABASE_URL": empty_database.owner_url}
    for command in (["upgrade", "head"], ["check"], ["downgrade", "base"]):
        alembic = [sys.executable, "-m", "alembic", *command]
        subprocess.run(alembic, cwd=REPOSITORY, env=environment, check=True, capture_output=True)
    assert empty_database.migrations().revision() is None


@pytest.mark.slow
def test_an_installed_wheel_brings_its_migrations(empty_database: TestDatabase, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    site = tmp_path / "site"
    shutil.unpack_archive(next(tmp_path.glob("*.whl")), site, format="zip")
    code = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "from realestate.database import Database; from realestate.settings import Settings\n"
        "from realestate.adapters.migrations import migrations_folder\n"
        "print(Database(Settings(database_url=sys.argv[1])).prepare(), migrations_folder())"
    )
    said = run_python(code, empty_database.owner_url, str(site)).communicate()[0]
    assert said == f"True {site / 'realestate' / '_migrations'}\n"
