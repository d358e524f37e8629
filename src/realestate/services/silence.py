"""Says why nothing is drafted to a seller, and what ends the silence."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from realestate.domain.chat.ports import ERASED, OPT_OUT
from realestate.errors import NotAllowedError

ENDED_BY_START = frozenset({OPT_OUT, ERASED})


def refusal(lead: int, reasons: AbstractSet[str]) -> NotAllowedError:
    """Refuse a draft.

    Args:
        lead: Whose seller is not to be written to.
        reasons: Why, one at least.
    """
    start = f"their own START re-opens the talk: echo START | realestate chat {lead}"
    if reasons == {ERASED}:
        return NotAllowedError(
            f"The owner of lead {lead} was erased; nothing is drafted.",
            f"A list that names a new owner, or {start}",
        )
    if reasons <= ENDED_BY_START:
        return NotAllowedError(
            f"The seller of lead {lead} asked not to be contacted; nothing is drafted.",
            f"Only {start}",
        )
    return NotAllowedError(
        f"The seller of lead {lead} is not to be contacted ({', '.join(sorted(reasons))}); nothing is drafted.",
        f"Who said so: realestate leads show {lead}",
    )
