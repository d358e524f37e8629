"""Joins the parts of the repair flow: who looks at photos, what repairs cost, where analyses are kept and drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from realestate.adapters.executors import Workers
    from realestate.adapters.model_shelf import ModelShelf
    from realestate.adapters.visit_folders import Visit
    from realestate.domain.repairs.analysis import Analysis
    from realestate.domain.repairs.keeping import OpenRepairWork
    from realestate.domain.repairs.price_book import PriceBook
    from realestate.services.kept_analyses import KeptAnalyses
    from realestate.services.repairs import Analyzer
    from realestate.settings import Settings


@dataclass(frozen=True, slots=True)
class Looking:
    """How photos are looked at.

    Attributes:
        model: Name on the shelf; that of the settings when omitted.
        jobs: Processes; 0 works in this one, one for each core when omitted.
        cluster: Address of a Dask scheduler instead.
        cache: Whether readings are kept between runs.
    """

    model: str | None = None
    jobs: int | None = None
    cluster: str | None = None
    cache: bool = True


class Repairing:
    """Everything to analyze the photos of houses.

    Args:
        settings: Where models and the cache are.
        shelf: The models.
        open_work: Begins a transaction; not called for an analysis without a lead.
        today: Gives the day of a report.
    """

    def __init__(
        self,
        settings: Settings,
        shelf: Callable[[], ModelShelf],
        open_work: OpenRepairWork,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._settings = settings
        self._today = today
        self._shelf = shelf
        self._open_work = open_work

    @contextmanager
    def analyzer(self, looking: Looking | None = None, prices: PriceBook | None = None) -> Iterator[Analyzer]:
        """Who analyzes; those who read photos for it stay at hand until the block ends.

        Args:
            looking: How photos are looked at.
            prices: The price book; the packaged one when omitted.

        Raises:
            UsageError: If there is no such model, or Dask is asked for and not installed.
            UnusableInputError: If the model is refused.
            TryLaterError: If a cluster does not answer.
        """
        from realestate.adapters.photo_reader import ModelPhotoReader
        from realestate.adapters.repair_reference import read_region_factors
        from realestate.adapters.zip_places import state_of_zip
        from realestate.services.repairs import Analyzer

        how = looking or Looking()
        model = self._shelf().ready(how.model or self._settings.model)
        team = _SharedTeam(how)
        reader = ModelPhotoReader(model, team.lend, self._cache_folder if how.cache else None)
        try:
            yield Analyzer(reader, prices or self.prices(), read_region_factors(), state_of_zip)
        finally:
            team.end()

    def forget_pictures(self) -> int:
        """Remove the small copies of photos that the cache keeps for reports; returns how many there were."""
        from realestate.adapters.analysis_cache import forget_previews

        return forget_previews(self._cache_folder)

    @property
    def _cache_folder(self) -> Path:
        return self._settings.data_folder / "photos"

    def prices(self, own: Path | None = None) -> PriceBook:
        """The packaged price book, a user's own prices over it where a file of them is named.

        Raises:
            UsageError: If there is no such file.
            UnusableInputError: If a row of it is no price.
        """
        from realestate.adapters.repair_reference import read_own_prices, read_price_book

        return read_own_prices(own, read_price_book()) if own else read_price_book()

    @cached_property
    def kept(self) -> KeptAnalyses:
        """Analyses with their leads."""
        from realestate.services.kept_analyses import KeptAnalyses

        return KeptAnalyses(self._open_work)

    def visits(self, paths: Sequence[str]) -> list[Visit]:
        """Folders of photos as visits.

        Raises:
            UsageError: If a path is no folder.
        """
        from realestate.adapters.visit_folders import find_visits

        return find_visits(paths)

    def write_report(self, analysis: Analysis, file: Path, owner: str = "", lead: int | None = None) -> None:
        """Write the page about a house."""
        from realestate.adapters.outgoing_files import new_file
        from realestate.reports.repair_pages import repair_page

        text = repair_page(analysis, self._today(), owner, lead)
        with new_file(file) as stream:
            stream.write(text.encode())

    def write_overlays(self, analysis: Analysis, folder: Path, *, overwrite: bool = False) -> int:
        """Write a picture of every photo with findings; returns how many.

        Raises:
            UsageError: If a file of somebody else's is in the way.
        """
        from realestate.reports.overlays import write_overlays

        return write_overlays(analysis, folder, overwrite=overwrite)


class _SharedTeam:
    """Those who read photos, for several readings: a reading that is done does not send them home.

    Args:
        looking: Who they are.
    """

    def __init__(self, looking: Looking) -> None:
        self._looking = looking
        self._team: Workers | None = None

    def lend(self) -> Workers:
        """The team, called together the first time."""
        if self._team is None:
            from realestate.adapters.executors import workers

            self._team = workers(self._looking.jobs, self._looking.cluster)
        return _Lent(self._team)

    def end(self) -> None:
        """Send them home."""
        if self._team is not None:
            self._team.close()
            self._team = None


class _Lent:
    """A team that stays after one reading."""

    def __init__(self, team: Workers) -> None:
        self.submit, self.renew, self.lifeless = team.submit, team.renew, team.lifeless
        self.width, self.deaths, self.share_files = team.width, team.deaths, team.share_files

    def close(self) -> None:
        """The next reading goes on with them."""
