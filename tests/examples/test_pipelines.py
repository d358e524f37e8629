"""The pipelines of examples/pipelines do what they say."""

from __future__ import annotations

import csv
import gzip
import subprocess
import sys
from pathlib import Path

import pytest
from example_scripts import ROOT, Script

LISTS = sorted(map(str, (ROOT / "examples" / "lists").glob("*.csv")))


@pytest.fixture(scope="module", autouse=True)
def _filled(workplace: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "-m", "realestate", "leads", "import", *LISTS], env=workplace, check=True, capture_output=True
    )


def test_hot_leads_are_a_table(script: Script) -> None:
    ended = script("pipelines/hot_leads.sh", "0.3")

    rows = [line.split("\t") for line in ended.stdout.splitlines()]
    assert (ended.returncode, len(rows) > 5) == (0, True)
    assert all(float(row[1]) >= 0.3 and row[3] == "43999" for row in rows)


def test_leads_are_counted_by_zip(script: Script) -> None:
    ended = script("pipelines/leads_by_zip.sh")

    assert ended.returncode == 0
    assert ended.stdout.split()[1] == "43999"


def test_a_list_comes_through_a_pipe(script: Script, tmp_path: Path) -> None:
    packed = tmp_path / "vacant.csv.gz"
    packed.write_bytes(gzip.compress(b"Property Address,City,State,Zip\n5 Pine Rd,Larkfield,OH,43999\n"))

    ended = script("pipelines/import_from_a_pipe.sh", str(packed), "vacant houses")

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[1].split("\t")[2:5] == ["vacant", "1", "1"]


def test_a_skip_trace_goes_out_and_comes_back(script: Script, tmp_path: Path) -> None:
    out, back = tmp_path / "owners.csv", tmp_path / "traced.csv"
    sent = script("pipelines/skiptrace.sh", "out", str(out), "0.3")
    rows = list(csv.DictReader(out.read_text().splitlines()))
    with back.open("w", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], "Phone1", "Phone1 Type"])
        writer.writeheader()
        writer.writerows({**row, "Phone1": "6145550177", "Phone1 Type": "Mobile"} for row in rows)

    ended = script("pipelines/skiptrace.sh", "back", str(back))

    assert (sent.returncode, ended.returncode) == (0, 0)
    _, _, _, count, created, merged, *_ = ended.stdout.splitlines()[1].split("\t")
    assert (int(count), int(created), int(merged)) == (len(rows), 0, len(rows))
