"""One person in the data: how they are named, found again and kept out."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from realestate.domain.leads.people import normal_name
from realestate.domain.leads.values import Parsed, emails, phones
from realestate.domain.ports import Cipher

KINDS = ("phone", "email", "name")
_PHONE = re.compile(r"(?<!\d)(?:\+?1[ .-]*)?\(?\d{3}\)?[ .-]*\d{3}[ .-]*\d{4}(?!\d)")
_EMAIL = re.compile(r"[^\s,;|<>()\"']+@[^\s,;|<>()\"']+")


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
        """Whether any cell of a raw row names the person; a line that was never parted is one cell."""
        return any(self._is_in(cell) for cell in cells if cell)

    def _is_in(self, text: str) -> bool:
        if self.phone.intersection(phones_in(text)) or self.email.intersection(emails_in(text)):
            return True
        words = normal_name(text)
        # A single word, such as a last name, is looked for as a whole cell only.
        return words in self.name or any(f" {name} " in f" {words} " for name in self.name if " " in name)


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


def phones_in(text: str) -> list[str]:
    """Every phone in a text, normalised."""
    return [*_read(phones, text), *(number for found in _PHONE.findall(text) for number in _read(phones, found))]


def emails_in(text: str) -> list[str]:
    """Every e-mail address in a text, normalised."""
    return [*_read(emails, text), *(address for found in _EMAIL.findall(text) for address in _read(emails, found))]


def person_key(name: str, zip5: str | None) -> str:
    """What tells one bearer of a name from another, well enough to keep one out: name and ZIP of the property."""
    return f"{name}|{zip5 or ''}"


def buyer_key(core: str) -> str:
    """What tells a cash buyer who was erased, wherever they buy: the words of the name without its legal form."""
    return f"buyer|{core}"


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

    def lines(self, lines: Sequence[str], row_hashes: Sequence[bytes]) -> set[int]:
        """Lines that could not be read as rows and were erased before, or hold an erased phone or e-mail address."""
        found = self.known_rows(row_hashes)
        for kind, read in (("phone", phones_in), ("email", emails_in)):
            erased = self._hashes.get(kind)
            said = [(at, text) for at, line in enumerate(lines) for text in read(line)] if erased else []
            blinds = self._cipher.blind(kind, [text for _, text in said])
            found.update(at for (at, _), blind in zip(said, blinds, strict=True) if blind in (erased or ()))
        return found

    def buyers(self, names: Sequence[str]) -> set[int]:
        """Positions of the names, without their legal forms, of cash buyers who were erased."""
        erased = self._hashes.get("person")
        blinds = self._cipher.blind("person", list(map(buyer_key, names))) if erased else []
        return {at for at, blind in enumerate(blinds) if blind in (erased or ())}

    def reached(self, hashes: Sequence[Collection[tuple[str, bytes]]]) -> set[int]:
        """Positions of those whose phones or e-mail addresses, by kind and hash, were erased."""
        return {
            at
            for at, own in enumerate(hashes)
            if any(blind in self._hashes.get(kind, frozenset()) for kind, blind in own)
        }
