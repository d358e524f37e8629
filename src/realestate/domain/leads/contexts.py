"""Reads columns anew by what their list stands for: whose an eviction's plaintiff is, what an auction's date means."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from realestate.domain.leads.header_words import GENERIC
from realestate.domain.leads.neighbours import STREET_PARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from realestate.domain.leads.header_words import HeaderWords
    from realestate.domain.leads.neighbours import Column

EVICTION = "eviction"
AUCTIONS = ("foreclosure_auction", "tax_sale")
LISTINGS = ("expired_listing", "on_market")
IN_CONTEXT = frozenset((EVICTION, *AUCTIONS, *LISTINGS))
"""Signals of lists whose columns mean something of their own."""
_PLACE = frozenset((*STREET_PARTS, "address", "address2", "unit", "city", "state", "zip", "county", "last_line"))
_ANY_AUCTION = "signal:foreclosure_auction:deadline"


def in_context(columns: Sequence[Column], words: HeaderWords, signal: str) -> list[Column]:
    """Settle the columns of a list that stands for this signal.

    Of an eviction the plaintiff is the owner, and the defendant, who lives there, is not; of a list of auctions a
    date of sale is the day of the auction, whichever kind it is; of listings a status is that of the market, and no
    matter is over because a listing was withdrawn.
    """
    if signal == EVICTION:
        return [_of_eviction(column, words) for column in columns]
    if signal in AUCTIONS:
        return [_of_auction(column, words, signal) for column in columns]
    if signal in LISTINGS:
        told = "the status of a listing"
        return [replace(c, role="signal:mls:type", why=told) if c.role == "status" else c for c in columns]
    return list(columns)


def _of_eviction(column: Column, words: HeaderWords) -> Column:
    phrase = words.canonical(column.header)
    spoken = phrase.split()
    if "plaintiff" in spoken:
        meant = words.meaning(phrase.replace("plaintiff", "owner"))
        role = "" if meant.role == "ignore" else meant.role
        return replace(column, role=role, confidence=min(meant.confidence, GENERIC), why="an eviction's plaintiff owns")
    if column.role.startswith("signal:judgment"):
        return replace(column, role="", why="a judgment against who lives there")
    if {"defendant", "respondent", "tenant"}.intersection(spoken) and column.role not in _PLACE:
        return replace(column, role="ignore", why="an eviction's defendant does not own")
    return column


def _of_auction(column: Column, words: HeaderWords, signal: str) -> Column:
    is_dated = column.role == _ANY_AUCTION or (
        column.role == "sale_date" and signal == AUCTIONS[0] and "last" not in words.canonical(column.header).split()
    )
    return replace(column, role=f"signal:{signal}:deadline", why="the day of the auction") if is_dated else column
