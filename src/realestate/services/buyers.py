"""Looks at buyers, tells them apart, and matches them to properties: the use cases behind ``realestate buyers``."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from realestate.domain.buyers.buybox import Property
from realestate.domain.buyers.learning import Ranking
from realestate.domain.buyers.market import PRIOR
from realestate.domain.buyers.matching import Account, Match, Matcher
from realestate.domain.buyers.offers import read_offer
from realestate.domain.buyers.purchases import NAN, Statements
from realestate.domain.buyers.records import BuyerFilter, BuyerRecord, MatchRecord
from realestate.errors import UsageError

if TYPE_CHECKING:
    from realestate.domain.buyers.ports import BuyerWork, OpenWork
    from realestate.domain.ports import Cipher
    from realestate.services.buyer_index import BuyerIndex

RANKED_WHOLE = 20_000
"""With so many buyers or fewer every one is ranked; with more, one property is matched among candidates."""

NEAREST, NEAR = 500, 2_000
"""Candidates from the vector index, and from SQL by place."""


@dataclass(frozen=True, slots=True)
class NamedMatch:
    """A match with the buyer's name."""

    match: Match
    name: str
    property: str

    def as_json(self) -> dict[str, Any]:
        """Give the match by its documented keys."""
        return {
            "property": self.property,
            "rank": self.match.rank,
            "buyer": self.match.buyer,
            "name": self.name,
            "score": self.match.score,
            "reasons": list(self.match.reasons),
            "parts": dict(self.match.parts),
        }


@dataclass(frozen=True, slots=True)
class BuyerView:
    """One buyer with his contacts in clear, his spellings and the leads he was matched with."""

    record: BuyerRecord
    email: str | None
    phone: str | None
    spellings: list[str]
    matches: list[MatchRecord]

    def as_json(self) -> dict[str, Any]:
        """Give the buyer as one object; ciphertexts are left out."""
        return {
            **asdict(self.record),
            "email": self.email,
            "phone": self.phone,
            "spellings": self.spellings,
            "matches": [asdict(match) for match in self.matches],
        }


@dataclass(frozen=True, slots=True)
class WarmMatcher:
    """A matcher with the names of its buyers; for scripts that ask often."""

    matcher: Matcher
    names: Mapping[int, str]

    def match(self, offer: Property, limit: int = 10, among: Sequence[int] | None = None) -> list[NamedMatch]:
        """The likeliest buyers of a property; 0 gives all."""
        found = self.matcher.match(offer, limit, among)
        return [NamedMatch(match, self.names[match.buyer], offer.key) for match in found]


