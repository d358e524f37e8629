"""Reads the people a list names: owners, phones, e-mails and mailing addresses, and what forbids contacting them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress

from realestate.domain.address import AddressColumns, AddressReader, same_places
from realestate.domain.leads.columns import ColumnPlan, compose
from realestate.domain.leads.restrictions import read_restrictions
from realestate.domain.leads.values import emails, phones, texts

_NOT_WORDS = re.compile(r"[^\w&]+")
NAME, PHONE, EMAIL, HOME = 1, 2, 4, 8
"""Bits that say which kinds of contact a row carries, and that its owner's mail goes to the property."""


@dataclass(slots=True)
class Contacts:
    """Contacts by column; ``row`` is the position in the batch, ``position`` 0 is the row's first of its kind.

    ``absentee`` names the rows whose owner's mail goes to another house, ``home`` those where it goes to the property;
    a PO box says nothing.
    ``plain`` is the text normalised for blind indexes; equal people have equal ones.
    """

    row: list[int] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    position: list[int] = field(default_factory=list)
    value: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    label: list[str | None] = field(default_factory=list)
    restrictions: list[list[str] | None] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    absentee: list[int] = field(default_factory=list)
    home: list[int] = field(default_factory=list)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    """Contacts of each row by kind, so far."""

    def add(
        self, kind: str, rows: Sequence[int], values: Sequence[str], plain: Sequence[str], label: str | None
    ) -> None:
        """Append contacts of one kind."""
        self.row.extend(rows)
        self.kind.extend([kind] * len(rows))
        self.value.extend(values)
        self.plain.extend(plain)
        self.label.extend([label] * len(rows))
        self._number(kind, rows)

    def _number(self, kind: str, rows: Sequence[int]) -> None:
        """Number each row's contacts of a kind."""
        counts = dict.fromkeys(rows, 1)
        if kind not in self.counts and len(counts) == len(rows):
            self.counts[kind] = counts
            self.position.extend([0] * len(rows))
            return
        counts = self.counts.setdefault(kind, {})
        for row in rows:
            self.position.append(counts.get(row, 0))
            counts[row] = self.position[-1] + 1

    def leave_out(self, rows: Collection[int]) -> None:
        """Take away everything that these rows say about people."""
        kept = [row not in rows for row in self.row]
        for name in ("row", "kind", "position", "value", "plain", "label", "restrictions"):
            setattr(self, name, list(compress(getattr(self, name), kept)))
        for row in rows:
            self.kinds[row] = 0


