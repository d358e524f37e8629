"""Finds the buyer a name stands for among those we know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from realestate.domain.buyers.identity import CROWDED, Party, read_name, same_buyer
from realestate.domain.buyers.records import NameRecord


class NameBook:
    """Every known spelling, and what a new one has in common with them.

    Args:
        names: The known spellings.
    """

    def __init__(self, names: Iterable[NameRecord]) -> None:
        self._exact: dict[str, int] = {}
        self._by_core: dict[str, list[NameRecord]] = defaultdict(list)
        self._by_mailing: dict[bytes, list[NameRecord]] = defaultdict(list)
        for name in names:
            self.add(name)

    def add(self, name: NameRecord) -> None:
        """Know one more spelling."""
        self._exact.setdefault(name.spelling, name.buyer)
        self._by_core[name.core].append(name)
        if name.mailing:
            self._by_mailing[name.mailing].append(name)

    def find(self, spelling: str, mailing: bytes | None) -> tuple[int | None, str]:
        """The buyer behind a spelling and why; ``None`` when nobody known is surely the same.

        A spelling seen before stays with its buyer, so that a split outlives later imports.
        """
        key = spelling_key(spelling)
        if key in self._exact:
            return self._exact[key], "same spelling"
        party = _party(spelling, mailing)
        near = self._by_core.get(read_name(spelling).core, ())
        housemates = self._by_mailing.get(mailing, ()) if mailing else ()
        for known in (*near, *(housemates if len(housemates) <= CROWDED else ())):
            reason = same_buyer(_party(known.spelling, known.mailing), party)
            if reason:
                return known.buyer, reason
        return None, ""


def spelling_key(spelling: str) -> str:
    """A spelling as it is kept: upper case, single blanks."""
    return " ".join(spelling.upper().split())


def _party(spelling: str, mailing: bytes | None) -> Party:
    return Party(spelling, mailing.hex() if mailing else "")
