"""Readings of photos kept between runs, so that the same photo is not looked at twice by the same model.

A reading is found by the content of the photo, and the content by the file's number, size and times or by its tag in
S3, so that a second run reads no photo at all. Names and places of files are not kept.

Previews are pictures of somebody's home. They are kept only when a report or its like asked for them, which holds the
same pictures, in a folder that its owner alone may enter; removing the folder takes nothing but time.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from realestate.adapters.blob_cache import BlobCache
from realestate.domain.repairs.readings import PhotoReading, Quality, SkippedPhoto

READER_VERSION = 1
"""Raised with every change of what is read out of the same photo."""

MOST_BYTES = 512 << 20
"""About 100,000 readings, or 3,500 with a preview."""

FILE_NAME = "readings.sqlite3"

PREVIEW = b"preview"
"""What keys of pictures begin with, so that they can be found and removed."""

Result = PhotoReading | SkippedPhoto


class AnalysisCache:
    """Readings by one model; an entry that cannot be made out is as good as none.

    Args:
        folder: Made for its owner alone.
        card: The bytes of the model's card: it names the model by hash, and holds what turns its outputs into
            probabilities.
        most_bytes: Above this what was used longest ago is removed.
        read_only: For processes beside the one that writes.
    """

    def __init__(self, folder: Path, card: bytes, most_bytes: int = MOST_BYTES, *, read_only: bool = False) -> None:
        self._blobs = BlobCache(folder / FILE_NAME, most_bytes, read_only=read_only)
        self._model = hashlib.sha256(card).digest()

    def by_stamp(self, stamp: bytes, name: str, *, preview: bool) -> Result | None:
        """The reading of an unchanged photo under the name it goes by today; ``None`` if it has to be read."""
        content = self._blobs.get(_key("stamp", stamp))
        return self.by_content(content.hex(), name, preview=preview) if content else None

    def by_content(self, sha256: str, name: str, *, preview: bool) -> Result | None:
        """The reading of a photo with these bytes; ``None`` if there is none, or none with a preview."""
        body = self._blobs.get(self._reading_key(sha256))
        found = _unpacked(body, sha256, name) if body else None
        if not preview or not isinstance(found, PhotoReading):
            return found
        picture = self._blobs.get(_preview_key(sha256))
        return replace(found, preview=picture) if picture else None

    def keep(self, stamp: bytes, sha256: str, result: Result) -> None:
        """Keep a reading, or why there can be none, which must lie in the photo and not in the machine."""
        self._blobs.put(_key("stamp", stamp), bytes.fromhex(sha256))
        self._blobs.put(self._reading_key(sha256), _packed(result))
        if isinstance(result, PhotoReading) and result.preview:
            self._blobs.put(_preview_key(sha256), result.preview)

    def close(self) -> None:
        """Write what is not written yet."""
        self._blobs.close()

    def _reading_key(self, sha256: str) -> bytes:
        return _key("reading", self._model, bytes.fromhex(sha256))


def forget_previews(folder: Path) -> int:
    """Remove every picture of a house from the cache in a folder; what was read out of the photos stays.

    Returns:
        How many there were.
    """
    if not (folder / FILE_NAME).exists():
        return 0
    blobs = BlobCache(folder / FILE_NAME, MOST_BYTES)
    try:
        return blobs.remove(PREVIEW)
    finally:
        blobs.close()


def _preview_key(sha256: str) -> bytes:
    return PREVIEW + _key("preview", bytes.fromhex(sha256))


def _key(kind: str, *parts: bytes) -> bytes:
    return hashlib.sha256(b"\0".join((kind.encode(), str(READER_VERSION).encode(), *parts))).digest()


def _packed(result: Result) -> bytes:
    """A line of JSON, then the heat as it is in memory."""
    if isinstance(result, SkippedPhoto):
        return json.dumps({"reason": result.reason}).encode()
    facts = {
        "width": result.width,
        "height": result.height,
        "quality": asdict(result.quality),
        "look": result.look,
        "scores": dict(result.scores),
        "strangeness": result.strangeness,
        "heat": result.heat.shape,
    }
    return json.dumps(facts).encode() + b"\n" + np.ascontiguousarray(result.heat, "<f4").tobytes()


def _unpacked(body: bytes, sha256: str, name: str) -> Result | None:
    line, _, heat = body.partition(b"\n")
    try:
        facts: dict[str, Any] = json.loads(line)
        if "reason" in facts:
            return SkippedPhoto(name, facts["reason"])
        return PhotoReading(
            file=name,
            sha256=sha256,
            width=facts["width"],
            height=facts["height"],
            quality=Quality(**facts["quality"]),
            look=facts["look"],
            scores=facts["scores"],
            heat=np.frombuffer(heat, "<f4").reshape(facts["heat"]),
            strangeness=facts["strangeness"],
            preview=b"",
        )
    except (ValueError, TypeError, KeyError):
        return None
