"""Remembers to which hosts a person agreed to send words."""

from __future__ import annotations

from pathlib import Path


class AgreedHosts:
    """One host a line, in a file of the configuration folder."""

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
