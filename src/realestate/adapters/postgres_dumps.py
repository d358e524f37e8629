"""Saves a database to one file and brings it back, with PostgreSQL's own programs."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from psycopg.conninfo import make_conninfo

from realestate.adapters.postgres_programs import bundled_programs, programs_at_least
from realestate.errors import (
    NoDatabaseError,
    NotAllowedError,
    RealestateError,
    TryLaterError,
    UnusableInputError,
)

VERSION_TABLE = "alembic_version"
VERSION_ROW = re.compile(rf"^COPY public\.{VERSION_TABLE} .*\n(\w+)$", re.MULTILINE)
BACKUP_HINT = "Name a file that `realestate db backup` wrote."
HEAD_OF_SCRIPT = 1 << 16

# Written by pg_restore 17 and newer and unknown to older servers, where there is no such limit to lift.
ONLY_NEWER_SERVERS = b"SET transaction_timeout = 0;\n"


class PostgresDumps:
    """Dumps and restores one database.

    Args:
        parameters: libpq's parameters for the role that owns the tables; the password goes to the
            programs by their environment, never by their arguments, which everybody can read.
    """

    def __init__(self, parameters: Mapping[str, str]) -> None:
        self._conninfo = make_conninfo(**{key: value for key, value in parameters.items() if key != "password"})
        self._environment = os.environ | {
            "PGPASSWORD": parameters.get("password", ""),
            "PGOPTIONS": "-c lock_timeout=5s -c client_min_messages=warning",
            "LC_ALL": "C",
        }

    def save(self, path: Path, server_major: int) -> None:
        """Write the whole database to a file of mode 0600 that appears complete or not at all.

        Args:
            path: Is replaced when it exists.
            server_major: Major version of the server; the programs must not be older.

        Raises:
            UnusableInputError: If the file cannot be written.
            NotAllowedError: If the role may not read every row.
            TryLaterError: If the disk is full, or a table is locked.
        """
        part = path.with_name(path.name + ".part")
        try:
            part.unlink(missing_ok=True)
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            self._dump(part, programs_at_least(server_major))
            part.replace(path)
        except OSError as error:
            raise _not_written(path, error) from error
        finally:
            part.unlink(missing_ok=True)

    def _dump(self, part: Path, programs: Path) -> None:
        """Have pg_dump fill the file, which it also puts on the disk."""
        command = [str(programs / "pg_dump"), "--format=custom", f"--dbname={self._conninfo}", f"--file={part}"]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, errors="replace")
        if done.returncode:
            raise _dump_error(done.stderr, part)

    def revision(self, path: Path) -> str:
        """The version of the tables in a saved file.

        Raises:
            UnusableInputError: If the file is no backup of ours.
        """
        if not path.is_file():
            raise UnusableInputError(f"There is no file {path}.", BACKUP_HINT)
        program = str(bundled_programs() / "pg_restore")
        command = [program, "--data-only", f"--table={VERSION_TABLE}", "--file=-", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        match = VERSION_ROW.search(done.stdout)
        if done.returncode or match is None:
            raise UnusableInputError(f"{path} is no backup of a realestate database, or is damaged.", BACKUP_HINT)
        return match.group(1)

    def load(self, path: Path, drop: Sequence[str]) -> None:
        """Bring a saved database back, in one transaction with the statements that make room for it.

        Args:
            path: A file of :meth:`save`.
            drop: SQL that drops what is there.

        Raises:
            UnusableInputError: If the file is damaged; the database stays as it was.
            TryLaterError: If another command uses the tables, or the disk is full.
            NotAllowedError: If the role may not make what is in the file.
        """
        programs = bundled_programs()
        restore = [str(programs / "pg_restore"), "--no-owner", "--clean", "--if-exists", "--file=-", str(path)]
        with tempfile.TemporaryFile() as complaints:
            reader = subprocess.Popen(
                self._psql(programs, drop), env=self._environment, stdin=subprocess.PIPE, stderr=complaints
            )
            with reader, subprocess.Popen(restore, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as script:
                whole = _pour(script, reader)
            if not whole:
                raise UnusableInputError(f"{path} is damaged; the database is as it was.", "Take another backup.")
            if reader.returncode:
                complaints.seek(0)
                raise _load_error(complaints.read().decode(errors="replace"))

    def _psql(self, programs: Path, drop: Sequence[str]) -> list[str]:
        """Errors come as bare SQLSTATEs: the text of an error may quote a row."""
        command = [str(programs / "psql"), f"--dbname={self._conninfo}", "--no-psqlrc", "--quiet"]
        command += ["--single-transaction", "--set=ON_ERROR_STOP=1", "--set=VERBOSITY=sqlstate"]
        command += ["--output=/dev/null", *(f"--command={statement}" for statement in drop), "--file=-"]
        return command


def _pour(script: subprocess.Popen[bytes], reader: subprocess.Popen[bytes]) -> bool:
    """Give the script to psql; False if it broke off, and then psql must not commit the half of it.

    psql commits at the end of its input, so the input is closed only when the script is known
    to be whole; until then killing psql takes everything back.
    """
    assert script.stdout is not None  # noqa: S101
    assert reader.stdin is not None  # noqa: S101
    try:
        head = script.stdout.read(HEAD_OF_SCRIPT).replace(ONLY_NEWER_SERVERS, b"", 1)
        reader.stdin.write(head)
        shutil.copyfileobj(script.stdout, reader.stdin, HEAD_OF_SCRIPT)
        if script.wait() != 0:
            reader.kill()
            return False
        reader.stdin.close()
    except BrokenPipeError:
        # psql gave up; what it says is the reason.
        script.kill()
    return True


def _dump_error(text: str, part: Path) -> RealestateError:
    if "No space left on device" in text:
        return _disk_full(part)
    if "row-level security" in text or "permission denied" in text:
        return NotAllowedError(
            "The role may not read every row, so its backup would not be whole.",
            "Name a superuser or a role with BYPASSRLS in REALESTATE_OWNER_URL.",
        )
    if "lock timeout" in text:
        return TryLaterError("Another command is changing the tables.", "Wait for it, then run this again.")
    lines = [line for line in text.splitlines() if "error:" in line] or ["no reason given"]
    return NoDatabaseError(f"pg_dump failed: {lines[0].split('error:', 1)[-1].strip()}.", "Run: realestate db status")


def _load_error(text: str) -> RealestateError:
    match = re.search(r"(?:ERROR|FATAL):\s+(\w{5})\b", text)
    state = match.group(1) if match else "unknown"
    if state == "55P03":
        return TryLaterError("Another command uses the tables; nothing was changed.", "Wait for it, run this again.")
    if state == "53100":
        return TryLaterError("The disk of the database is full; nothing was changed.", "Make room, run this again.")
    if state == "42501":
        return NotAllowedError(
            "The role may not make the tables of the backup; nothing was changed.",
            "Name the database's owner in REALESTATE_OWNER_URL.",
        )
    return NoDatabaseError(
        f"The database refuses the backup (SQLSTATE {state}); nothing was changed.",
        "Restore into an empty database, of the same or a newer PostgreSQL.",
    )


def _not_written(path: Path, error: OSError) -> RealestateError:
    if error.errno == errno.ENOSPC:
        return _disk_full(path)
    return UnusableInputError(f"{path} cannot be written: {error.strerror}.", "Name a file in a folder of yours.")


def _disk_full(path: Path) -> TryLaterError:
    return TryLaterError(f"The disk of {path.parent} is full; no backup was made.", f"Run: df -h '{path.parent}'")
