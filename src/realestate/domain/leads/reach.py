"""Says which ways to a person a restriction closes: what forbids a call, a message or a letter."""

from __future__ import annotations

from collections.abc import Iterable

_PERSON = frozenset({"opt_out", "litigator", "deceased", "do_not_contact"})
"""Said of somebody, whatever the way to them."""

WISHES = frozenset({"opt_out", "litigator", "do_not_contact"})
"""Restrictions by which somebody is not even answered; the heirs of the deceased are, and so is who asks although
their number stands on a do-not-call list."""

CLOSES = {
    "phone": _PERSON | {"do_not_call"},
    "email": _PERSON | {"do_not_call"},
    "mailing": _PERSON | {"do_not_mail"},
}
"""Restrictions that close each kind of contact; a wish not to be called holds for messages too."""


def closed_by(kind: str, restrictions: Iterable[str]) -> list[str]:
    """Give the restrictions that forbid using a contact of this kind; none for a name, which is no way to anybody."""
    return sorted(CLOSES.get(kind, frozenset()).intersection(restrictions))
