"""The library's front door and composition root: joins what services need to what provides it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from realestate.settings import Settings

if TYPE_CHECKING:
    from realestate.access import OpenSession
    from realestate.database import Database
    from realestate.domain.leads.layouts import Layout
    from realestate.domain.ports import Cipher
    from realestate.office import Office
    from realestate.repositories.unit_of_work import UnitOfWork
    from realestate.services.doctor import Doctor
    from realestate.services.exporting import Exporter, RowWriter
    from realestate.services.importing import Importer
    from realestate.services.leads import Leads
    from realestate.services.undoing import Undoer


class Toolkit:
    """Everything the command line does, for scripts.

    Args:
        settings: Where things are; read from the environment and files when omitted.
        wait_s: How long a change waits for another import, undo or merge to end, in seconds.
    """

    def __init__(self, settings: Settings | None = None, wait_s: float = 0) -> None:
        self.settings = settings or Settings()
        self._wait_s = wait_s

    @cached_property
    def database(self) -> Database:
        """The database, not yet started."""
        from realestate.database import Database

        return Database(self.settings)

    @cached_property
    def leads(self) -> Leads:
        """Import, list, explain and work leads."""
        from realestate.adapters.reference_data import score_model
        from realestate.services.leads import Leads

        return Leads(self.work, lambda: self.cipher, score_model, date.today)

    @cached_property
    def importer(self) -> Importer:
        """Bring lists in."""
        from realestate.adapters import reference_data
        from realestate.adapters.list_files import open_list
        from realestate.services.importing import Importer

        return Importer(open_list, self.work, self.cipher, reference_data, date.today)

    @cached_property
    def exporter(self) -> Exporter:
        """Hand leads out."""
        from realestate.repositories.accounts import SqlAccounts
        from realestate.services.exporting import Exporter

        return Exporter(
            self.leads.search, self.work, lambda: self.cipher, lambda: SqlAccounts(self.session.connection), date.today
        )

    def outgoing_file(self, name: str, fmt: str, layout: Layout) -> AbstractContextManager[RowWriter]:
        """Open a file for rows of leads: ``csv``, ``xlsx`` or ``jsonl``; ``-`` is standard output."""
        from realestate.adapters.outgoing_files import outgoing_file

        return outgoing_file(name, fmt, layout)

    @cached_property
    def undoer(self) -> Undoer:
        """Take imports back."""
        from realestate.adapters.reference_data import score_model
        from realestate.services.undoing import Undoer

        return Undoer(self.work, score_model, date.today)

    @cached_property
    def cipher(self) -> Cipher:
        """Encrypts and decrypts the personal data of whoever is signed in."""
        from realestate.access import open_cipher

        session = self.session
        return open_cipher(session.connection, self.settings, session.user_id)

    @cached_property
    def session(self) -> OpenSession:
        """The connection of this process, and whose it is."""
        return self.database.open()

    @cached_property
    def office(self) -> Office:
        """Look after accounts, keys, privacy and the audit log."""
        from realestate.office import Office

        return Office(self.settings, self.database, lambda: self.session, lambda: self.cipher)

    def work(self) -> UnitOfWork:
        """Begin one transaction; leaving its block without a commit takes everything back."""
        from realestate.repositories.unit_of_work import UnitOfWork

        return UnitOfWork(*self.session, self._wait_s)

    @cached_property
    def doctor(self) -> Doctor:
        """Examine every part of the set-up."""
        from realestate.checks import checks
        from realestate.services.doctor import Doctor

        return Doctor(checks(self))

    def demo(self, folder: Path) -> list[Path]:
        """Write invented lists to a folder."""
        from realestate.adapters.demo_lists import write_lists

        return write_lists(folder)

    def close(self) -> None:
        """Give the connection back; the embedded server stays up for the next command."""
        if "session" in self.__dict__:
            self.session.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
