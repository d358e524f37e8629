"""What differs between operating systems: locks, file modes, signals, sockets, other accounts, cores and limits."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from realestate.errors import NoDatabaseError, NotAllowedError, TryLaterError

LOCK_POLL_S = 0.02
PROCESSES = Path("/proc")
CONTAINER_CORES = Path("/sys/fs/cgroup/cpu.max")


@dataclass(frozen=True, slots=True)
class Account:
    """An account of this machine, by number and name."""

    uid: int
    gid: int
    name: str


def require_unix() -> None:
    """Refuse Windows, where our launcher is untested.

    Raises:
        NoDatabaseError: On Windows.
    """
    if sys.platform == "win32":
        raise NoDatabaseError(
            "The embedded database is not tested on Windows.",
            "Run realestate inside WSL, or set DATABASE_URL to a PostgreSQL server",
        )


def unprivileged_account() -> Account | None:
    """Who runs the server in root's place; ``None`` when we are an ordinary user and run it ourselves."""
    import pwd

    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
    raise NoDatabaseError(
        "PostgreSQL does not run as root, and there is no account 'postgres' or 'nobody' to run it.",
        "Run realestate as an ordinary user, or set DATABASE_URL",
    )


def running_as(account: Account | None) -> dict[str, Any]:
    """Arguments for ``subprocess`` that start a program as that account, in a folder all may enter."""
    if account is None:
        return {"cwd": "/"}
    return {"cwd": "/", "user": account.uid, "group": account.gid, "extra_groups": []}


def account_name(uid: int) -> str | None:
    """The name behind a number; ``None`` in a container that runs under a bare number."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None


def require_own(folder: Path) -> None:
    """Refuse a folder of another account before anything is written there.

    Raises:
        NotAllowedError: If the folder exists and is not ours.
    """
    try:
        owner = folder.stat().st_uid
    except FileNotFoundError:
        return
    except PermissionError as error:
        raise NotAllowedError(f"{folder}: may not be entered.", _own_folder_hint(folder)) from error
    if owner != os.geteuid():
        who = account_name(owner) or f"uid {owner}"
        raise NotAllowedError(f"{folder} belongs to {who}.", _own_folder_hint(folder))


def _own_folder_hint(folder: Path) -> str:
    return (
        "Run as that account, or choose a folder of your own: export REALESTATE_HOME=~/realestate"
        f" (or take it over: sudo chown -R $(id -un) '{folder}')"
    )


def private_folder(folder: Path, owner: Account | None = None) -> None:
    """Make a folder that only its owner may enter; one that is there is checked and closed to others.

    Args:
        folder: Missing parents are made too, with the usual modes.
        owner: Whose it shall be; ours when ``None``.

    Raises:
        NotAllowedError: If the folder is somebody else's or may not be made.
    """
    uid = owner.uid if owner else os.geteuid()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
        if owner:
            os.chown(folder, owner.uid, owner.gid)
    except FileExistsError:
        _close_to_others(folder, uid)
    except OSError as error:
        problem = f"{folder} cannot be made: {error.strerror}"
        raise NotAllowedError(problem, _own_folder_hint(folder)) from error


def _close_to_others(folder: Path, uid: int) -> None:
    found = folder.stat()
    if found.st_uid != uid or not folder.is_dir():
        problem = f"{folder} is not a folder of {account_name(uid) or uid}"
        raise NotAllowedError(problem, _own_folder_hint(folder))
    if found.st_mode & 0o077:
        folder.chmod(0o700)


def short_socket_folder(folder: Path) -> Path:
    """Where the socket stands when its own folder's path is too long: in /tmp, whatever TMPDIR says.

    Cron and a shell have different TMPDIRs but must find the same socket. Others may write to
    /tmp too, so a folder there that is not ours is refused.

    Raises:
        NotAllowedError: If somebody else made it.
    """
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    short = Path(f"/tmp/realestate-{os.geteuid()}-{name}")  # noqa: S108 - checked to be ours just below
    if short.is_symlink():
        raise NotAllowedError(f"{short} is a link.", f"Remove it: rm '{short}'")
    require_own(short)
    return short


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600 that appears whole or not at all, and is on the disk afterwards."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put a new or renamed entry of the folder on the disk."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def lock_file(path: Path) -> Iterator[int]:
    """Open a lock file without taking the lock; gives its descriptor."""
    number = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        yield number
    finally:
        os.close(number)


@contextmanager
def locked(path: Path, timeout_s: float) -> Iterator[None]:
    """Hold the lock of a file; the system lets go of it when the process ends in any way.

    Raises:
        TryLaterError: If another process holds it longer than ``timeout_s``.
    """
    deadline = time.monotonic() + timeout_s
    with lock_file(path) as number:
        while not try_lock(number):
            if time.monotonic() > deadline:
                raise TryLaterError(f"{path} is held by another process.", f"See which: fuser -v '{path}'")
            time.sleep(LOCK_POLL_S)
        yield


def try_lock(number: int) -> bool:
    """Take the lock of an open file for as long as any copy of its descriptor stays open."""
    import fcntl

    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def listens(path: Path) -> bool:
    """Whether a server accepts connections at this Unix socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def longest_socket_path() -> int:
    """Bytes a socket's path may have: 108 with its end mark on Linux, 104 on macOS and BSD."""
    return 107 if sys.platform == "linux" else 103


def is_postmaster(pid: int, cluster: Path) -> bool:
    """Whether that process is the PostgreSQL server of the cluster, and not a later one with its number.

    A server works in its cluster's folder; where /proc does not show that, its command line names it.
    """
    if (PROCESSES / "self").exists():
        try:
            return (PROCESSES / str(pid) / "cwd").readlink() == cluster.resolve()
        except OSError:
            return False
    said = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)  # noqa: S607
    return "postgres" in said.stdout and str(cluster) in said.stdout


def ask_to_stop(pid: int) -> None:
    """Tell a PostgreSQL server to end its sessions, write everything down and stop."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)


def memory_bytes() -> int:
    """Memory of this machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def shared_memory_bytes() -> int | None:
    """Room for shared memory; 64 MB in a plain Docker container, ``None`` where it is not a file system."""
    try:
        room = os.statvfs("/dev/shm")  # noqa: S108 - the system's own place for it, nothing is written
    except OSError:
        return None
    return room.f_frsize * room.f_blocks


def usable_cores() -> int:
    """Cores that this process may use: fewer than the machine has when it is pinned, or in a container."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    try:
        share, period = CONTAINER_CORES.read_text().split()
        return max(1, min(cores, round(int(share) / int(period))))
    except (OSError, ValueError):
        return cores


def confine_memory(more_bytes: int) -> None:
    """Let this process have so much memory more than now, and leave no dump of it when it is killed.

    Only Linux holds a process to it; elsewhere what is decoded is bounded by its size in pixels alone.
    """
    if sys.platform != "linux":
        return
    import resource

    pages = int((PROCESSES / "self" / "statm").read_text().split()[0])
    most = pages * os.sysconf("SC_PAGE_SIZE") + more_bytes
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
