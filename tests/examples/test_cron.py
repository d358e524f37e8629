"""The nightly script: imports what is new, exports what is new, and keeps out of its own way."""

from __future__ import annotations

import csv
import fcntl
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from example_scripts import ROOT, Script

from realestate.repositories.connection import connect
from realestate.repositories.unit_of_work import UnitOfWork

CRON = ROOT / "examples" / "cron"
HEADER = "Property Address,City,State,Zip,Owner Name"


def new_leads(outbox: Path) -> list[list[str]]:
    """The rows of each file of new leads, the earliest first."""
    return [
        sorted(row["Property Address"] for row in csv.DictReader(file.read_text().splitlines()))
        for file in sorted(outbox.glob("new-leads-*.csv"))
    ]


def log_of(outbox: Path) -> list[str]:
    return [line.split(" ", 1)[1] for line in (outbox / ".nightly" / "nightly.log").read_text().splitlines()]


def test_each_night_brings_what_is_new(script: Script, tmp_path: Path) -> None:
    inbox, outbox = tmp_path / "lists of mine", tmp_path / "leads"
    inbox.mkdir()
    (inbox / "vacant houses.csv").write_text(
        f"{HEADER}\n75 Pine Rd,Larkfield,OH,43999,\n76 Pine Rd,Larkfield,OH,43999,\n"
    )
    first = script("cron/nightly.sh", str(inbox), str(outbox))
    (inbox / "code violations.csv").write_text(f"{HEADER}\n77 Pine Rd,Larkfield,OH,43999,Avery Ashdown\n")
    (inbox / "broken.csv").write_text("Shoe Size,Colour\n9,red\n")
    (inbox / "half.csv.part").write_text("never read")
    second = script("cron/nightly.sh", str(inbox), str(outbox))

    assert (first.returncode, first.stdout, first.stderr) == (0, "", "")
    assert second.returncode == 3
    assert "broken.csv" in second.stderr
    files = new_leads(outbox)
    assert files == [["75 PINE RD", "76 PINE RD"], ["77 PINE RD"]]
    assert [re.sub(r"\d+", "N", line) for line in log_of(outbox)] == [
        "import vacant houses.csv: exit N, N rows, N created, N merged, N unchanged, N rejected",
        "score: exit N",
        "export: exit N, N lines",
        "import broken.csv: exit N, nothing in it could be used",
        "import code violations.csv: exit N, N rows, N created, N merged, N unchanged, N rejected",
        "score: exit N",
        "export: exit N, N lines",
    ]
    assert (outbox / ".nightly" / "nightly.log").stat().st_mode & 0o077 == 0


@pytest.mark.skipif(shutil.which("flock") is None, reason="no flock here; the database's lock is tested below")
def test_a_second_run_at_the_same_time_goes_away(script: Script, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    state = tmp_path / "out" / ".nightly"
    state.mkdir(parents=True)
    with (state / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        ended = script("cron/nightly.sh", str(tmp_path / "in"), str(tmp_path / "out"))

    assert (ended.returncode, ended.stderr) == (75, "nightly.sh: another run is at work\n")


def test_an_import_by_hand_holds_the_night_off(script: Script, workplace: dict[str, str], tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    (inbox / "vacant.csv").write_text(f"{HEADER}\n78 Pine Rd,Larkfield,OH,43999,\n")
    with connect(workplace["DATABASE_URL"], workplace["REALESTATE_TOKEN"]) as connection:
        user = connection.execute("select auth.uid()").fetchone()
        assert user is not None
        with UnitOfWork(connection, user[0]) as work:
            work.lock_leads()

            ended = script("cron/nightly.sh", str(inbox), str(tmp_path / "out"), more={"WAIT": "1s"})

    assert ended.returncode == 75
    assert "import vacant.csv: exit 75" in log_of(tmp_path / "out")


def test_a_missing_folder_is_said(script: Script, tmp_path: Path) -> None:
    ended = script("cron/nightly.sh", str(tmp_path / "nowhere"), str(tmp_path / "out"))

    assert (ended.returncode, "nowhere" in ended.stderr) == (4, True)


def test_an_import_waits_for_another_to_end(workplace: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "vacant.csv"
    path.write_text(f"{HEADER}\n79 Pine Rd,Larkfield,OH,43999,\n")
    command = [sys.executable, "-m", "realestate", "leads", "import", str(path), "--wait", "30s", "-o", "json"]
    with connect(workplace["DATABASE_URL"], workplace["REALESTATE_TOKEN"]) as connection:
        user = connection.execute("select auth.uid()").fetchone()
        assert user is not None
        with UnitOfWork(connection, user[0]) as work:
            work.lock_leads()
            waiting = subprocess.Popen(
                command, env=workplace, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            with pytest.raises(subprocess.TimeoutExpired):
                waiting.wait(3)
        out, said = waiting.communicate(timeout=60)

    assert waiting.returncode == 0, said
    assert '"created": 1' in out
    assert "\x1b" not in out + said


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("unit", ["realestate-nightly.timer", "realestate-nightly.service", "realestate-db.service"])
def test_systemd_understands_the_units(unit: str) -> None:
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--user", str(CRON / unit)], capture_output=True, text=True, check=False
    )

    about_the_file = [line for line in checked.stderr.splitlines() if "Unknown" in line or "Failed to parse" in line]
    assert about_the_file == []


def test_the_line_of_the_crontab_names_the_script() -> None:
    (line,) = [line for line in (CRON / "crontab").read_text().splitlines() if "nightly.sh" in line]

    assert re.match(r"0 6 \* \* \*  REALESTATE=\S+ /bin/sh \S+/examples/cron/nightly\.sh \S+ \S+$", line)
