"""Whatever is killed, and whenever: what was committed is there, what was not is gone, the next command works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest

from databases import UserServer, new_server
from realestate.errors import TryLaterError
from realestate.repositories.connection import Connection, connect_as_owner
from realestate.repositories.connection_errors import in_our_words

BATCH = 500

WRITER = """
import sys, pathlib
from realestate.adapters.embedded_postgres import EmbeddedPostgres
from realestate.repositories.connection import connect_as_owner
server = EmbeddedPostgres(pathlib.Path(sys.argv[1]), server_files=pathlib.Path(sys.argv[2]))
with connect_as_owner(server.url("postgres"), server.start) as connection:
    for batch in range(1000):
        connection.execute("insert into kept select %s, n from generate_series(1, 500) n", (batch,))
        print("written", flush=True)
        connection.commit()
        print("committed", flush=True)
"""

STARTER = """
import sys, pathlib
from realestate.adapters.embedded_postgres import EmbeddedPostgres
EmbeddedPostgres(pathlib.Path(sys.argv[1]), server_files=pathlib.Path(sys.argv[2])).start()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[UserServer]:
    with new_server() as made:
        made.embedded.start()
        yield made


@pytest.fixture(autouse=True)
def _kept(server: UserServer) -> None:
    server.run("drop table if exists kept; create table kept (batch int, n int)")


def spawn(code: str, server: UserServer) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", code, str(server.folder), str(server.server_files)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def batches(server: UserServer) -> list[int]:
    """How many rows each batch left; anything but whole ones would be half-done work."""
    return [row[0] for row in server.run("select count(*) from kept group by batch")]


def insert(connection: Connection, batch: int) -> None:
    connection.execute("insert into kept select %s, n from generate_series(1, 500) n", (batch,))


@pytest.mark.parametrize("committed", [0, 1, 3])
@pytest.mark.parametrize("left_open", [False, True])
def test_a_server_killed_around_a_commit_keeps_exactly_what_was_committed(
    server: UserServer, committed: int, left_open: bool
) -> None:
    connection = connect_as_owner(server.embedded.url("postgres"), server.embedded.start)
    for batch in range(committed):
        insert(connection, batch)
        connection.commit()
    if left_open:
        insert(connection, committed)
    os.kill(server.pid, signal.SIGKILL)
    assert batches(server) == [BATCH] * committed
    with pytest.raises(TryLaterError, match="what was not committed is undone"), in_our_words():
        connection.execute("select 1")
    connection.close()


@pytest.mark.parametrize("lines", [1, 2, 3, 6, 9])
def test_a_client_killed_at_any_commit_leaves_whole_batches(server: UserServer, lines: int) -> None:
    with spawn(WRITER, server) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline().strip() for _ in range(lines)]
        writer.kill()
    found = batches(server)
    assert set(found) <= {BATCH}
    assert len(found) >= said.count("committed")


def test_a_server_that_somebody_stops_in_the_middle_is_back_for_the_next_command(server: UserServer) -> None:
    with connect_as_owner(server.embedded.url("postgres")) as connection:
        insert(connection, 0)
        connection.commit()
        insert(connection, 1)
        server.again().stop()
        with pytest.raises(TryLaterError), in_our_words():
            connection.commit()
    assert batches(server) == [BATCH]


def test_a_session_that_an_administrator_ends_says_so(server: UserServer) -> None:
    with connect_as_owner(server.embedded.url("postgres")) as connection:
        pid = connection.info.backend_pid
        server.run(f"select pg_terminate_backend({pid})")
        with pytest.raises(TryLaterError, match="connection to the database broke"), in_our_words():
            connection.execute("select 1")


def test_four_clients_that_find_it_killed_bring_it_back_together(server: UserServer) -> None:
    os.kill(server.pid, signal.SIGKILL)
    code = STARTER + "print('up')"
    crowd = [spawn(code, server) for _ in range(4)]
    assert [process.communicate()[0] for process in crowd] == ["up\n"] * 4
    assert server.run("select 1") == [(1,)]


@pytest.mark.slow
def test_a_lock_that_is_held_is_waited_for_five_seconds(server: UserServer) -> None:
    url = server.embedded.url("postgres")
    with connect_as_owner(url) as holder, connect_as_owner(url) as waiter:
        holder.execute("lock table kept")
        began = time.monotonic()
        with pytest.raises(TryLaterError, match="holds the rows"), in_our_words():
            insert(waiter, 0)
        assert 4 < time.monotonic() - began < 15


@pytest.mark.slow
@pytest.mark.parametrize("after_s", [0.3, 0.6, 1.0, 1.5, 2.2])
def test_a_first_start_killed_at_any_moment_is_no_obstacle_to_the_next(after_s: float) -> None:
    with new_server() as fresh:
        with spawn(STARTER, fresh) as starter:
            time.sleep(after_s)
            starter.kill()
        fresh.embedded.start()
        assert fresh.run("select 1") == [(1,)]


def test_the_broken_connection_is_a_plain_error_of_the_driver_elsewhere(server: UserServer) -> None:
    connection = connect_as_owner(server.embedded.url("postgres"))
    connection.close()
    with pytest.raises(psycopg.OperationalError):
        connection.execute("select 1")
