"""The quickstart does what the README promises, once everything is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from example_scripts import ROOT

from databases import open_folder

COMMAND = f'#!/bin/sh\nexec {sys.executable} -m realestate "$@"\n'


@pytest.fixture
def checkout() -> Iterator[Path]:
    """The project with everything installed already, as far as the script can tell: our interpreter and command."""
    folder = open_folder()
    for name in ("examples", "requirements.lock", "pyproject.toml"):
        (folder / name).symlink_to(ROOT / name)
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(sys.executable)
    (programs / "realestate").write_text(COMMAND)
    (programs / "realestate").chmod(0o755)
    wanted = b"".join((ROOT / name).read_bytes() for name in ("requirements.lock", "pyproject.toml"))
    sums = subprocess.run(["cksum"], input=wanted, stdout=subprocess.PIPE, check=True).stdout
    (folder / ".venv" / "installed-base").write_bytes(sums)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def outside(checkout: Path) -> Iterator[dict[str, str]]:
    """An environment without a database or anything else of ours; the server that is started in it is stopped."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("REALESTATE_", "DATABASE_"))}
    environment = kept | {"PYTHONPATH": str(ROOT / "src"), "REALESTATE_HOME": str(checkout / "home")}
    yield environment
    subprocess.run([str(checkout / ".venv/bin/realestate"), "-q", "db", "stop"], env=environment, check=True)
    # Root's cluster stands elsewhere, as no server may run as root.
    for pointer in checkout.glob("home/**/cluster-at"):
        shutil.rmtree(pointer.read_text().strip())


@pytest.mark.slow
def test_the_quickstart_goes_from_lists_to_reasons_and_from_photos_to_a_report(
    checkout: Path, outside: dict[str, str]
) -> None:
    ended = subprocess.run(
        ["/bin/sh", str(checkout / "examples" / "quickstart.sh")],
        env=outside,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=480,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert "tax_delinquent" in ended.stdout
    assert re.search(r"bedroom_crack\.jpg\tok\tcrack\t", ended.stdout)
    assert "Repair report" in (checkout / "demo" / "report.html").read_text(encoding="utf-8")
