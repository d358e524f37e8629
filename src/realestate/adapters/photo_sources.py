"""Where one photo is and how its bytes are got, whatever lies behind the name."""

from __future__ import annotations

import os
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Protocol

from realestate.adapters.photo_headers import MOST_BYTES, BadPhotoError

PHOTO_ENDINGS = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".avif", ".tif", ".tiff", ".gif", ".bmp", ".dib"}
    | {".heic", ".heif", ".hif", ".jxl", ".jp2"}
)
RAW_ENDINGS = frozenset({".dng", ".cr2", ".cr3", ".nef", ".nrw", ".arw", ".raf", ".orf", ".rw2", ".pef", ".srw"})
"""Sensor data of cameras; the first picture in most of them is a stamp-sized thumbnail."""

_UNFIT_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class PhotoSource(Protocol):
    """One photo to be read; it travels to the process that reads it."""

    @property
    def name(self) -> str:
        """As given, fit to be shown: control characters are escaped."""

    def stamp(self) -> bytes:
        """What would be another if the photo were changed; cheap, no photo is read.

        Raises:
            BadPhotoError: If it can be seen already that the photo cannot be read.
        """

    def read(self) -> bytes:
        """All bytes of the photo.

        Raises:
            BadPhotoError: If it cannot be read.
        """


@dataclass(frozen=True, slots=True)
class LocalPhoto:
    """A file of this machine, which may be anything until it has been looked at."""

    path: Path

    @property
    def name(self) -> str:
        """The path."""
        return shown(str(self.path))

    def stamp(self) -> bytes:
        """Which file, how large, and when it was changed."""
        found = _require_photo_file(self.path)
        return repr(("file", found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)).encode()

    def read(self) -> bytes:
        """All of its bytes; never waits for the other end of a pipe."""
        _require_photo_file(self.path)
        try:
            with os.fdopen(_open_at_once(self.path), "rb") as file:
                # Between looking and opening, another file may have taken the place.
                found = os.fstat(file.fileno())
                _require_regular(found)
                # One byte more shows whether it grows; room for the most would be made page by page, each time.
                data = file.read(min(found.st_size, MOST_BYTES) + 1)
        except (OSError, ValueError) as error:
            raise BadPhotoError(why_not(error)) from None
        require_size(len(data))
        if len(data) != found.st_size:
            raise BadPhotoError("it is being written just now")
        return data


def shown(name: str) -> str:
    """A name fit for a terminal, a page and a database: what is invisible or no text in it is escaped."""
    if name.isascii() and name.isprintable():
        return name
    return "".join(_shown(character) for character in name)


def is_raw(name: str | PurePath) -> bool:
    """Whether a file is named like a camera's sensor data."""
    return PurePath(name).suffix.lower() in RAW_ENDINGS


def is_photo_name(name: str | PurePath) -> bool:
    """Whether a file is named like a photo."""
    return PurePath(name).suffix.lower() in PHOTO_ENDINGS or is_raw(name)


def require_size(size: int) -> None:
    """Refuse a file that is empty or too large.

    Raises:
        BadPhotoError: If it is.
    """
    if not size:
        raise BadPhotoError("empty file")
    if size > MOST_BYTES:
        raise BadPhotoError(f"too large: {size / (1 << 20):.1f} MiB, at most {MOST_BYTES >> 20}")


def why_not(error: Exception) -> str:
    """Why a file cannot be read, in words; an error that is not the system's is of a name that no file can have."""
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, PermissionError):
        return "may not be read: permission denied"
    reason = getattr(error, "strerror", None)
    return f"cannot be read: {reason}" if reason else "no name of a file"


def _shown(character: str) -> str:
    if unicodedata.category(character) in _UNFIT_CATEGORIES:
        return character.encode("unicode_escape").decode("ascii")
    return character


def _open_at_once(path: Path) -> int:
    return os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))


def _require_photo_file(path: Path) -> os.stat_result:
    """Look before opening: to open a device may start a tape, to open a pipe may wait for ever."""
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        raise BadPhotoError(why_not(error)) from None
    _require_regular(found)
    require_size(found.st_size)
    if not os.access(path, os.R_OK):
        raise BadPhotoError("may not be read: permission denied")
    return found


def _require_regular(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise BadPhotoError(
            "not a file but a folder" if stat.S_ISDIR(found.st_mode) else "not a file but a pipe or device"
        )
