"""Work handed out ahead: results in order, a bounded number in hand, and the killer found."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from types import SimpleNamespace
from typing import TypeVar

import pytest

from realestate.adapters.executors import DaskCluster, LocalProcesses, ThisProcess, workers
from realestate.adapters.in_order import AHEAD, in_order
from realestate.errors import TryLaterError, UsageError

Made = TypeVar("Made")


class DeathError(Exception):
    """A worker is gone."""


class Team:
    """Does work at once, dies of the word ``kill``, and takes all work in hand with it until it is renewed.

    Args:
        alive: Whether it lives at all.
    """

    deaths: tuple[type[BaseException], ...] = (DeathError,)
    share_files = True

    def __init__(self, width: int = 2, *, alive: bool = True) -> None:
        self.width, self._alive, self._dead, self.renewals = width, alive, False, 0

    def submit(self, work: Callable[..., Made], *arguments: object) -> Future[Made]:
        future: Future[Made] = Future()
        self._dead |= not self._alive or any("kill" in items for items in arguments if isinstance(items, Sequence))
        if self._dead:
            future.set_exception(DeathError())
        else:
            future.set_result(work(*arguments))
        return future

    def renew(self) -> None:
        self._dead, self.renewals = False, self.renewals + 1

    def lifeless(self) -> TryLaterError:
        return TryLaterError("They are all gone.")

    def close(self) -> None: ...


def upper(items: Sequence[str]) -> list[str]:
    return [item.upper() for item in items]


def pieces(*groups: str) -> Iterator[tuple[int, list[str]]]:
    """Words, numbered."""
    return ((number, group.split()) for number, group in enumerate(groups))


def results(team: Team, *groups: str) -> list[tuple[int, list[str]]]:
    return list(in_order(team, upper, pieces(*groups), lambda item: f"lost {item}"))


def test_results_come_in_the_order_of_the_pieces_with_what_came_along() -> None:
    assert results(Team(), "a b", "", "c") == [(0, ["A", "B"]), (1, []), (2, ["C"])]


def test_nothing_is_sent_away_for_a_piece_without_items() -> None:
    assert results(Team(alive=False), "", "") == [(0, []), (1, [])]


def test_no_more_is_in_hand_than_the_team_can_begin_soon() -> None:
    taken = 0

    def counted() -> Iterator[tuple[int, list[str]]]:
        nonlocal taken
        for piece in pieces(*"abcdefghijklmnop"):
            taken += 1
            yield piece

    for given, _ in enumerate(in_order(Team(2), upper, counted(), str), start=1):
        assert taken - given <= AHEAD * 2


def test_the_item_that_kills_is_lost_and_nothing_else() -> None:
    team = Team()

    assert results(team, "a", "b kill c", "d", "e", "f kill", "g") == [
        (0, ["A"]),
        (1, ["B", "lost kill", "C"]),
        (2, ["D"]),
        (3, ["E"]),
        (4, ["F", "lost kill"]),
        (5, ["G"]),
    ]


def test_what_was_finished_before_a_death_is_not_done_again() -> None:
    done: list[str] = []

    def noted(items: Sequence[str]) -> list[str]:
        done.extend(items)
        return list(items)

    list(in_order(Team(3), noted, pieces("a", "b", "kill", "c"), str))

    assert done == ["a", "b", "c"]


def test_a_team_that_dies_without_work_is_an_error_not_a_loss_of_photos() -> None:
    with pytest.raises(TryLaterError, match="all gone"):
        results(Team(alive=False), "a")


def test_an_error_of_the_work_itself_is_raised() -> None:
    def refuse(items: Sequence[str]) -> list[str]:
        raise TryLaterError(f"no {items[0]}")

    with pytest.raises(TryLaterError, match="no a"):
        list(in_order(ThisProcess(), refuse, pieces("a", "b"), str))


def test_who_works_is_chosen_by_the_number_of_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realestate.adapters.executors.usable_cores", lambda: 6)
    monkeypatch.setattr("realestate.adapters.executors.memory_bytes", lambda: 4 << 30)

    assert isinstance(workers(0), ThisProcess)
    assert isinstance(workers(3), LocalProcesses)
    assert workers(3).width == 3
    assert workers().width == 4


def test_a_cluster_without_dask_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(UsageError) as caught:
        DaskCluster("tcp://127.0.0.1:8786")

    assert "realestate[cluster]" in caught.value.hint


class Cluster:
    """Stands in for Dask's client.

    Args:
        address: ``tcp://nowhere`` does not answer, ``tcp://empty`` has no workers.
    """

    def __init__(self, address: str, timeout: float, *, set_as_default: bool) -> None:
        assert timeout
        assert not set_as_default
        if address == "tcp://nowhere":
            raise OSError("timed out")
        self._threads = {} if address == "tcp://empty" else {"one": 2, "other": 4}
        self.closed = False

    def wait_for_workers(self, count: int, timeout: float) -> None:
        if len(self._threads) < count:
            raise TimeoutError(timeout)

    def nthreads(self) -> dict[str, int]:
        return self._threads

    def get_executor(self, *, pure: bool) -> Team:
        assert not pure
        return Team()

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def dask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dask is installed, and its workers die of the word ``kill``."""
    monkeypatch.setitem(sys.modules, "distributed", SimpleNamespace(Client=Cluster, KilledWorker=DeathError))


@pytest.mark.usefixtures("dask")
def test_a_cluster_works_with_all_its_threads_and_sees_no_files_of_ours() -> None:
    team = workers(cluster="tcp://there")

    assert isinstance(team, DaskCluster)
    assert (team.width, team.share_files) == (6, False)
    assert list(in_order(team, upper, pieces("a b", "c"), str)) == [(0, ["A", "B"]), (1, ["C"])]


@pytest.mark.usefixtures("dask")
def test_a_worker_of_a_cluster_that_was_killed_costs_one_item() -> None:
    team = workers(cluster="tcp://there")
    assert isinstance(team, DaskCluster)
    # Dask starts its workers anew by itself; the stand-in has to be told.
    team.renew = team._pool.renew  # type: ignore[attr-defined,method-assign]

    assert list(in_order(team, upper, pieces("a kill"), lambda item: item)) == [(0, ["A", "kill"])]


@pytest.mark.usefixtures("dask")
def test_a_cluster_that_goes_away_at_work_is_named_with_what_to_do() -> None:
    team = workers(cluster="tcp://there")
    assert isinstance(team, DaskCluster)
    team._pool = Team(alive=False)  # type: ignore[assignment]

    with pytest.raises(TryLaterError, match="tcp://there went away") as caught:
        list(in_order(team, upper, pieces("a"), str))
    assert "not read again" in caught.value.hint


def test_processes_that_cannot_be_started_name_memory_and_scripts() -> None:
    error = LocalProcesses(2).lifeless()

    assert "end as soon as they are started" in str(error)
    assert "--jobs 1" in error.hint


@pytest.mark.usefixtures("dask")
@pytest.mark.parametrize(
    ("address", "words"), [("tcp://nowhere", "does not answer"), ("tcp://empty", "has no workers")]
)
def test_a_cluster_that_cannot_work_is_to_be_tried_later(address: str, words: str) -> None:
    with pytest.raises(TryLaterError, match=words):
        workers(cluster=address)
