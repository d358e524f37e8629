"""From the names that a user gives to photos: files, folders, patterns, lists on standard input, S3 prefixes."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from realestate.adapters.photo_headers import HEAD_BYTES, photo_format
from realestate.adapters.photo_sources import LocalPhoto, PhotoSource, is_photo_name, is_raw, shown, why_not
from realestate.domain.repairs.readings import SkippedPhoto

S3 = "s3://"

NOT_OURS = frozenset({"@eaDir", "__MACOSX"})
"""Folders in which network disks and archives keep thumbnails of photos that lie beside them."""

_PATTERN = frozenset("*?[")

Found = Iterator[PhotoSource | SkippedPhoto]


def find_photos(names: Iterable[str], stdin: BinaryIO | None = None) -> Found:
    """Find the photos behind names, each real file once, in the order of the names and by name within a folder.

    In a folder, hidden files and what is plainly no photo are passed over; a file that is named like a photo or
    begins like one is not.

    Args:
        names: Files, folders, patterns such as ``visit/*.jpg``, ``s3://bucket/prefix``, ``-`` for such names on
            standard input, one a line or separated by NUL bytes.
        stdin: The bytes that ``-`` stands for, where they are not those of the process.

    Raises:
        NotAllowedError: If S3 refuses us.
        TryLaterError: If S3 does not answer.
        UnusableInputError: If there is no such bucket.
    """
    search = _Search()
    for name in names:
        if name == "-":
            for listed in _listed_names(stdin or sys.stdin.buffer):
                yield from search.behind(listed)
        else:
            yield from search.behind_pattern(name)


class _Search:
    """One walk over all names; remembers which files and folders it has been to."""

    def __init__(self) -> None:
        self._seen: set[object] = set()

    def behind_pattern(self, name: str) -> Found:
        """A file whose name holds a bracket is that file, not a pattern."""
        if not _PATTERN & set(name) or name.startswith(S3) or os.path.lexists(name):
            yield from self.behind(name)
            return
        matches = _expanded(name)
        if not matches:
            yield SkippedPhoto(shown(name), "no file matches")
        for path in matches:
            yield from self.behind(str(path))

    def behind(self, name: str) -> Found:
        if name.startswith(S3):
            yield from self._in_bucket(name)
            return
        path = Path(name)
        try:
            found = path.stat()
        except (OSError, ValueError) as error:
            yield SkippedPhoto(shown(name), why_not(error))
            return
        if stat.S_ISDIR(found.st_mode):
            yield from self._in_folder(path, found, asked_for=True)
        elif self._is_new(found):
            yield _candidate(path)

    def _in_bucket(self, url: str) -> Found:
        from realestate.adapters.s3 import list_photos

        count = 0
        for item in list_photos(url):
            count += 1
            if item not in self._seen:
                self._seen.add(item)
                yield item
        if not count:
            yield SkippedPhoto(shown(url), "no photo in it")

    def _in_folder(self, folder: Path, found: os.stat_result, *, asked_for: bool) -> Found:
        if not self._is_new(found):
            return
        try:
            paths = sorted(folder.iterdir())
        except OSError as error:
            yield SkippedPhoto(shown(str(folder)), why_not(error))
            return
        count = 0
        for path in paths:
            if not path.name.startswith(".") and path.name not in NOT_OURS:
                for item in self._folder_entry(path):
                    count += 1
                    yield item
        if not count and (asked_for or is_photo_name(folder)):
            yield SkippedPhoto(shown(str(folder)), "no photo in this folder")

    def _folder_entry(self, path: Path) -> Found:
        try:
            found = path.stat()
        except OSError as error:
            if is_photo_name(path):
                yield SkippedPhoto(shown(str(path)), why_not(error))
            return
        if stat.S_ISDIR(found.st_mode):
            yield from self._in_folder(path, found, asked_for=False)
        elif (is_photo_name(path) or _begins_like_photo(path, found)) and self._is_new(found):
            yield _candidate(path)

    def _is_new(self, found: os.stat_result) -> bool:
        """Whether no name so far led to this file or folder, be it through links."""
        which = (found.st_dev, found.st_ino)
        new = which not in self._seen
        self._seen.add(which)
        return new


def _candidate(path: Path) -> PhotoSource | SkippedPhoto:
    return SkippedPhoto(shown(str(path)), "a raw camera file: export it as JPEG") if is_raw(path) else LocalPhoto(path)


def _listed_names(stream: BinaryIO) -> list[str]:
    data = stream.read()
    names = data.split(b"\0") if b"\0" in data else [line.rstrip(b"\r") for line in data.split(b"\n")]
    return [os.fsdecode(name) for name in names if name]


def _expanded(pattern: str) -> list[Path]:
    """Files that match, hidden ones only where the pattern says so; ``**`` does not walk through links."""
    path = Path(pattern)
    rest = path.relative_to(path.anchor)
    try:
        matches = sorted(Path(path.anchor).glob(str(rest)))
    except (OSError, ValueError, IndexError):
        return []
    named = {part for part in rest.parts if part.startswith(".")}
    return [match for match in matches if all(not part.startswith(".") or part in named for part in match.parts)]


def _begins_like_photo(path: Path, found: os.stat_result) -> bool:
    if not stat.S_ISREG(found.st_mode) or not found.st_size:
        return False
    try:
        with path.open("rb", buffering=0) as file:
            return photo_format(file.read(HEAD_BYTES)) is not None
    except OSError:
        return False
