"""What the lead flow's services need from outside: a transaction, a list reader and the reference data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import Any, Literal, Protocol, Self

from realestate.domain.address import AddressReader
from realestate.domain.leads.decisions import Pair
from realestate.domain.leads.header_words import HeaderWords
from realestate.domain.leads.outgoing import ExportStore
from realestate.domain.leads.records import (
    AnalysisRecord,
    ContactLine,
    LeadFilter,
    LeadLine,
    LeadRecord,
    LeadRow,
    ListRecord,
    NoteLine,
    PastScore,
    RowRecord,
    RunRecord,
    ScoreChange,
    SignalLine,
)
from realestate.domain.leads.returning import KnownSpot
from realestate.domain.leads.scoring import Evidence, ScoreModel
from realestate.domain.leads.signals import SignalCatalog
from realestate.domain.leads.spots import SpotKeys, Spots

Scope = Literal["touched", "all", "past"]
"""Which leads are scored: those just touched, all, or all by what was known on a day gone by."""

Columns = Mapping[str, Sequence[Any]]
"""Column name to values, all equally long."""


class RowBatch(Protocol):
    """About 20,000 records of a list, held by column."""

    columns: list[list[str]]
    lines: list[int]

    @property
    def rejected(self) -> Sequence[Any]:
        """Records that could not be read: ``line``, ``reason`` and ``raw`` text."""
        ...

    empty: list[int]


class OpenedList(Protocol):
    """A list while it is read."""

    name: str
    header: list[str]
    notes: list[str]

    def batches(self) -> Iterator[Any]:
        """Give the records in the order of the file."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class ListReader(Protocol):
    """Opens a list by its path, or standard input by ``-``."""

    def __call__(self, name: str, *, encoding: str | None = None) -> OpenedList: ...


class ReferenceData(Protocol):
    """The data files that ship with the package."""

    def header_words(self) -> HeaderWords:
        """Give the vocabulary of headers."""
        ...

    def vendor_formats(self) -> Mapping[str, Mapping[str, object]]:
        """Give the known vendor formats."""
        ...

    def address_reader(self) -> AddressReader:
        """Give a reader that knows the aliases of streets."""
        ...

    def signal_catalog(self) -> SignalCatalog:
        """Give every signal with its words."""
        ...

    def score_model(self) -> ScoreModel:
        """Give the rules that score."""
        ...


class StagedBatch(Protocol):
    """A batch by column, one group per table it goes to."""

    @property
    def rows(self) -> Columns: ...
    @property
    def sightings(self) -> Columns: ...
    @property
    def spots(self) -> Columns: ...
    @property
    def ranges(self) -> Columns: ...
    @property
    def signals(self) -> Columns: ...
    @property
    def contacts(self) -> Columns: ...
    @property
    def chunks(self) -> Columns: ...


class RowStore(Protocol):
    """What a list asks while it is read."""

    def suppressed(self) -> Mapping[str, Collection[bytes]]:
        """Give the keyed hashes of everybody who was erased, by kind."""
        ...

    def reserve(self, sequence: str, count: int) -> list[int]:
        """Take ids before rows are written, because ciphertexts are bound to them."""
        ...

    def any_sighting(self, list_id: int) -> bool:
        """Tell whether the list has shown any row before."""
        ...

    def places_of(self, leads: Sequence[int]) -> list[KnownSpot]:
        """Give the spots of these leads, for rows that name them by id."""
        ...

    def known(self, list_id: int, row_hashes: Sequence[str]) -> dict[int, int]:
        """Find which rows the list has shown before: position in the batch to sighting id."""
        ...


class ImportStore(RowStore, Protocol):
    """Takes the rows of one run."""

    def prepare(self) -> None:
        """Make room for batches."""
        ...

    def plan_for_batches(self) -> None:
        """Expect batches."""
        ...

    def plan_for(self, rows: int) -> None:
        """Expect to merge so many new rows."""
        ...

    def stage(self, batch: StagedBatch, list_id: int, run: int) -> None:
        """Keep the new rows of one batch, once each, with their signals and people."""
        ...

    def keep_rows(self, run: int) -> dict[str, int]:
        """Note what became of every row, and count it."""
        ...

    def take_stock(self) -> None:
        """Look at what has been kept, so that it is found fast; after the commit."""
        ...


class Area(Protocol):
    """Spots that are decided together, and how many shared keys each is away from a new one."""

    @property
    def spots(self) -> Spots:
        """The spots by column."""
        ...

    @property
    def keys(self) -> SpotKeys:
        """Their keys."""
        ...

    @property
    def crowded(self) -> list[bool]:
        """Whether one file names the spot in several rows."""
        ...

    @property
    def hop(self) -> list[int]:
        """Steps from the nearest new spot."""
        ...


