"""What a buyer buys: the houses he bought, the box he asked for, and what lies outside it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from realestate.domain.buyers.place import city_key, parcel_key, property_type, split_city, street_key, zip5


@dataclass(frozen=True, slots=True)
class Property:
    """A house offered or bought; whatever is unknown is empty or ``None``.

    Attributes:
        key: What the caller calls it: a lead's id, a purchase's number.
        street: Street name for comparing, see ``place.street_key``.
        type: One of ``place.PROPERTY_TYPES`` or empty.
        price: US dollars; what it costs the buyer.
        day: The day of the purchase, or the day for which buyers are sought.
    """

    key: str = ""
    street: str = ""
    number: int | None = None
    city: str = ""
    zip: str = ""
    parcel: str = ""
    lat: float | None = None
    lon: float | None = None
    price: float | None = None
    type: str = ""
    beds: float | None = None
    sqft: float | None = None
    day: date | None = None

    @property
    def places(self) -> bool:
        """Whether anything at all says where it is."""
        return bool(self.street or self.city or self.zip or self.parcel or self.lat is not None)


def describe_property(
    *,
    key: str = "",
    address: str | None = None,
    city: str | None = None,
    zip_code: str | None = None,
    parcel: str | None = None,
    lat: float | None = None,
    lon: float | None = None,
    price: float | None = None,
    type_words: str | None = None,
    beds: float | None = None,
    sqft: float | None = None,
    day: date | None = None,
) -> Property:
    """A property from words as people and counties write them.

    Impossible numbers (a negative price, coordinates at 0/0 or off the globe) count as unknown.
    """
    line, city_in_line = split_city(address)
    street, number = street_key(line)
    on_globe = lat is not None and lon is not None and _is_place(lat, lon)
    return Property(
        key=key,
        street=street,
        number=number,
        city=city_key(city or city_in_line),
        zip=zip5(zip_code) or zip5(address),
        parcel=parcel_key(parcel),
        lat=lat if on_globe else None,
        lon=lon if on_globe else None,
        price=_positive(price),
        type=property_type(type_words),
        beds=_positive(beds),
        sqft=_positive(sqft),
        day=day,
    )


def _positive(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) and value > 0 else None


def _is_place(lat: float, lon: float) -> bool:
    return math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0)


@dataclass(frozen=True, slots=True)
class BuyBox:
    """What a buyer said he wants; an empty part excludes nothing.

    Attributes:
        areas: ZIPs and city names, in the form of ``place``.
        price_min: US dollars, like ``price_max``; swapped limits are put right.
    """

    areas: frozenset[str] = frozenset()
    price_min: float | None = None
    price_max: float | None = None
    types: frozenset[str] = frozenset()

    def failures(self, offer: Property) -> list[str]:
        """The named limits the offer breaks; a fact the offer lacks breaks none."""
        found = []
        if offer.price is not None and not self._affords(offer.price):
            found.append("price")
        if self.types and offer.type and offer.type not in self.types:
            found.append("type")
        if self.areas and not self._covers(offer):
            found.append("area")
        return found

    def _affords(self, price: float) -> bool:
        return (self.price_min or 0) <= price <= (self.price_max or math.inf)

    def _covers(self, offer: Property) -> bool:
        """ZIPs are compared where both sides have them, cities where both have those."""
        zips = {area for area in self.areas if area.isdigit()}
        comparable = bool(zips and offer.zip) or bool(self.areas - zips and offer.city)
        return not comparable or offer.zip in zips or offer.city in self.areas


def make_buy_box(
    areas: Iterable[str], price_min: float | None, price_max: float | None, types: Iterable[str]
) -> BuyBox:
    """A buy box from words; swapped price limits are put right, unusable ones left out."""
    low, high = _positive(price_min), _positive(price_max)
    if low is not None and high is not None and low > high:
        low, high = high, low
    named = (zip5(area) or city_key(area) for area in areas)
    kinds = (property_type(words) for words in types)
    return BuyBox(frozenset(filter(None, named)), low, high, frozenset(filter(None, kinds)))


@dataclass(frozen=True, slots=True)
class Buyer:
    """A buyer as far as matching needs to know him; no name, no contact.

    Attributes:
        box: What he said; ``None`` for one known by his purchases alone.
        stated_purchases: The number a list claims, where we hold no deeds of his.
        last_purchase: The day of his last purchase, stated or recorded.
        reliability: 0 (deals fell through) to 1 (proof of funds, closes fast); ``None`` when nothing is known.
    """

    id: int
    box: BuyBox | None = None
    stated_purchases: int = 0
    last_purchase: date | None = None
    average_price: float | None = None
    reliability: float | None = None
    do_not_contact: bool = False
    active: bool = True

    def failures(self, offer: Property) -> list[str]:
        """Why he cannot be offered this property; no similarity overrides one of these."""
        found = ["do_not_contact"] if self.do_not_contact else []
        if not self.active:
            found.append("inactive")
        return found + (self.box.failures(offer) if self.box else [])


@dataclass(frozen=True, slots=True)
class PurchaseSummary:
    """What a buyer's recorded purchases add up to; prices in US dollars."""

    total: int
    average_price: float | None = None
    price_min: float | None = None
    price_max: float | None = None
    last: date | None = None
    areas: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)


MAX_AREAS = 12


def summarise(purchases: Sequence[Property]) -> PurchaseSummary:
    """Totals of one buyer; areas are ZIPs where the records have them, cities where not, commonest first."""
    prices = [p.price for p in purchases if p.price is not None]
    days = [p.day for p in purchases if p.day is not None]
    return PurchaseSummary(
        total=len(purchases),
        average_price=round(sum(prices) / len(prices), 2) if prices else None,
        price_min=min(prices, default=None),
        price_max=max(prices, default=None),
        last=max(days, default=None),
        areas=_commonest(p.zip or p.city for p in purchases),
        types=_commonest(p.type for p in purchases),
    )


def _commonest(values: Iterable[str]) -> list[str]:
    counted = Counter(filter(None, values))
    return sorted(counted, key=lambda value: (-counted[value], value))[:MAX_AREAS]