class PeopleReader:
    """Reads contacts batch by batch.

    Args:
        plan: How the list is read.
        addresses: Reads mailing addresses the way it reads the properties' own.
    """

    def __init__(self, plan: ColumnPlan, addresses: AddressReader) -> None:
        self._plan = plan
        self._addresses = addresses

    def read(self, columns: Sequence[Sequence[str]], situs: AddressColumns) -> Contacts:
        """Read one batch.

        Args:
            columns: The cells.
            situs: The properties' own addresses; a mailing address that equals one is not kept twice.
        """
        found = Contacts()
        self._names(found, columns)
        self._numbers(found, columns)
        self._mailing(found, columns, situs)
        self._count(found, len(situs.key))
        self._forbid(found, columns)
        return found

    def _names(self, found: Contacts, columns: Sequence[Sequence[str]]) -> None:
        for role, label in (("owner_name", "owner"), ("owner2_name", "owner 2")):
            if role not in self._plan.fields:
                continue
            names = texts(compose(columns, self._plan.fields[role]))
            rows = [row for row, name in enumerate(names) if name]
            kept = [names[row] for row in rows]
            found.add("name", rows, kept, [normal_name(name) for name in kept], label)

    def _numbers(self, found: Contacts, columns: Sequence[Sequence[str]]) -> None:
        for kind, contacts, read in (("phone", self._plan.phones, phones), ("email", self._plan.emails, emails)):
            for contact in contacts:
                values = read(columns[contact.index]).values
                rows = [row for row, value in enumerate(values) if value]
                kept = [value for value in values if value]
                if any(" " in value for value in kept):
                    pairs = [(row, one) for row, value in zip(rows, kept, strict=True) for one in value.split(" ")]
                    rows, kept = [row for row, _ in pairs], [one for _, one in pairs]
                found.add(kind, rows, kept, kept, contact.label)

    def _mailing(self, found: Contacts, columns: Sequence[Sequence[str]], situs: AddressColumns) -> None:
        fields = self._plan.fields
        if "mailing_address" not in fields:
            return
        parts = [
            compose(columns, fields[name]) if name in fields else None
            for name in ("mailing_address", "mailing_city", "mailing_state", "mailing_zip")
        ]
        elsewhere = self._elsewhere(columns, parts)
        address, *place = ([column[row] for row in elsewhere] if column else None for column in parts)
        address = address or []
        read = self._addresses.canonicalise(address, None, *place)
        same = same_places(_rows_of(situs, elsewhere), read)
        at = [
            i
            for i, (row, key) in enumerate(zip(elsewhere, read.key, strict=True))
            if (key or address[i].strip()) and not (same[i] and key == situs.key[row])
        ]
        found.absentee = [
            row
            for row, key, is_same in zip(elsewhere, read.key, same, strict=True)
            if is_same is False and "BOX|" not in key
        ]
        others = set(elsewhere)
        found.home = [row for row, key in enumerate(situs.key) if key and row not in others]
        found.home += [row for row, is_same in zip(elsewhere, same, strict=True) if is_same]
        lines = [read.line[i] or " ".join(address[i].split()) for i in at]
        places = [" ".join(filter(None, (read.city[i], read.state[i], read.zip5[i]))) for i in at]
        values = [f"{line}, {place}" if place else line for line, place in zip(lines, places, strict=True)]
        rows = [elsewhere[i] for i in at]
        found.add("mailing", rows, values, [value.casefold() for value in values], "owner")

    def _elsewhere(self, columns: Sequence[Sequence[str]], mailing: Sequence[list[str] | None]) -> Sequence[int]:
        """Find the rows whose mailing address is not, letter by letter, the property's own."""
        fields = self._plan.fields
        names = ("address", "city", "state", "zip")
        if "unit" in fields or None in mailing or any(name not in fields for name in names):
            return range(len(mailing[0] or ()))
        own = _spelled(*(compose(columns, fields[name]) for name in names))
        theirs = _spelled(*(column or [] for column in mailing))
        return [row for row, (one, other) in enumerate(zip(own, theirs, strict=True)) if one != other or not one]

    @staticmethod
    def _count(found: Contacts, rows: int) -> None:
        """Note which kinds of contact each row carries."""
        found.kinds = [0] * rows
        for row in found.home:
            found.kinds[row] = HOME
        for kind, bit in (("name", NAME), ("phone", PHONE), ("email", EMAIL)):
            for row in found.counts.get(kind, ()):
                found.kinds[row] |= bit

    def _forbid(self, found: Contacts, columns: Sequence[Sequence[str]]) -> None:
        """Put each restriction on the contact it speaks of, or on all of the row."""
        found.restrictions = [None] * len(found.row)
        seen = read_restrictions(self._plan, columns)
        if not seen.rows:
            return
        headers = {column.index: column.header for column in self._plan.columns}
        forbidden: dict[tuple[int, str | None], list[str]] = {}
        for row, kind, contact in zip(seen.rows, seen.kinds, seen.contacts, strict=True):
            forbidden.setdefault((row, None if contact is None else headers[contact]), []).append(kind)
        for i, kinds in enumerate(_forbidden_for(found, forbidden)):
            found.restrictions[i] = kinds or None


def _forbidden_for(found: Contacts, forbidden: dict[tuple[int, str | None], list[str]]) -> Iterator[list[str]]:
    for row, label in zip(found.row, found.label, strict=True):
        yield sorted({*forbidden.get((row, None), ()), *forbidden.get((row, label), ())})


def _spelled(*columns: Sequence[str]) -> list[str]:
    """Write addresses with their places in one case; ``""`` where city or state is missing."""
    return [
        f"{address.strip()}|{city}|{state}|{zip_code[:5]}".upper() if city and state else ""
        for address, city, state, zip_code in zip(*columns, strict=True)
    ]


def _rows_of(columns: AddressColumns, rows: Sequence[int]) -> AddressColumns:
    names = ("key", "line", "city", "state", "zip5", "reason")
    return AddressColumns(*([getattr(columns, name)[row] for row in rows] for name in names))


def normal_name(name: str) -> str:
    """Fold case and punctuation, so that one spelling of a person finds another."""
    return " ".join(_NOT_WORDS.sub(" ", name.casefold()).split())
