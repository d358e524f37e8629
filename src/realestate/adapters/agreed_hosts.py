"""Remembers to which hosts a person agreed to send words or photos."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from realestate.errors import NotAllowedError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""This machine itself: what goes there has not left."""


class AgreedHosts:
    """One host a line, in a file of the configuration folder; what is agreed to be sent has a file of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def has(self, host: str) -> bool:
        """Whether this host was agreed to."""
        return self._path.is_file() and host in self._path.read_text(encoding="utf-8").split()

    def add(self, host: str) -> None:
        """Remember the agreement."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(host + "\n")

    def require(self, host: str, agree: Callable[[str], bool], what: str, hint: str) -> None:
        """Let things stay on this machine, or go where the person agreed.

        Args:
            host: Where they would go.
            agree: Asked with the host when nobody agreed to it yet; the answer yes is remembered.
            what: What would go there, as the beginning of a sentence.
            hint: How to agree, or to do without.

        Raises:
            NotAllowedError: If nobody agrees.
        """
        if host in LOOPBACK or self.has(host):
            return
        if not agree(host):
            raise NotAllowedError(f"{what} would go to {host}, and nobody agreed to that.", hint)
        self.add(host)
