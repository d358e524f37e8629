"""Says what somebody named and there is not, and what they may have meant."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TypeVar

from realestate.errors import UsageError

Found = TypeVar("Found")


def found(value: Found | None, lead: int) -> Found:
    """Give what was found of a lead.

    Raises:
        UsageError: If there is no such lead.
    """
    if value is None:
        raise UsageError(f"There is no lead {lead}.", "See: realestate leads list")
    return value


def one_of(value: str, known: Sequence[str], what: str) -> None:
    """Refuse a word that is not known, and name the nearest that is.

    Raises:
        UsageError: If it is not known.
    """
    if value not in known:
        near = get_close_matches(value.lower(), known, n=1, cutoff=0.6)
        meant = f" Did you mean {near[0]!r}?" if near else ""
        raise UsageError(f"{value!r} is no {what}.{meant}", f"Known: {', '.join(sorted(known))}")
