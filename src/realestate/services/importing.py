"""Imports one list: reads it, stacks it, scores what it touched, all or nothing."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from realestate.domain.leads.columns import SURE_FROM, ColumnPlan, plan_columns
from realestate.domain.leads.returning import RETURNED_PRIORITY
from realestate.domain.leads.signals import NONE
from realestate.errors import UnusableInputError, UsageError
from realestate.services.in_turn import InTurn
from realestate.services.restacking import REACH, restack, rewrite_touched
from realestate.services.returning import is_returned
from realestate.services.sighting_reader import ListContext, SightingReader

if TYPE_CHECKING:
    from realestate.domain.leads.ports import LeadWork, ListReader, OpenedList, OpenWork, ReferenceData, RowBatch
    from realestate.domain.ports import Cipher

SAMPLE_ROWS = 200
MAX_REJECTIONS_KEPT = 1_000
BY_HAND = "by hand"
"""What stands for the file of a row that somebody typed."""
BY_HAND_PRIORITY = -1
"""A person's own word comes before what lists say."""
MANY_ROWS = 20_000
"""So many new rows make the server's picture of its tables wrong."""
USABLE = ("address", "parcel", "number", "lead_id")
"""Without one of these fields no row can name a property."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What a person may say about a list; everything is found out where it is left open.

    Attributes:
        signal: What the list stands for; ``none`` for no distress.
        list_name: Name of the list; the file's name when omitted.
        as_of: The day the list speaks of; today when omitted.
        mapping: Header to field.
        city: City of rows that name none.
        state: State of rows that name none.
        encoding: Of the file.
        dry_run: Whether everything is taken back at the end.
        source: Where leads that the list opens come from.
    """

    signal: str | None = None
    list_name: str | None = None
    as_of: date | None = None
    mapping: dict[str, str] = field(default_factory=dict)
    city: str | None = None
    state: str | None = None
    encoding: str | None = None
    dry_run: bool = False
    source: str = "list_stacking"


