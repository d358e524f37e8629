"""What libraries written in C print on the standard error channel, caught."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_ONE_AT_A_TIME = threading.Lock()
"""There is one channel 2 in a process."""

STDERR = 2


class Talk:
    """What was printed; complete when the block of :func:`caught_talk` is left."""

    text = ""


@contextmanager
def caught_talk() -> Iterator[Talk]:
    """Keep from the screen what is printed by whatever runs in the block, and give it back as text."""
    talk = Talk()
    with _ONE_AT_A_TIME, tempfile.TemporaryFile() as file:
        usual = os.dup(STDERR)
        os.dup2(file.fileno(), STDERR)
        try:
            yield talk
        finally:
            os.dup2(usual, STDERR)
            os.close(usual)
            file.seek(0)
            talk.text = file.read(10_000).decode("ascii", "replace")
