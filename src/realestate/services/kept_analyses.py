"""Keeps analyses with their leads, looks back at them, and makes their estimates again."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from realestate.domain.repairs.estimate import estimate
from realestate.domain.repairs.house import LARGEST_SQFT, SMALLEST_SQFT
from realestate.domain.repairs.keeping import columns_of, house_from_record, issue_from_record
from realestate.domain.repairs.price_book import PriceBook
from realestate.errors import UsageError
from realestate.services.repairs import Subject

if TYPE_CHECKING:
    from realestate.domain.repairs.analysis import Analysis, Estimate
    from realestate.domain.repairs.keeping import AnalysisLine, KeptAnalysis, OpenRepairWork

FIRST_YEAR, LAST_YEAR = 1600, 2100


class KeptAnalyses:
    """Analyses of the leads of whoever is signed in.

    Args:
        open_work: Begins a transaction.
    """

    def __init__(self, open_work: OpenRepairWork) -> None:
        self._open_work = open_work

    def subject(self, lead: int) -> Subject:
        """What lists say of the house of a lead; a size or year that cannot be is left out.

        Raises:
            UsageError: If there is no such lead.
        """
        with self._open_work() as work:
            house = work.repairs.house(lead)
        if house is None:
            raise _no_lead(lead)
        sqft, year = (
            _between(house.sqft, SMALLEST_SQFT, LARGEST_SQFT),
            _between(house.year_built, FIRST_YEAR, LAST_YEAR),
        )
        return Subject(house.address, house.zip, house.state, sqft, int(year) if year else None)

    def keep(self, lead: int, analysis: Analysis, book: PriceBook) -> int:
        """Keep an analysis with its lead, and the prices it was made with; returns its number.

        Raises:
            UsageError: If the lead is gone.
        """
        with self._open_work() as work:
            if work.repairs.house(lead) is None:
                raise _no_lead(lead)
            prices = book.as_rows()
            kept_book = work.repairs.keep_book(_digest(prices), prices) if analysis.estimate else None
            number = work.repairs.add(lead, columns_of(analysis, kept_book))
            work.commit()
        return number

    def history(self, lead: int) -> list[AnalysisLine]:
        """The analyses of a lead, the latest first.

        Raises:
            UsageError: If there is no such lead.
        """
        with self._open_work() as work:
            if work.repairs.house(lead) is None:
                raise _no_lead(lead)
            return work.repairs.history(lead)

    def get(self, number: int) -> KeptAnalysis:
        """One analysis.

        Raises:
            UsageError: If there is no such analysis.
        """
        with self._open_work() as work:
            kept = work.repairs.get(number)
        if kept is None:
            raise UsageError(f"There is no analysis {number}.", "See: realestate analyze --lead LEAD --history")
        return kept

    def estimate_again(self, kept: KeptAnalysis, book: PriceBook | None = None) -> Estimate:
        """Price what the photos showed then.

        Args:
            kept: The analysis.
            book: Other prices than those of that time.

        Raises:
            UsageError: If nothing was priced then.
        """
        if kept.house is None or kept.prices is None:
            raise UsageError(f"Analysis {kept.line.id} was not priced: none of its photos could be judged.")
        prices = book or PriceBook.read(enumerate(kept.prices, start=1))
        return estimate([issue_from_record(issue) for issue in kept.issues], house_from_record(kept.house), prices)


def _digest(prices: list[dict[str, object]]) -> str:
    return hashlib.sha256(json.dumps(prices, sort_keys=True).encode()).hexdigest()


def _between(value: object, least: float, most: float) -> float | None:
    number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    return number if number is not None and least <= number <= most else None


def _no_lead(lead: int) -> UsageError:
    return UsageError(f"There is no lead {lead}.", "See: realestate leads list")
