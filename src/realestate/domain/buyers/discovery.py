"""Find buyers in recorded deeds: who is left out, who counts, and what they bought."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from realestate.domain.buyers.buybox import Property, PurchaseSummary, summarise
from realestate.domain.buyers.identity import Party, group, read_name

# A bank that holds for somebody else ("US BANK CUSTODIAN FOR ...") names a tax-lien fund, a buyer.
_HOLDER = re.compile(r"\b(?:CUSTODIAN|CUST|AS TRUSTEE|NOMINEE|COLLATERAL AGENT)\b")
_BANK = re.compile(
    r"\b(?:BANK|BANKERS|MORTGAGE|MTG|SAVINGS|CREDIT UNION|LOAN SERVICING|LOAN TRUST|FANNIE MAE|FREDDIE MAC|N ?A"
    r"|FEDERAL (?:NATIONAL|HOME LOAN)|FNMA|FHLMC|MORTGAGE PASS|ASSET BACKED|LENDING)$|"
    r"\b(?:NATIONAL BANK|BANK OF|BANK NATIONAL|MORTGAGE CORP|MORTGAGE ASSOC|HOME LOAN MORTGAGE|FEDERAL NATIONAL"
    r"|SAVINGS BANK|CREDIT UNION|LOAN TRUST|MORTGAGE TRUST|FARGO BANK|CHASE BANK|BANK N ?A)\b"
)
_GOVERNMENT = re.compile(
    r"^(?:CITY|COUNTY|STATE|TOWN|TOWNSHIP|VILLAGE|BOROUGH|COMMONWEALTH|MAYOR|SECRETARY|DEPARTMENT|DEPT)\b"
    r"|^UNITED STATES\b|\b(?:CITY OF|COUNTY OF|STATE OF|HOUSING AUTHORITY|HOUSING (?:AND|&) URBAN"
    r"|LAND BANK|SCHOOL (?:DISTRICT|BOARD)|BOARD OF EDUCATION|METRO(?:POLITAN)? GOV\w*"
    r"|REDEVELOPMENT (?:AUTHORITY|AGENCY)|VETERANS AFFAIRS"
    r"|DEPARTMENT OF|DEPT OF|PUBLIC WORKS|TRANSIT AUTHORITY|LAND TRUST AUTHORITY)\b"
)
_BUILDER = re.compile(
    r"\b(?:BUILDERS?|HOMES|HOMEBUILDERS?|CONSTRUCTION|CONTRACTORS?|DEVELOPMENT|DEVELOPERS?|COMMUNITIES)\b"
)
_GIFT_DEED = re.compile(r"QUIT ?CLAIM|GIFT|\bQCD?\b|INTRA-?FAMILY|LOVE AND AFFECTION|CORRECT", re.IGNORECASE)
TOKEN_PRICE = 1_000
"""US dollars below which a price between people is a formality."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One recorded sale, as far as its file tells.

    Attributes:
        mailing: Canonical form of the buyer's mailing address; empty if unknown.
        absentee: Whether that address is another than the house's; ``None`` if unknown.
        mortgaged: Whether a loan was recorded with the sale; ``None`` where the file does not say.
    """

    buyer: str
    bought: Property
    seller: str = ""
    mailing: str = ""
    absentee: bool | None = None
    mortgaged: bool | None = None
    deed_type: str = ""
    year_built: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A buyer found in deeds.

    Attributes:
        deeds: Positions of his deeds in the file.
        spellings: Every name he bought under, the commonest first.
        marks: Of ``repeat entity absentee cash``, those that hold.
    """

    name: str
    company: bool
    deeds: Sequence[int]
    spellings: Sequence[str]
    marks: Sequence[str]
    summary: PurchaseSummary


