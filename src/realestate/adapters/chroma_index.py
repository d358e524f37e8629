"""Vectors of buyers in ChromaDB, in a local folder or on a server: an index that may be lost and rebuilt."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from realestate.errors import TryLaterError, UsageError

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

BATCH = 5_000
"""Vectors per call; Chroma takes 5,461."""


class ChromaIndex:
    """Opens a collection for one piece of work at a time.

    Several processes that write a local folder at once lose vectors without a word, so whoever
    writes holds a lock of their own round ``session``; a folder is opened afresh each time, so
    that what another process wrote is seen.

    Args:
        folder: Where the index is kept, unless there is a server.
        url: A Chroma server, e.g. ``http://localhost:8000``.
        name: Of the collection: whose vectors, of which version and length.
    """

    def __init__(self, folder: Path, url: str | None, name: str) -> None:
        self._folder, self._url, self._name = folder, url, name

    @contextmanager
    def session(self) -> Iterator[ChromaStore]:
        """Open the collection, making it when it is missing.

        Raises:
            TryLaterError: If the server does not answer, or the folder cannot be opened.
        """
        client = self._client()
        try:
            # Chroma's own embedder would download a model: none is ever passed, every vector is given.
            collection = client.get_or_create_collection(
                self._name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
            yield ChromaStore(collection)
        finally:
            _forget()

    def delete(self) -> None:
        """Remove a local index; the next reindex writes it anew."""
        if self._url is None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _client(self) -> ClientAPI:
        import chromadb
        from chromadb.config import Settings

        quiet = Settings(anonymized_telemetry=False)
        try:
            if self._url:
                parts = urlsplit(self._url)
                secure = parts.scheme == "https"
                port = parts.port or (443 if secure else 8000)
                return chromadb.HttpClient(parts.hostname or "", port, ssl=secure, settings=quiet)
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return chromadb.PersistentClient(str(self._folder), settings=quiet)
        except ValueError as error:
            raise _unreachable(self._url or str(self._folder)) from error
        except Exception as error:
            _forget()
            if self._url:
                raise _unreachable(self._url) from error
            raise UsageError(
                f"{self._folder} holds no index that Chroma can open.",
                "Move that folder away, then run: realestate buyers reindex",
            ) from error


def _unreachable(where: str) -> TryLaterError:
    return TryLaterError(
        f"The vector index at {where} does not answer.",
        "Start the Chroma server, or match without it: realestate buyers match ... --no-index",
    )


def _forget() -> None:
    """Drop the clients that Chroma keeps for the process: they would not see what others write."""
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient.clear_system_cache()


class ChromaStore:
    """An opened collection of ids and vectors; it holds nothing else."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def ids(self) -> set[int]:
        """Every id in it; ids that are no buyer's number count as 0, which nobody has."""
        found: set[int] = set()
        count = self._collection.count()
        for start in range(0, count, BATCH):
            page = self._collection.get(include=[], limit=BATCH, offset=start)
            found |= {_number(text) for text in page["ids"]}
        return found

    def put(self, vectors: dict[int, list[float]]) -> None:
        """Add or replace vectors."""
        pairs = list(vectors.items())
        for start in range(0, len(pairs), BATCH):
            part = pairs[start : start + BATCH]
            embeddings: Any = [vector for _, vector in part]
            self._collection.upsert(ids=[str(buyer) for buyer, _ in part], embeddings=embeddings)

    def remove(self, ids: Iterable[int]) -> None:
        """Take vectors out."""
        texts = [str(number) for number in ids]
        for start in range(0, len(texts), BATCH):
            self._collection.delete(ids=texts[start : start + BATCH])

    def nearest(self, vector: Sequence[float], count: int) -> list[int]:
        """Ids of the nearest vectors, the nearest first; no filter, which costs thirty times as much."""
        held = self._collection.count()
        if not held or not any(vector):
            return []
        query: Any = [list(vector)]
        found = self._collection.query(query_embeddings=query, n_results=min(count, held), include=[])
        return [_number(text) for text in found["ids"][0]]


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
