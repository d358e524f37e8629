"""What keeps a process that reads photos in bounds: time, memory, and an end when its parent ends."""

from __future__ import annotations

import faulthandler
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import connection, parent_process
from typing import IO

from realestate.adapters.platform import confine_memory

MEMORY_BYTES = 2 << 30
"""On top of the libraries: a picture of 100 megapixels takes 0.4 GB, and turning it into RGB as much again."""

_guard: IO[str] | None = None


def start_worker() -> None:
    """Set the bounds of this process; the first thing that it does."""
    global _guard
    # Ctrl-C reaches every process of the terminal; the parent decides what becomes of the work.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _load_libraries()
    confine_memory(MEMORY_BYTES)
    _guard = open(os.devnull, "w")  # noqa: SIM115, PTH123  open as long as the process


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """End the process at once when the block takes longer; only where :func:`start_worker` began.

    A decoder in C cannot be interrupted by an exception or by a signal's handler in Python. This watch is a thread
    in C that needs no lock of the interpreter.
    """
    if _guard is None:
        yield
        return
    faulthandler.dump_traceback_later(seconds, exit=True, file=_guard)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def _end_with_parent() -> None:
    """A killed parent cannot tell its workers to stop, and they would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _load_libraries() -> None:
    """Load what takes address space before that is limited."""
    from realestate.adapters.photo_decoding import opencv

    opencv()
    import onnxruntime

    # The engine reports a processor that it does not know on a channel that is the user's screen.
    onnxruntime.set_default_logger_severity(4)
