"""``realestate db``: what it prints, where, and the exit codes that scripts rely on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from databases import TestDatabase
from realestate.cli.main import run
from realestate.cli.session import toolkit
from realestate.errors import ExitCode

Realestate = Callable[..., int]
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user without settings; the toolkit of a command line is made anew for each."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REALESTATE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    toolkit.cache_clear()
    yield tmp_path
    toolkit().close()
    toolkit.cache_clear()


@pytest.fixture
def realestate(home: Path, monkeypatch: pytest.MonkeyPatch) -> Realestate:
    """Run a ``realestate db`` command, perhaps on a server."""
    del home

    def command(*words: str, url: str | None = None) -> int:
        toolkit().close()
        toolkit.cache_clear()
        if url is not None:
            monkeypatch.setenv("DATABASE_URL", url)
        return run(["db", *words])

    return command


@pytest.fixture
def _own_server(home: Path) -> Iterator[None]:
    """Take the embedded server of the test away, wherever root's one stands."""
    yield
    server = toolkit().database.embedded
    assert server is not None
    server.stop()
    shutil.rmtree(server.status().folder)
    assert (home / "home").exists()


@pytest.mark.usefixtures("_own_server")
def test_the_embedded_server_is_made_found_and_stopped(realestate: Realestate, capsys: Captured) -> None:
    assert realestate("status", "-o", "json") == ExitCode.DONE
    before = json.loads(capsys.readouterr().out)
    assert (before["kind"], before["running"], before["tables"]) == ("embedded", False, None)

    assert realestate("init") == ExitCode.DONE
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("The database is ready at ")
    assert said.err.endswith("Next: realestate leads import FILE\n")

    assert realestate("status", "-o", "json") == ExitCode.DONE
    after = json.loads(capsys.readouterr().out)
    assert (after["running"], after["tables"]) == (True, "current")
    assert after["revision"] == after["latest"] == before["latest"]
    assert after["version"].startswith("18.")

    assert realestate("stop") == ExitCode.DONE
    assert realestate("stop") == ExitCode.DONE
    assert capsys.readouterr().err == "The database is stopped.\nThe database was not running.\n"


def test_url_prints_one_line_that_other_programs_take(
    realestate: Realestate, database: TestDatabase, capsys: Captured
) -> None:
    assert realestate("url", url=database.url) == ExitCode.DONE
    assert capsys.readouterr().out == database.url + "\n"


def test_status_never_shows_the_password(realestate: Realestate, database: TestDatabase, capsys: Captured) -> None:
    assert realestate("status", "--json", url=database.owner_url) == ExitCode.DONE
    said = capsys.readouterr()
    assert database.owner_url.split(":")[2].split("@")[0] not in said.out + said.err
    assert json.loads(said.out)["kind"] == "server"


@pytest.mark.parametrize(
    ("url", "code", "words"),
    [
        ("postgres://127.0.0.1:1/houses", ExitCode.NO_DATABASE, "no PostgreSQL listens at 127.0.0.1:1"),
        ("mysql://localhost/houses", ExitCode.USAGE, "mysql://"),
    ],
)
def test_no_database_is_one_line_its_mend_and_exit_code(
    realestate: Realestate, capsys: Captured, url: str, code: ExitCode, words: str
) -> None:
    for command in ("status", "init", "upgrade"):
        assert realestate(command, url=url) == code
        said = capsys.readouterr()
        assert said.out == ""
        assert words.lower() in said.err.lower()
        assert len(said.err.splitlines()) == 2


def test_an_error_in_json_is_one_line(realestate: Realestate, capsys: Captured) -> None:
    assert realestate("status", "-o", "json", url="postgres://127.0.0.1:1/houses") == ExitCode.NO_DATABASE
    error = json.loads(capsys.readouterr().err)["error"]
    assert (error["code"], bool(error["hint"])) == (10, True)


def test_upgrade_says_from_where_to_where(
    realestate: Realestate, fresh_database: TestDatabase, capsys: Captured
) -> None:
    fresh_database.migrations().downgrade("-1")
    assert realestate("upgrade", url=fresh_database.owner_url) == ExitCode.DONE
    assert " went from 0" in capsys.readouterr().err
    assert realestate("upgrade", url=fresh_database.owner_url) == ExitCode.DONE
    assert capsys.readouterr().err.startswith("The tables are at 0")


def test_a_server_of_the_users_is_not_ours_to_stop(
    realestate: Realestate, database: TestDatabase, capsys: Captured
) -> None:
    assert realestate("stop", url=database.url) == ExitCode.USAGE
    assert "not ours to stop" in capsys.readouterr().err


def test_backup_and_restore_replace_nothing_without_yes(
    realestate: Realestate, fresh_database: TestDatabase, home: Path, capsys: Captured
) -> None:
    url, file = fresh_database.owner_url, home / "houses.backup"
    assert realestate("backup", str(file), url=url) == ExitCode.DONE
    said = capsys.readouterr().err
    assert "Without the keys the personal data in it cannot be read" in said
    assert said.endswith("Next: realestate keys backup FILE\n")
    first = file.read_bytes()

    assert realestate("backup", str(file), url=url) == ExitCode.USAGE
    assert "--yes" in capsys.readouterr().err
    assert file.read_bytes() == first
    assert realestate("backup", str(file), "--yes", url=url) == ExitCode.DONE

    assert realestate("restore", str(file), url=url) == ExitCode.USAGE
    assert realestate("restore", str(file), "--yes", url=url) == ExitCode.DONE
    assert realestate("restore", str(home / "missing"), "--yes", url=url) == ExitCode.NOTHING_USABLE


def test_a_backup_goes_into_an_empty_database_without_a_question(
    realestate: Realestate, fresh_database: TestDatabase, empty_database: TestDatabase, home: Path
) -> None:
    file = str(home / "houses.backup")
    assert realestate("backup", file, url=fresh_database.owner_url) == ExitCode.DONE
    assert realestate("restore", file, url=empty_database.owner_url) == ExitCode.DONE