@dataclass(slots=True)
class ImportReport:
    """What one import did; every row of the file is counted in exactly one place.

    Attributes:
        fresh: Rows that were new to the list.
        lossy: Rows that were kept although a date or an amount in them could not be understood.
        rejections: Line and reason of the first rejected rows.
        notes: What the reader decided, one sentence each.
    """

    file: str
    list_name: str
    signal: str | None
    run: int
    columns: dict[str, str]
    created: int = 0
    merged: int = 0
    unchanged: int = 0
    rejected: int = 0
    empty: int = 0
    lossy: int = 0
    fresh: int = 0
    seconds: float = 0.0
    same_as: int | None = None
    rejections: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Records of the file, empty and rejected ones too."""
        return self.created + self.merged + self.unchanged + self.rejected + self.empty

    def left_out(self, percent: float) -> bool:
        """Tell whether more than so many percent of the rows were rejected, or any was read with loss."""
        return self.lossy > 0 or self.rejected > (self.rows - self.empty) * percent / 100

    def as_row(self) -> dict[str, Any]:
        """Give the counts as one row."""
        names = ("run", "file", "signal", "rows", "created", "merged", "unchanged", "rejected", "empty")
        return {**{name: getattr(self, name) for name in names}, "seconds": round(self.seconds, 2)}

    def as_json(self) -> dict[str, Any]:
        """Give the counts and how the columns were read."""
        return {**self.as_row(), "list": self.list_name, "lossy": self.lossy, "columns": self.columns}


class Importer:
    """Brings lists in.

    Args:
        open_list: Opens a file or standard input.
        open_work: Begins a transaction.
        cipher: Encrypts personal data.
        reference: Header words, vendor formats, signals and weights.
        today: Gives the day.
    """

    def __init__(
        self,
        open_list: ListReader,
        open_work: OpenWork,
        cipher: Cipher,
        reference: ReferenceData,
        today: Callable[[], date],
    ) -> None:
        self._open_list = open_list
        self._open_work = open_work
        self._cipher = cipher
        self._reference = reference
        self._today = today

    def run(
        self, file: str, options: ImportOptions | None = None, tick: Callable[[int], None] = lambda _: None
    ) -> ImportReport:
        """Import one list; the same list again changes nothing.

        Args:
            file: A path, or ``-`` for standard input.
            options: What is known about the list.
            tick: Called with the rows read so far.

        Raises:
            UnusableInputError: If nothing in the file could be read, or no column names a property.
            TryLaterError: If another import is at work; nothing was done.
        """
        options = options or ImportOptions()
        started = time.monotonic()
        with self._open_list(file, encoding=options.encoding) as listing:
            batches = listing.batches()
            first = next(batches, None)
            plan = self._plan(listing, first, options)
            with self._open_work() as work:
                work.lock_leads()
                report, context = self._open_run(work, file, plan, options)
                if not self._seen_before(work, report):
                    self._stage(work, chain([first] if first else [], batches), plan, context, report, tick)
                    work.imports.plan_for(report.fresh)
                    self._merge(work, context, report, options.source)
                report.notes.extend(listing.notes)
                report.seconds = time.monotonic() - started
                self._close_run(work, report)
                if not options.dry_run:
                    work.commit()
                    if report.fresh >= MANY_ROWS:
                        work.imports.take_stock()
        return report

    def _plan(self, listing: OpenedList, first: RowBatch | None, options: ImportOptions) -> ColumnPlan:
        sample = [column[:SAMPLE_ROWS] for column in first.columns] if first else [[] for _ in listing.header]
        words, formats = self._reference.header_words(), self._reference.vendor_formats()
        plan = plan_columns(listing.header, sample, words, formats, options.mapping)
        if not any(name in plan.fields for name in USABLE):
            shown = ", ".join(listing.header[:12]) + (" ..." if len(listing.header) > 12 else "")
            likely = "".join(f" {header!r} looks like {name}." for header, name in plan.suggestions().items())
            raise UnusableInputError(
                f"No column of {listing.name} holds an address or a parcel number. Its columns: {shown}.{likely}",
                f"Say which one does: realestate leads import {listing.name} --map 'HEADER=address'",
            )
        return plan

    def _open_run(
        self, work: LeadWork, file: str, plan: ColumnPlan, options: ImportOptions
    ) -> tuple[ImportReport, ListContext]:
        name = options.list_name or _list_name(file, returned=is_returned(plan))
        signal, words = self._meaning(plan, name, file, options)
        as_of = options.as_of or self._today()
        priority = RETURNED_PRIORITY if is_returned(plan) else None
        if file == BY_HAND:
            priority = BY_HAND_PRIORITY
        kept = work.runs.name_list(name, signal, options.mapping or None, priority)
        columns = plan.shown()
        header = [column.header for column in plan.columns]
        fingerprint = _fingerprint(file, options, plan)
        run = work.runs.open(kept.id, _file_name(file), fingerprint, signal, as_of, header, columns)
        report = ImportReport(_file_name(file), name, signal, run, columns)
        report.notes.append(words)
        once = priority is None and signal not in self._reference.signal_catalog().repeated
        return report, ListContext(kept.id, run, signal, as_of, options.city or "", options.state or "", once)

    def _meaning(self, plan: ColumnPlan, name: str, file: str, options: ImportOptions) -> tuple[str | None, str]:
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
        guess = catalog.guess(name, _file_name(file), [column.header for column in plan.columns])
        found, why = guess.signal, guess.why
        if plan.list_signal and not (plan.list_signal == NONE and guess.confidence >= SURE_FROM):
            found, why = plan.list_signal, f"the format is {plan.vendor}"
        if found in ("", NONE):
            return None, f"no row stands for distress by itself: {why}; --signal says otherwise"
        return found, f"every row stands for {found}: {why}; --signal says otherwise"

    def _seen_before(self, work: LeadWork, report: ImportReport) -> bool:
        """Take over the counts of the run that brought these very bytes, as rows that are all known."""
        before = work.runs.same_file(report.run)
        if before is None:
            return False
        report.unchanged = before.created + before.merged + before.unchanged
        report.rejected, report.empty = before.rejected, before.empty
        report.same_as = before.run
        report.notes.append(f"the same file as run {before.run}")
        return True

    def _stage(
        self,
        work: LeadWork,
        batches: Iterator[RowBatch],
        plan: ColumnPlan,
        context: ListContext,
        report: ImportReport,
        tick: Callable[[int], None],
    ) -> None:
        work.imports.prepare()
        work.imports.plan_for_batches()
        with ThreadPoolExecutor(max_workers=1) as turn:
            store = InTurn(work.imports, turn)
            reader = SightingReader(plan, context, store, self._cipher, self._reference)
            for batch in batches:
                store.stage(reader.read(batch), context.list_id, context.run)
                tick(reader.rows)
            store.wait()
        report.lossy, report.fresh = reader.lossy, reader.fresh
        report.notes.extend(reader.notes())
        report.rejections = reader.rejections

    def _merge(self, work: LeadWork, context: ListContext, report: ImportReport, source: str) -> None:
        """Stack, score and fold what the new rows touch."""
        if context.once:
            work.crowds.note(context.run, context.list_id)
        work.stack.reach(REACH)
        restack(work)
        work.stack.touch()
        rewrite_touched(work, self._reference.score_model(), self._today(), source)
        for name, count in work.imports.keep_rows(context.run).items():
            setattr(report, name, count)

    def _close_run(self, work: LeadWork, report: ImportReport) -> None:
        names = ("created", "merged", "unchanged", "rejected", "empty")
        counts = {name: getattr(report, name) for name in names}
        work.runs.close(report.run, counts, lossy=report.lossy, seconds=report.seconds, same_as=report.same_as)


def _file_name(file: str) -> str:
    return "standard input" if file == "-" else Path(file).name


def _list_name(file: str, *, returned: bool) -> str:
    """Name a list after its file, without its endings; a file of ours that comes back is no list of that name."""
    name = "standard input" if file == "-" else Path(file).name.split(".")[0]
    return f"{name} (returned)" if returned else name


def _fingerprint(file: str, options: ImportOptions, plan: ColumnPlan) -> bytes:
    """Hash the bytes of a file and all that decides how they are read; random for standard input."""
    digest = hashlib.sha256(json.dumps([options.signal, options.city, options.state, plan.shown()]).encode())
    if file in ("-", BY_HAND):
        digest.update(os.urandom(16))
        return digest.digest()
    with Path(file).open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.digest()
