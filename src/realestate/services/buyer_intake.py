"""Brings buyers in: from deeds, from lists, from pages and by hand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from realestate.domain.buyers.buybox import make_buy_box
from realestate.domain.buyers.discovery import Deed, Discovery, Found, discover
from realestate.domain.buyers.identity import read_name
from realestate.domain.buyers.records import BuyerFacts, NameRecord, Purchase
from realestate.errors import UnusableInputError
from realestate.services.buyer_contacts import ERASED, BuyerContacts, Hashes
from realestate.services.buyer_names import NameBook, spelling_key

if TYPE_CHECKING:
    from realestate.domain.buyers.ports import BuyerWork, OpenWork
    from realestate.domain.ports import Cipher
    from realestate.services.buyer_files import BuyerFileReader, ReadFile


@dataclass(slots=True)
class IntakeReport:
    """What one file, page or word brought; every row is counted once, in ``used`` or in ``left_out``.

    Attributes:
        lossy: Rows kept although a date or an amount in them could not be understood.
        touched: Ids of the buyers created or changed.
    """

    file: str
    rows: int = 0
    used: int = 0
    created: int = 0
    known: int = 0
    purchases: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    lossy: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    touched: list[int] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Give the counts and how the columns were read."""
        return {name: value for name, value in asdict(self).items() if name != "touched"}

    def is_partial(self, percent: float) -> bool:
        """Tell whether rows could not be read, or were read with loss, beyond what is tolerated."""
        unread = self.left_out.get("unreadable", 0) + self.left_out.get("no buyer", 0)
        return self.lossy > 0 or unread > self.rows * percent / 100


