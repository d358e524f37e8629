"""Packs the rows of a list as they came, about a thousand to a block, and unpacks them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

CELL, ROW = "\x1f", "\x1e"
"""ASCII's own separators of units and records; no list has them in its cells."""


def pack_rows(rows: Iterable[str]) -> bytes:
    """Compress rows whose cells are joined by ``CELL``."""
    return zlib.compress(ROW.join(rows).encode("utf-8", "surrogatepass"), 1)


def unpack_rows(packed: bytes) -> list[str]:
    """Give back what :func:`pack_rows` took."""
    return zlib.decompress(packed).decode("utf-8", "surrogatepass").split(ROW)


def blanked(row: str) -> str:
    """Give a row with as many cells and nothing in them."""
    return CELL * row.count(CELL)
