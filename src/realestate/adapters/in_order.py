"""Work handed out ahead, results taken in order, and the one piece of it that kills found and left out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from realestate.adapters.executors import Workers

Item = TypeVar("Item")
Made = TypeVar("Made")
Tag = TypeVar("Tag")

AHEAD = 2
"""Pieces of work in hand for each worker: one being done, one waiting, however many there are in all."""

LIFE_S = 60
"""A worker without work answers within seconds of its start; a cluster that went away does not answer at all."""


def in_order(
    team: Workers,
    work: Callable[[Sequence[Item]], list[Made]],
    pieces: Iterable[tuple[Tag, Sequence[Item]]],
    lost: Callable[[Item], Made],
) -> Iterator[tuple[Tag, list[Made]]]:
    """Have pieces worked on ahead, and give their results in the order of the pieces.

    When a worker dies, the pieces in hand are taken apart and done again one item at a time; the item that kills its
    worker even alone is lost, and the others are not.

    Args:
        team: Who works.
        work: Makes one result of each item; called elsewhere, so that it and the items have to travel.
        pieces: What comes back with the results, and the items; nothing is sent away for a piece without items.
        lost: The result of an item that kills.

    Raises:
        TryLaterError: If no worker stays alive even without any work.
    """
    return _InOrder(team, work, lost).run(iter(pieces))


class _InOrder:
    def __init__(self, team: Workers, work: Callable[..., Any], lost: Callable[..., Any]) -> None:
        self._team, self._work, self._lost = team, work, lost
        self._in_hand: deque[tuple[Any, Sequence[Any], Future[list[Any]]]] = deque()

    def run(self, pieces: Iterator[tuple[Any, Sequence[Any]]]) -> Iterator[tuple[Any, list[Any]]]:
        self._take(pieces)
        while self._in_hand:
            tag, _, future = self._in_hand[0]
            try:
                results = future.result()
            except self._team.deaths:
                yield from self._one_by_one()
                self._take(pieces)
                continue
            self._in_hand.popleft()
            # Taken before the results are handed on, so that workers do not wait for whoever looks at them.
            self._take(pieces)
            yield tag, results

    def _take(self, pieces: Iterator[tuple[Any, Sequence[Any]]]) -> None:
        while len(self._in_hand) < AHEAD * self._team.width:
            piece = next(pieces, None)
            if piece is None:
                return
            tag, items = piece
            self._in_hand.append((tag, items, self._team.submit(self._work, items) if items else _nothing()))

    def _one_by_one(self) -> Iterator[tuple[Any, list[Any]]]:
        """Find who killed a worker; what was finished before is not done again."""
        suspects, self._in_hand = self._in_hand, deque()
        self._team.renew()
        self._require_life()
        for tag, items, future in suspects:
            if future.done() and not future.cancelled() and future.exception() is None:
                yield tag, future.result()
            else:
                yield tag, [self._alone(item) for item in items]

    def _alone(self, item: Any) -> Any:  # noqa: ANN401  whatever the caller's items and results are
        try:
            return self._team.submit(self._work, [item]).result()[0]
        except self._team.deaths:
            self._team.renew()
            return self._lost(item)

    def _require_life(self) -> None:
        silences: tuple[type[BaseException], ...] = (*self._team.deaths, TimeoutError)
        try:
            self._team.submit(len, ()).result(LIFE_S)
        except silences:
            raise self._team.lifeless() from None


def _nothing() -> Future[list[Any]]:
    done: Future[list[Any]] = Future()
    done.set_result([])
    return done
