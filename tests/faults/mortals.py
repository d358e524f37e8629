"""Has work done by processes that are killed at one boundary after the other until the work is complete."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from realestate.settings import Settings

MOST_POINTS = 200


class Mortals:
    """Runs flows of :mod:`mortal` on one database.

    Args:
        settings: Of the toolkit in each process.
        process: Forks them.
    """

    def __init__(self, settings: Settings, process: subprocess.Popen[str]) -> None:
        self._settings = settings.model_dump(mode="json", include={"home", "database_url", "token"})
        self._process = process

    def run(self, flow: str, *arguments: object, left: int | None = None) -> Any:  # noqa: ANN401  whatever the flow gives
        """Do the work in a process of its own; gives :data:`KILLED` if that was killed.

        Args:
            flow: Name of a function of :mod:`mortal`.
            arguments: Of the function.
            left: How many commits and writes are survived; all when omitted.
        """
        assert self._process.stdin
        assert self._process.stdout
        order = {"flow": flow, "arguments": arguments, "left": left, "settings": self._settings}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if answer["signal"] == signal.SIGKILL:
            return KILLED
        assert answer["signal"] == 0, answer
        assert "error" not in answer["given"], answer["given"]
        return answer["given"]["result"]

    def walk(self, flow: str, prepare: Callable[[int], Sequence[object]]) -> Iterator[int]:
        """Kill the work before its first boundary, its second and so on; ends when it is complete.

        Args:
            flow: Name of a function of :mod:`mortal`.
            prepare: Makes ready what an attempt needs; gives its arguments.
        """
        for point in range(MOST_POINTS):
            if self.run(flow, *prepare(point), left=point) is not KILLED:
                assert point, "the work was never killed"
                return
            yield point
        raise AssertionError(f"{flow} is not complete after {MOST_POINTS} commits and writes")


KILLED = object()
"""Stands for the answer of a process that was killed."""


@contextmanager
def forker() -> Iterator[subprocess.Popen[str]]:
    """The process that forks, until the block ends."""
    # Libraries of arithmetic start threads of their own, and a process with threads is not forked.
    alone = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    environment = os.environ | alone | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    script = Path(__file__).with_name("mortal.py")
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield process
        finally:
            assert process.stdin
            process.stdin.close()
