"""What the database gives of leads that go out, a few thousand at a time; people are still encrypted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class OutgoingHouse:
    """What lists say of one house."""

    id: int
    facts: dict[str, Any] | None
    source: str
    created: date
    county: str | None


@dataclass(frozen=True, slots=True)
class OutgoingContact:
    """One contact of one lead, and all that forbids using it."""

    lead: int
    id: int
    kind: str
    value: bytes
    label: str | None
    restrictions: list[str]


@dataclass(frozen=True, slots=True)
class OutgoingStatement:
    """What a list says about one signal of one lead; amounts in US cents."""

    lead: int
    signal: str
    day: date
    amount: int | None
    years: float | None
    deadline: date | None


class ExportStore(Protocol):
    """Reads leads in bulk."""

    def houses(self, leads: Sequence[int]) -> list[OutgoingHouse]:
        """Give what lists say of the houses."""
        ...

    def contacts(self, leads: Sequence[int]) -> list[OutgoingContact]:
        """Give each distinct contact once, the best first of each kind."""
        ...

    def statements(self, leads: Sequence[int]) -> list[OutgoingStatement]:
        """Give each distinct statement about a signal that is not closed."""
        ...