class StackStore(Protocol):
    """Keeps which spots make up which lead."""

    def reach(self, hops: int, *, removed: bool = False) -> None:
        """Find every spot within so many shared keys of the new spots, or of those about to be removed."""
        ...

    def areas(self, size: int) -> Iterator[Area]:
        """Give the new spots and those that were reached, in independent parts of about so many spots."""
        ...

    def settle_bare(self) -> tuple[int, list[int]]:
        """Drop touched leads that no row names any more, but keep and name those that carry work."""
        ...

    def decisions(self, kind: str) -> list[tuple[int, int]]:
        """Give what people decided: ``together`` or ``apart``."""
        ...

    def expect_groups(self) -> None:
        """Make room for groups."""
        ...

    def group(
        self, keys: Sequence[int], groups: Sequence[int], how: Sequence[str], many_parcels: Sequence[bool]
    ) -> None:
        """Note the groups of spots."""
        ...

    def place(self) -> None:
        """Put spots on the leads of their groups."""
        ...

    def touch(self) -> None:
        """Name the leads that changed."""
        ...


class CrowdStore(Protocol):
    """Keeps which spots one file names in several rows, as several properties."""

    def note(self, run: int, list_id: int) -> None:
        """Remember those of a run."""
        ...

    def lift(self, run: int) -> None:
        """Forget what a run said."""
        ...

    def hand_over(self, run: int, heir: int) -> None:
        """Let another run that brought the same bytes say it."""
        ...


class LeadStore(Protocol):
    """Reads leads and sets their status."""

    def search(self, wanted: LeadFilter) -> Iterator[LeadLine]:
        """Stream the leads that fit."""
        ...

    def get(self, lead: int) -> LeadRecord | None:
        """Find one lead."""
        ...

    def signals(self, lead: int) -> list[SignalLine]:
        """Give every signal of a lead."""
        ...

    def contacts(self, lead: int) -> list[ContactLine]:
        """Give each distinct contact of a lead."""
        ...

    def history(self, lead: int) -> list[dict[str, Any]]:
        """Give what happened to a lead, the latest first."""
        ...

    def latest_analysis(self, lead: int) -> AnalysisRecord | None:
        """Give what photos of the house showed last; ``None`` if none were analyzed."""
        ...

    def lock(self, lead: int) -> str | None:
        """Hold a lead until the transaction ends; gives its status, or ``None`` when there is no such lead."""
        ...

    def set_status(self, lead: int, status: str) -> None:
        """Set the status of a lead that was locked."""
        ...

    def note_history(self, lead: int, what: str, detail: Mapping[str, Any]) -> None:
        """Write down what happened to a lead, without anything about a person."""
        ...


class RunStore(Protocol):
    """Keeps the ledger of imports."""

    def saved_mapping(self, name: str) -> dict[str, str]:
        """Give what a person said of the columns of the list of this name: header to field."""
        ...

    def name_list(
        self, name: str, signal: str | None, mapping: dict[str, str] | None, priority: int | None = None
    ) -> ListRecord:
        """Make a list, or take the one of that name."""
        ...

    def open(
        self,
        list_id: int,
        file: str,
        file_hash: bytes,
        signal: str | None,
        as_of: date,
        header: Sequence[str],
        columns: dict[str, str],
    ) -> int:
        """Begin a run."""
        ...

    def same_file(self, run: int) -> RunRecord | None:
        """Find the run that brought the very bytes of this one."""
        ...

    def close(
        self, run: int, counts: dict[str, int], *, lossy: int, seconds: float, same_as: int | None = None
    ) -> None:
        """Write what the run came to."""
        ...

    def get(self, run: int) -> RunRecord | None:
        """Find one run."""
        ...

    def list_names(self) -> list[str]:
        """Give the name of every list."""
        ...

    def all(self) -> list[RunRecord]:
        """Give every run, the latest first."""
        ...

    def rows(self, run: RunRecord) -> Iterator[RowRecord]:
        """Stream what became of each row."""
        ...

    def chunks(self, run: int) -> Iterator[tuple[int, bytes, str, list[int], dict[str, str]]]:
        """Stream the raw rows, still encrypted: key, data, outcomes, lines, reasons by position."""
        ...


class FoldStore(Protocol):
    """Makes lead rows out of sightings."""

    def fold(self, source: str = "list_stacking") -> int:
        """Rewrite the touched leads."""
        ...


