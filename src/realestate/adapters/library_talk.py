"""What libraries written in C print on the standard error channel, caught."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_ONE_AT_A_TIME = threading.Lock()
"""There is one channel 2 in a process."""

STDERR = 2
MOST_BYTES = 10_000


class Talk:
    """What was printed; complete when the block of :func:`caught_talk` is left."""

    text = ""


@contextmanager
def caught_talk() -> Iterator[Talk]:
    """Keep from the screen what is printed by whatever runs in the block, and give it back as text."""
    talk = Talk()
    with _ONE_AT_A_TIME, _pipe() as (out, into):
        usual = _copy_of_stderr()
        os.dup2(into, STDERR)
        try:
            yield talk
        finally:
            _put_back(usual)
            with suppress(BlockingIOError):
                talk.text = os.read(out, MOST_BYTES).decode("ascii", "replace")


@contextmanager
def _pipe() -> Iterator[tuple[int, int]]:
    """Both ends of a pipe at which nobody ever waits: what does not fit into it is lost."""
    out, into = os.pipe()
    os.set_blocking(out, False)
    os.set_blocking(into, False)
    try:
        yield out, into
    finally:
        os.close(out)
        os.close(into)


def _copy_of_stderr() -> int | None:
    """``None`` where the channel is closed, as ``2>&-`` does in a shell."""
    try:
        return os.dup(STDERR)
    except OSError:
        return None


def _put_back(usual: int | None) -> None:
    if usual is None:
        os.close(STDERR)
    else:
        os.dup2(usual, STDERR)
        os.close(usual)
