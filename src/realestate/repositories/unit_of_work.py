"""One transaction with the repositories that share it.

Those that only some commands use are imported when they are asked for, so that the others start sooner.
"""

from __future__ import annotations

import time
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from realestate.errors import TryLaterError
from realestate.repositories.connection_errors import working_error
from realestate.repositories.crowds import CrowdRepository
from realestate.repositories.decisions import DecisionRepository
from realestate.repositories.folding import LeadFolder
from realestate.repositories.imports import ImportRepository
from realestate.repositories.lead_notes import NoteRepository
from realestate.repositories.leads import LeadRepository
from realestate.repositories.runs import RunRepository
from realestate.repositories.scores import ScoreRepository
from realestate.repositories.stacking import StackRepository
from realestate.repositories.undoing import UndoRepository

if TYPE_CHECKING:
    import psycopg

    from realestate.repositories.auditing import AuditRepository
    from realestate.repositories.buyer_index import BuyerIndexState
    from realestate.repositories.buyers import BuyerRepository
    from realestate.repositories.chat import ChatRepository
    from realestate.repositories.exporting import ExportRepository
    from realestate.repositories.past_scores import PastScores
    from realestate.repositories.picturing import PictureRepository
    from realestate.repositories.repairs import RepairRepository

IMPORT_LOCK = 7216


class UnitOfWork:
    """Leaving the block without :meth:`commit` takes everything back.

    Args:
        connection: Carries the token of the user.
        user: Whose rows are written.
        wait_s: How long to wait for another import, undo or merge to end.
    """

    def __init__(self, connection: psycopg.Connection[Any], user: int, wait_s: float = 0) -> None:
        self._connection = connection
        self._wait_s = wait_s
        self.user = user
        self.leads = LeadRepository(connection, user)
        self.runs = RunRepository(connection, user)
        self.imports = ImportRepository(connection, user)
        self.stack = StackRepository(connection, user)
        self.crowds = CrowdRepository(connection, user)
        self.folder = LeadFolder(connection, user)
        self.scores = ScoreRepository(connection, user)
        self.undone = UndoRepository(connection)
        self.notes = NoteRepository(connection, user)
        self.decided = DecisionRepository(connection, user)

    @cached_property
    def past_scores(self) -> PastScores:
        """Scores of a day gone by."""
        from realestate.repositories.past_scores import PastScores

        return PastScores(self._connection)

    @cached_property
    def buyers(self) -> BuyerRepository:
        """Cash buyers."""
        from realestate.repositories.buyers import BuyerRepository

        return BuyerRepository(self._connection, self.user)

    @cached_property
    def buyer_index(self) -> BuyerIndexState:
        """What the vector index holds."""
        from realestate.repositories.buyer_index import BuyerIndexState

        return BuyerIndexState(self._connection, self.user)

    @cached_property
    def exports(self) -> ExportRepository:
        """Leads as they go out."""
        from realestate.repositories.exporting import ExportRepository

        return ExportRepository(self._connection)

    @cached_property
    def lead_audit(self) -> AuditRepository:
        """What is wrong with the leads as a whole."""
        from realestate.repositories.auditing import AuditRepository

        return AuditRepository(self._connection)

    @cached_property
    def pictures(self) -> PictureRepository:
        """Figures for maps and reports."""
        from realestate.repositories.picturing import PictureRepository

        return PictureRepository(self._connection)

    @cached_property
    def chat(self) -> ChatRepository:
        """Conversations with sellers."""
        from realestate.repositories.chat import ChatRepository

        return ChatRepository(self._connection, self.user)

    @cached_property
    def repairs(self) -> RepairRepository:
        """Analyses of photos."""
        from realestate.repositories.repairs import RepairRepository

        return RepairRepository(self._connection, self.user)

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
        if not self._locked() and not (self._wait_s and self._wait()):
            raise TryLaterError(
                "Another import is at work; nothing was done.", "Wait for it with: realestate --wait 5m ..."
            )

    def _locked(self) -> bool:
        query = "SELECT pg_try_advisory_xact_lock(%s, %s)"
        row = self._connection.execute(query, (IMPORT_LOCK, self.user)).fetchone()
        return bool(row and row[0])

    def _wait(self) -> bool:
        """Queue for the lock; tells whether it came in time.

        The transaction is begun anew then: rows bear the time it began, and what was made while the lock was held
        by somebody else has to be older.
        """
        end = time.monotonic() + self._wait_s
        while (left := end - time.monotonic()) > 0 and self._queue(left):
            self._connection.rollback()
            if self._locked():
                return True
        return False

    def _queue(self, seconds: float) -> bool:
        from psycopg.errors import LockNotAvailable

        try:
            self._connection.execute("SELECT set_config('lock_timeout', %s, true)", (f"{1 + seconds * 1000:.0f}ms",))
            self._connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", (IMPORT_LOCK, self.user))
        except LockNotAvailable:
            self._connection.rollback()
            return False
        return True
