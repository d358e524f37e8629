"""Draws many leads: a map of where they are, and a report of what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from realestate.domain.leads.pictures import MapData, PicturedLead, Place, ReportData, Source

if TYPE_CHECKING:
    from realestate.domain.leads.records import LeadFilter, LeadLine

LEADS_AT_ONCE = 5_000


class PictureStore(Protocol):
    """Reads what pictures need."""

    def places(self, leads: list[int]) -> dict[int, Place]:
        """Give latitude and longitude of the leads whose lists state them."""
        ...

    def sources(self) -> list[Source]:
        """Give every list with the leads it names."""
        ...


class PictureWork(Protocol):
    """A transaction that reads."""

    @property
    def pictures(self) -> PictureStore:
        """Read what pictures need."""
        ...


class Pictures:
    """Gathers what the pages show.

    Args:
        search: Finds leads, as `realestate leads list` does.
        open_work: Begins a transaction, on the connection that is searched.
        center: Gives the middle of a ZIP code.
    """

    def __init__(
        self,
        search: Callable[[LeadFilter], Iterator[LeadLine]],
        open_work: Callable[[], Any],
        center: Callable[[str], Place | None],
    ) -> None:
        self._search = search
        self._open_work: Callable[[], PictureWork] = open_work
        self._center = center

    def map(self, wanted: LeadFilter) -> MapData:
        """Gather a map; leads that no list places stand in the middle of their ZIP code."""
        data = MapData()
        store = self._open_work().pictures
        lines = self._search(wanted)
        while batch := list(islice(lines, LEADS_AT_ONCE)):
            places = store.places([line.id for line in batch])
            for line in batch:
                data.add(_pictured(line, places.get(line.id)), self._center)
        return data

    def report(self, wanted: LeadFilter) -> ReportData:
        """Gather a report."""
        data = ReportData()
        store = self._open_work().pictures
        for line in self._search(wanted):
            data.add(_pictured(line))
        data.sources = store.sources()
        return data


def _pictured(line: LeadLine, place: Place | None = None) -> PicturedLead:
    return PicturedLead(line.id, line.score, line.signals, line.address, line.city, line.zip, line.status, place)
