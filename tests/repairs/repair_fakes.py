"""In-memory stand-ins for what the repair flow needs from outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Self

from made_readings import CARD
from realestate.domain.repairs.keeping import AnalysisLine, KeptAnalysis, LeadHouse
from realestate.domain.repairs.ports import Progress
from realestate.domain.repairs.readings import ModelCard, PhotoReading, SkippedPhoto
from realestate.domain.repairs.second_opinion import SecondOpinion


class MemoryReader:
    """Gives readings that were made up, whatever it is asked for."""

    def __init__(self, *items: PhotoReading | SkippedPhoto, card: ModelCard = CARD) -> None:
        self._items = items
        self._card = card
        self.asked_for_previews = False

    @property
    def card(self) -> ModelCard:
        return self._card

    def read(
        self, names: Sequence[str], *, previews: bool = False, on_progress: Progress | None = None
    ) -> Iterator[PhotoReading | SkippedPhoto]:
        del names
        self.asked_for_previews = previews
        if on_progress:
            on_progress(0, len(self._items))
        for done, item in enumerate(self._items, start=1):
            if on_progress:
                on_progress(done, len(self._items))
            yield item if previews or isinstance(item, SkippedPhoto) else replace(item, preview=b"")


class MemoryOpinion:
    """Remembers what it was shown."""

    def __init__(self) -> None:
        self.shown: dict[str, bytes] = {}

    def ask(self, previews: Mapping[str, bytes]) -> SecondOpinion:
        self.shown = dict(previews)
        return SecondOpinion("vision", "localhost", (), photos=len(previews))


class MemoryStore:
    """Analyses in a dictionary; everything lasts as soon as it is written."""

    def __init__(self, houses: Sequence[LeadHouse]) -> None:
        self._houses = {house.lead: house for house in houses}
        self._books: dict[str, list[dict[str, Any]]] = {}
        self._rows: dict[int, tuple[int, dict[str, Any]]] = {}

    def house(self, lead: int) -> LeadHouse | None:
        return self._houses.get(lead)

    def keep_book(self, digest: str, prices: Sequence[dict[str, Any]]) -> int:
        self._books.setdefault(digest, list(prices))
        return list(self._books).index(digest) + 1

    def add(self, lead: int, columns: Mapping[str, Any]) -> int:
        self._rows[len(self._rows) + 1] = (lead, dict(columns))
        return len(self._rows)

    def history(self, lead: int) -> list[AnalysisLine]:
        return [self._line(number) for number in sorted(self._rows, reverse=True) if self._rows[number][0] == lead]

    def get(self, analysis: int) -> KeptAnalysis | None:
        if analysis not in self._rows:
            return None
        lead, row = self._rows[analysis]
        book = row["price_book_id"]
        prices = list(self._books.values())[book - 1] if book else None
        named = (row["detected_issues"], row["condition_reasons"], row["estimate_lines"], row["house"])
        return KeptAnalysis(self._line(analysis), lead, *named, prices)

    def _line(self, number: int) -> AnalysisLine:
        row = self._rows[number][1]
        return AnalysisLine(
            number,
            datetime.now(UTC),
            row["condition"],
            row["estimate_low"],
            row["repair_cost_estimate"],
            row["estimate_high"],
            row["images_analyzed"],
            row["images_skipped"],
            row["model_name"],
            row["model_sha256"],
            row["price_date"],
        )


class MemoryWork:
    """A transaction that does nothing."""

    def __init__(self, store: MemoryStore) -> None:
        self.repairs = store

    def commit(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None: ...
