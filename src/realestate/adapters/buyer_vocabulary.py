"""The words of buyers lists and deed files, and the readers of cells that the lead side has, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from realestate.adapters.reference_data import header_words, table
from realestate.domain.leads import values


class BuyerVocabulary:
    """Reads headers and cells for the buyer flow with the machinery of lists."""

    def __init__(self) -> None:
        self.phrases: dict[str, list[str]] = table("buyer_headers")
        self._words = header_words()

    def canonical(self, header: str) -> str:
        """A header in the one spelling of the vocabulary."""
        return self._words.canonical(header)

    def meaning(self, header: str) -> tuple[str, float]:
        """The field of the lead side that a header means, and the confidence."""
        found = self._words.meaning(header)
        return found.role, found.confidence

    def days(self, cells: Sequence[str]) -> list[date | None]:
        """Dates; ``None`` for nothing and for what cannot be understood."""
        return list(values.dates(cells).values)

    def dollars(self, cells: Sequence[str]) -> list[float | None]:
        """Amounts in US dollars."""
        return [None if cents is None else cents / 100 for cents in values.amounts(cells).values]

    def numbers(self, cells: Sequence[str]) -> list[float | None]:
        """Plain numbers."""
        return list(values.numbers(cells).values)
