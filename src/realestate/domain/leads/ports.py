"""What the lead flow's services need from outside: a transaction, a list reader and the reference data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import Any, Protocol, Self

from realestate.domain.leads.columns import ColumnPlan
from realestate.domain.leads.header_words import HeaderWords
from realestate.domain.leads.records import (
    ContactLine,
    LeadFilter,
    LeadLine,
    LeadRecord,
    ListRecord,
    RowRecord,
    RunRecord,
    SignalLine,
)
from realestate.domain.leads.scoring import Evidence, ScoreModel, SignalRule
from realestate.domain.leads.spots import Spots

Columns = Mapping[str, Sequence[Any]]
"""Column name to values, all equally long."""


class RowBatch(Protocol):
    """About 20,000 records of a list, held by column."""

    columns: list[list[str]]
    lines: list[int]

    @property
    def rejected(self) -> Sequence[Any]:
        """Records that could not be read: ``line``, ``reason`` and ``raw`` text."""
        ...

    empty: list[int]


class OpenedList(Protocol):
    """A list while it is read."""

    name: str
    header: list[str]
    notes: list[str]

    def batches(self) -> Iterator[Any]:
        """Give the records in the order of the file."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class ListReader(Protocol):
    """Opens a list by its path, or standard input by ``-``."""

    def __call__(self, name: str, *, encoding: str | None = None) -> OpenedList: ...
