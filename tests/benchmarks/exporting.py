"""Times export and re-import of so many leads, and shows that they are a fixed point: `python exporting.py 100000`."""

from __future__ import annotations

import csv
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "leads"))

from list_tools import toolkit_on

from databases import Servers
from realestate.domain.leads.layouts import LAYOUTS
from realestate.domain.leads.records import LeadFilter
from realestate.services.importing import ImportOptions
from realestate.toolkit import Toolkit

HEADER = """Property Address,City,State,Zip,Owner Name,Mailing Address,Mailing City,Mailing State,Mailing Zip,Phone 1,
Phone 1 DNC,Phone 2,Email,Amount Owed,Date Filed,Beds,Estimated Value,Latitude,Longitude""".replace("\n", "").split(",")
WORDS = ("OAK", "ELM", "PINE", "MAPLE", "CEDAR", "BIRCH", "WALNUT", "ASH", "ALDER", "HAZEL")


def write_list(path: Path, leads: int) -> None:
    """Invented owners; some of them try to be formulas, some may not be called."""
    dice = random.Random(1)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(leads):
            street = f"{dice.choice(WORDS)} {dice.choice(WORDS)} ST"
            owner = dice.choice(
                ("=1+1 TRUST", "@HOME LLC", f"AVERY {dice.choice(WORDS)}", f"{dice.choice(WORDS)}, BLAKE")
            )
            phone = f"614555{number % 10000:04}"
            mailing = [f"PO BOX {number}", "FARWELL", "OH", "43998"] if number % 3 else ["", "", "", ""]
            called = [phone, "Yes" if number % 7 == 0 else "", f"614556{number % 10000:04}" if number % 2 else ""]
            owed = [f"{dice.random() * 9000:.2f}", f"202{number % 6}-0{1 + number % 9}-1{number % 10}"]
            house = [number % 6, 90000 + number % 300000, f"{40 + dice.random():.5f}", f"{-83 - dice.random():.5f}"]
            place = [f"{1 + number // 40} {street}", "LARKFIELD", "OH", f"43{number % 40:03}"]
            writer.writerow([*place, owner, *mailing, *called, f"owner{number}@example.org", *owed, *house])


def export(toolkit: Toolkit, path: Path, layout: str = "realestate") -> float:
    """Seconds."""
    begun = time.monotonic()
    toolkit.exporter.run(
        LeadFilter(sort="address"),
        lambda columns: toolkit.outgoing_file(str(path), path.suffix[1:], columns),
        LAYOUTS[layout],
        include_restricted=True,
    )
    return time.monotonic() - begun


def load(toolkit: Toolkit, path: Path, options: ImportOptions) -> str:
    """What the import did, in words."""
    report = toolkit.importer.run(str(path), options)
    counts = f"{report.created:,} created, {report.merged:,} merged, {report.rejected} rejected, {report.lossy} lossy"
    return f"{report.seconds:6.1f} s: {counts}"


def memory() -> int:
    """Largest resident size so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure(leads: int, servers: Servers, folder: Path) -> None:
    """Print the figures."""
    write_list(folder / "list.csv", leads)
    with toolkit_on(servers.get().clone(), folder / "home") as toolkit:
        print("import      ", load(toolkit, folder / "list.csv", ImportOptions(signal="tax_delinquent")))
        before = memory()
        print(f"export CSV   {export(toolkit, folder / 'out.csv'):6.1f} s, {memory() - before} MB more memory")
        print(f"export JSONL {export(toolkit, folder / 'out.jsonl'):6.1f} s")
        print(f"export XLSX  {export(toolkit, folder / 'out.xlsx'):6.1f} s, {memory() - before} MB more memory")
        print("re-import   ", load(toolkit, folder / "out.csv", ImportOptions()))
        export(toolkit, folder / "again.csv")
    same = (folder / "out.csv").read_bytes() == (folder / "again.csv").read_bytes()
    print("export again:", "the very same bytes" if same else "DIFFERENT")
    with toolkit_on(servers.get().clone(), folder / "other home") as toolkit:
        print("elsewhere   ", load(toolkit, folder / "out.csv", ImportOptions()))
        export(toolkit, folder / "there.csv")
    print(
        "rows that differ elsewhere, but for id, lists and status:", differing(folder / "out.csv", folder / "there.csv")
    )


def differing(one: Path, other: Path) -> int:
    """Rows that are not in both files."""
    own = {"Realestate Lead ID", "Lead Lists", "Lead Status"}
    rows = []
    for path in (one, other):
        with path.open(newline="", encoding="utf-8") as file:
            rows.append({tuple(v for k, v in row.items() if k not in own) for row in csv.DictReader(file)})
    return len(rows[0] ^ rows[1])


if __name__ == "__main__":
    running = Servers()
    with tempfile.TemporaryDirectory() as place:
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, running, Path(place))
    running.end()
