"""Buyers as they are kept and shown: plain values between the database, the services and the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from realestate.domain.buyers.buybox import Buyer, Property, make_buy_box

SOURCES = ("scraper", "manual", "deeds")


@dataclass(frozen=True, slots=True)
class BuyerFacts:
    """What a list, a page or a person says of a buyer; everything but the name may be unknown.

    Attributes:
        name: The buyer, or who speaks for the company.
        mailing: Canonical mailing address, only ever kept as a keyed hash.
        areas: ZIPs and cities in the words of the source.
        types: Property types in the words of the source.
        purchases: The number of purchases the source claims.
        reliability: 0 to 1.
    """

    name: str
    company: str = ""
    email: str = ""
    phone: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    mailing: str = ""
    areas: Sequence[str] = ()
    types: Sequence[str] = ()
    price_min: float | None = None
    price_max: float | None = None
    purchases: int = 0
    average_price: float | None = None
    last_purchase: date | None = None
    reliability: float | None = None
    do_not_contact: bool = False

    @property
    def known_as(self) -> str:
        """The name the buyer is told apart by: the company where there is one."""
        return self.company or self.name


@dataclass(frozen=True, slots=True)
class NameRecord:
    """A spelling, and the buyer it stands for; ``mailing`` is a keyed hash."""

    spelling: str
    core: str
    mailing: bytes | None
    buyer: int


@dataclass(frozen=True, slots=True)
class BuyerRecord:
    """One buyer as kept; contacts still encrypted, prices in US dollars."""

    id: int
    name: str
    company: str | None
    email: bytes | None
    phone: bytes | None
    city: str | None
    state: str | None
    zip: str | None
    types: list[str]
    price_min: float | None
    price_max: float | None
    areas: list[str]
    purchases: int
    average_price: float | None
    last_purchase: date | None
    source: str
    do_not_contact: bool
    active: bool
    stated: bool
    reliability: float | None
    merged_into: int | None

    def for_matching(self) -> Buyer:
        """As far as matching needs to know him; only what he said himself limits him."""
        box = make_buy_box(self.areas, self.price_min, self.price_max, self.types) if self.stated else None
        return Buyer(
            id=self.id,
            box=box,
            stated_purchases=self.purchases,
            last_purchase=self.last_purchase,
            average_price=self.average_price,
            reliability=self.reliability,
            do_not_contact=self.do_not_contact,
            active=self.active,
        )


@dataclass(frozen=True, slots=True)
class Purchase:
    """One recorded purchase on its way into the database."""

    buyer: int
    spelling: str
    bought: Property
    row_hash: bytes
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class MatchRecord:
    """A match as it is kept with its lead."""

    lead: int
    buyer: int
    rank: int
    score: float
    parts: Mapping[str, float]
    reasons: Sequence[str]
    day: date | None = None


@dataclass(frozen=True, slots=True)
class BuyerFilter:
    """Which buyers to list; everything given must hold."""

    area: str | None = None
    min_purchases: int | None = None
    source: str | None = None
    limit: int | None = None


@dataclass(slots=True)
class Drift:
    """How far the vector index is from the truth.

    Attributes:
        missing: Buyers whose vector is not in the index.
        stale: Buyers whose vector in the index is an older one.
        foreign: Vectors of nobody we know.
    """

    missing: list[int] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)
    foreign: list[int] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Everything that ``buyers reindex`` would mend."""
        return len(self.missing) + len(self.stale) + len(self.foreign)


@dataclass(frozen=True, slots=True)
class PageRecord:
    """A page that a scrape has read."""

    url: str
    etag: str | None
    next_url: str | None
