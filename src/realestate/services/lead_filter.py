"""Checks what leads are looked for by, and writes it as leads are kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from realestate.domain.address import read_parcel
from realestate.domain.leads.records import NUMBERS, SORTS, SOURCES, STATUSES, LeadFilter
from realestate.errors import UsageError
from realestate.services.lookups import one_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from realestate.domain.leads.ports import LeadWork


def check_words(wanted: LeadFilter, signals: Sequence[str]) -> None:
    """Refuse words that name nothing.

    Args:
        wanted: What is looked for.
        signals: Every signal there is.

    Raises:
        UsageError: If a column, status, source, signal, fact or parcel number is none.
    """
    one_of(wanted.sort, SORTS, "column to sort by")
    if wanted.status:
        one_of(wanted.status, STATUSES, "status")
    if wanted.source:
        one_of(wanted.source, SOURCES, "source")
    for signal in (*wanted.signals, *wanted.without):
        one_of(signal, signals, "signal")
    for name in wanted.has:
        one_of(name, ("owner", "phone", "email"), "thing a lead has on file")
    for name in (*wanted.at_least, *wanted.at_most):
        one_of(name, NUMBERS, "fact that can be counted")
    if wanted.parcel and not read_parcel(wanted.parcel):
        raise UsageError(f"{wanted.parcel!r} is no parcel number.", "Write it as a list does, e.g. 12-034-567.")


def check_names(wanted: LeadFilter, work: LeadWork) -> None:
    """Refuse a list or run that never was.

    Raises:
        UsageError: If there is none of that name or number.
    """
    if wanted.list is not None:
        one_of(wanted.list, work.runs.list_names(), "list")
    if wanted.run is not None and work.runs.get(wanted.run) is None:
        raise UsageError(f"There is no run {wanted.run}.", "See: realestate runs list")


def as_kept(wanted: LeadFilter) -> LeadFilter:
    """Write what is looked for as leads are kept: places in capitals, tags in small letters, five digits."""
    return replace(
        wanted,
        address=_plain(wanted.address),
        city=_plain(wanted.city),
        state=_plain(wanted.state),
        zip=(_plain(wanted.zip) or "")[:5] or None,
        parcel=wanted.parcel and read_parcel(wanted.parcel),
        property_type=_lower(wanted.property_type),
        tag=_lower(wanted.tag),
    )


def _plain(text: str | None) -> str | None:
    return " ".join(text.upper().split()) if text else None


def _lower(text: str | None) -> str | None:
    return " ".join(text.lower().split()) if text else None
