"""Who reads photos: this process, one process for each core, or a Dask cluster; all take the same work."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from importlib import import_module
from typing import Any, Protocol, TypeVar

from realestate.adapters.platform import memory_bytes, usable_cores
from realestate.adapters.worker_process import start_worker
from realestate.errors import TryLaterError, UsageError

Made = TypeVar("Made")

WORKER_BYTES = 1 << 30
"""A worker takes 0.3 GB, and up to 1 GB more for the largest photo that is read."""

CONNECT_TIMEOUT_S = 10
START = "dask scheduler, then on each machine dask worker tcp://HOST:8786"


class Workers(Protocol):
    """Takes work and gives results later; can be made whole again when work killed it.

    Attributes:
        width: Pieces of work done at once.
        deaths: What a result raises when the process that worked on it is gone.
        share_files: Whether they see this machine's files outside of what the user names.
    """

    width: int
    deaths: tuple[type[BaseException], ...]
    share_files: bool

    def submit(self, work: Callable[..., Made], *arguments: object) -> Future[Made]:
        """Have a function called there; it and its arguments have to travel."""

    def renew(self) -> None:
        """Replace what has died; work in hand is lost."""

    def lifeless(self) -> TryLaterError:
        """What to tell the user when even an empty piece of work is not done."""

    def close(self) -> None:
        """Stop; work in hand is given up."""


def workers(jobs: int | None = None, cluster: str | None = None) -> Workers:
    """Choose who works.

    Args:
        jobs: Processes; 0 works in this one, without limits on time and memory; one a core when omitted.
        cluster: Address of a Dask scheduler, ``tcp://host:8786``.

    Raises:
        UsageError: If Dask is asked for and not installed.
        TryLaterError: If the cluster does not answer.
    """
    if cluster is not None:
        return DaskCluster(cluster)
    if jobs == 0:
        return ThisProcess()
    return LocalProcesses(jobs or max(1, min(usable_cores(), memory_bytes() // WORKER_BYTES)))


class ThisProcess:
    """Does each piece of work when it is handed in."""

    width = 1
    deaths: tuple[type[BaseException], ...] = ()
    share_files = True

    def submit(self, work: Callable[..., Made], *arguments: object) -> Future[Made]:
        """Call it now."""
        done: Future[Made] = Future()
        try:
            done.set_result(work(*arguments))
        except Exception as error:  # noqa: BLE001  raised again where the result is asked for
            done.set_exception(error)
        return done

    def renew(self) -> None:
        """Nothing dies here but the whole process."""

    def lifeless(self) -> TryLaterError:
        """Nobody hears it: whoever would say it is alive."""
        return TryLaterError("This process reads no photos.", "Run the command again.")

    def close(self) -> None:
        """Nothing was started."""


class LocalProcesses:
    """Processes of this machine, started when there is work, each with its limits.

    Args:
        count: How many at most.
    """

    deaths: tuple[type[BaseException], ...] = (BrokenExecutor,)
    share_files = True

    def __init__(self, count: int) -> None:
        self.width = count
        self._pool: Executor | None = None

    def submit(self, work: Callable[..., Made], *arguments: object) -> Future[Made]:
        """Hand it to whichever process is free; the first call starts them."""
        if self._pool is None:
            self._pool = self._start()
        try:
            return self._pool.submit(work, *arguments)
        except BrokenExecutor as error:
            # A worker died since the last result; whoever waits for this one hears of it there.
            lost: Future[Made] = Future()
            lost.set_exception(error)
            return lost

    def renew(self) -> None:
        """End what is left of them; the next work starts new ones."""
        self.close()

    def lifeless(self) -> TryLaterError:
        """They cannot be started, for want of memory or because a script starts itself again and again."""
        return TryLaterError(
            "The processes that read photos end as soon as they are started.",
            'Free some memory, or use fewer: --jobs 1; a script of yours has to start under if __name__ == "__main__":',
        )

    def close(self) -> None:
        """End them when they have done what they are at."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _start(self) -> Executor:
        from multiprocessing import get_context

        # A forked worker would hold our locks and connections, and threads of libraries would be missing in it.
        return ProcessPoolExecutor(self.width, get_context("spawn"), initializer=start_worker)


class DaskCluster:
    """Workers of a Dask cluster; they need this package and the photos under the same names, best in S3.

    Args:
        address: Of the scheduler.
    """

    share_files = False

    def __init__(self, address: str) -> None:
        try:
            dask: Any = import_module("distributed")
        except ImportError:
            raise UsageError(
                "A cluster needs Dask, which is not installed.", "pip install 'realestate[cluster]'"
            ) from None
        self.deaths: tuple[type[BaseException], ...] = (dask.KilledWorker, CancelledError)
        self._address = address
        # What Dask logs of a lost connection is said once, in our words.
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        try:
            self._client: Any = dask.Client(address, timeout=CONNECT_TIMEOUT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise TryLaterError(
                f"The cluster at {address} does not answer ({type(error).__name__}).", f"Start it: {START}"
            ) from None
        self.width = self._wait_for_workers(address)
        # Impure: a piece that killed its worker is tried again, not remembered.
        self._pool: Executor = self._client.get_executor(pure=False)

    def _wait_for_workers(self, address: str) -> int:
        try:
            self._client.wait_for_workers(1, timeout=CONNECT_TIMEOUT_S)
        except OSError:
            self.close()
            raise TryLaterError(f"The cluster at {address} has no workers.", f"Start one: {START}") from None
        return sum(self._client.nthreads().values())

    def submit(self, work: Callable[..., Made], *arguments: object) -> Future[Made]:
        """Hand it to the scheduler."""
        return self._pool.submit(work, *arguments)

    def renew(self) -> None:
        """The cluster replaces its workers itself."""

    def lifeless(self) -> TryLaterError:
        """Its scheduler or all of its workers went away."""
        return TryLaterError(
            f"The cluster at {self._address} went away.",
            f"Start it: {START}; then run the command again, photos that were read are not read again.",
        )

    def close(self) -> None:
        """Leave the cluster; it goes on without us."""
        self._client.close()