class ScoreStore(Protocol):
    """Keeps scores."""

    def gather(self, model: ScoreModel, as_of: date, scope: Scope) -> list[Evidence]:
        """Collect what counts on a day, each distinct piece once."""
        ...

    def add_up(self, evidence: Sequence[Evidence], hazards: Sequence[float]) -> None:
        """Add the hazards up."""
        ...

    def keep(self, as_of: date, model: ScoreModel, scope: Scope) -> int:
        """Keep the scores that moved, and the weights they were made by."""
        ...

    def model_of(self, version: str) -> ScoreModel | None:
        """Give the weights of that version; ``None`` if nothing was kept by them."""
        ...

    def model_on(self, day: date) -> ScoreModel | None:
        """Give the weights that were in force on a day, or else the first ones; ``None`` if none were kept."""
        ...


class PastScoreStore(Protocol):
    """Reads what was added up for a day gone by."""

    def past(self, as_of: date) -> Iterator[PastScore]:
        """Stream the scores that were added up for a day gone by."""
        ...

    def changes(self, since: date, least: float) -> Iterator[ScoreChange]:
        """Stream what became of the leads since the day that was added up."""
        ...


class UndoStore(Protocol):
    """Takes away what one run brought."""

    def heir(self, run: int) -> int | None:
        """Find the earliest run that brought the same bytes again and still stands."""
        ...

    def hand_over(self, run: int, heir: int) -> None:
        """Let the heir have the rows, as if it had been the first."""
        ...

    def take_rows(self, run: int, list_id: int) -> None:
        """Remove the rows that only this run shows."""
        ...

    def remove_spots(self) -> None:
        """Remove the spots that nobody names any more."""
        ...

    def touch(self) -> None:
        """Name the leads that changed."""
        ...

    def end(self, run: int) -> None:
        """Close the ledger of the run."""
        ...


class NoteStore(Protocol):
    """Keeps notes, tags and follow-up dates."""

    def reserve(self) -> int:
        """Take the id of a note."""
        ...

    def add(self, note: int, lead: int, text: bytes) -> None:
        """Keep a note, encrypted."""
        ...

    def notes(self, lead: int) -> list[NoteLine]:
        """Give the notes of a lead, the latest first."""
        ...

    def tags(self, lead: int) -> list[str]:
        """Give the tags of a lead."""
        ...

    def tag(self, lead: int, tag: str) -> bool:
        """Give a lead a tag; tells whether it is new."""
        ...

    def untag(self, lead: int, tag: str) -> bool:
        """Take a tag from a lead; tells whether it had it."""
        ...

    def due(self, lead: int) -> date | None:
        """Give the day of the next follow-up."""
        ...

    def set_due(self, lead: int, day: date | None) -> None:
        """Set the day of the next follow-up, or take it away."""
        ...


class DecisionStore(Protocol):
    """Keeps what people decided about spots."""

    def rows(self, lead: int) -> list[LeadRow]:
        """Give every row that names a lead, the oldest first."""
        ...

    def lead_of(self, spot: int) -> int | None:
        """Find the lead of a spot."""
        ...

    def decide(self, kind: str, pairs: Sequence[Pair]) -> None:
        """Remember that spots belong ``together``, or are ``apart``."""
        ...

    def forget(self, kind: str, pairs: Sequence[Pair]) -> None:
        """Take decisions about these spots back."""
        ...

    def seed(self, leads: Sequence[int]) -> None:
        """Name the leads whose spots are to be stacked again."""
        ...


class LeadWork(Protocol):
    """One transaction of the lead flow; leaving its block without a commit takes everything back."""

    @property
    def leads(self) -> LeadStore: ...
    @property
    def runs(self) -> RunStore: ...
    @property
    def imports(self) -> ImportStore: ...
    @property
    def stack(self) -> StackStore: ...

    @property
    def crowds(self) -> CrowdStore: ...
    @property
    def folder(self) -> FoldStore: ...
    @property
    def scores(self) -> ScoreStore: ...
    @property
    def past_scores(self) -> PastScoreStore: ...
    @property
    def undone(self) -> UndoStore: ...
    @property
    def exports(self) -> ExportStore: ...
    @property
    def notes(self) -> NoteStore: ...
    @property
    def decided(self) -> DecisionStore: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def commit(self) -> None:
        """Make everything last."""
        ...

    def lock_leads(self) -> None:
        """Keep other imports of this user out.

        Raises:
            TryLaterError: If another one is at work.
        """
        ...


OpenWork = Callable[[], LeadWork]
