"""Decides how a list is read: what its columns are, and what a plain row of it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from realestate.domain.leads.columns import SURE_FROM, ColumnPlan, plan_columns
from realestate.domain.leads.contexts import IN_CONTEXT
from realestate.domain.leads.signals import NONE
from realestate.errors import UnusableInputError, UsageError
from realestate.services.returning import is_returned

if TYPE_CHECKING:
    from realestate.domain.leads.ports import OpenedList, ReferenceData, RowBatch
    from realestate.services.import_reports import ImportOptions

SAMPLE_ROWS = 200
USABLE = ("address", "parcel", "number", "lead_id")
"""Without one of these fields no row can name a property."""


class ListPlanner:
    """Plans the reading of lists.

    Args:
        reference: Header words, vendor formats and signals.
    """

    def __init__(self, reference: ReferenceData) -> None:
        self._reference = reference

    def plan(
        self,
        listing: OpenedList,
        first: RowBatch | None,
        file: str,
        options: ImportOptions,
        saved: Mapping[str, str],
    ) -> ColumnPlan:
        """Decide what the columns are.

        Args:
            listing: The open list.
            first: Its first rows.
            file: As the person named it.
            options: What the person says; ``--map`` overrides what is saved.
            saved: Header to field, as said at an earlier import of the list; headers that it lacks now do not matter.

        Raises:
            UnusableInputError: If no column names a property.
        """
        sample = [column[:SAMPLE_ROWS] for column in first.columns] if first else [[] for _ in listing.header]
        words, formats = self._reference.header_words(), self._reference.vendor_formats()
        known = {header.casefold() for header in listing.header}
        mapping = {header: field for header, field in saved.items() if header.casefold() in known} | options.mapping
        plan = plan_columns(listing.header, sample, words, formats, mapping)
        signal, _ = self.meaning(plan, list_name(file, options), file, options)
        if signal in IN_CONTEXT:
            plan = plan_columns(listing.header, sample, words, formats, mapping, signal)
        if not any(name in plan.fields for name in USABLE):
            shown = ", ".join(listing.header[:12]) + (" ..." if len(listing.header) > 12 else "")
            likely = "".join(f" {header!r} looks like {name}." for header, name in plan.suggestions().items())
            raise UnusableInputError(
                f"No column of {listing.name} holds an address or a parcel number. Its columns: {shown}.{likely}",
                f"Say which one does: realestate leads import {listing.name} --map 'HEADER=address'",
            )
        return plan

    def meaning(self, plan: ColumnPlan, name: str, file: str, options: ImportOptions) -> tuple[str | None, str]:
        """Find what a plain row of the list stands for, and say how that is known."""
        catalog = self._reference.signal_catalog()
        if options.signal == NONE:
            return None, "taken as a list without distress, as asked"
        if is_returned(plan) and not options.signal:
            return None, "it names leads of yours: its people join them"
        if options.signal:
            signal = catalog.slug(options.signal)
            if not signal:
                raise UsageError(
                    f"{options.signal!r} is no signal.", f"Known: none, {', '.join(sorted(catalog.kinds))}"
                )
            return signal, f"every row stands for {signal}, as asked"
        guess = catalog.guess(name, file_name(file), [column.header for column in plan.columns])
        found, why = guess.signal, guess.why
        if plan.list_signal and not (plan.list_signal == NONE and guess.confidence >= SURE_FROM):
            found, why = plan.list_signal, f"the format is {plan.vendor}"
        if found in ("", NONE):
            return None, f"no row stands for distress by itself: {why}; --signal says otherwise"
        return found, f"every row stands for {found}: {why}; --signal says otherwise"


def file_name(file: str) -> str:
    """Give the name of a file without its folder."""
    return "standard input" if file == "-" else Path(file).name


def list_name(file: str, options: ImportOptions, *, returned: bool = False) -> str:
    """Name a list after its file, without its endings; a file of ours that comes back is no list of that name."""
    if options.list_name:
        return options.list_name
    name = "standard input" if file == "-" else Path(file).name.split(".")[0]
    return f"{name} (returned)" if returned else name
