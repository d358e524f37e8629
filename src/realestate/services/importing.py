"""Imports one list: reads it, stacks it, scores what it touched, all or nothing."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from realestate.domain.leads.plan_words import in_full, in_short
from realestate.domain.leads.returning import RETURNED_PRIORITY
from realestate.services.import_reports import ImportOptions, ImportReport
from realestate.services.in_turn import InTurn
from realestate.services.list_planning import ListPlanner, file_name, list_name
from realestate.services.restacking import REACH, restack, rewrite_touched
from realestate.services.returning import is_returned
from realestate.services.sighting_reader import ListContext, SightingReader

if TYPE_CHECKING:
    from realestate.domain.leads.columns import ColumnPlan
    from realestate.domain.leads.ports import LeadWork, ListReader, OpenWork, ReferenceData, RowBatch
    from realestate.domain.ports import Cipher

__all__ = ["BY_HAND", "BY_HAND_PRIORITY", "ImportOptions", "ImportReport", "Importer"]

BY_HAND = "by hand"
"""What stands for the file of a row that somebody typed."""
BY_HAND_PRIORITY = -1
"""A person's own word comes before what lists say."""
MANY_ROWS = 20_000
"""So many new rows make the server's picture of its tables wrong."""


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
        self._planner = ListPlanner(reference)
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
            with self._open_work() as work:
                work.lock_leads()
                saved = work.runs.saved_mapping(list_name(file, options))
                plan = self._planner.plan(listing, first, file, options, saved)
                report, context = self._open_run(work, file, plan, options, saved)
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

    def _open_run(
        self, work: LeadWork, file: str, plan: ColumnPlan, options: ImportOptions, saved: Mapping[str, str]
    ) -> tuple[ImportReport, ListContext]:
        name = list_name(file, options, returned=is_returned(plan))
        signal, words = self._planner.meaning(plan, name, file, options)
        as_of = options.as_of or self._today()
        priority = RETURNED_PRIORITY if is_returned(plan) else None
        if file == BY_HAND:
            priority = BY_HAND_PRIORITY
        kept = work.runs.name_list(name, signal, {**saved, **options.mapping} or None, priority)
        columns = plan.shown()
        header = [column.header for column in plan.columns]
        fingerprint = _fingerprint(file, options, plan)
        run = work.runs.open(kept.id, file_name(file), fingerprint, signal, as_of, header, columns)
        report = ImportReport(file_name(file), name, signal, run, columns, plan.confidence(), plan.unread())
        report.notes += [words, *in_short(plan)]
        report.details += in_full(plan)
        repeated = "signal" in plan.fields or signal in self._reference.signal_catalog().repeated
        return report, ListContext(
            kept.id, run, signal, as_of, options.city or "", options.state or "", priority is None and not repeated
        )

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
