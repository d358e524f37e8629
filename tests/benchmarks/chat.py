"""Measures the rules engine on the labelled conversations: open and shut part apart, and turns per second.

    python tests/benchmarks/chat.py [--shut] [--misses] [--file FILE]

The shut part is a fifth of the conversations by hash of their id; nothing was tuned on it. ``invented_talks.jsonl``
beside this file holds 180 talks in other voices, labelled by the same conventions without sight of the rules.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from realestate.adapters.chat_reference import read_ear
from realestate.domain.chat.hearing.ear import Ear, known
from realestate.domain.chat.hearing.turn import Memory
from realestate.domain.chat.qualification import qualify

SHARED = Path(os.environ.get("REALESTATE_SHARED", Path(__file__).parents[3] / "shared"))
Row = dict[str, Any]


def is_shut(row: Row) -> bool:
    """Whether this conversation belongs to the fifth that is not looked at."""
    return int(hashlib.sha256(row["id"].encode()).hexdigest(), 16) % 5 == 0


def predict(ear: Ear, row: Row) -> Row:
    """Facts and status of one conversation."""
    date = dt.date.fromisoformat(row["date"])
    facts, flags = known(ear.hear_all(row["messages"], row.get("asked"), date=date))
    return {"id": row["id"], "facts": facts, "status": qualify(facts, flags).status, "flags": sorted(flags)}


def score(rows: list[Row], ear: Ear, *options: str) -> Row:
    """What the shared scorer says of these rows; its misses go to stderr."""
    with tempfile.TemporaryDirectory() as folder:
        gold, predicted = Path(folder, "gold.jsonl"), Path(folder, "predicted.jsonl")
        gold.write_text("".join(json.dumps(row) + "\n" for row in rows))
        predictions = [predict(ear, row) for row in rows]
        predicted.write_text("".join(json.dumps(row) + "\n" for row in predictions))
        scorer = [
            sys.executable,
            str(SHARED / "tools" / "score_chat.py"),
            str(gold),
            str(predicted),
            *options,
        ]
        report = subprocess.run(scorer, check=True, stdout=subprocess.PIPE, text=True)
    if "--misses" in options:
        for row, got in zip(rows, predictions, strict=True):
            if row["status"] != got["status"]:
                print(
                    row["id"],
                    "status",
                    row["status"],
                    got["status"],
                    got["flags"],
                    row.get("aux"),
                    file=sys.stderr,
                )
    found: Row = json.loads(report.stdout)
    return found


def turns_per_second(rows: list[Row], ear: Ear, seconds: float = 2.0) -> float:
    """Seller messages heard per second of one core's time."""
    messages = [(text, dt.date.fromisoformat(row["date"])) for row in rows for text in row["messages"]]
    turns, start = 0, time.process_time()
    while time.process_time() - start < seconds:
        for text, date in messages:
            known(ear.hear(text, Memory(), date=date))
        turns += len(messages)
    return turns / (time.process_time() - start)


def main() -> None:
    """Prints one JSON line per part and figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shut", action="store_true", help="measure the shut part too")
    parser.add_argument("--misses", action="store_true", help="name every miss of the open part")
    parser.add_argument("--file", type=Path, default=SHARED / "data" / "chat" / "dev.jsonl")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.file.read_text().splitlines()]
    ear = read_ear()
    opened = [row for row in rows if not is_shut(row)]
    print(json.dumps({"part": "open", **score(opened, ear, *(["--misses"] if options.misses else []))}))
    print(json.dumps({"part": "open, strict", **score(opened, ear, "--strict")}))
    if options.shut:
        print(json.dumps({"part": "shut", **score([row for row in rows if is_shut(row)], ear)}))
    print(json.dumps({"turns_per_second": round(turns_per_second(opened, ear))}))


if __name__ == "__main__":
    main()
