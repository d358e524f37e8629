"""What the buyer flow's services need from outside: a transaction, a list reader, an index and pages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import Any, Protocol, Self

from realestate.domain.buyers.buybox import Property
from realestate.domain.buyers.learning import Ranking
from realestate.domain.buyers.purchases import PurchaseTable
from realestate.domain.buyers.records import (
    BuyerFilter,
    BuyerRecord,
    MatchRecord,
    NameRecord,
    PageRecord,
    Purchase,
)

Columns = dict[str, list[Any]]
"""Column name to values, all equally long."""


class BuyerRepository(Protocol):
    """Buyers of one user inside the caller's transaction."""

    def reserve(self, count: int) -> list[int]:
        """Give ids for buyers that are about to be added, so that ciphertexts can be bound to them."""
        ...

    def add(self, rows: Columns) -> None:
        """Add buyers by column of ``cash_buyers``, ``id`` first among them."""
        ...

    def update(self, buyer: int, values: dict[str, Any]) -> None:
        """Change columns of one buyer."""
        ...

    def names(self) -> list[NameRecord]:
        """Every spelling of every buyer."""
        ...

    def add_names(self, names: Sequence[NameRecord]) -> None:
        """Remember spellings; one that is known stays with its buyer."""
        ...

    def add_purchases(self, purchases: Sequence[Purchase]) -> int:
        """Keep purchases, each once; returns how many were new."""
        ...

    def add_contacts(self, contacts: Collection[tuple[int, str, bytes]]) -> None:
        """Remember phones and e-mail addresses: buyer, kind and keyed hash."""
        ...

    def suppressed(self) -> dict[str, set[bytes]]:
        """Keyed hashes of everybody who was erased, by kind."""
        ...

    def summarise(self, buyers: Collection[int]) -> None:
        """Fill totals, prices, areas and types from purchases; what a buyer stated himself stays."""
        ...

    def all(self, wanted: BuyerFilter | None = None) -> list[BuyerRecord]:
        """Buyers in the order of their ids, merged ones left out."""
        ...

    def some(self, buyers: Sequence[int]) -> list[BuyerRecord]:
        """These buyers in the order of their ids, merged ones left out."""
        ...

    def get(self, buyer: int) -> BuyerRecord | None:
        """Find one buyer, a merged one too."""
        ...

    def purchases(self, buyers: Sequence[int] | None = None) -> PurchaseTable:
        """Purchases by column, ``buyer`` being the id; those of merged buyers stand under the one they joined."""
        ...

    def near(self, offer: Property, limit: int) -> list[int]:
        """Ids of buyers with a purchase, or a wish, in the property's street, ZIP or city, the busiest first."""
        ...

    def count(self) -> int:
        """How many buyers there are, merged ones left out."""
        ...

    def decide(self, kind: str, buyer: int, other: int, reason: str) -> None:
        """Note a merge or a split."""
        ...

    def move_names(self, spellings: Sequence[str], buyer: int) -> int:
        """Give spellings and the purchases under them to another buyer; returns how many spellings moved."""
        ...

    def keep_matches(self, matches: Sequence[MatchRecord]) -> None:
        """Keep the matches of a lead in place of those before."""
        ...

    def matches(self, *, lead: int | None = None, buyer: int | None = None) -> list[MatchRecord]:
        """The kept matches of a lead, or of a buyer, best first."""
        ...

    def page(self, url: str) -> PageRecord | None:
        """What is known of a page."""
        ...

    def keep_page(self, recipe: str, page: PageRecord) -> None:
        """Note that a page was read."""
        ...


