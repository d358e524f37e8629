"""Audits the leads as a whole: are absentee owners absent, do lists still speak, can anybody be reached."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Protocol

from realestate.domain.leads.findings import Finding, occupied, stale, unreachable
from realestate.domain.leads.pictures import Source


class AuditStore(Protocol):
    """Counts what the audit asks for."""

    def absentee_lists(self) -> list[tuple[str, int, int]]:
        """Give each list that calls owners absent: name, leads, and those whose owner's mail goes to the property."""
        ...

    def silent(self) -> tuple[int, int]:
        """Count all leads, and those with no contact that may be used."""
        ...


class SourceStore(Protocol):
    """Knows the lists."""

    def sources(self) -> list[Source]:
        """Give every list with the leads it names."""
        ...


class AuditWork(Protocol):
    """A transaction that reads."""

    @property
    def lead_audit(self) -> AuditStore:
        """Count what the audit asks for."""
        ...

    @property
    def pictures(self) -> SourceStore:
        """Know the lists."""
        ...


class LeadAudit:
    """Audits the leads of whoever is signed in.

    Args:
        open_work: Begins a transaction.
        today: Gives the day.
    """

    def __init__(self, open_work: Callable[[], Any], today: Callable[[], date]) -> None:
        self._open_work = open_work
        self._today = today

    def run(self, stale_days: int) -> list[Finding]:
        """Give every finding, also those of nothing wrong.

        Args:
            stale_days: A list is stale when its newest event or import is longer ago.
        """
        with self._open_work() as work:
            store: AuditWork = work
            return [
                *occupied(store.lead_audit.absentee_lists()),
                *stale(store.pictures.sources(), self._today(), stale_days),
                unreachable(*store.lead_audit.silent()),
            ]
