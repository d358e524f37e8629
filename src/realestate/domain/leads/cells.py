"""What reading a column of cells gives: values, and what was lost; with a memory for cells that repeat."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

SCIENTIFIC = re.compile(r"[-+$(]*\d+(?:\.\d+)?e[-+]?\d+\)?")
"""A number that a spreadsheet has rounded; what it was is lost."""
NOTHING = frozenset(("", "na", "n/a", "#n/a", "null", "none", "-", "--", "---", ".", "unknown", "nil", "not available"))
"""What lists write, in any case, where there is nothing to say."""
MEMORY = 100_000
"""Distinct cells remembered by one reader before it starts afresh."""


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """The values of a column, and (row, reason) of each cell that could not be understood.

    A cell that says nothing and a bad cell are both None; only the bad one is a loss.
    """

    values: list[T | None]
    bad: list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Bad:
    """A cell that could not be understood."""

    reason: str


class Memory(dict[str, T | Bad | None], Generic[T]):
    """Cells already read; lists repeat the same dates, amounts and cities all the time."""

    def __init__(self, read: Callable[[str], T | Bad | None]) -> None:
        self._read = read

    def __missing__(self, cell: str) -> T | Bad | None:
        value = self[cell] = self._read(cell)
        return value

    def column(self, cells: Sequence[str]) -> Parsed[T]:
        """The values of these cells."""
        if len(self) > MEMORY:
            self.clear()
        found = list(map(self.__getitem__, cells))
        bad = [(row, value.reason) for row, value in enumerate(found) if value.__class__ is Bad]
        for row, _ in bad:
            found[row] = None
        return Parsed(found, bad)  # type: ignore[arg-type]


def read_column(cells: Sequence[str], read: Callable[[str], str | Bad | None]) -> Parsed[str]:
    """As a memory reads, for cells that hardly ever repeat, except for being empty."""
    found = [read(cell) if cell else None for cell in cells]
    bad = [(row, value.reason) for row, value in enumerate(found) if value.__class__ is Bad]
    for row, _ in bad:
        found[row] = None
    return Parsed(found, bad)  # type: ignore[arg-type]