class Buyers:
    """Reads and works the buyers of whoever is signed in.

    Args:
        open_work: Begins a transaction.
        cipher: Gives the cipher when personal data is first needed.
        index: The vector index.
    """

    def __init__(self, open_work: OpenWork, cipher: Callable[[], Cipher], index: BuyerIndex) -> None:
        self._open_work = open_work
        self._cipher = cipher
        self._index = index
        self._warm: WarmMatcher | None = None

    def search(self, wanted: BuyerFilter) -> list[BuyerRecord]:
        """Buyers that fit, merged ones left out."""
        with self._open_work() as work:
            return work.buyers.all(wanted)

    def show(self, buyer: int) -> BuyerView:
        """One buyer with everything known of him.

        Raises:
            UsageError: If there is no such buyer.
        """
        with self._open_work() as work:
            record = _found(work, buyer)
            spellings = [name.spelling for name in work.buyers.names() if name.buyer == buyer]
            matches = work.buyers.matches(buyer=buyer)
        email = self._open("cash_buyers.email", buyer, record.email)
        return BuyerView(record, email, self._open("cash_buyers.phone", buyer, record.phone), spellings, matches)

    def _open(self, column: str, buyer: int, value: bytes | None) -> str | None:
        return self._cipher().unseal(column, [buyer], [value])[0] if value is not None else None

    def merge(self, kept: int, others: Sequence[int]) -> None:
        """Declare buyers to be one; ``split`` takes it back.

        Raises:
            UsageError: If one of them does not exist, is merged already, or is the one kept.
        """
        with self._open_work() as work:
            for buyer in (kept, *others):
                if _found(work, buyer).merged_into is not None or (buyer == kept and kept in others):
                    raise UsageError(
                        f"Buyer {buyer} cannot be merged like this.", f"See: realestate buyers show {buyer}"
                    )
            for other in others:
                work.buyers.update(other, {"merged_into": kept})
                work.buyers.decide("merge", kept, other, "asked for")
            work.buyers.summarise([kept])
            work.commit()
        self._warm = None
        self._index.embed([kept])

    def split(self, buyer: int, spellings: Sequence[str] = ()) -> int:
        """Take a merge back, or give some spellings of a buyer, with their purchases, to a new one.

        Args:
            buyer: The merged buyer, or the one whose spellings are to leave.
            spellings: Names as ``show`` lists them; none for a merged buyer.

        Returns:
            The buyer who stands alone now.

        Raises:
            UsageError: If there is nothing to split.
        """
        with self._open_work() as work:
            record = _found(work, buyer)
            if record.merged_into is not None and not spellings:
                kept, alone = record.merged_into, buyer
                work.buyers.update(buyer, {"merged_into": None})
            else:
                kept, alone = buyer, self._part(work, record, [" ".join(one.upper().split()) for one in spellings])
            work.buyers.decide("split", kept, alone, "asked for")
            work.buyers.summarise([kept, alone])
            work.commit()
        self._warm = None
        self._index.embed([kept, alone])
        return alone

    def _part(self, work: BuyerWork, record: BuyerRecord, spellings: Sequence[str]) -> int:
        own = {name.spelling for name in work.buyers.names() if name.buyer == record.id}
        if not spellings or not own.issuperset(spellings) or own.issubset(spellings):
            raise UsageError(
                f"Buyer {record.id} has nothing to split off under that name.",
                f"Name some of its spellings, not all: realestate buyers show {record.id}",
            )
        (alone,) = work.buyers.reserve(1)
        work.buyers.add(_alone(alone, spellings[0], record.source))
        work.buyers.move_names(spellings, alone)
        return alone

    def warm(self) -> WarmMatcher:
        """A matcher of all buyers, built once."""
        if self._warm is None:
            with self._open_work() as work, _without_collecting():
                self._warm = _matcher(work, None)
        return self._warm

    def match(self, offer: Property, limit: int = 10, *, use_index: bool = True) -> list[NamedMatch]:
        """The likeliest buyers of one property.

        Few buyers are all ranked. Of many, candidates are taken from the vector index and from SQL
        by place, read again from Postgres and ranked exactly.

        Raises:
            TryLaterError: If the index's server does not answer.
        """
        if self._warm is None and limit:
            with self._open_work() as work:
                if work.buyers.count() > RANKED_WHOLE:
                    near = work.buyers.near(offer, NEAR)
                    nearest = self._index.nearest(offer, NEAREST) if use_index else []
                    return _matcher(work, sorted({*near, *nearest})).match(offer, limit)
        return self.warm().match(offer, limit)

    def match_lead(
        self, lead: int, limit: int, price: float | None = None, *, use_index: bool = True
    ) -> list[NamedMatch]:
        """The likeliest buyers of a lead's house; they are kept with the lead.

        Raises:
            UsageError: If there is no such lead.
        """
        found = self.match(self.offer_of(lead, price), limit, use_index=use_index)
        self.keep(lead, found)
        return found

    def keep(self, lead: int, found: Sequence[NamedMatch]) -> None:
        """Keep matches with their lead, so that he shows his buyers and they show their leads."""
        matches = [one.match for one in found]
        records = [MatchRecord(lead, m.buyer, m.rank, m.score, m.parts, m.reasons) for m in matches]
        with self._open_work() as work:
            work.buyers.keep_matches(records)
            work.commit()

    def match_many(self, lines: Iterable[Mapping[str, Any]], limit: int) -> Iterator[NamedMatch]:
        """The likeliest buyers of property after property, all of them ranked when ``limit`` is 0."""
        warm = self.warm()
        for number, line in enumerate(lines, 1):
            offer = read_offer(line)
            yield from warm.match(offer if offer.key else replace(offer, key=str(number)), limit)

    def why(self, lead: int, buyer: int, price: float | None = None) -> Account:
        """Why a buyer does or does not fit a lead.

        Raises:
            UsageError: If there is no such lead or buyer.
        """
        offer = self.offer_of(lead, price)
        try:
            return self.warm().matcher.account(offer, buyer)
        except KeyError:
            raise UsageError(f"There is no buyer {buyer}.", "See: realestate buyers list") from None

    def offer_of(self, lead: int, price: float | None = None) -> Property:
        """A lead's house as a property on offer.

        Raises:
            UsageError: If there is no such lead.
        """
        with self._open_work() as work:
            record = work.leads.get(lead)
        if record is None:
            raise UsageError(f"There is no lead {lead}.", "See: realestate leads list")
        facts = record.facts or {}
        said = {name: facts.get(name) for name in ("lat", "lon", "beds", "sqft")}
        said |= {"type": facts.get("property_type"), "price": price, "id": lead, "address": record.address}
        return read_offer({**said, "city": record.city, "zip": record.zip, "parcel": record.parcel})


