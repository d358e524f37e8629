"""Reads a whole file that may be anything: a folder, a pipe, a device, or larger than we want."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from realestate.errors import UnusableInputError


def read_file(path: Path, most_bytes: int) -> bytes:
    """The bytes of a regular file.

    Raises:
        UnusableInputError: If it is missing, closed to us, no regular file, or larger than ``most_bytes``.
    """
    try:
        # Opening a named pipe waits for its other end unless told not to.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no name of a file"
        raise UnusableInputError(f"{path} cannot be read: {reason}.") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UnusableInputError(f"{path} is not a file.")
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise UnusableInputError(f"{path} is larger than {most_bytes >> 20} MiB.")
    return data
