"""Runs a PostgreSQL of our own beside the user's data, and leaves it up between commands."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from realestate.adapters import platform
from realestate.adapters.platform import Account
from realestate.adapters.postgres_cluster import DATABASE, PORT, START_TIMEOUT_S, Cluster
from realestate.errors import NoDatabaseError

SERVER_FILES = Path("/var/lib/realestate")
FOLDER_MODE = 0o755


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What ``realestate db status`` says about the embedded server.

    Attributes:
        running: Whether it accepts connections.
        folder: Where the cluster, its log and its passwords are.
        socket: The folder of the Unix socket.
        pid: Of the server, when it runs.
        account: Who runs it.
    """

    running: bool
    folder: Path
    socket: Path
    pid: int | None
    account: str


class EmbeddedPostgres:
    """One PostgreSQL cluster in a folder of the user's.

    Run by an ordinary user, everything stands in ``folder``. PostgreSQL refuses to run as
    root, so root's server runs as ``postgres`` or ``nobody``; that account must reach its
    files, so they stand below ``server_files`` and ``folder`` holds a pointer to them.

    Args:
        folder: Any path the user may write, with spaces, however long, of mode 0700 or not.
        programs: ``bin`` folder of another PostgreSQL than the bundled one.
        server_files: Where root's clusters stand.
    """

    def __init__(self, folder: Path, programs: Path | None = None, server_files: Path = SERVER_FILES) -> None:
        self._folder = folder.expanduser().absolute()
        self._programs = programs
        self._server_files = server_files

    def start(self) -> None:
        """Have the server running; at once when it already is, and safe for many processes together.

        Raises:
            NotAllowedError: If the folder belongs to somebody else.
            NoDatabaseError: If the server cannot start, with the reason from its log.
            TryLaterError: If it is still recovering after two minutes.
        """
        platform.require_unix()
        platform.require_own(self._folder)
        if self._listens():
            return
        from realestate.adapters.postgres_cluster_start import ClusterStart
        from realestate.adapters.postgres_programs import programs_for

        platform.private_folder(self._folder)
        with platform.locked(self._folder / "lock", START_TIMEOUT_S):
            if self._listens():
                return
            account = platform.unprivileged_account()
            place = self._existing_place() or self._new_place(account)
            programs = programs_for(account, self._server_files, self._programs)
            ClusterStart(Cluster(place, account), programs).run()

    def stop(self) -> bool:
        """End the server's sessions and stop it; False when it was not running."""
        platform.require_own(self._folder)
        place = self._place()
        if place is None or not place.is_dir():
            return False
        with platform.locked(self._folder / "lock", START_TIMEOUT_S):
            return Cluster(place, platform.unprivileged_account()).stop()

    def status(self) -> ServerStatus:
        """Look, without starting anything."""
        platform.require_unix()
        platform.require_own(self._folder)
        account = platform.unprivileged_account()
        cluster = Cluster(self._place() or self._folder, account)
        running = cluster.listens()
        return ServerStatus(
            running=running,
            folder=cluster.place,
            socket=cluster.socket_folder,
            pid=cluster.server() if running else None,
            account=account.name if account else platform.account_name(os.geteuid()) or str(os.geteuid()),
        )

    def url(self, role: str = "re_app") -> str:
        """Where to connect, password included; the server must have been started once.

        Args:
            role: ``re_app``, under row-level security, or ``postgres``, who owns the tables.
        """
        place = self._place()
        try:
            password = json.loads((place or self._folder).joinpath("passwords").read_text())[role]
        except FileNotFoundError as error:
            raise NoDatabaseError(f"{self._folder}: no database here yet.", "Run: realestate db init") from error
        host = quote(str(Cluster(place or self._folder).socket_folder), safe="")
        return f"postgresql://{role}:{password}@/{DATABASE}?host={host}&port={PORT}"

    @property
    def log(self) -> Path:
        """The server's own log."""
        return (self._place() or self._folder) / "server.log"

    def _listens(self) -> bool:
        place = self._place()
        return place is not None and Cluster(place).listens()

    def _place(self) -> Path | None:
        """Where the cluster stands; ``None`` as long as root has none."""
        if os.geteuid() != 0:
            return self._folder
        try:
            return Path((self._folder / "cluster-at").read_text().strip())
        except FileNotFoundError:
            return None

    def _existing_place(self) -> Path | None:
        """Where the cluster stands; a place that has vanished is not replaced by an empty one."""
        place = self._place()
        if place is not None and place != self._folder and not place.is_dir():
            raise NoDatabaseError(
                f"The database of {self._folder} stood in {place}, which is gone.",
                f"In a container mount {self._server_files} too; to begin anew, rm '{self._folder / 'cluster-at'}'",
            )
        return place

    def _new_place(self, account: Account | None) -> Path:
        """A folder for root's cluster that the server's account can reach, and the pointer to it."""
        if account is None:
            return self._folder
        if not self._server_files.exists():
            self._server_files.mkdir(parents=True)
            self._server_files.chmod(FOLDER_MODE)
        platform.require_own(self._server_files)
        self._stop_abandoned(account)
        place = self._server_files / os.urandom(6).hex()
        place.mkdir()
        place.chmod(FOLDER_MODE)
        (place / "belongs-to").write_text(f"{self._folder}\n")
        platform.write_private(self._folder / "cluster-at", f"{place}\n")
        return place

    def _stop_abandoned(self, account: Account) -> None:
        """Stop servers whose folder was removed and is now made anew; their files stay, for nobody asked."""
        for note in self._server_files.glob("*/belongs-to"):
            if note.read_text() == f"{self._folder}\n":
                Cluster(note.parent, account).stop()
