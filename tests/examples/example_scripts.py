"""An environment for the scripts of examples/, and where they are."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from databases import TestDatabase
from realestate.repositories.connection import connect_as_owner

ROOT = Path(__file__).parents[2]
Script = Callable[..., "subprocess.CompletedProcess[str]"]


def environment(database: TestDatabase, folder: Path) -> dict[str, str]:
    """What a script finds: the command, the database and a token for it."""
    with connect_as_owner(database.owner_url) as owner:
        row = owner.execute("select auth.local_owner_session()").fetchone()
    assert row is not None
    command = folder / "bin" / "realestate"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m realestate "$@"\n')
    command.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REALESTATE_")}
    return kept | {
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "DATABASE_URL": database.url,
        "REALESTATE_TOKEN": str(row[0]),
        "REALESTATE_HOME": str(folder / "home"),
    }