class BuyerIntake:
    """Reads sources and keeps the buyers in them; the same source again changes nothing.

    Args:
        files: Reads files.
        open_work: Begins a transaction.
        cipher: Gives the cipher when it is first needed.
    """

    def __init__(self, files: BuyerFileReader, open_work: OpenWork, cipher: Callable[[], Cipher]) -> None:
        self._files = files
        self._open_work = open_work
        self._cipher = cipher

    def discover(
        self,
        file: str,
        mapping: Mapping[str, str],
        min_purchases: int = 1,
        *,
        all_buyers: bool = False,
        dry_run: bool = False,
    ) -> IntakeReport:
        """Find buyers in recorded deeds and keep them with their purchases.

        Raises:
            UnusableInputError: If the file names no buyer.
        """
        deeds, read = self._files.deeds(file, mapping)
        found = discover(deeds, min_purchases, all_buyers=all_buyers)
        report = _report(file, read, len(deeds))
        if not deeds:
            raise UnusableInputError(f"{file} holds no deeds.", "See: realestate buyers discover --help")
        with self._open_work() as work:
            found = BuyerContacts(self._cipher, work.buyers.suppressed()).without_erased(found)
            report.left_out |= dict(found.left_out)
            report.used = sum(len(buyer.deeds) for buyer in found.buyers)
            self._keep_found(work, deeds, read.lines, found, report)
            if not dry_run:
                work.commit()
        return report

    def import_list(self, file: str, mapping: Mapping[str, str], *, dry_run: bool = False) -> IntakeReport:
        """Bring a list of buyers in.

        Raises:
            UnusableInputError: If the file names no buyer.
        """
        facts, read = self._files.buyers(file, mapping)
        report = _report(file, read, len(facts))
        self.keep(facts, "manual", report, dry_run=dry_run)
        if not report.used and ERASED not in report.left_out:
            raise UnusableInputError(f"{file} names no buyer in any row.", "See: realestate buyers import --help")
        return report

    def keep(
        self, facts: Sequence[BuyerFacts], source: str, report: IntakeReport, *, dry_run: bool = False
    ) -> IntakeReport:
        """Keep what is said of buyers; a known buyer gains what the new facts say."""
        named = [one for one in facts if read_name(one.known_as).core]
        _leave_out(report, "no buyer", len(facts) - len(named))
        with self._open_work() as work:
            contacts = BuyerContacts(self._cipher, work.buyers.suppressed())
            hashes = contacts.hashes(named)
            erased = contacts.known_erased(named, hashes)
            _leave_out(report, ERASED, len(erased))
            places = [place for place in range(len(named)) if place not in erased]
            report.used += len(places)
            self._keep_facts(work, [named[at] for at in places], [hashes[at] for at in places], source, report)
            if not dry_run:
                work.commit()
        return report

    def _keep_found(
        self, work: BuyerWork, deeds: Sequence[Deed], lines: Sequence[int], found: Discovery, report: IntakeReport
    ) -> None:
        book = NameBook(work.buyers.names())
        mailing = self._mailing_hashes([deed.mailing for deed in deeds])
        owners = [self._owner_of(book, buyer, deeds, mailing) for buyer in found.buyers]
        new = [place for place, owner in enumerate(owners) if owner is None]
        for place, number in zip(new, work.buyers.reserve(len(new)), strict=True):
            owners[place] = number
        _add_found(work, [(owners[place] or 0, found.buyers[place]) for place in new])
        self._keep_names(work, book, found, owners, deeds, mailing)
        report.purchases = self._keep_purchases(work, book, found, deeds, lines, report.file)
        report.created, report.known = len(new), len(owners) - len(new)
        report.touched = [owner for owner in owners if owner]
        work.buyers.summarise(report.touched)

    def _owner_of(
        self, book: NameBook, buyer: Found, deeds: Sequence[Deed], mailing: Mapping[str, bytes]
    ) -> int | None:
        """The known buyer that one of the spellings stands for."""
        hashes = {spelling_key(deeds[place].buyer): mailing.get(deeds[place].mailing) for place in buyer.deeds}
        found = (book.find(spelling, hashes.get(spelling_key(spelling)))[0] for spelling in buyer.spellings)
        return next((owner for owner in found if owner is not None), None)

    def _keep_names(
        self,
        work: BuyerWork,
        book: NameBook,
        found: Discovery,
        owners: Sequence[int | None],
        deeds: Sequence[Deed],
        mailing: Mapping[str, bytes],
    ) -> None:
        names: dict[str, NameRecord] = {}
        for buyer, owner in zip(found.buyers, owners, strict=True):
            for place in buyer.deeds:
                deed = deeds[place]
                key = spelling_key(deed.buyer)
                if key not in names:
                    names[key] = NameRecord(key, read_name(deed.buyer).core, mailing.get(deed.mailing), owner or 0)
        work.buyers.add_names(list(names.values()))
        for name in names.values():
            book.add(name)

    def _keep_purchases(
        self,
        work: BuyerWork,
        book: NameBook,
        found: Discovery,
        deeds: Sequence[Deed],
        lines: Sequence[int],
        file: str,
    ) -> int:
        places = [place for buyer in found.buyers for place in buyer.deeds]
        hashes = self._cipher().row_hash([_identity(deeds[place]) for place in places])
        purchases = []
        for place, row_hash in zip(places, hashes, strict=True):
            spelling = spelling_key(deeds[place].buyer)
            owner, _ = book.find(spelling, None)
            line = lines[place] if place < len(lines) else 0
            purchases.append(Purchase(owner or 0, spelling, deeds[place].bought, row_hash, _file_name(file), line))
        return work.buyers.add_purchases(purchases)

    def _mailing_hashes(self, mailing: Collection[str]) -> dict[str, bytes]:
        distinct = sorted(set(filter(None, mailing)))
        if not distinct:
            return {}
        hashes = self._cipher().blind("mailing", distinct)
        return {text: value for text, value in zip(distinct, hashes, strict=True) if value}

    def _keep_facts(
        self, work: BuyerWork, facts: Sequence[BuyerFacts], hashes: Hashes, source: str, report: IntakeReport
    ) -> None:
        book = NameBook(work.buyers.names())
        mailing = self._mailing_hashes([one.mailing for one in facts])
        new: dict[int, BuyerFacts] = {}
        owners: list[int] = []
        for one, spare in zip(facts, work.buyers.reserve(len(facts)), strict=True):
            owner, _ = book.find(one.known_as, mailing.get(one.mailing))
            if owner is None:
                owner, new[spare] = spare, one
                book.add(_name_record(one, spare, mailing))
            elif owner in new:
                new[owner] = _joined(new[owner], one)
            else:
                work.buyers.update(owner, self._said(owner, one))
            owners.append(owner)
        report.touched += owners
        work.buyers.add(self._rows(new, source))
        work.buyers.add_names([_name_record(one, number, mailing) for number, one in new.items()])
        work.buyers.add_contacts({(owner, *one) for owner, own in zip(owners, hashes, strict=True) for one in own})
        report.created += len(new)
        report.known += len(set(report.touched)) - len(new)

    def _rows(self, facts: Mapping[int, BuyerFacts], source: str) -> dict[str, list[Any]]:
        ids, said = list(facts), list(facts.values())
        boxes = [make_buy_box(one.areas, one.price_min, one.price_max, one.types) for one in said]
        return {
            "id": ids,
            "name": [one.name or one.company for one in said],
            "company_name": [one.company or None for one in said],
            "email": self._cipher().seal("cash_buyers.email", ids, [one.email or None for one in said]),
            "phone": self._cipher().seal("cash_buyers.phone", ids, [one.phone or None for one in said]),
            "city": [one.city or None for one in said],
            "state": [one.state.upper()[:2] or None for one in said],
            "zip_code": [one.zip or None for one in said],
            "preferred_property_types": [_json(box.types) for box in boxes],
            "price_range_min": [box.price_min for box in boxes],
            "price_range_max": [box.price_max for box in boxes],
            "investment_areas": [_json(box.areas) for box in boxes],
            "total_purchases": [one.purchases for one in said],
            "average_purchase_price": [one.average_price for one in said],
            "last_purchase_date": [_midnight(one.last_purchase) for one in said],
            "source": [source] * len(said),
            "do_not_contact": [one.do_not_contact for one in said],
            "active": [True] * len(said),
            "stated": [bool(box.areas or box.types or box.price_min or box.price_max) for box in boxes],
            "reliability": [one.reliability for one in said],
        }

    def _said(self, buyer: int, one: BuyerFacts) -> dict[str, Any]:
        """The columns that new facts about a known buyer change; silence changes nothing."""
        row = {name: values[0] for name, values in self._rows({buyer: one}, "").items()}
        kept = ("id", "source", "active", "name")
        said = {name: value for name, value in row.items() if name not in kept and value not in (None, "[]", 0, False)}
        for name in ("preferred_property_types", "investment_areas"):
            if name in said:
                said[name] = sorted(_box(one, name))
        return said


