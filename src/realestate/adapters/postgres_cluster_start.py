"""Makes a PostgreSQL cluster whole or not at all, clears away what a crash left, and starts its server."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import time
from pathlib import Path

from realestate.adapters import platform
from realestate.adapters.embedded_settings import server_settings
from realestate.adapters.postgres_cluster import DATABASE, POLL_S, PORT, START_TIMEOUT_S, Cluster
from realestate.errors import NoDatabaseError, NotAllowedError, RealestateError, TryLaterError

UNREACHABLE_AFTER_S = 5.0
LARGEST_LOG = 10_000_000
ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C"}
DISK_FULL = "No space left on device"

# The only door: a password for everybody, over the socket. No network, no trust, no replication.
HBA = "local all all scram-sha-256\n"

INITDB = ["-U", "postgres", "--auth=reject", "--encoding=UTF8", "--data-checksums"]

# Text sorts by code point, the same on every system; built into PostgreSQL since 17.
BUILTIN_LOCALE = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
SYSTEM_LOCALE = ["--locale=C.UTF-8"]

# Repeatable: what is there already answers with an error that changes nothing. Stretching is for
# passwords that can be guessed; ours have 192 random bits, and without it connecting is 40 ms faster.
ROLES_SQL = """\
SET scram_iterations = 1
CREATE ROLE re_app
ALTER ROLE re_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD '{re_app}'
ALTER ROLE postgres PASSWORD '{postgres}'
CREATE DATABASE {database}
"""

# The shell puts the server into the background and ends, so the server is nobody's child and
# no process of ours has to wait for it; what it says goes where the shell's errors go, the log.
LAUNCH = '"$@" >&2 &'


class ClusterStart:
    """One start of a cluster's server; the caller holds the lock of the folder.

    Args:
        cluster: To be made when it is not there yet.
        programs: PostgreSQL's ``bin`` folder, open to the account of the cluster.
    """

    def __init__(self, cluster: Cluster, programs: Path) -> None:
        self._cluster = cluster
        self._programs = programs
        self._log_start = 0
        self._alive: tuple[int, ...] = ()

    def run(self) -> None:
        """Have the server accept connections.

        Raises:
            NoDatabaseError: If it cannot start, with the reason from its log.
            TryLaterError: If it recovers longer than two minutes, or the disk is full.
        """
        self._check_version()
        with platform.lock_file(self._cluster.alive) as alive:
            if not self._wait_for_end(alive):
                return
            self._alive = (alive,)
            self._refuse_foreign_server()
            if not (self._cluster.data / "PG_VERSION").exists():
                self._create()
            elif not self._cluster.passwords.exists():
                self._give_passwords(self._cluster.data)
            self._launch()
        self._wait_until_ready()

    def _check_version(self) -> None:
        """Refuse a cluster of another major version before its files are touched."""
        try:
            found = (self._cluster.data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            return
        ours = self._run(["postgres", "--version"]).split(")")[-1].split()[-1].split(".")[0]
        if found != ours:
            raise NoDatabaseError(
                f"{self._cluster.data} was made by PostgreSQL {found}; this is {ours}.",
                "Install the earlier realestate, run `realestate db backup FILE`, and restore with this one",
            )

    def _wait_for_end(self, alive: int) -> bool:
        """Take the lock that a living server holds.

        A server that lives but does not listen is starting or stopping, which is waited for,
        or its socket was swept out of /tmp: then it is stopped.

        Returns:
            False if the server turned out to listen after all.
        """
        began = time.monotonic()
        asked = False
        while not platform.try_lock(alive):
            waited = time.monotonic() - began
            if self._cluster.listens():
                return False
            if waited > UNREACHABLE_AFTER_S and not asked and self._cluster.state() == "ready":
                asked = True
                self._ask_to_stop()
            if waited > START_TIMEOUT_S:
                raise TryLaterError(
                    f"{self._cluster.place} is in use by a PostgreSQL that does not answer here.",
                    "Is it open in another container? Only one server may use a folder",
                )
            time.sleep(POLL_S)
        return True

    def _ask_to_stop(self) -> None:
        pid = self._cluster.server()
        if pid is not None:
            platform.ask_to_stop(pid)

    def _refuse_foreign_server(self) -> None:
        """Two servers on one cluster destroy it, and one started by hand does not hold our lock."""
        pid = self._cluster.server()
        if pid is not None:
            raise NoDatabaseError(
                f"A PostgreSQL (pid {pid}) that realestate did not start uses {self._cluster.data}.",
                f"Stop it: kill {pid}",
            )

    def _create(self) -> None:
        """Make the cluster aside and move it into place."""
        self._require_named_account()
        new = self._cluster.place / "cluster.new"
        shutil.rmtree(new, ignore_errors=True)
        platform.private_folder(new, self._cluster.account)
        locale = BUILTIN_LOCALE if "--builtin-locale" in self._run(["initdb", "--help"]) else SYSTEM_LOCALE
        self._run(["initdb", "-D", str(new), *INITDB, *locale])
        self._give_passwords(new)
        new.rename(self._cluster.data)
        platform.sync_folder(self._cluster.place)

    def _require_named_account(self) -> None:
        uid = self._cluster.account.uid if self._cluster.account else os.geteuid()
        if platform.account_name(uid) is None:
            raise NotAllowedError(
                f"Uid {uid} has no name on this machine, which PostgreSQL needs.",
                "Start the container with a user of its /etc/passwd, or set DATABASE_URL",
            )

    def _give_passwords(self, data: Path) -> None:
        """Set new random passwords in single-user mode, which asks for none."""
        passwords = {role: secrets.token_urlsafe(24) for role in ("postgres", "re_app")}
        quiet = ["-c", "log_min_error_statement=panic", "-c", "log_checkpoints=off"]
        statements = ROLES_SQL.format(**passwords, database=DATABASE)
        self._run(["postgres", "--single", "-D", str(data), *quiet, "template1"], statements)
        platform.write_private(self._cluster.passwords, json.dumps(passwords) + "\n")

    def _launch(self) -> None:
        """Start the server in a session of its own."""
        cluster = self._cluster
        self._clear_away()
        self._write_hba()
        self._log_start = self._open_log()
        server = [str(self._programs / "postgres"), "-D", str(cluster.data), *self._settings()]
        with cluster.log.open("ab") as log:
            subprocess.run(
                ["/bin/sh", "-c", LAUNCH, "sh", *server],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                pass_fds=self._alive,
                start_new_session=True,
                env=ENVIRONMENT,
                check=True,
                **platform.running_as(cluster.account),
            )

    def _clear_away(self) -> None:
        """Remove what a crashed server left; we hold its lock, so it is gone whoever has its pid now."""
        (self._cluster.data / "postmaster.pid").unlink(missing_ok=True)
        folder = self._cluster.socket_folder
        platform.private_folder(folder, self._cluster.account)
        for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (folder / name).unlink(missing_ok=True)

    def _write_hba(self) -> None:
        """The server reads its door list from here and not from the cluster, so that it is always ours."""
        hba = self._cluster.place / "hba"
        hba.write_text(HBA)
        hba.chmod(0o644)

    def _settings(self) -> list[str]:
        """All on the command line: it beats the cluster's own file and follows our version."""
        settings = server_settings(platform.memory_bytes(), platform.shared_memory_bytes())
        settings |= {
            "port": str(PORT),
            "unix_socket_directories": '"' + str(self._cluster.socket_folder) + '"',
            "hba_file": str(self._cluster.place / "hba"),
        }
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def _open_log(self) -> int:
        """Have a log of mode 0600, a large one put aside; returns its length."""
        log = self._cluster.log
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_name("server.log.1"))
        os.close(os.open(log, os.O_CREAT | os.O_WRONLY, 0o600))
        return log.stat().st_size

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        with platform.lock_file(self._cluster.alive) as alive:
            while self._cluster.state() != "ready":
                if platform.try_lock(alive):
                    raise self._reason()
                if time.monotonic() > deadline:
                    raise TryLaterError(
                        "The database is recovering from an unclean stop.",
                        "Wait a minute, then: realestate db status",
                    )
                time.sleep(POLL_S)

    def _reason(self) -> RealestateError:
        """Why the server ended, by what it wrote to its log since we started it."""
        with self._cluster.log.open("rb") as log:
            log.seek(self._log_start)
            lines = log.read().decode(errors="replace").splitlines()
        grave = [line for line in lines if "FATAL" in line or "PANIC" in line] or lines[-1:]
        if any(DISK_FULL in line for line in lines):
            return self._disk_full()
        said = grave[0].split(": ", 1)[-1].strip() if grave else "it ended without a word"
        return NoDatabaseError(f"The database does not start: {said}.", f"Read {self._cluster.log}")

    def _disk_full(self) -> TryLaterError:
        return TryLaterError(
            f"The disk of {self._cluster.place} is full; what was committed is safe.",
            f"Make room there: df -h '{self._cluster.place}'",
        )

    def _run(self, command: list[str], text: str | None = None) -> str:
        """Run one of PostgreSQL's programs as the server's account; gives what it printed.

        It inherits the locked descriptor as the server does: should we be killed, then it may
        still be writing to the cluster, and the next start waits for its end.
        """
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [str(self._programs / command[0]), *command[1:]],
            input=text or "",
            capture_output=True,
            text=True,
            env=ENVIRONMENT,
            pass_fds=self._alive,
            **platform.running_as(self._cluster.account),
        )
        if done.returncode == 0:
            return done.stdout
        if DISK_FULL in done.stderr:
            raise self._disk_full()
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        said = next((line for line in lines if "error:" in line or "FATAL:" in line), lines[-1])
        raise NoDatabaseError(f"{command[0]} failed: {said}.", "Run: realestate doctor")
