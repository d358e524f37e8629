"""The files and the process of one PostgreSQL cluster: where they are, whether it runs, how it stops."""

from __future__ import annotations

import os
import time
from pathlib import Path

from realestate.adapters import platform
from realestate.adapters.platform import Account
from realestate.errors import TryLaterError

DATABASE = "realestate"
PORT = 5432
START_TIMEOUT_S = 120.0
STOP_TIMEOUT_S = 60.0
POLL_S = 0.01


class Cluster:
    """One server's place on this machine.

    Whether it lives is told by a lock, not by a pid: every process of the server inherits
    the locked descriptor of the file ``alive``, and the kernel lets go of it when the last of
    them has ended, however it ended.

    Args:
        place: Holds ``cluster``, ``socket``, ``passwords``, ``hba``, ``alive`` and ``server.log``.
        account: Runs the server; ourselves when ``None``.
    """

    def __init__(self, place: Path, account: Account | None = None) -> None:
        self.place = place
        self.account = account
        self.data = place / "cluster"
        self.alive = place / "alive"
        self.passwords = place / "passwords"
        self.log = place / "server.log"

    @property
    def socket_folder(self) -> Path:
        """In our folder where a socket's path may be that long, else in /tmp."""
        folder = self.place / "socket"
        room = platform.longest_socket_path() - len(f"/.s.PGSQL.{PORT}.lock")
        if len(os.fsencode(folder)) <= room and not set(str(folder)) & set(',"\n'):
            return folder
        return platform.short_socket_folder(folder)

    def listens(self) -> bool:
        """Whether the server accepts connections."""
        return platform.listens(self.socket_folder / f".s.PGSQL.{PORT}")

    def state(self) -> str:
        """The server's own word, such as ``starting`` or ``ready``, from line 8 of its pid file."""
        lines = self._pid_file()
        return lines[7].strip() if len(lines) > 7 else ""

    def server(self) -> int | None:
        """The pid of the server if it lives; a pid file left over from a crash does not count."""
        lines = self._pid_file()
        pid = int(lines[0]) if lines and lines[0].strip().isdigit() else None
        return pid if pid and platform.is_postmaster(pid, self.data) else None

    def stop(self) -> bool:
        """Stop the server and wait for the end of all its processes; False when it was not running.

        Raises:
            TryLaterError: If it takes longer than a minute.
        """
        pid = self.server()
        if pid is None:
            return False
        platform.ask_to_stop(pid)
        deadline = time.monotonic() + STOP_TIMEOUT_S
        with platform.lock_file(self.alive) as alive:
            while not platform.try_lock(alive):
                if time.monotonic() > deadline:
                    raise TryLaterError(f"The database (pid {pid}) is still stopping.", "Run: realestate db status")
                time.sleep(POLL_S)
        return True

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []
