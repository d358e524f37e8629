"""Analyzes the photos of a house: the use case behind ``realestate analyze``."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from realestate.domain.repairs.analysis import Analysis, JudgedPhoto
from realestate.domain.repairs.condition import rate
from realestate.domain.repairs.estimate import estimate
from realestate.domain.repairs.house import House
from realestate.domain.repairs.inspections import inspections
from realestate.domain.repairs.issues import doubtful, house_issues
from realestate.domain.repairs.judging import judge
from realestate.domain.repairs.readings import SkippedPhoto
from realestate.domain.repairs.views import mark_duplicates
from realestate.errors import UnusableInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from realestate.domain.repairs.ports import PhotoReader, Progress
    from realestate.domain.repairs.price_book import PriceBook, RegionFactors
    from realestate.domain.repairs.second_opinion import SecondOpinion

MOST_PICTURES = 1_000
"""Previews that are kept for a report, 0.1 MB each; of more photos those that show most, so that memory has an end."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The house that photos are of, as far as it is known.

    Attributes:
        title: What to call it.
        zip: Of the property.
        state: Two letters; that of the ZIP code when omitted.
        sqft: Living area in square feet.
        year_built: Year.
    """

    title: str = ""
    zip: str | None = None
    state: str | None = None
    sqft: float | None = None
    year_built: int | None = None


class Opinion(Protocol):
    """Somebody else who can be asked about photos."""

    def ask(self, previews: Mapping[str, bytes]) -> SecondOpinion:
        """Show previews by file name and ask what the house needs; a failure is part of the answer."""
        ...


class Analyzer:
    """Reads photos, judges them, finds the issues of the house, rates and prices it.

    Args:
        reader: Gives photos as a model sees them.
        book: Gives prices.
        regions: Gives what repairs cost in a place.
        state_of_zip: Gives the state of a ZIP code.
    """

    def __init__(
        self,
        reader: PhotoReader,
        book: PriceBook,
        regions: RegionFactors,
        state_of_zip: Callable[[str], str | None],
    ) -> None:
        self._reader = reader
        self._book = book
        self._regions = regions
        self._state_of_zip = state_of_zip

    @property
    def book(self) -> PriceBook:
        """The prices in use."""
        return self._book

    def run(
        self,
        names: Sequence[str],
        subject: Subject,
        *,
        pictures: bool = False,
        opinion: Opinion | None = None,
        on_progress: Progress | None = None,
    ) -> Analysis:
        """Analyze the photos that names lead to as one visit to one house.

        Args:
            names: Files, folders, patterns, ``s3://`` addresses, ``-`` for a list on standard input.
            subject: The house.
            pictures: Whether photos keep their previews, for a report.
            opinion: Asked besides; what it says changes nothing else.
            on_progress: For a progress bar.

        Raises:
            UnusableInputError: If there is no photo at all.
        """
        album = Album(MOST_PICTURES if pictures or opinion else 0)
        judged, skipped = list[JudgedPhoto](), list[SkippedPhoto]()
        for item in self._reader.read(names, previews=bool(pictures or opinion), on_progress=on_progress):
            if isinstance(item, SkippedPhoto):
                skipped.append(item)
                continue
            photo = judge(item, self._reader.card, keep_preview=True)
            album.add(photo)
            judged.append(replace(photo, preview=b""))
        if not judged and not skipped:
            raise UnusableInputError(
                f"There is no photo in {_some(names)}.", "Name a folder of JPEG, PNG or HEIC photos"
            )
        found = self._conclude(judged, skipped, subject)
        said = opinion.ask(album.previews(judged)) if opinion and found.usable else None
        photos = tuple(album.restore(found.photos)) if pictures else found.photos
        return replace(found, photos=photos, second_opinion=said)

    def _conclude(self, judged: Sequence[JudgedPhoto], skipped: Sequence[SkippedPhoto], subject: Subject) -> Analysis:
        card = self._reader.card
        photos = tuple(mark_duplicates(judged))
        issues = house_issues(photos, card)
        seen = sum(photo.counts for photo in photos)
        return Analysis(
            photos=photos,
            skipped=tuple(skipped),
            issues=issues,
            inspections=inspections(issues, doubtful(photos, issues)),
            condition=rate(photos, issues),
            estimate=estimate(issues, self._house(subject, seen), self._book) if seen else None,
            model=card,
            title=subject.title,
        )

    def _house(self, subject: Subject, seen: int) -> House:
        state = subject.state or (self._state_of_zip(subject.zip) if subject.zip else None)
        region = self._regions.of(subject.zip, state)
        return House(subject.sqft, seen, region, subject.year_built)


class Album:
    """The previews of the photos that show most, so many and no more.

    Args:
        most: How many.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[tuple[float, int, str, bytes]] = []
        self._count = 0

    def add(self, photo: JudgedPhoto) -> None:
        """Take a photo's preview in, or leave out whichever shows least; of equals the later one."""
        if not self._most or not photo.preview:
            return
        self._count += 1
        worth = max((issue.score for issue in photo.issues), default=0.0)
        heapq.heappush(self._kept, (worth, -self._count, photo.file, photo.preview))
        if len(self._kept) > self._most:
            heapq.heappop(self._kept)

    def previews(self, photos: Sequence[JudgedPhoto]) -> dict[str, bytes]:
        """Previews by file in the order of the photos, without those of photos that cannot be judged."""
        kept = self._by_file()
        return {photo.file: kept[photo.file] for photo in photos if photo.file in kept and photo.counts}

    def restore(self, photos: Sequence[JudgedPhoto]) -> list[JudgedPhoto]:
        """The photos with the previews that were kept."""
        kept = self._by_file()
        return [replace(photo, preview=kept.get(photo.file, b"")) for photo in photos]

    def _by_file(self) -> dict[str, bytes]:
        return {file: preview for _, _, file, preview in self._kept}


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")