@dataclass(slots=True)
class Discovery:
    """What a file of deeds holds.

    Attributes:
        left_out: How many deeds were left out, by reason.
    """

    buyers: list[Found] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def reason_to_leave_out(deed: Deed) -> str:
    """Why a deed tells nothing of an investor; empty when it may."""
    if not read_name(deed.buyer).core:
        return "no buyer"
    institution = _institution(deed.buyer)
    if institution:
        return institution
    if _is_family_transfer(deed):
        return "family transfer"
    if _is_first_sale(deed):
        return "builder's first sale"
    return ""


@lru_cache(maxsize=65_536)
def _institution(buyer: str) -> str:
    """``government`` or ``bank``; a limited company or partnership is neither, whatever it calls itself."""
    name = " ".join(re.sub(r"[^A-Z0-9& ]+", " ", buyer.upper().replace(".", "").replace("'", "")).split())
    if read_name(buyer).form in ("LLC", "LP", "LLP"):
        return ""
    if _GOVERNMENT.search(name):
        return "government"
    return "bank" if _BANK.search(name) and not _HOLDER.search(name) else ""


def _is_family_transfer(deed: Deed) -> bool:
    """People who share a surname, or a gift's deed or price between people."""
    buyer, seller = read_name(deed.buyer), read_name(deed.seller)
    if buyer.entity or seller.entity:
        return False
    surnames = _surname(deed.buyer), _surname(deed.seller)
    if deed.seller and surnames[0] == surnames[1]:
        return True
    gift = bool(_GIFT_DEED.search(deed.deed_type))
    return gift and (deed.bought.price is None or deed.bought.price < TOKEN_PRICE)


def _surname(name: str) -> str:
    """The word before a comma, or the last word of ``JOHN SMITH``."""
    before, comma, _ = name.upper().partition(",")
    words = read_name(name).core.split()
    return before.strip() if comma else (words[-1] if words else "")


def _is_first_sale(deed: Deed) -> bool:
    """A person buys a new house from whoever built it."""
    if read_name(deed.buyer).entity or not deed.seller:
        return False
    built_lately = (
        deed.year_built is not None and deed.bought.day is not None and deed.year_built >= deed.bought.day.year - 1
    )
    return bool(_BUILDER.search(deed.seller.upper())) and (built_lately or deed.year_built is None)


def discover(deeds: Sequence[Deed], min_purchases: int = 1, *, all_buyers: bool = False) -> Discovery:
    """Group deeds by buyer and keep those who buy like investors.

    Args:
        deeds: Recorded sales.
        min_purchases: Purchases a buyer must have.
        all_buyers: Keep every named purchaser instead, for files that tell neither mortgage nor mailing address.
    """
    found = Discovery()
    kept = []
    for place, deed in enumerate(deeds):
        reason = reason_to_leave_out(deed)
        if reason and not (all_buyers and reason != "no buyer"):
            found.left_out[reason] += 1
        else:
            kept.append(place)
    for places in _by_buyer(deeds, kept):
        buyer = _describe(deeds, places)
        if len(places) >= min_purchases and (all_buyers or buyer.marks):
            found.buyers.append(buyer)
        else:
            found.left_out["single home purchase" if not buyer.marks else "too few purchases"] += len(places)
    return found


def _by_buyer(deeds: Sequence[Deed], kept: Sequence[int]) -> Iterable[list[int]]:
    heads = group([Party(deeds[place].buyer, deeds[place].mailing) for place in kept])
    groups: dict[int, list[int]] = defaultdict(list)
    for head, place in zip(heads, kept, strict=True):
        groups[head].append(place)
    return groups.values()


def _describe(deeds: Sequence[Deed], places: Sequence[int]) -> Found:
    own = [deeds[place] for place in places]
    spellings = [name for name, _ in Counter(" ".join(deed.buyer.split()) for deed in own).most_common()]
    company = read_name(spellings[0]).entity
    marks = {
        "repeat": len(own) >= 2,
        "entity": company,
        "absentee": any(deed.absentee for deed in own),
        "cash": any(deed.mortgaged is False for deed in own),
    }
    summary = summarise([deed.bought for deed in own])
    return Found(spellings[0], company, places, spellings, [mark for mark, holds in marks.items() if holds], summary)
