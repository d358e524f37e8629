"""Prints how right stacking is on lists whose true property is known: ``python tests/benchmarks/stacking.py``."""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from realestate.domain.address import AddressReader
from realestate.domain.leads.spots import Spots, spot_keys
from realestate.domain.leads.stacking import stack

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("REALESTATE_SHARED", ROOT.parent / "shared"))
CITIES = ("baltimore", "philadelphia", "kansas_city", "chicago")
Row = tuple[str, int]


def reader() -> AddressReader:
    tables = tomllib.loads((ROOT / "src/realestate/data/addresses.toml").read_text())
    return AddressReader({other: name for name, others in tables["aliases"].items() for other in others})


def read_lists(folder: Path) -> dict[str, list[tuple[Row, list[str]]]]:
    """Rows of every list: (file, line) with address, city, state and ZIP."""
    lists = {}
    for path in sorted(folder.glob("*.csv")):
        if path.name == "truth.csv":
            continue
        with path.open(newline="", encoding="utf-8-sig") as lines:
            rows = csv.reader(lines)
            columns = _columns(next(rows))
            lists[path.name] = [
                ((path.name, n), ["" if c is None else row[c] for c in columns]) for n, row in enumerate(rows, 2)
            ]
    return lists


def _columns(header: list[str]) -> list[int | None]:
    def first(pattern: str) -> int | None:
        found = (i for i, h in enumerate(header) if re.search(pattern, h, re.I) and "mail" not in h.lower())
        return next(found, None)

    return [first("address|location"), first("^city$"), first("^state$"), first("^zip$")]


@dataclass(frozen=True)
class Stacked:
    """What stacking makes of a folder of lists, by row (file, line).

    Attributes:
        lead: Group key; ``None`` where the row names no address.
        key: Canonical address.
        flagged: Rows whose address is flagged as that of many parcels.
        read_s: Processor seconds to read the addresses.
        stack_s: Processor seconds to group them.
    """

    lead: dict[Row, int | None]
    key: dict[Row, str]
    flagged: set[Row]
    read_s: float
    stack_s: float


def stacked(folder: Path) -> Stacked:
    """Read and stack a folder of lists in memory.

    A list that names one address in several rows is taken to name several properties, as a tax roll does.
    """
    rows = [row for listed in read_lists(folder).values() for row in listed]
    began = time.process_time()
    canonical = reader().canonicalise(*_by_column(rows))
    read_at = time.process_time()
    found = list(zip(canonical.key, canonical.city, canonical.state, canonical.zip5, strict=True))
    distinct = sorted({spot for spot in found if spot[0]})
    none = [""] * len(distinct)
    spots = Spots(*(list(column) for column in zip(*distinct, strict=True)), none, none)
    rows_of = Counter((name, spot) for ((name, _), _), spot in zip(rows, found, strict=True))
    repeated = {spot for (_, spot), count in rows_of.items() if count > 1}
    joins = stack(spots, spot_keys(spots), [spot in repeated for spot in distinct])
    stack_s = time.process_time() - read_at
    lead = dict(zip(distinct, joins.group, strict=True))
    flagged = {spot for spot, many in zip(distinct, joins.many_parcels, strict=True) if many}
    names = [name for name, _ in rows]
    return Stacked(
        {name: lead.get(spot) for name, spot in zip(names, found, strict=True)},
        dict(zip(names, canonical.key, strict=True)),
        {name for name, spot in zip(names, found, strict=True) if spot in flagged},
        read_at - began,
        stack_s,
    )


def _by_column(rows: list[tuple[Row, list[str]]]) -> tuple[list[str], None, list[str], list[str], list[str]]:
    address, city, state, zip_code = (list(column) for column in zip(*(values for _, values in rows), strict=True))
    return address, None, city, state, zip_code


def is_shut(prop: str) -> bool:
    """A fifth of the properties, by hash, kept shut while rules are written."""
    return blake2b(prop.encode(), digest_size=1).digest()[0] % 5 == 0