def _found(work: BuyerWork, buyer: int) -> BuyerRecord:
    record = work.buyers.get(buyer)
    if record is None:
        raise UsageError(f"There is no buyer {buyer}.", "See: realestate buyers list")
    return record


def _alone(buyer: int, name: str, source: str) -> dict[str, Any]:
    return {
        "id": [buyer], "name": [name], "preferred_property_types": ["[]"], "investment_areas": ["[]"],
        "total_purchases": [0], "source": [source], "do_not_contact": [False], "active": [True], "stated": [False],
    }  # fmt: skip


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Pause the collector while very many values are read that all stay: it would look at each again and again."""
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


def _matcher(work: BuyerWork, only: Sequence[int] | None) -> WarmMatcher:
    records = work.buyers.all() if only is None else work.buyers.some(only)
    buyers = [record.for_matching() for record in records]
    place = {buyer.id: at for at, buyer in enumerate(buyers)}
    table = work.buyers.purchases(only)
    table.buyer = [place[buyer] for buyer in table.buyer]
    ranking = work.buyer_index.ranking() or Ranking(PRIOR)
    weights = {**PRIOR, **ranking.weights}
    matcher = Matcher(buyers, table, _statements(records), Ranking(weights, ranking.examples))
    return WarmMatcher(matcher, {record.id: record.name for record in records})


def _statements(records: Sequence[BuyerRecord]) -> Statements:
    """What was said of buyers; for those known by deeds alone it repeats the deeds and adds nothing."""
    said = [record for record in records if record.source != "deeds" or record.stated]
    if not said:
        return Statements()
    wishes = [
        (at, area)
        for at, record in enumerate(records)
        if (box := record.for_matching().box)
        for area in sorted(box.areas)
    ]
    own = {record.id for record in said}
    return Statements(
        purchases=[float(record.purchases) for record in records],
        last_day=[record.last_purchase.toordinal() if record.last_purchase else NAN for record in records],
        average_price=[_usual_price(record) if record.id in own else NAN for record in records],
        reliability=[NAN if record.reliability is None else record.reliability for record in records],
        wishes=wishes,
    )


def _usual_price(record: BuyerRecord) -> float:
    """What a buyer pays: the average he states, else the middle of the range he asks for."""
    limits = [limit for limit in (record.price_min, record.price_max) if limit]
    return record.average_price or (math.prod(limits) ** (1 / len(limits)) if limits else NAN)
