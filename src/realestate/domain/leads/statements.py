"""Writes the open signals of a lead as one line that people can read and an import reads back exactly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

_SEPARATOR = "; "
_ONE = re.compile(
    r"(?P<signal>[a-z_]+) (?P<day>\d{4}-\d\d-\d\d)(?: \$(?P<dollars>-?\d+)\.(?P<cents>\d\d))?"
    r"(?: over (?P<years>\d+(?:\.\d+)?(?:e[-+]\d+)?) years)?(?: until (?P<deadline>\d{4}-\d\d-\d\d))?"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a list says about one signal of a lead.

    Attributes:
        signal: Its name.
        day: Of the event; the day the list speaks of where it names none.
        amount: US cents.
        years: Years owed.
        deadline: Auction, tax sale.
    """

    signal: str
    day: date
    amount: int | None = None
    years: float | None = None
    deadline: date | None = None

    def __str__(self) -> str:
        """Write it as in ``tax_delinquent 2025-03-01 $1200.50 over 3 years until 2026-01-31``."""
        text = f"{self.signal} {self.day.isoformat()}"
        if self.amount is not None:
            sign = "-" if self.amount < 0 else ""
            text += f" ${sign}{abs(self.amount) // 100}.{abs(self.amount) % 100:02}"
        if self.years is not None:
            text += f" over {str(self.years).removesuffix('.0')} years"
        return f"{text} until {self.deadline.isoformat()}" if self.deadline else text


def write_statements(statements: Iterable[Statement]) -> str:
    """Put statements on one line."""
    return _SEPARATOR.join(map(str, statements))


def read_statements(text: str) -> Iterator[Statement]:
    """Read a line of statements; what is none is passed over."""
    for part in text.split(_SEPARATOR):
        found = _ONE.fullmatch(part.strip())
        statement = _read(found) if found else None
        if statement:
            yield statement


def _read(found: re.Match[str]) -> Statement | None:
    dollars = found["dollars"]
    cents = None if dollars is None else int(dollars.lstrip("-") + found["cents"]) * (-1 if dollars[0] == "-" else 1)
    try:
        return Statement(
            found["signal"],
            date.fromisoformat(found["day"]),
            cents,
            None if found["years"] is None else float(found["years"]),
            None if found["deadline"] is None else date.fromisoformat(found["deadline"]),
        )
    except ValueError:
        return None
