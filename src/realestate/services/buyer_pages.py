"""Reads buyers from public pages, page by page, so that what was read is kept and a stop resumes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from realestate.domain.buyers.records import BuyerFacts, PageRecord
from realestate.errors import UnusableInputError
from realestate.services.buyer_intake import IntakeReport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from realestate.domain.buyers.ports import OpenWork, Page, PageReader
    from realestate.services.buyer_intake import BuyerIntake


class SiteRecipe(Protocol):
    """How to read one site."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def start(self) -> Sequence[str]:
        """The first pages."""
        ...


class FoundOnPage(Protocol):
    """The buyers of a page."""

    @property
    def buyers(self) -> Sequence[BuyerFacts]:
        """Those with a name."""
        ...

    @property
    def next_url(self) -> str | None:
        """Where the list goes on."""
        ...


@dataclass(slots=True)
class ScrapeReport(IntakeReport):
    """What a scrape brought."""

    pages: int = 0
    unchanged: int = 0
    found: int = 0
    failed: int = 0


class BuyerPages:
    """Walks the pages of a recipe.

    Args:
        pages: Reads one page politely.
        intake: Keeps the buyers found.
        open_work: Begins a transaction, for what is known of pages.
        read_recipe: Reads a recipe's file.
        bare_recipe: Makes a recipe of an address alone.
        find: Finds buyers in a page.
    """

    def __init__(
        self,
        pages: PageReader,
        intake: BuyerIntake,
        open_work: OpenWork,
        read_recipe: Callable[[Path], Any],
        bare_recipe: Callable[[str], Any],
        find: Callable[[str, str, Any], FoundOnPage],
    ) -> None:
        self._pages, self._intake, self._open_work = pages, intake, open_work
        self._read_recipe, self._bare_recipe, self._find = read_recipe, bare_recipe, find

    def run(self, source: Path | str, limit: int, *, dry_run: bool = False) -> ScrapeReport:
        """Read the pages of a recipe or an address; each page is kept before the next is asked for.

        A page that has not changed since it was last read is not read again, and a page that
        cannot be read is named and left out.

        Raises:
            UnusableInputError: If no page at all could be read.
        """
        recipe = self._bare_recipe(source) if isinstance(source, str) else self._read_recipe(source)
        report = ScrapeReport(recipe.name)
        seen: set[str] = set()
        for start in recipe.start:
            url: str | None = start
            while url and url not in seen and len(seen) < limit:
                seen.add(url)
                url = self._page(url, recipe, report, dry_run=dry_run)
        if not report.pages and not report.unchanged:
            raise UnusableInputError(
                report.notes[0] if report.notes else f"{recipe.name} names no page.",
                "See: realestate buyers scrape --help",
            )
        return report

    def _page(self, url: str, recipe: SiteRecipe, report: ScrapeReport, *, dry_run: bool) -> str | None:
        """Read one page; returns the address of the next."""
        with self._open_work() as work:
            known = work.buyers.page(url)
        try:
            page = self._pages.read(url, known.etag if known else None)
            if page.unchanged and known:
                report.unchanged += 1
                return known.next_url
            return self._take(url, page, recipe, report, dry_run=dry_run)
        except UnusableInputError as error:
            report.failed += 1
            report.notes.append(error.message)
            return None

    def _take(self, url: str, page: Page, recipe: SiteRecipe, report: ScrapeReport, *, dry_run: bool) -> str | None:
        found = self._find(page.text, page.url, recipe)
        report.pages += 1
        report.rows += len(found.buyers)
        report.found += len(found.buyers)
        self._intake.keep(found.buyers, "scraper", report, dry_run=dry_run)
        if not dry_run:
            with self._open_work() as work:
                work.buyers.keep_page(recipe.name, PageRecord(url, page.etag, found.next_url))
                work.commit()
        return found.next_url
