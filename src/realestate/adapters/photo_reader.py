"""Photos by name to readings, in order, as many at once as there are workers, known ones from the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from realestate.adapters.analysis_cache import AnalysisCache, Result
from realestate.adapters.executors import Workers
from realestate.adapters.in_order import AHEAD, in_order
from realestate.adapters.photo_files import find_photos
from realestate.adapters.photo_headers import BadPhotoError
from realestate.adapters.photo_reading import PHOTO_SECONDS, Outcome, ReadingTask, read_photos
from realestate.adapters.photo_sources import PhotoSource
from realestate.domain.repairs.readings import SkippedPhoto

if TYPE_CHECKING:
    from realestate.adapters.model_shelf import ModelFiles
    from realestate.domain.repairs.ports import Progress
    from realestate.domain.repairs.readings import ModelCard

BATCH = 8
"""Photos that travel to a worker together; more gain nothing, and a bar of progress would move in jumps."""

MOST_KNOWN = 64
"""Results from the cache that travel with a batch, so that a long run of known photos is given out early."""

KILLED = f"stopped: it took longer than {PHOTO_SECONDS:.0f} seconds to decode, or crashed the decoder"


@dataclass(slots=True)
class _Group:
    """Photos that follow each other: known results, and places kept free for what has to be read."""

    slots: list[Result | None] = field(default_factory=list)
    unread: list[PhotoSource] = field(default_factory=list)
    stamps: list[bytes] = field(default_factory=list)


class ModelPhotoReader:
    """Satisfies ``domain.repairs.ports.PhotoReader``.

    Args:
        model: Which looks at the photos.
        team: Starts who works; not called while every photo is known.
        cache: Folder of readings; ``None`` looks at every photo again and keeps nothing.
        stdin: The bytes that ``-`` stands for, where they are not those of the process.
    """

    def __init__(
        self, model: ModelFiles, team: Callable[[], Workers], cache: Path | None = None, stdin: BinaryIO | None = None
    ) -> None:
        self._model, self._team, self._cache, self._stdin = model, team, cache, stdin

    @cached_property
    def card(self) -> ModelCard:
        """What the model claims; reading it loads no model."""
        return self._model.read_card().card

    def read(
        self, names: Sequence[str], *, previews: bool = False, on_progress: Progress | None = None
    ) -> Iterator[Result]:
        """Read every photo that the names lead to; see the port."""
        found = list(find_photos(names, self._stdin))
        tell = on_progress or _silent
        tell(0, len(found))
        for done, result in enumerate(self._results(found, previews=previews), start=1):
            tell(done, len(found))
            yield result

    def _results(self, found: Sequence[PhotoSource | SkippedPhoto], *, previews: bool) -> Iterator[Result]:
        team = self._team()
        with closing(team), closing(self._memory(previews=previews)) as memory:
            task = ReadingTask(self._model, previews, self._cache if team.share_files else None)
            size = max(1, min(BATCH, len(found) // (AHEAD * team.width)))
            pieces = ((group, group.unread) for group in _groups(found, memory, size))
            for group, outcomes in in_order(team, partial(read_photos, task), pieces, _killed):
                yield from _filled(group, outcomes, memory)

    def _memory(self, *, previews: bool) -> _Memory:
        cache = AnalysisCache(self._cache, self._model.card.read_bytes()) if self._cache else None
        return _Memory(cache, previews)


class _Memory:
    """The cache as one run uses it."""

    def __init__(self, cache: AnalysisCache | None, previews: bool) -> None:
        self._cache, self._previews = cache, previews

    def known(self, source: PhotoSource, stamp: bytes) -> Result | None:
        return self._cache.by_stamp(stamp, source.name, preview=self._previews) if self._cache else None

    def keep(self, stamp: bytes, outcome: Outcome) -> None:
        if self._cache and outcome.sha256:
            self._cache.keep(stamp, outcome.sha256, outcome.result)

    def close(self) -> None:
        if self._cache:
            self._cache.close()


def _groups(found: Iterable[PhotoSource | SkippedPhoto], memory: _Memory, size: int) -> Iterator[_Group]:
    """Groups of at most so many unread photos."""
    group = _Group()
    for item in found:
        _add(group, item, memory)
        if len(group.unread) >= size or len(group.slots) >= MOST_KNOWN:
            yield group
            group = _Group()
    if group.slots:
        yield group


def _add(group: _Group, item: PhotoSource | SkippedPhoto, memory: _Memory) -> None:
    if isinstance(item, SkippedPhoto):
        group.slots.append(item)
        return
    try:
        stamp = item.stamp()
    except BadPhotoError as bad:
        group.slots.append(SkippedPhoto(item.name, bad.reason))
        return
    known = memory.known(item, stamp)
    group.slots.append(known)
    if known is None:
        group.unread.append(item)
        group.stamps.append(stamp)


def _filled(group: _Group, outcomes: Sequence[Outcome], memory: _Memory) -> Iterator[Result]:
    """The results of a group in order; what was read now is kept before it is handed on."""
    for stamp, outcome in zip(group.stamps, outcomes, strict=True):
        memory.keep(stamp, outcome)
    read = iter(outcomes)
    for slot in group.slots:
        yield slot if slot is not None else next(read).result


def _killed(source: PhotoSource) -> Outcome:
    return Outcome(SkippedPhoto(source.name, KILLED))


def _silent(done: int, total: int) -> None:
    """Stands in where nobody wants to know."""
