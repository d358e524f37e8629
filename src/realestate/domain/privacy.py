"""One person in the data: how they are named, found again and kept out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from realestate.domain.leads.people import normal_name
from realestate.domain.leads.values import Parsed, emails, phones
from realestate.domain.ports import Cipher

KINDS = ("phone", "email", "name")


@dataclass(frozen=True, slots=True)
class Person:
    """The normalised phones, e-mail addresses and names that somebody is known by."""

    phone: frozenset[str] = frozenset()
    email: frozenset[str] = frozenset()
    name: frozenset[str] = frozenset()

    def of(self, kind: str) -> frozenset[str]:
        """Those of one of :data:`KINDS`."""
        named: frozenset[str] = getattr(self, kind)
        return named

    def is_in(self, cells: Iterable[str]) -> bool:
        """Whether any cell of a raw row names the person."""
        return any(
            self.phone.intersection(_read(phones, cell))
            or self.email.intersection(_read(emails, cell))
            or (normal_name(cell) in self.name)
            for cell in cells
            if cell
        )


def identify(words: Iterable[str]) -> Person:
    """Read what somebody is known by: phones, e-mail addresses, and everything else is a name.

    Raises:
        ValueError: If a word is none of them.
    """
    found: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for word in words:
        if mail := _read(emails, word):
            found["email"].update(mail)
        elif phone := _read(phones, word):
            found["phone"].update(phone)
        elif name := normal_name(word):
            found["name"].update(_orders(name))
        else:
            raise ValueError(word)
    return Person(*(frozenset(found[kind]) for kind in KINDS))


def _orders(name: str) -> set[str]:
    """The name as it is, with the last word first, and with the first word last: lists write both."""
    words = name.split(" ")
    return {name, " ".join([words[-1], *words[:-1]]), " ".join([*words[1:], words[0]])}


def _read(reader: Callable[[Sequence[str]], Parsed[str]], word: str) -> list[str]:
    value = reader([word]).values[0]
    return value.split(" ") if value else []


def person_key(name: str, zip5: str | None) -> str:
    """What tells one bearer of a name from another, well enough to keep one out: name and ZIP of the property."""
    return f"{name}|{zip5 or ''}"


class Suppression:
    """Keyed hashes of people who were erased: a row that matches one loses everything about a person.

    Args:
        hashes: By kind: ``phone``, ``email``, ``person`` (name and ZIP) and ``row``.
        cipher: Makes the hashes of what comes in.
    """

    def __init__(self, hashes: Mapping[str, Collection[bytes]], cipher: Cipher) -> None:
        self._hashes = {kind: frozenset(of_kind) for kind, of_kind in hashes.items() if of_kind}
        self._cipher = cipher

    def __bool__(self) -> bool:
        return bool(self._hashes)

    def known_rows(self, row_hashes: Sequence[bytes]) -> set[int]:
        """Positions of rows that came in before and were erased."""
        erased = self._hashes.get("row", frozenset())
        return {at for at, value in enumerate(row_hashes) if value in erased}

    def rows(
        self, rows: Sequence[int], kinds: Sequence[str], plain: Sequence[str], zips: Sequence[str | None]
    ) -> set[int]:
        """Rows that name somebody who was erased.

        Args:
            rows: Row of each contact.
            kinds: ``phone``, ``email``, ``name`` or ``mailing``.
            plain: Its normalised text.
            zips: ZIP of the property of each row.
        """
        found: set[int] = set()
        for kind, hashed_as in (("phone", "phone"), ("email", "email"), ("name", "person")):
            erased = self._hashes.get(hashed_as)
            if not erased:
                continue
            at = [i for i, own in enumerate(kinds) if own == kind]
            texts = [person_key(plain[i], zips[rows[i]]) if kind == "name" else plain[i] for i in at]
            blinds = self._cipher.blind(hashed_as, texts)
            found.update(rows[i] for i, blind in zip(at, blinds, strict=True) if blind in erased)
        return found
