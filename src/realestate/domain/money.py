"""Amounts of money as ranges, in whole US dollars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class CostRange:
    """What something may cost, in whole US dollars: ``0 <= low <= likely <= high``.

    Raises:
        ValueError: If the three are not in that order.
    """

    low: int
    likely: int
    high: int

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.likely <= self.high:
            raise ValueError(f"{self.low}, {self.likely}, {self.high} is not a range from 0 upwards")

    @classmethod
    def of(cls, low: float, likely: float, high: float) -> Self:
        """Round to whole dollars; half a dollar goes up, so that a larger amount never rounds to less.

        Raises:
            ValueError: If one of them is not a finite number, or they are not in order.
        """
        try:
            return cls(*(int(amount + 0.5) for amount in (low, likely, high)))
        except (OverflowError, ValueError):
            raise ValueError(f"{low}, {likely}, {high} is no range of money") from None

    @classmethod
    def total(cls, ranges: Iterable[CostRange]) -> Self:
        """Add ranges end by end: nothing is won by hoping that only some of them come dear."""
        amounts = [(one.low, one.likely, one.high) for one in ranges]
        return cls(*(sum(column) for column in zip(*amounts, strict=True))) if amounts else cls(0, 0, 0)