class BuyerIndexState(Protocol):
    """What the vector index was given, and the weights that matching learnt."""

    def ranking(self) -> Ranking | None:
        """The weights last learnt."""
        ...

    def keep_ranking(self, ranking: Ranking) -> None:
        """Keep the weights."""
        ...

    def keep_embeddings(self, vectors: dict[int, list[float]]) -> None:
        """Keep each buyer's own vector."""
        ...

    def embeddings(self) -> dict[int, list[float]]:
        """Every vector kept, merged buyers left out."""
        ...

    def indexed(self, version: str) -> dict[int, bytes]:
        """Hash of each vector that the index of a version was given."""
        ...

    def note_indexed(self, version: str, hashes: dict[int, bytes]) -> None:
        """Note what the index holds from now on, and forget everything else of other versions."""
        ...

    def forget_indexed(self, buyers: Collection[int]) -> None:
        """Note that the index no longer holds these."""
        ...

    def lock_index(self) -> None:
        """Wait for the turn to write the index; held until the transaction ends.

        Raises:
            TryLaterError: If another process holds it for a minute.
        """
        ...


class LeadReader(Protocol):
    """Where a lead's house is read from."""

    def get(self, lead: int) -> Any:  # noqa: ANN401 - a record of the lead flow
        """Find one lead."""
        ...


class BuyerWork(Protocol):
    """One transaction; leaving its block without a commit takes everything back."""

    @property
    def buyers(self) -> BuyerRepository:
        """Buyers of whoever is signed in."""
        ...

    @property
    def buyer_index(self) -> BuyerIndexState:
        """The state of their index."""
        ...

    @property
    def leads(self) -> LeadReader:
        """Leads of whoever is signed in."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def commit(self) -> None:
        """Make everything since the last commit last."""
        ...


OpenWork = Callable[[], BuyerWork]


class VectorIndex(Protocol):
    """Finds the nearest vectors; holds ids and vectors only, and may be lost at any time."""

    def session(self) -> AbstractContextManager[VectorStore]:
        """Open the index for one piece of work.

        Raises:
            TryLaterError: If its server does not answer.
        """
        ...

    def delete(self) -> None:
        """Remove everything in it."""
        ...


class VectorStore(Protocol):
    """An opened index."""

    def ids(self) -> set[int]:
        """Every id in it."""
        ...

    def put(self, vectors: dict[int, list[float]]) -> None:
        """Add or replace vectors."""
        ...

    def remove(self, ids: Iterable[int]) -> None:
        """Take vectors out."""
        ...

    def nearest(self, vector: list[float], count: int) -> list[int]:
        """Ids of the nearest vectors, the nearest first."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """A public page as it was read.

    Attributes:
        url: Where it finally was, after redirects.
        text: Its HTML; empty when it has not changed since ``etag``.
        etag: What to ask with next time.
    """

    url: str
    text: str
    etag: str | None = None
    unchanged: bool = False


class PageReader(Protocol):
    """Reads public pages politely."""

    def read(self, url: str, etag: str | None = None) -> Page:
        """Read a page.

        Raises:
            UnusableInputError: If the page may not or cannot be read; the message says why.
        """
        ...


class ListBatch(Protocol):
    """Records of a list held by column."""

    columns: list[list[str]]
    lines: list[int]

    @property
    def rejected(self) -> Sequence[Any]:
        """Records that could not be read."""
        ...


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
    """Opens a file or standard input."""

    def __call__(self, name: str, *, encoding: str | None = None) -> OpenedList:
        """Open it.

        Raises:
            UnusableInputError: If there is no list to read.
        """
        ...


class Vocabulary(Protocol):
    """How headers and cells of lists are read; shared with the lead side."""

    phrases: dict[str, list[str]]

    def canonical(self, header: str) -> str:
        """A header in the one spelling of the vocabulary."""
        ...

    def meaning(self, header: str) -> tuple[str, float]:
        """The field of the lead side that a header means, and the confidence."""
        ...

    def days(self, cells: Sequence[str]) -> list[date | None]:
        """Dates."""
        ...

    def dollars(self, cells: Sequence[str]) -> list[float | None]:
        """Amounts in US dollars."""
        ...

    def numbers(self, cells: Sequence[str]) -> list[float | None]:
        """Plain numbers."""
        ...
