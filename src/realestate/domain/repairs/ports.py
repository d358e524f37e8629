"""What the repair flow needs from outside: photos as a model sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from realestate.domain.repairs.readings import ModelCard, PhotoReading, SkippedPhoto

Progress = Callable[[int, int], None]
"""Told how many photos are done, and of how many; once with 0 before the first."""


class PhotoReader(Protocol):
    """Reads photos and has a model look at them."""

    @property
    def card(self) -> ModelCard: ...

    def read(
        self, names: Sequence[str], *, previews: bool = False, on_progress: Progress | None = None
    ) -> Iterator[PhotoReading | SkippedPhoto]:
        """Read every photo that the names lead to, each real file once, in a fixed order.

        A photo that cannot be read never stops the others. Readings come one at a time, so that memory
        does not grow with their number.

        Args:
            names: Files, folders, patterns, ``s3://`` addresses, ``-`` for a list on standard input.
            previews: Whether readings carry a picture; it costs time, and memory for as long as they are kept.
            on_progress: For a progress bar.

        Raises:
            NotAllowedError: If a store of photos refuses us.
            TryLaterError: If it does not answer.
        """
        ...
