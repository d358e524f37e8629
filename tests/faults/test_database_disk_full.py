"""A full disk: one clear line, nothing lost, and all is well when there is room again."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from databases import UserServer, new_server
from realestate.database import Database
from realestate.errors import TryLaterError
from realestate.repositories.connection import connect_as_owner
from realestate.repositories.connection_errors import in_our_words
from realestate.settings import Settings

MB = 1 << 20
MOUNT = shutil.which("mount")


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 150 MB with 40 MB of ballast on it."""
    folder = Path(tempfile.mkdtemp(prefix="realestate-disk-"))
    command = [str(MOUNT), "-t", "tmpfs", "-o", "size=150m,mode=755", "tmpfs", str(folder)]
    if MOUNT is None or subprocess.run(command, capture_output=True).returncode:
        folder.rmdir()
        pytest.skip("needs the right to mount a small file system")
    (folder / "ballast").write_bytes(bytes(40 * MB))
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


def fill_up(server: UserServer) -> int:
    """Commit rows until there is no room; gives how many were committed."""
    done = 0
    with connect_as_owner(server.embedded.url("postgres"), server.embedded.start) as connection:
        while True:
            connection.execute("insert into kept select repeat('x', 1000) from generate_series(1, 5000)")
            connection.commit()
            done += 5000


def rows(server: UserServer) -> int:
    count: int = server.run("select count(*) from kept")[0][0]
    return count


def test_a_full_disk_stops_the_work_loses_nothing_and_goes_on_with_room(small_disk: Path) -> None:
    with tempfile.TemporaryDirectory() as home, new_server(f"{home}/data", small_disk / "files") as server:
        server.embedded.start()
        server.run("create table kept (text text)")
        server.run("insert into kept select 'first'")
        with pytest.raises(TryLaterError) as refusal, in_our_words():
            fill_up(server)
        assert "what was not committed is undone" in refusal.value.message
        (small_disk / "ballast").unlink()
        server.embedded.start()
        found = rows(server)
        assert found % 5000 == 1
        server.run("insert into kept select 'more'")
        assert rows(server) == found + 1


def test_a_first_start_without_room_says_so_and_succeeds_with_it(small_disk: Path) -> None:
    with tempfile.TemporaryDirectory() as home, new_server(f"{home}/data", small_disk / "files") as server:
        (small_disk / "more").write_bytes(bytes(85 * MB))
        with pytest.raises(TryLaterError, match=r"disk of .* is full") as refusal:
            server.embedded.start()
        assert "df -h" in refusal.value.hint
        for name in ("more", "ballast"):
            (small_disk / name).unlink()
        server.embedded.start()
        assert server.run("select 1") == [(1,)]


def test_a_backup_without_room_leaves_the_old_one(small_disk: Path) -> None:
    with new_server() as server:
        server.embedded.start()
        database = Database(Settings(database_url=server.embedded.url("postgres")))
        database.prepare()
        server.run(
            "create table noise as select md5(n::text) || md5((n + 1)::text) as t from generate_series(1, 2000000) n"
        )
        kept = small_disk / "houses.backup"
        kept.write_text("the old one")
        (small_disk / "more").write_bytes(bytes(105 * MB))
        with pytest.raises(TryLaterError, match=r"disk of .* is full; no backup was made"):
            database.backup(kept)
        assert kept.read_text() == "the old one"
        assert not kept.with_name("houses.backup.part").exists()
