"""Prints how wrong the reading and stacking of lists is, as one table: ``python tests/benchmarks/how_wrong.py``.

``--imported`` imports the measured lists into a database of their own and scores what the command line then says,
which takes some minutes; without it the same rules stack them in memory. What an import costs: `importing.py`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import addresses
import headers
import stacking

from realestate.domain.address import same_place

HERE = Path(__file__).parent
MAIN = "from realestate.cli.main import main; main()"
PAIRS = 1_000
Leads = dict[stacking.Row, int | None]


def imported(folder: Path) -> Leads:
    """Import a folder of lists into a new database; (file, line) to the lead that the command line names."""
    with tempfile.TemporaryDirectory() as home:

        def realestate(*words: str) -> str:
            env = os.environ | {"REALESTATE_HOME": f"{home}/home"}
            run = [sys.executable, "-c", MAIN, "-q", *words]
            return subprocess.run(run, env=env, check=True, capture_output=True, text=True).stdout

        Path(home, "home").mkdir(mode=0o700)
        realestate("db", "init")
        leads: Leads = {}
        for path in sorted(path for path in folder.glob("*.csv") if path.name != "truth.csv"):
            (run,) = json.loads(realestate("leads", "import", str(path), "-o", "json"))["runs"]
            for line in realestate("leads", "rows", str(run["run"]), "-o", "jsonl").splitlines():
                row = json.loads(line)
                leads[path.name, row["row"]] = row["lead"]
        realestate("db", "stop")
    return leads


def stacking_rows(read: Callable[[Path], Leads] | None) -> Iterator[tuple[str, str]]:
    """One row per city, then the merges of different addresses that are wrong."""
    merges: Counter[str] = Counter()
    for city in stacking.CITIES:
        folder = stacking.SHARED / "data/stacking" / city
        truth, in_memory = stacking.truth_of(folder), stacking.stacked(folder)
        leads = read(folder) if read else in_memory.lead
        parts = {part: _score(folder, leads, truth, part, city) for part in ("all", "open", "shut")}
        whole = parts["all"]
        yield (
            f"stacking, {city.replace('_', ' ').title()}, {whole['rows']:,} rows",
            f"F1 {whole['f1']:.4f} (open {parts['open']['f1']:.4f}, shut {parts['shut']['f1']:.4f}), "
            f"precision {whole['precision']:.4f}, recall of hard pairs {whole['hard_recall']:.2f}",
        )
        merges.update(kind for kind, _, _ in stacking.false_merges(leads, in_memory.key, truth))
    yield "false merges of different addresses, by what differs", str(dict(merges) or "none")


def _score(folder: Path, leads: Leads, truth: dict[stacking.Row, str], part: str, city: str) -> dict[str, float]:
    keep = {row for row, prop in truth.items() if part == "all" or stacking.is_shut(prop) == (part == "shut")}
    return stacking.score(folder, leads, keep, all_pairs=city == "chicago")


def address_rows() -> Iterator[tuple[str, str]]:
    """Absentee and address lines."""
    chance, read = random.Random(11), addresses.reader().parse
    pairs = [addresses.invented(chance) for _ in range(PAIRS)]
    wrong = sum(not same_place(read(*one), read(*other)) for one, other in pairs)
    merged = sum(bool(same_place(read(*one), read(*addresses.other_place(other, chance)))) for one, other in pairs)
    yield (
        "absentee, one address in two spellings",
        f"{wrong} of {PAIRS:,} wrong; {merged} of {PAIRS:,} others taken for one",
    )
    for name in addresses.FILES if (addresses.SHARED / "data/addresses").is_dir() else ():
        lines = list(addresses.labelled_lines(addresses.SHARED / f"data/addresses/usaddress_{name}.xml.gz"))
        lost = len(addresses.missed(lines, read, addresses.text_of))
        yield f"address lines, {name}", f"{len(lines) - lost} of {len(lines)} right ({1 - lost / len(lines):.1%})"


def header_rows() -> Iterator[tuple[str, str]]:
    """Header rows that the vocabulary was made with, and those it never saw."""
    for path in sorted(HERE.glob("header_rows*.txt")):
        total: Counter[str] = Counter()
        for name, truth in headers.header_rows(path).items():
            total += headers.judge(name, truth)[0]
        mapped = total["right"] + total["wrong"]
        yield (
            f"columns of {path.name}",
            f"{total['right'] / mapped:.1%} of {mapped} mapped right, {total['surely wrong']} surely wrong; "
            f"{total['right'] / (mapped + total['missed']):.1%} of all found",
        )


def bad_list_rows() -> Iterator[tuple[str, str]]:
    """The generated bad lists."""
    maker = stacking.SHARED / "corpus/gen_corpus.py"
    if not maker.is_file():
        return
    judge = _module(HERE.parent / "corpus/test_lists.py")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, str(maker), folder, "--only", "csv"], check=True, capture_output=True)
        cases = [json.loads(line) for line in Path(folder, "manifest.jsonl").read_text().splitlines()]
        right = sum(judge.is_right(case, f"{folder}/{case['path']}") for case in cases)
    yield (
        "bad lists",
        f"{right} of {len(cases)} as expected, {len(judge.OTHERWISE)} of them by an expectation of our own",
    )


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--imported", action="store_true", help="score what the command line says after an import")
    options = parser.parse_args()
    print("| what | measured |\n|---|---|")
    parts = [address_rows(), header_rows(), bad_list_rows()]
    if (stacking.SHARED / "data/stacking").is_dir():
        parts.insert(0, stacking_rows(imported if options.imported else None))
    for rows in parts:
        for what, measured in rows:
            print(f"| {what} | {measured} |", flush=True)


if __name__ == "__main__":
    main()