def score(folder: Path, leads: dict[Row, int | None], keep: set[Row], *, all_pairs: bool) -> dict[str, float]:
    """Run the shared scoring script on the kept rows."""
    with tempfile.TemporaryDirectory() as name:
        target = Path(name)
        for path in folder.glob("*.csv"):
            if path.name != "truth.csv":
                (target / path.name).symlink_to(path)
        with (target / "truth.csv").open("w", newline="") as lines:
            writer = csv.writer(lines)
            writer.writerow(["file", "row", "property"])
            writer.writerows([*row, prop] for row, prop in truth_of(folder).items() if row in keep)
        predicted = target / "predicted.jsonl"
        predicted.write_text(
            "\n".join(json.dumps({"file": f, "row": n, "lead": lead}) for (f, n), lead in leads.items())
        )
        script = [sys.executable, str(SHARED / "tools/score_stacking.py"), str(target), str(predicted)]
        output = subprocess.run([*script, *["--all-pairs"] * all_pairs], check=True, capture_output=True)
        result: dict[str, float] = json.loads(output.stdout)
        return result


def truth_of(folder: Path) -> dict[Row, str]:
    with (folder / "truth.csv").open(newline="") as lines:
        return {(r["file"], int(r["row"])): r["property"] for r in csv.DictReader(lines)}


def false_merges(
    leads: dict[Row, int | None], keys: dict[Row, str], truth: dict[Row, str]
) -> Iterator[tuple[str, str, str]]:
    """Pairs of address keys in one lead that name different properties, with what differs."""
    members: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row, prop in truth.items():
        lead = leads.get(row)
        if lead is not None:
            members[lead][keys[row]].add(prop)
    for by_key in members.values():
        listed = sorted(by_key.items())
        for i, (one, one_props) in enumerate(listed):
            for other, other_props in listed[i + 1 :]:
                if one_props.isdisjoint(other_props):
                    yield what_differs(one, other), one, other


def what_differs(one: str, other: str) -> str:
    a, b = one.split("|"), other.split("|")
    if len(a) != 6 or len(b) != 6:
        return "text"
    if a[5] != b[5]:
        return "unit"
    if {a[1], a[4]} != {b[1], b[4]}:
        return "direction"
    if a[0] != b[0]:
        return "range" if ":" in a[0] + b[0] else "number"
    return "name" if a[2] != b[2] else "suffix"


def print_city(city: str, parts: Iterable[str]) -> tuple[Stacked, dict[Row, str]]:
    """Print one line per part of a city's properties; return what was stacked and the truth of these parts."""
    folder = SHARED / "data/stacking" / city
    truth, result = truth_of(folder), stacked(folder)
    kept: dict[Row, str] = {}
    for part in parts:
        keep = {row: prop for row, prop in truth.items() if part == "all" or is_shut(prop) == (part == "shut")}
        s = score(folder, result.lead, set(keep), all_pairs=city == "chicago")
        print(
            f"{city:14}{part:6}{s['rows']:7}{s['f1']:8.4f}{s['precision']:8.4f}{s['recall']:8.4f}"
            f"{s['hard_recall'] or 0:7.3f}{s['rejected']:5}{result.read_s:7.2f}{result.stack_s:7.2f}"
        )
        kept |= keep
    return result, kept


def crowds(result: Stacked, truth: dict[Row, str]) -> Counter[str]:
    """Count addresses that stand for several properties, and those flagged as such."""
    props: dict[str, set[str]] = defaultdict(set)
    for row, prop in truth.items():
        props[result.key[row]].add(prop)
    flagged = {result.key[row] for row in result.flagged}
    names = {(True, True): "many, flagged", (True, False): "many, not flagged", (False, True): "one, flagged"}
    return Counter(
        names[len(found) > 1, key in flagged]
        for key, found in props.items()
        if key and (len(found) > 1 or key in flagged)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shut", action="store_true", help="also score the fifth kept shut, and all together")
    parser.add_argument("--examples", type=int, default=10)
    options = parser.parse_args()
    print("city          part     rows      F1    prec  recall   hard  rej   read  stack")
    merges: Counter[str] = Counter()
    crowded: dict[str, Counter[str]] = {}
    examples: dict[str, list[str]] = defaultdict(list)
    for city in CITIES:
        result, truth = print_city(city, ("open", "shut", "all") if options.shut else ("open",))
        crowded[city] = crowds(result, truth)
        for kind, one, other in false_merges(result.lead, result.key, truth):
            merges[kind] += 1
            examples[kind].append(f"{city}: {one}  <>  {other}")
    print("false merges of different addresses, by what differs:", dict(merges) or "none")
    for kind, listed in examples.items():
        print(*(f"  {kind:10}{line}" for line in listed[: options.examples]), sep="\n")
    print("addresses without unit that stand for several properties:")
    print(*(f"  {city:14}{dict(counts)}" for city, counts in crowded.items()), sep="\n")


if __name__ == "__main__":
    main()
