"""Prints what an import costs against the polars yardstick on the same file in the same run.

``python tests/benchmarks/importing.py [ROWS] [--floor] [--again] [--full]``, on two cores: ``taskset -c 0,1 ...``.
A loaded machine slows both alike; figures to compare are the ratios, never the seconds.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("REALESTATE_SHARED", ROOT.parent / "shared"))
TOOLS = SHARED / "tools"
SEED, OTHER_SEED = 7, 11
MAIN = "from realestate.cli.main import main; main()"


@dataclass(frozen=True)
class Figure:
    """One import and the yardstick beside it."""

    what: str
    command_s: float
    import_s: float
    yardstick_s: float
    peak_mib: float

    def line(self) -> str:
        ratios = f"{self.import_s / self.yardstick_s:7.1f} {self.command_s / self.yardstick_s:9.1f}"
        seconds = f"{self.yardstick_s:9.2f} {self.import_s:9.1f} {self.command_s:9.1f}"
        return f"{self.what:32} {seconds} {ratios} {self.peak_mib:9.0f}"


class Bench:
    """A home of its own with an empty database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = os.environ | {"REALESTATE_HOME": str(folder / "home"), "POLARS_MAX_THREADS": "2"}
        self.env.pop("DATABASE_URL", None)

    def realestate(self, *words: str) -> str:
        run = [sys.executable, "-c", MAIN, *words]
        return subprocess.run(run, env=self.env, check=True, capture_output=True, text=True).stdout

    def fresh(self) -> None:
        """Begin again with an empty database."""
        home = self.folder / "home"
        if home.exists():
            self.realestate("db", "stop")
            shutil.rmtree(home)
        home.mkdir(mode=0o700)
        self.realestate("db", "init")

    def figure(self, what: str, path: Path) -> Figure:
        """Import a file between two runs of the yardstick."""
        before = self.yardstick(path)
        with peak_memory(self.servers()) as peak:
            started = time.perf_counter()
            told = json.loads(self.realestate("leads", "import", str(path), "--list", "bench", "-o", "json"))
            command = time.perf_counter() - started
        yardstick = (before + self.yardstick(path)) / 2
        return Figure(what, command, told["runs"][0]["seconds"], yardstick, peak[0])

    def floor(self, what: str, path: Path) -> Figure:
        """Restore what the import made from a dump: tables and indexes alone, nothing read, stacked or encrypted."""
        dump = self.folder / "floor.dump"
        self.realestate("db", "backup", str(dump))
        before = self.yardstick(path)
        with peak_memory(self.servers()) as peak:
            started = time.perf_counter()
            self.realestate("db", "restore", str(dump), "--yes")
            command = time.perf_counter() - started
        return Figure(what, command, command, (before + self.yardstick(path)) / 2, peak[0])

    def yardstick(self, path: Path) -> float:
        run = [sys.executable, str(TOOLS / "yardstick_polars.py"), str(path)]
        told = subprocess.run(run, env=self.env, check=True, capture_output=True, text=True).stdout
        return float(told.split()[0])

    def servers(self) -> set[int]:
        """The database server's process id."""
        found = re.findall(r'"pid": (\d+)', self.realestate("db", "status", "-o", "json"))
        return {int(number) for number in found}


def generate(path: Path, rows: int, seed: int) -> None:
    tool = TOOLS / "generate_leads.py"
    subprocess.run([sys.executable, str(tool), str(rows), str(path), str(seed)], check=True, capture_output=True)


def change(path: Path, to: Path, share: float) -> None:
    """Copy a list with another amount in some of its rows."""
    chance = random.Random(SEED)
    with path.open(newline="") as source, to.open("w", newline="") as target:
        rows, out = csv.reader(source), csv.writer(target)
        header = next(rows)
        out.writerow(header)
        amount = header.index("Amount Owed")
        for row in rows:
            if chance.random() < share:
                row[amount] = str(chance.randint(60_001, 90_000))
            out.writerow(row)


@contextmanager
def peak_memory(servers: set[int]) -> Iterator[list[float]]:
    """Watch the memory of our processes, in MiB; pages that several share count once."""
    peak, done = [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.5):
            peak[0] = max(peak[0], sum(map(_memory_mib, _family({os.getpid(), *servers}) - {os.getpid()})))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def _family(roots: set[int]) -> set[int]:
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = set(roots)
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _memory_mib(process: int) -> float:
    try:
        told = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return int(re.findall(r"^Pss: +(\d+)", told, re.MULTILINE)[0]) / 1024


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=100_000)
    parser.add_argument("--floor", action="store_true", help="also restore the result from a dump, for comparison")
    parser.add_argument("--again", action="store_true", help="import the file again with one row in 100 changed")
    parser.add_argument("--full", action="store_true", help="also into a database that holds as many other leads")
    wanted = parser.parse_args()
    if not TOOLS.is_dir():
        raise SystemExit("the yardstick is not here; point REALESTATE_SHARED at it")
    print(f"{'':32} {'yardstick':>9} {'import s':>9} {'command s':>9} {'import':>7} {'command':>9} {'peak MiB':>9}")
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name))
        for figure in measure(bench, wanted):
            print(figure.line(), flush=True)
        bench.realestate("db", "stop")


def measure(bench: Bench, wanted: argparse.Namespace) -> Iterator[Figure]:
    """Generate the files and import them."""
    rows = wanted.rows
    path, changed, other = (bench.folder / f"{name}.csv" for name in ("leads", "changed", "other"))
    generate(path, rows, SEED)
    bench.fresh()
    yield bench.figure(f"{rows:,} rows into nothing", path)
    if wanted.floor:
        yield bench.floor("restored from a dump", path)
    if wanted.again:
        change(path, changed, 0.01)
        yield bench.figure("1 % of them changed", changed)
    if wanted.full:
        generate(other, rows, OTHER_SEED)
        yield bench.figure(f"{rows:,} others beside them", other)


if __name__ == "__main__":
    main()
