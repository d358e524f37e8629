"""Keeps the vector index and the learnt weights in step with the buyers in Postgres."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from realestate.domain.buyers.buybox import Property
from realestate.domain.buyers.embedding import DIMENSION, VERSION, embed_buyer, embed_offer
from realestate.domain.buyers.learning import Ranking, learn
from realestate.domain.buyers.records import Drift
from realestate.errors import RealestateError, TryLaterError

if TYPE_CHECKING:
    from realestate.domain.buyers.ports import BuyerWork, OpenWork, VectorIndex
    from realestate.domain.buyers.purchases import PurchaseTable
    from realestate.domain.buyers.records import BuyerRecord

INDEX = f"{VERSION}-{DIMENSION}"
"""Vectors of another version or length stand in an index of their own."""


@dataclass(frozen=True, slots=True)
class ReindexReport:
    """What bringing the index up to date did.

    Attributes:
        examples: Purchases that the weights were learnt from; 0 where there is too little history.
    """

    buyers: int
    written: int
    removed: int
    examples: int


class BuyerIndex:
    """Writes and asks the index.

    Args:
        open_work: Begins a transaction.
        index: The vectors; may be lost at any time.
    """

    def __init__(self, open_work: OpenWork, index: VectorIndex) -> None:
        self._open_work = open_work
        self._index = index

    def learn(self) -> Ranking:
        """Learn from all purchases what makes these buyers buy again, and keep it."""
        with self._open_work() as work:
            ranking = learn(*_by_position(work))
            work.buyer_index.keep_ranking(ranking)
            work.commit()
        return ranking

    def embed(self, buyers: Collection[int] | None = None) -> None:
        """Compute and keep the vectors of some buyers, or of all."""
        with self._open_work() as work:
            records = [one for one in work.buyers.all() if buyers is None or one.id in buyers]
            table = work.buyers.purchases([one.id for one in records] if buyers is not None else None)
            work.buyer_index.keep_embeddings(_vectors(records, table))
            work.commit()

    def reindex(self) -> ReindexReport:
        """Learn, compute every vector, and write those that the index lacks or holds in an older form.

        One process writes at a time. The index is written before its state is noted, so whatever
        stops this half-way leaves work for the next time and nothing wrongly noted.

        Raises:
            TryLaterError: If another process holds the index, or its server does not answer.
        """
        ranking = self.learn()
        self.embed()
        written, removed, buyers = self.write()
        return ReindexReport(buyers, written, removed, ranking.examples)

    def write(self) -> tuple[int, int, int]:
        """Bring the index in step with the kept vectors; returns vectors written, removed, and held."""
        with self._open_work() as work:
            work.buyer_index.lock_index()
            wanted = work.buyer_index.embeddings()
            with self._index.session() as store:
                held = store.ids()
                drift = _drift(wanted, work.buyer_index.indexed(INDEX), held)
                missing = {buyer: wanted[buyer] for buyer in (*drift.missing, *drift.stale)}
                store.put(missing)
                store.remove(drift.foreign)
            work.buyer_index.note_indexed(INDEX, {buyer: _hash(vector) for buyer, vector in missing.items()})
            work.buyer_index.forget_indexed(drift.foreign)
            work.commit()
        return len(missing), len(drift.foreign), len(wanted)

    def forget_erased(self) -> None:
        """Take the vectors out of buyers who were erased.

        Raises:
            TryLaterError: If the index cannot be written; it holds numbers and vectors of theirs until it can.
        """
        try:
            self.write()
        except RealestateError as error:
            raise TryLaterError(
                f"Everything is erased but their vector, a number without a name: {error.message}",
                "Take it out later with: realestate buyers reindex",
            ) from error

    def delete(self) -> None:
        """Remove the vectors; everything they are made of stays."""
        self._index.delete()

    def drift(self) -> Drift:
        """How far the index is from the kept vectors.

        Raises:
            TryLaterError: If its server does not answer.
        """
        with self._open_work() as work:
            wanted = work.buyer_index.embeddings()
            noted = work.buyer_index.indexed(INDEX)
        with self._index.session() as store:
            return _drift(wanted, noted, store.ids())

    def nearest(self, offer: Property, count: int) -> list[int]:
        """Ids of the buyers whose vectors are nearest to a property's; to be read again from Postgres.

        Raises:
            TryLaterError: If the index's server does not answer.
        """
        with self._index.session() as store:
            return store.nearest(embed_offer(offer), count)


def _drift(wanted: Mapping[int, list[float]], noted: Mapping[int, bytes], held: set[int]) -> Drift:
    return Drift(
        missing=sorted(buyer for buyer in wanted if buyer not in held),
        stale=sorted(buyer for buyer in wanted if buyer in held and noted.get(buyer) != _hash(wanted[buyer])),
        foreign=sorted(held - wanted.keys()),
    )


def _hash(vector: list[float]) -> bytes:
    return sha256(",".join(f"{value:.6f}" for value in vector).encode()).digest()


def _by_position(work: BuyerWork) -> tuple[PurchaseTable, int]:
    """All purchases with buyers counted from 0, and how many buyers there are."""
    table = work.buyers.purchases()
    place = {buyer: at for at, buyer in enumerate(sorted(set(table.buyer)))}
    table.buyer = [place[buyer] for buyer in table.buyer]
    return table, len(place)


def _vectors(records: list[BuyerRecord], table: PurchaseTable) -> dict[int, list[float]]:
    rows: dict[int, list[int]] = defaultdict(list)
    for row, buyer in enumerate(table.buyer):
        rows[buyer].append(row)
    return {one.id: embed_buyer([table.bought(row) for row in rows[one.id]], one.for_matching().box) for one in records}
