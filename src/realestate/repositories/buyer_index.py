"""Keeps what the vector index was given, and the weights that matching learnt, in Postgres."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from realestate.domain.buyers.learning import Ranking
from realestate.errors import TryLaterError
from realestate.repositories.copying import copy_columns

if TYPE_CHECKING:
    import psycopg

INDEX_LOCK = 7217
LOCK_WAIT_S = 60.0
LOCK_PAUSE_S = 0.05


class BuyerIndexState:
    """Vectors and weights of one user inside the caller's transaction; never commits by itself."""

    def __init__(self, connection: psycopg.Connection[Any], user: int) -> None:
        self._connection = connection
        self._user = user

    def ranking(self) -> Ranking | None:
        """The weights last learnt."""
        row = self._connection.execute("SELECT weights, examples FROM buyer_rankings").fetchone()
        return Ranking(row[0], row[1]) if row else None

    def keep_ranking(self, ranking: Ranking) -> None:
        """Keep the weights."""
        query = """
            INSERT INTO buyer_rankings (user_id, weights, examples) VALUES (%s, %s, %s)
            ON CONFLICT (user_id) DO UPDATE
            SET weights = excluded.weights, examples = excluded.examples, learnt_at = now()
        """
        self._connection.execute(query, (self._user, Jsonb(dict(ranking.weights)), ranking.examples))

    def lock_index(self) -> None:
        """Wait for the turn to write the index; held until the transaction ends.

        Raises:
            TryLaterError: If another process holds it for a minute.
        """
        deadline = time.monotonic() + LOCK_WAIT_S
        while time.monotonic() < deadline:
            row = self._connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (INDEX_LOCK,)).fetchone()
            if row and row[0]:
                return
            time.sleep(LOCK_PAUSE_S)
        raise TryLaterError("Another process is writing the buyers' index.", "Run it again when it is through.")

    def keep_embeddings(self, vectors: dict[int, list[float]]) -> None:
        """Keep each buyer's own vector."""
        self._connection.execute("CREATE TEMP TABLE incoming_embeddings (id int, embedding text) ON COMMIT DROP")
        texts = [str(vector) for vector in vectors.values()]
        copy_columns(self._connection, "incoming_embeddings", {"id": list(vectors), "embedding": texts})
        self._connection.execute("ANALYZE incoming_embeddings")
        self._connection.execute(
            "UPDATE cash_buyers SET embedding = incoming.embedding::jsonb FROM incoming_embeddings AS incoming"
            " WHERE cash_buyers.id = incoming.id"
        )
        self._connection.execute("DROP TABLE incoming_embeddings")

    def embeddings(self) -> dict[int, list[float]]:
        """Every vector kept, merged buyers left out."""
        query = "SELECT id, embedding FROM cash_buyers WHERE embedding IS NOT NULL AND merged_into IS NULL"
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def indexed(self, version: str) -> dict[int, bytes]:
        """Hash of each vector that the index of a version was given."""
        query = "SELECT buyer_id, content FROM buyer_vectors WHERE version = %s"
        return {row[0]: row[1] for row in self._connection.execute(query, (version,))}

    def note_indexed(self, version: str, hashes: dict[int, bytes]) -> None:
        """Note what the index holds from now on, and forget what another version held."""
        self._connection.execute("DELETE FROM buyer_vectors WHERE version <> %s", (version,))
        self.forget_indexed(hashes)
        columns: dict[str, list[Any]] = {
            "buyer_id": list(hashes),
            "version": [version] * len(hashes),
            "content": list(hashes.values()),
        }
        self._connection.execute(
            "CREATE TEMP TABLE incoming_vectors (buyer_id int, version text, content bytea) ON COMMIT DROP"
        )
        copy_columns(self._connection, "incoming_vectors", columns)
        self._connection.execute(
            "INSERT INTO buyer_vectors (user_id, buyer_id, version, content)"
            " SELECT %s, buyer_id, version, content FROM incoming_vectors",
            (self._user,),
        )
        self._connection.execute("DROP TABLE incoming_vectors")

    def forget_indexed(self, buyers: Collection[int]) -> None:
        """Note that the index no longer holds these."""
        self._connection.execute("DELETE FROM buyer_vectors WHERE buyer_id = ANY(%s)", (list(buyers),))
