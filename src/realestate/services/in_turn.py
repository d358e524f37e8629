"""Lets the database keep one batch of a list while the next one is read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from realestate.domain.leads.ports import ImportStore, StagedBatch
    from realestate.domain.leads.returning import KnownSpot

P = ParamSpec("P")
T = TypeVar("T")

MANY_IDS = 10_000
"""So many come of full batches only, which have another one behind them."""


class InTurn:
    """An import store whose calls run one after another on a thread of their own, for a connection takes one at a time.

    Args:
        store: Where they go.
        turn: Runs one call at a time.
    """

    def __init__(self, store: ImportStore, turn: Executor) -> None:
        self._store = store
        self._turn = turn
        self._under_way: Future[None] | None = None
        self._spare: dict[str, list[int]] = {}
        self._asked: dict[str, int] = {}
        self._coming: dict[str, Future[list[int]]] = {}

    def stage(self, batch: StagedBatch, list_id: int, run: int) -> None:
        """Hand a batch over as soon as the one before is kept; so two are in memory at most."""
        self.wait()
        for sequence, count in self._asked.items():
            if count >= MANY_IDS and len(self._spare[sequence]) < count:
                # Asked now, they need not wait until this batch is kept.
                self._coming[sequence] = self._turn.submit(self._store.reserve, sequence, count)
        self._under_way = self._turn.submit(self._store.stage, batch, list_id, run)

    def wait(self) -> None:
        """Wait until the last batch is kept, and raise what went wrong with it."""
        if self._under_way is not None:
            self._under_way.result()
            self._under_way = None

    def reserve(self, sequence: str, count: int) -> list[int]:
        """Take ids; those that the next batch will need are taken ahead."""
        spare = self._spare.setdefault(sequence, [])
        if sequence in self._coming:
            spare += self._coming.pop(sequence).result()
        if len(spare) < count:
            spare += self._ask(self._store.reserve, sequence, count - len(spare))
        self._spare[sequence] = spare[count:]
        self._asked[sequence] = count
        return spare[:count]

    def suppressed(self) -> Mapping[str, Collection[bytes]]:
        """Give the keyed hashes of everybody who was erased, by kind."""
        return self._ask(self._store.suppressed)

    def any_sighting(self, list_id: int) -> bool:
        """Tell whether the list has shown any row before."""
        return self._ask(self._store.any_sighting, list_id)

    def known(self, list_id: int, row_hashes: Sequence[str]) -> dict[int, int]:
        """Find which rows the list has shown before."""
        return self._ask(self._store.known, list_id, row_hashes)

    def places_of(self, leads: Sequence[int]) -> list[KnownSpot]:
        """Give the spots of these leads."""
        return self._ask(self._store.places_of, leads)

    def _ask(self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._turn.submit(question, *args, **kwargs).result()
