"""A process whose children do one piece of work each, and end as by kill -9 at the commit or write that they are told.

Started by :mod:`mortals` as a script: it loads what the work needs once, then forks for every line of standard input,
an object with ``flow``, ``arguments``, ``left`` (boundaries to survive; ``null`` for all) and ``settings``. It answers
with a line of JSON: the signal that ended the child, 0 for none, and what the work gave.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from realestate.adapters import blob_cache, chroma_index, outgoing_files
from realestate.domain.leads.records import LeadFilter
from realestate.repairing import Looking
from realestate.services.importing import ImportOptions
from realestate.settings import Settings
from realestate.toolkit import Toolkit


def import_list(kit: Toolkit, path: str) -> int:
    return kit.importer.run(path, ImportOptions(signal="vacant")).created


def undo(kit: Toolkit, run: int) -> None:
    kit.undoer.run(run)


def talk(kit: Toolkit, lead: int, text: str) -> str:
    return kit.chat.lead_talks().take(lead, text).reply


def analyze(kit: Toolkit, lead: int, folder: str, report: str) -> int:
    prices = kit.repairs.prices()
    with kit.repairs.analyzer(Looking("tiny", jobs=0), prices) as analyzer:
        found = analyzer.run([folder], kit.repairs.kept.subject(lead), pictures=True)
    kit.repairs.write_report(found, Path(report), lead=lead)
    return kit.repairs.kept.keep(lead, found, prices)


def import_buyers(kit: Toolkit, path: str) -> int:
    report = kit.buyer_intake.import_list(path, {})
    kit.buyer_index.learn()
    kit.buyer_index.embed(report.touched)
    kit.buyer_index.write()
    return report.created


def drift(kit: Toolkit) -> list[int]:
    """How many vectors are missing, stale and foreign."""
    found = kit.buyer_index.drift()
    return [len(found.missing), len(found.stale), len(found.foreign)]


def match(kit: Toolkit, lead: int, price: float) -> int:
    return len(kit.buyers.match_lead(lead, 0, price))


def rotate(kit: Toolkit) -> int:
    return kit.office.keys.rotate()


def reencrypt(kit: Toolkit) -> int:
    return kit.office.reencrypt(100, lambda _: None)


def erase(kit: Toolkit, who: str) -> dict[str, int]:
    return kit.office.privacy.erase([who])


def export(kit: Toolkit, file: str) -> int:
    from realestate.domain.leads.layouts import OWN

    wanted = LeadFilter(sort="id")
    return kit.exporter.run(wanted, lambda layout: kit.outgoing_file(file, "csv", layout), OWN).leads


FLOWS: dict[str, Callable[..., object]] = {
    work.__name__: work
    for work in (import_list, undo, talk, analyze, import_buyers, drift, match, rotate, reencrypt, erase, export)
}


LONGEST_S = 120
"""Whoever hangs is ended by another signal than the one that is meant to."""


LOADED = (
    *("chromadb", "cv2", "cryptography.hazmat.primitives.ciphers.aead", "cryptography.hazmat.primitives.kdf.hkdf"),
    *("realestate.access", "realestate.adapters.local_keys", "realestate.adapters.sealing", "realestate.office"),
    *("realestate.repositories.sealed_values", "realestate.repositories.unit_of_work"),
    *(f"realestate.services.{name}" for name in ("importing", "key_rotation", "lead_talks", "privacy", "undoing")),
)
"""What children need; none of it starts a thread."""


class Fuse:
    """Ends the process at a boundary.

    Args:
        left: How many boundaries are survived.
    """

    def __init__(self, left: int) -> None:
        self._left = left

    def burn(self) -> None:
        """Survive this boundary, or not."""
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1


def arm(fuse: Fuse) -> None:
    """Put the fuse before every commit, and before every write of a file, of the cache and of the index."""
    _before(psycopg.Connection, "commit", fuse)
    _before(psycopg.Transaction, "__exit__", fuse)
    _before(blob_cache, "_write", fuse)
    _before(blob_cache, "_remove", fuse)
    _before(chroma_index.ChromaStore, "put", fuse)
    _before(chroma_index.ChromaStore, "remove", fuse)
    whole = outgoing_files.new_file

    @contextmanager
    def mortal_file(path: Path) -> Iterator[Any]:
        with whole(path) as stream:
            yield stream
            # All is written, and nothing is in its place yet.
            fuse.burn()

    outgoing_files.new_file = mortal_file


def _before(owner: object, name: str, fuse: Fuse) -> None:
    real = getattr(owner, name)

    def mortal(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401  stands in for anything
        fuse.burn()
        return real(*arguments, **named)

    setattr(owner, name, mortal)


def serve() -> None:
    """Take orders until standard input ends."""
    for name in LOADED:
        importlib.import_module(name)
    with Toolkit() as kit:
        kit.chat.qualifier().judge(["we are behind on taxes"], None, date.today())  # noqa: DTZ011  any day

    # A child of a process with threads may wait for ever for a lock that one of them held.
    assert threading.active_count() == 1
    for line in sys.stdin:
        order = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _work(order, writing)
        os.close(writing)
        with os.fdopen(reading) as answer:
            given = answer.read()
        ended = os.WTERMSIG(os.waitpid(child, 0)[1])
        print(json.dumps({"signal": ended, "given": None if ended else json.loads(given)}), flush=True)


def _work(order: dict[str, Any], writing: int) -> None:
    signal.alarm(LONGEST_S)
    kit = Toolkit(Settings(**order["settings"]))
    assert kit.session
    if order["left"] is not None:
        arm(Fuse(order["left"]))
    try:
        answer = {"result": FLOWS[order["flow"]](kit, *order["arguments"])}
    except BaseException as error:  # noqa: BLE001  the test says what is expected
        answer = {"error": f"{type(error).__name__}: {error}"}
    os.write(writing, json.dumps(answer).encode())
    os._exit(0)


if __name__ == "__main__":
    serve()
