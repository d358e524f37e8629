"""Settles what a column is by the columns beside it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from realestate.domain.leads.header_words import GENERIC, IN_PART

if TYPE_CHECKING:
    from collections.abc import Sequence

    from realestate.domain.leads.header_words import HeaderWords

SURE_FROM = 0.9
STREET_PARTS = ("number", "direction", "name", "kind", "after")
_FOLLOWS = ("address2", "unit", "city", "state", "zip", "last_line")
_OTHER_DATES = frozenset(
    (
        *("updated", "modified", "created", "added", "exported", "printed", "birth", "payment", "paid", "due"),
        *("hearing", "expiration", "expires", "sale", "sold", "purchase", "loan", "mls", "listing", "mailed"),
        *("mailing", "last", "skip"),
    )
)


_BESIDE = "it stands beside the street's name"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list and what it was taken for.

    `role` is a field of `FIELDS`, a part of one ("number", "owner2_first"), "phone_type", "flags",
    "signal:<slug>:<part>", "restriction:<kind>", or "" for a column that is only kept.
    """

    index: int
    header: str
    role: str
    confidence: float
    why: str
    numbers: tuple[int, ...] = ()
    rank: int = 0
    bare: bool = False


def with_neighbours(columns: Sequence[Column]) -> list[Column]:
    """Settle whose an address part is that does not say so, by the address column before it."""
    stated = {column.role for column in columns if not column.bare and column.confidence >= SURE_FROM}
    bare_counts = Counter(column.role for column in columns if column.bare)
    has_mailing = any(column.role in ("mailing_address", "mailing_number") for column in columns)
    settled = []
    before = ""
    for column in _with_street_parts(list(map(partial(_as_street_name, columns), columns))):
        now = column
        if column.bare and column.role == "address" and "address" in stated and not has_mailing:
            now = _as_mailing(column, 0.75, "a second address, beside the property's own")
        elif column.bare and before == "mailing" and column.role in _FOLLOWS:
            elsewhere = stated.intersection(_FOLLOWS) or bare_counts[column.role] > 1
            now = _as_mailing(column, 0.93 if elsewhere else 0.75, "it follows the mailing address")
        before = _whose(now) or before
        settled.append(now)
    return settled


def with_only_address(columns: Sequence[Column]) -> list[Column]:
    """Where no column says where the property is, an address that is only likely the owner's says it."""
    if any(column.role in ("address", "name", "parcel", "number") for column in columns):
        return list(columns)
    return [
        replace(column, role=column.role.removeprefix("mailing_"), why="the only address of the list")
        if column.role.startswith("mailing_") and column.confidence == GENERIC
        else column
        for column in columns
    ]


def with_doubts(columns: Sequence[Column]) -> list[Column]:
    """Lower what is only sure in company: a city without an address, square feet without anything else of a house."""
    roles = {column.role for column in columns}
    doubtful = set[str]()
    if roles.isdisjoint(("address", "name", "parcel")):
        doubtful |= {"city", "state", "zip"}
    if roles.isdisjoint(("beds", "baths", "year_built", "value")):
        doubtful |= {"sqft"}
    return [
        replace(column, confidence=min(column.confidence, GENERIC)) if column.role in doubtful else column
        for column in columns
    ]


def with_only_date(columns: Sequence[Column], words: HeaderWords) -> list[Column]:
    """Where no column is known to date the event, the only column of an unknown date does."""
    if any(column.role == "event_date" or column.role.endswith((":date", ":deadline")) for column in columns):
        return list(columns)
    dates = [column for column in columns if not column.role and _is_date_of_event(words.canonical(column.header))]
    only = dates[0].index if len(dates) == 1 else None
    why = "the only date of the list"
    return [
        replace(each, role="event_date", confidence=IN_PART, why=why) if each.index == only else each
        for each in columns
    ]


def _is_date_of_event(phrase: str) -> bool:
    words = phrase.split()
    return words[-1:] == ["date"] and not _OTHER_DATES.intersection(words)


def _with_street_parts(columns: list[Column]) -> list[Column]:
    """Columns between a house number and a street's name, and right behind the name, are its direction and suffix."""
    for before, column, after in zip(columns, columns[1:], [*columns[2:], columns[-1]], strict=False):
        name = column.header.strip().lower()
        for prefix in ("", "mailing_"):
            if before.role == prefix + "number" and after.role == prefix + "name" and name in ("d", "dir", "direction"):
                columns[column.index] = replace(column, role=prefix + "direction", confidence=GENERIC, why=_BESIDE)
            elif before.role == prefix + "name" and name in ("type", "suffix", "sfx", "suf"):
                columns[column.index] = replace(column, role=prefix + "kind", confidence=GENERIC, why=_BESIDE)
    return columns


def _as_street_name(columns: Sequence[Column], column: Column) -> Column:
    """A column "... street" beside one "... number" holds the street's name only."""
    prefix = column.role.removesuffix("address")
    split = any(each.role == prefix + "number" for each in columns)
    is_street = column.role in ("address", "mailing_address") and column.header.lower().endswith("street")
    return replace(column, role=prefix + "name") if split and is_street else column


def _as_mailing(column: Column, confidence: float, why: str) -> Column:
    return replace(column, role="mailing_" + column.role, confidence=confidence, why=why)


def _whose(column: Column) -> str:
    if column.role in ("address", *STREET_PARTS):
        return "property"
    return "mailing" if column.role in ("mailing_address", *(f"mailing_{part}" for part in STREET_PARTS)) else ""
