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
    from collections.abc import Callable, Iterable

    from realestate.access import OpenSession
    from realestate.adapters.model_shelf import ModelShelf
    from realestate.adapters.openai_vision import OpenAIVision
    from realestate.chatting import Chatting
    from realestate.database import Database
    from realestate.domain.leads.layouts import Layout
    from realestate.domain.leads.ports import ListReader
    from realestate.domain.leads.records import LeadFilter
    from realestate.domain.ports import Cipher
    from realestate.office import Office
    from realestate.repairing import Repairing
    from realestate.repositories.unit_of_work import UnitOfWork
    from realestate.services.buyer_index import BuyerIndex
    from realestate.services.buyer_intake import BuyerIntake
    from realestate.services.buyer_pages import BuyerPages
    from realestate.services.buyers import Buyers
    from realestate.services.deciding import Deciding
    from realestate.services.doctor import Doctor
    from realestate.services.exporting import Exporter, RowWriter
    from realestate.services.importing import Importer
    from realestate.services.lead_audit import LeadAudit
    from realestate.services.leads import Leads
    from realestate.services.model_evaluation import ModelEvaluation
    from realestate.services.picturing import Pictures
    from realestate.services.undoing import Undoer
    from realestate.services.working import Working


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

    def draw_map(self, wanted: LeadFilter, file: Path) -> int:
        """Draw where leads are into an HTML file; returns how many there are."""
        from realestate.adapters.outgoing_files import new_file
        from realestate.reports.lead_pages import map_page

        data = self._pictures.map(wanted)
        with new_file(file) as stream:
            stream.write(map_page(data, self.leads.today()).encode())
        return data.leads

    def draw_report(self, wanted: LeadFilter, file: Path) -> int:
        """Draw what leads are into an HTML file; returns how many there are."""
        from realestate.adapters.outgoing_files import new_file
        from realestate.reports.lead_pages import report_page

        data = self._pictures.report(wanted)
        with new_file(file) as stream:
            stream.write(report_page(data, self.leads.today()).encode())
        return data.leads

    @cached_property
    def _pictures(self) -> Pictures:
        from realestate.adapters.zip_places import zip_center
        from realestate.services.picturing import Pictures

        return Pictures(self.leads.search, self.work, zip_center)

    @cached_property
    def lead_audit(self) -> LeadAudit:
        """Find what is wrong with the leads as a whole."""
        from realestate.services.lead_audit import LeadAudit

        return LeadAudit(self.work, date.today)

    @cached_property
    def undoer(self) -> Undoer:
        """Take imports back."""
        from realestate.adapters.reference_data import score_model
        from realestate.services.undoing import Undoer

        return Undoer(self.work, score_model, date.today)

    @cached_property
    def working(self) -> Working:
        """Add, correct, note, tag and date leads."""
        from datetime import UTC, datetime

        from realestate.adapters import reference_data
        from realestate.services.importing import Importer
        from realestate.services.working import Working

        def importer(open_list: ListReader) -> Importer:
            return Importer(open_list, self.work, self.cipher, reference_data, date.today)

        return Working(importer, self.work, lambda: self.cipher, date.today, lambda: datetime.now(UTC).isoformat())

    @cached_property
    def deciding(self) -> Deciding:
        """Merge and split leads."""
        from realestate.adapters.reference_data import score_model
        from realestate.services.deciding import Deciding

        return Deciding(self.work, score_model, date.today)

    @cached_property
    def buyers(self) -> Buyers:
        """Look at buyers, tell them apart, match them to properties."""
        from realestate.services.buyers import Buyers

        return Buyers(self.work, lambda: self.cipher, self.buyer_index)

    @cached_property
    def buyer_intake(self) -> BuyerIntake:
        """Bring buyers in."""
        from realestate.adapters.buyer_vocabulary import BuyerVocabulary
        from realestate.adapters.list_files import open_list
        from realestate.services.buyer_files import BuyerFileReader
        from realestate.services.buyer_intake import BuyerIntake

        return BuyerIntake(BuyerFileReader(open_list, BuyerVocabulary()), self.work, lambda: self.cipher)

    def buyer_pages(self, contact: str | None) -> BuyerPages:
        """Read buyers from public pages.

        Args:
            contact: At which a site can reach whoever reads it.

        Raises:
            UsageError: If there is none: no page is read anonymously.
        """
        from realestate.adapters.page_buyers import Recipe, find_buyers, read_recipe
        from realestate.adapters.web_pages import WebPages
        from realestate.errors import UsageError
        from realestate.services.buyer_pages import BuyerPages

        if not contact or not contact.isprintable():
            raise UsageError("Nobody reads a site anonymously.", "Say how it can reach you: --contact you@example.com")
        pages = WebPages(contact)
        return BuyerPages(pages, self.buyer_intake, self.work, read_recipe, lambda url: Recipe(url, [url]), find_buyers)

    @cached_property
    def buyer_index(self) -> BuyerIndex:
        """Keep the index of buyers in step."""
        from realestate.adapters.chroma_index import ChromaIndex
        from realestate.repositories.keys import SqlKeyStore
        from realestate.services.buyer_index import INDEX, BuyerIndex

        session = self.session
        install = SqlKeyStore(session.connection).install_id()[:8]
        session.connection.rollback()
        name = f"buyers-{install}-{session.user_id}-{INDEX}"
        chroma = ChromaIndex(self.settings.data_folder / "chroma", self.settings.chroma_url, name)
        return BuyerIndex(self.work, chroma)

    @cached_property
    def models(self) -> ModelShelf:
        """Find, check and take in photo models."""
        from realestate.adapters.model_shelf import ModelShelf

        return ModelShelf(self.settings.data_folder / "models")

    def model_evaluation(self, name: str | None = None) -> ModelEvaluation:
        """Measure a photo model, the one of the settings when it is not named; every photo is looked at anew."""
        from realestate.adapters.executors import workers
        from realestate.adapters.labelled_photos import read_labelled_photos
        from realestate.adapters.photo_reader import ModelPhotoReader
        from realestate.services.model_evaluation import ModelEvaluation

        model = self.models.ready(name or self.settings.model)
        return ModelEvaluation(ModelPhotoReader(model, workers), read_labelled_photos)

    @cached_property
    def repairs(self) -> Repairing:
        """Analyze photos of houses, price repairs, look back at analyses."""
        from realestate.repairing import Repairing

        return Repairing(self.settings, lambda: self.models, self.work, date.today)

    def write_lines(self, file: Path, lines: Iterable[str]) -> None:
        """Write lines of text to a file that appears whole or not at all."""
        from realestate.adapters.outgoing_files import new_file

        with new_file(file) as stream:
            stream.writelines(f"{line}\n".encode() for line in lines)

    def second_opinion(self, agree: Callable[[str], bool]) -> OpenAIVision:
        """Who gives a second opinion on photos; ``agree`` is asked with the host before a first photo goes to it."""
        from realestate.opinions import second_opinion

        return second_opinion(self.settings, agree)

    @cached_property
    def chat(self) -> Chatting:
        """Talk sellers through."""
        from realestate.chatting import Chatting

        return Chatting(self.settings, self.work, lambda: self.cipher)

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

        return Office(
            self.settings,
            self.database,
            lambda: self.session,
            lambda: self.cipher,
            lambda buyers: self.buyer_index.forget_erased() if buyers else None,
            lambda: self.repairs.forget_pictures(),
        )

    def work(self) -> UnitOfWork:
        """Begin one transaction; leaving its block without a commit takes everything back."""
        from realestate.repositories.unit_of_work import UnitOfWork

        self.database.renew(self.session)
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
