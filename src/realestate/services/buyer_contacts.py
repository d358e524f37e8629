"""Keeps erased buyers out, and the keyed hashes by which a buyer's wish not to be contacted is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from realestate.domain.buyers.identity import read_name
from realestate.domain.privacy import Suppression, emails_in, phones_in

if TYPE_CHECKING:
    from realestate.domain.buyers.discovery import Discovery
    from realestate.domain.buyers.records import BuyerFacts
    from realestate.domain.ports import Cipher

ERASED = "erased on request"
"""Why a row of a list or of deeds is left out."""

Hashes = list[set[tuple[str, bytes]]]
"""Kind and keyed hash of each phone and e-mail address, buyer by buyer."""


class BuyerContacts:
    """What one file says of buyers, held against those who were erased.

    Args:
        cipher: Makes keyed hashes; asked for only when there is something to hash.
        suppressed: The hashes of everybody who was erased, by kind.
    """

    def __init__(self, cipher: Callable[[], Cipher], suppressed: Mapping[str, Collection[bytes]]) -> None:
        self._cipher = cipher
        self._erased = Suppression(suppressed, cipher()) if any(suppressed.values()) else None

    def hashes(self, facts: Sequence[BuyerFacts]) -> Hashes:
        """The phones and e-mail addresses of each buyer as keyed hashes."""
        found: Hashes = [set() for _ in facts]
        for kind, texts in (
            ("phone", [phones_in(one.phone) for one in facts]),
            ("email", [emails_in(one.email) for one in facts]),
        ):
            said = [(at, text) for at, own in enumerate(texts) for text in own]
            blinds = self._cipher().blind(kind, [text for _, text in said]) if said else []
            for (at, _), blind in zip(said, blinds, strict=True):
                found[at].add((kind, blind or b""))
        return found

    def known_erased(self, facts: Sequence[BuyerFacts], hashes: Hashes) -> set[int]:
        """Positions of buyers who were erased: by a phone, an e-mail address or their name."""
        if self._erased is None:
            return set()
        named = [[*filter(None, {read_name(one.name).core, read_name(one.company).core})] for one in facts]
        at = [place for place, cores in enumerate(named) for _ in cores]
        by_name = self._erased.buyers([core for cores in named for core in cores])
        return self._erased.reached(hashes) | {at[place] for place in by_name}

    def without_erased(self, found: Discovery) -> Discovery:
        """What deeds tell, without the buyers who were erased; their deeds are counted as left out."""
        if self._erased is None:
            return found
        named = [(place, read_name(text).core) for place, one in enumerate(found.buyers) for text in one.spellings]
        gone = {named[at][0] for at in self._erased.buyers([core for _, core in named])}
        deeds = sum(len(found.buyers[place].deeds) for place in gone)
        kept = [buyer for place, buyer in enumerate(found.buyers) if place not in gone]
        return replace(found, buyers=kept, left_out=found.left_out + Counter({ERASED: deeds}))
