"""Folders of photos as visits to houses: each folder right below a given one is a visit of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from realestate.errors import UsageError


@dataclass(frozen=True, slots=True)
class Visit:
    """Photos of one visit.

    Attributes:
        folder: What it is called: the folder's name, or its path where two have the same name.
        names: What leads to its photos.
    """

    folder: str
    names: Sequence[str]


def find_visits(paths: Iterable[str]) -> list[Visit]:
    """Give each folder right below the given ones as a visit, and a given one for the files right in it.

    Raises:
        UsageError: If a path is no folder on this machine.
    """
    found = [visit for path in paths for visit in _below(Path(path))]
    names = [folder.name for folder, _ in found]
    return [
        Visit(folder.name if names.count(folder.name) == 1 else str(folder), [str(one) for one in what])
        for folder, what in found
    ]


def _below(path: Path) -> Iterator[tuple[Path, list[Path]]]:
    if not path.is_dir():
        raise UsageError(f"{path} is no folder.", "With --visits, name folders: each folder in them is one visit.")
    entries = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
    folders = [entry for entry in entries if entry.is_dir()]
    files = [entry for entry in entries if entry not in folders]
    yield from ((folder, [folder]) for folder in folders)
    if files or not folders:
        yield path.absolute(), files if folders else [path]