def _box(one: BuyerFacts, column: str) -> frozenset[str]:
    box = make_buy_box(one.areas, one.price_min, one.price_max, one.types)
    return box.types if column == "preferred_property_types" else box.areas


def _add_found(work: BuyerWork, found: Sequence[tuple[int, Found]]) -> None:
    nobody = [None] * len(found)
    work.buyers.add(
        {
            "id": [number for number, _ in found],
            "name": [buyer.name for _, buyer in found],
            "company_name": [buyer.name if buyer.company else None for _, buyer in found],
            "email": nobody,
            "phone": nobody,
            "preferred_property_types": ["[]"] * len(found),
            "investment_areas": ["[]"] * len(found),
            "total_purchases": [buyer.summary.total for _, buyer in found],
            "source": ["deeds"] * len(found),
            "do_not_contact": [False] * len(found),
            "active": [True] * len(found),
            "stated": [False] * len(found),
        }
    )


def _identity(deed: Deed) -> str:
    """What makes two rows one sale; a file that repeats a sale brings it once."""
    bought = deed.bought
    facts = (bought.day, bought.price, bought.street, bought.number, bought.city, bought.zip, bought.parcel)
    return "|".join([read_name(deed.buyer).core, *map(str, facts), f"{bought.lat} {bought.lon}"])


def _joined(first: BuyerFacts, second: BuyerFacts) -> BuyerFacts:
    """Two rows of one buyer in one list: areas and types add up, the first word on anything else holds."""
    said = {name: value or asdict(second)[name] for name, value in asdict(first).items()}
    both = {"areas": [*first.areas, *second.areas], "types": [*first.types, *second.types]}
    return BuyerFacts(**{**said, **both})


def _name_record(one: BuyerFacts, buyer: int, mailing: Mapping[str, bytes]) -> NameRecord:
    name = one.known_as
    return NameRecord(spelling_key(name), read_name(name).core, mailing.get(one.mailing), buyer)


def _report(file: str, read: ReadFile, rows: int) -> IntakeReport:
    report = IntakeReport(_file_name(file), rows + read.rejected, lossy=read.lossy, columns=read.columns)
    report.notes = read.notes
    if read.rejected:
        report.left_out["unreadable"] = read.rejected
    return report


def _leave_out(report: IntakeReport, reason: str, rows: int) -> None:
    if rows:
        report.left_out[reason] = report.left_out.get(reason, 0) + rows


def _file_name(file: str) -> str:
    return file if file == "-" else Path(file).name


def _json(values: Collection[str]) -> str:
    import json

    return json.dumps(sorted(values))


def _midnight(day: Any) -> datetime | None:  # noqa: ANN401 - a date or nothing
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None
