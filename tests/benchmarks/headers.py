"""How well headers are mapped: `python tests/benchmarks/headers.py [rows.txt ...]` prints one line per format."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from realestate.adapters import reference_data
from realestate.domain.leads.columns import SURE_FROM, plan_columns

HERE = Path(__file__).parent


def header_rows(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Format -> (header, true role or "") in order."""
    rows: dict[str, list[tuple[str, str]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            rows[line.strip("[]")] = current = []
        elif line and not line.startswith("# "):
            header, _, role = line.partition(" = ")
            current.append((header, role))
    return rows


def judge(name: str, truth: list[tuple[str, str]]) -> tuple[Counter[str], list[str]]:
    """Counts of right, missed, wrong and surely wrong columns of a list of this name, and a line for each fault."""
    headers = [header for header, _ in truth]
    signal = reference_data.signal_catalog().guess(name, "", headers).signal
    plan = plan_columns(headers, [], reference_data.header_words(), reference_data.vendor_formats(), signal=signal)
    used = plan.shown()
    counts: Counter[str] = Counter()
    faults = []
    for (header, role), column in zip(truth, plan.columns, strict=True):
        read = used.get(header, "")
        counts["columns"] += 1
        if read == role:
            counts["right"] += bool(role)
            continue
        fault = "missed" if not read else "wrong"
        counts[fault] += 1
        counts["surely wrong"] += fault == "wrong" and column.confidence >= SURE_FROM
        faults.append(f"    {fault}: {header!r} is {role or 'nothing'}, read as {read or 'nothing'} ({column.why})")
    return counts, faults


def main(paths: list[Path]) -> None:
    """Print the table and the faults."""
    total: Counter[str] = Counter()
    print(f"{'format':24} columns mapped right missed wrong surely")
    for path in paths:
        for name, truth in header_rows(path).items():
            counts, faults = judge(name, truth)
            total += counts
            print(_line(name, counts), *faults, sep="\n")
    print(_line("all", total))
    mapped = total["right"] + total["wrong"]
    print(
        f"right of mapped {total['right'] / mapped:.1%}; found of all {total['right'] / (mapped + total['missed']):.1%}"
    )


def _line(name: str, counts: Counter[str]) -> str:
    mapped = counts["right"] + counts["wrong"]
    return (
        f"{name:24} {counts['columns']:7} {mapped:6} {counts['right']:5} {counts['missed']:6} "
        f"{counts['wrong']:5} {counts['surely wrong']:6}"
    )


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or sorted(HERE.glob("header_rows*.txt")))
