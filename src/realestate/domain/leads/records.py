"""Leads, runs and rows as people look at them: plain values between the database and the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

STATUSES = ("new", "contacted", "qualified", "converted", "lost")
"""A lead goes through them in this order, and may be lost at any time."""

SOURCES = ("list_stacking", "manual", "referral")
"""Where a lead came from first."""

SORTS = (
    *("score", "address", "city", "state", "zip", "property_type", "status", "source", "lists", "signals", "due"),
    *("value", "equity", "loan_balance", "sale_price", "sale_date"),
    *("beds", "baths", "sqft", "lot_sqft", "year_built", "created", "updated", "id"),
)
"""What a list of leads can be sorted by; what is best to work comes first, unknown values last, the id breaks ties."""


NUMBERS = ("value", "equity", "loan_balance", "beds", "baths", "sqft", "lot_sqft", "year_built", "sale_price")
"""Facts that can be filtered by as numbers; amounts in US dollars."""


@dataclass(frozen=True, slots=True)
class LeadFilter:
    """Which leads to list; everything given must hold.

    Attributes:
        signals: Open signals, all of which the lead carries; attributes such as ``absentee`` too.
        without: Signals none of which it carries.
        min_signals: How many distinct open signals it carries at least.
        min_lists: How many lists name it at least.
        min_score: Lowest score, 0 to 1.
        max_score: Highest score.
        address: How the canonical address begins.
        parcel: Its parcel number, in any spelling.
        property_type: As a list names it, e.g. ``single family``.
        status: Its status.
        tag: A tag it carries.
        source: ``list_stacking``, ``manual`` or ``referral``.
        list: Name of a list that names it.
        has: What it must have on file, all of: ``owner``, ``phone``, ``email``.
        at_least: Fact to its lowest value, e.g. ``{"value": 100_000, "beds": 3}``.
        at_most: Fact to its highest value.
        due_by: Last day on which its follow-up is due.
        new_since: First day on which the lead may have been made.
        run: Only leads that a row of this run names.
        sort: A key of :data:`SORTS`.
        reverse: Whether the order is turned round.
        limit: Most rows to give; ``None`` gives all.
    """

    signals: Sequence[str] = ()
    without: Sequence[str] = ()
    min_signals: int | None = None
    min_lists: int | None = None
    min_score: float | None = None
    max_score: float | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    parcel: str | None = None
    property_type: str | None = None
    status: str | None = None
    tag: str | None = None
    source: str | None = None
    list: str | None = None
    has: Sequence[str] = ()
    at_least: Mapping[str, float] = field(default_factory=dict)
    at_most: Mapping[str, float] = field(default_factory=dict)
    due_by: date | None = None
    new_since: date | None = None
    run: int | None = None
    sort: str = "score"
    reverse: bool = False
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class PastScore:
    """A lead as it scored on a day gone by."""

    id: int
    score: float
    signals: list[str]
    suppressed_by: str | None
    address: str
    city: str | None
    zip: str | None


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """What became of a lead: ``new``, ``hotter``, ``cooler`` or ``closed``, with the signals that came and went."""

    change: str
    id: int
    address: str
    city: str | None
    zip: str | None
    before: float
    score: float
    opened: list[str]
    closed: list[str]
    suppressed_by: str | None


@dataclass(frozen=True, slots=True)
class LeadLine:
    """A lead as a list shows it."""

    id: int
    score: float
    signals: list[str]
    address: str
    city: str | None
    state: str | None
    zip: str | None
    parcel: str | None
    status: str
    lists: int
    source: str
    due: date | None
    suppressed_by: str | None


@dataclass(frozen=True, slots=True)
class LeadRecord:
    """One lead, its owner's name still encrypted."""

    id: int
    score: float
    as_of: date
    model: str
    suppressed_by: str | None
    signals: list[str]
    address: str
    city: str | None
    state: str | None
    zip: str | None
    parcel: str | None
    facts: dict[str, Any] | None
    many_parcels: bool
    status: str
    source: str
    lists: int
    owner_name: bytes | None
    owner_name_contact: int | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class SignalLine:
    """One signal of a lead, with the file and line that state it; amounts in US cents."""

    signal: str
    event_date: date | None
    as_of: date
    amount: int | None
    years: float | None
    deadline: date | None
    closed_on: date | None
    list: str
    file: str
    row: int
    run: int


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A person's name, phone, e-mail or mailing address on a lead, still encrypted.

    Attributes:
        restricted_by: Of each restriction the first that said it: restriction, list, file, row and date; a wish that
            was noted, by chat or by hand, has a reason in place of list, file and row.
    """

    id: int
    kind: str
    value: bytes
    label: str | None
    restricted_by: list[dict[str, Any]] | None
    list: str
    file: str
    row: int


@dataclass(frozen=True, slots=True)
class AnalysisRecord:
    """What photos of the house showed last; amounts in US dollars, ``None`` where nothing was priced."""

    id: int
    created_at: datetime
    condition: str | None
    low: float | None
    likely: float | None
    high: float | None
    photos: int


@dataclass(frozen=True, slots=True)
class NoteLine:
    """What somebody wrote down about a lead, still encrypted."""

    id: int
    text: bytes
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LeadRow:
    """A row of a list that names a lead, and the key of the spot by which it does."""

    run: int
    row: int
    list: str
    file: str
    address: str
    how: str
    spot: int


@dataclass(frozen=True, slots=True)
class ListRecord:
    """A named source of rows; ``signal`` is what a plain row of it stands for."""

    id: int
    name: str
    signal: str | None
    mapping: dict[str, str] | None
    priority: int


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One import of one file; the counts add up to ``rows``."""

    run: int
    list_id: int
    list: str
    file: str
    signal: str | None
    as_of: date
    state: str
    same_as: int | None
    rows: int
    created: int
    merged: int
    unchanged: int
    rejected: int
    empty: int
    lossy: int
    header: Sequence[str]
    columns: dict[str, str]
    seconds: float
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RowRecord:
    """What became of one row; ``row`` is the line at which its record starts."""

    row: int
    lead: int | None
    outcome: str
    reason: str | None
    match: str | None
