"""Reads headers that speak of a matter in any wording: what is owed on it, when it began, when it ended."""

from __future__ import annotations

from collections.abc import Sequence

_DEBT = frozenset(("due", "owed", "owing", "delinquent", "unpaid", "outstanding", "arrears", "past"))
_MONEY = frozenset(
    ("total", "amount", "amounts", "balance", "tax", "taxes", "fine", "fines", "fee", "fees", "principal", "charges")
)
_ENDS_OF_DEBTS = _DEBT | _MONEY
_MATTERS = frozenset(("case", "violation", "complaint", "citation", "notice", "ticket", "lien", "filing", "docket"))
_BEGUN = frozenset(("filed", "opened", "open", "reported", "issued", "received", "created", "entered", "started"))
_ENDED = frozenset(
    (
        *("resolved", "resolution", "closed", "closure", "complied", "compliance", "abated", "abatement"),
        *("satisfied", "satisfaction", "released", "release", "dismissed", "corrected", "cleared"),
    )
)
_NO_DEBT = frozenset(("date", "days", "years", "year", "number", "count", "months", "loan", "loans", "mortgage"))


def matter_of(words: Sequence[str]) -> tuple[str, str] | None:
    """Give the field that the words of a header come to, and why, or nothing.

    "total fines due" and "unpaid principal" are amounts, "date case created" dates the event, "violation resolution
    date" its end.
    """
    if is_debt(words):
        return "amount", "it speaks of money owed"
    said = set(words) - {"date", "the", "was"}
    if "date" not in words or not said & _MATTERS:
        return None
    for role, when in (("event_date", _BEGUN), ("closed_date", _ENDED)):
        if said & when and said <= _MATTERS | when:
            return role, "it dates the matter"
    return None


def is_debt(words: Sequence[str]) -> bool:
    """Tell whether words speak of money that is owed."""
    spoken = set(words)
    return (
        bool(words)
        and words[-1] in _ENDS_OF_DEBTS
        and bool(spoken & _DEBT and spoken & _MONEY)
        and not spoken & _NO_DEBT
    )
