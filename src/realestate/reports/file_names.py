"""File names as other people may see them: without the folders of whoever took the photos, and safe to write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

LONGEST = 80
"""Characters of a name that is made safe; what is added to make it unique comes on top."""


def short_names(files: Sequence[str]) -> dict[str, str]:
    """Leave out the folders that all files have in common; where only names differ, only names are left."""
    parts = {file: [part for part in re.split(r"[/\\]+", file) if part] or [file] for file in files}
    folders = [split[:-1] for split in parts.values()]
    common = 0
    while folders and all(len(each) > common for each in folders) and len({each[common] for each in folders}) == 1:
        common += 1
    return {file: "/".join(split[common:]) for file, split in parts.items()}


def safe_names(files: Iterable[str], ending: str) -> dict[str, str]:
    """Give every file a name that any file system takes, no two of them alike, even where case does not count."""
    taken: set[str] = set()
    given = {}
    for file in files:
        base = re.split(r"[/\\]+", file.rstrip("/\\"))[-1]
        stem = re.sub(r"[^\w.-]+", "_", base.rsplit(".", 1)[0]).strip("._-")[:LONGEST] or "photo"
        name, number = f"{stem}{ending}", 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}{ending}"
        taken.add(name.casefold())
        given[file] = name
    return given
