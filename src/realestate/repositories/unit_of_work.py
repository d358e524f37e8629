"""One transaction with the repositories that share it."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from realestate.errors import TryLaterError
from realestate.repositories.buyer_index import BuyerIndexState
from realestate.repositories.buyers import BuyerRepository
from realestate.repositories.connection_errors import working_error
from realestate.repositories.chat import ChatRepository
from realestate.repositories.folding import LeadFolder
from realestate.repositories.imports import ImportRepository
from realestate.repositories.leads import LeadRepository
from realestate.repositories.runs import RunRepository
from realestate.repositories.scores import ScoreRepository
from realestate.repositories.stacking import StackRepository
from realestate.repositories.undoing import UndoRepository

if TYPE_CHECKING:
    import psycopg

IMPORT_LOCK = 7216


class UnitOfWork:
    """Leaving the block without :meth:`commit` takes everything back."""

    def __init__(self, connection: psycopg.Connection[Any], user: int) -> None:
        self._connection = connection
        self.user = user
        self.leads = LeadRepository(connection)
        self.runs = RunRepository(connection, user)
        self.imports = ImportRepository(connection, user)
        self.stack = StackRepository(connection, user)
        self.folder = LeadFolder(connection, user)
        self.scores = ScoreRepository(connection, user)
        self.buyers = BuyerRepository(connection, user)
        self.buyer_index = BuyerIndexState(connection, user)
        self.undone = UndoRepository(connection)
        self.chat = ChatRepository(connection, user)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._connection.closed:
            self._connection.rollback()
        refusal = working_error(error) if error is not None else None
        if refusal is not None:
            raise refusal from None

    def commit(self) -> None:
        """Make everything since the last commit last."""
        self._connection.commit()

    def lock_leads(self) -> None:
        """Keep other imports, undos and merges of this user out until the transaction ends.

        Raises:
            TryLaterError: If another one is at work.
        """
        query = "SELECT pg_try_advisory_xact_lock(%s, %s)"
        row = self._connection.execute(query, (IMPORT_LOCK, self.user)).fetchone()
        if not row or not row[0]:
            raise TryLaterError("Another import is at work; nothing was done.", "Run it again when it is through.")
