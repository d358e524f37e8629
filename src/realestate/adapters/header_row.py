"""Finds the header among the first rows of a list, below titles and print dates, and names its columns."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORDS_OF_HEADERS = frozenset(
    # One word list reads better as prose than as a hundred quoted literals.
    """
    account acct address addr age amount amt apn baths bedrooms beds bin block borough building city code
    contact county created date description due email fips first firstname folio full house id last
    lastname lat latitude lien list location lon longitude lot mail mailing mls name nbr no notes num
    number opa owed owner parcel permit phone pin price prop property sale seller situs sqft state status
    street suffix tags tax taxpayer tel telephone ticket total type unit value violation year years zip
    zipcode
    """.split()  # noqa: SIM905
)
_LOOKS_LIKE_DATA = re.compile(r"[$(#-]?\d|.*@|.*\b\d{4}|\(\d")
_LONGEST_LABEL = 60
_WORDS_ENOUGH = 3
"""So many different words of headers are no chance in a row of names and cities."""


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """Index of the header row, or None when the first rows are all data.

    A header is about as wide as most rows are, made of labels rather than values, and either speaks
    the words that headers use or stands over columns of another kind.
    """
    widths = Counter(len(row) for row in rows if any(row))
    if not widths:
        return None
    width = max(widths, key=lambda each: (widths[each], each))
    known = {index: len(_known_words(row)) for index, row in enumerate(rows) if _is_label_row(row, width)}
    if not known:
        return None
    index = max(known, key=lambda each: (known[each], -each))
    # A title may speak as many known words as the header below it.
    while known.get(index + 1) == known[index]:
        index += 1
    filled = sum(1 for cell in rows[index] if cell.strip())
    speaks = known[index] >= _WORDS_ENOUGH or known[index] * 2 >= filled
    return index if speaks or _stands_over_values(rows, index) else None


def column_names(header: Sequence[str], width: int) -> tuple[list[str], list[str]]:
    """Unique names for `width` columns, and a sentence for each kind of name that had to be made up."""
    labels = [" ".join(cell.split()).strip("\ufeff") for cell in header[:width]]
    labels += [""] * (width - len(labels))
    names: list[str] = []
    unnamed: list[str] = []
    notes: list[str] = []
    taken = set(labels)
    seen: Counter[str] = Counter()
    for index, label in enumerate(labels):
        seen[label] += 1
        name = label
        if not label:
            name = _free_name(f"column {index + 1}", taken)
            unnamed.append(str(index + 1))
        elif seen[label] > 1:
            name = _free_name(f"{label}_{seen[label]}", taken)
            notes.append(f"two columns are called {label!r}; column {index + 1} is kept as {name!r}")
        taken.add(name)
        names.append(name)
    if unnamed and header:
        notes.append(f"columns without a name are kept by their number: {_some(unnamed)}")
    return names, notes


def _free_name(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _some(items: Sequence[str], shown: int = 5) -> str:
    return ", ".join(items[:shown]) + (" ..." if len(items) > shown else "")


def _is_label_row(row: Sequence[str], width: int) -> bool:
    filled = [cell for cell in row if cell.strip()]
    labels = sum(1 for cell in filled if _is_label(cell))
    return len(filled) * 2 > width and labels >= 0.7 * len(filled)


def _is_label(cell: str) -> bool:
    text = cell.strip()
    return len(text) <= _LONGEST_LABEL and any(map(str.isalpha, text)) and not _LOOKS_LIKE_DATA.match(text)


def _known_words(row: Sequence[str]) -> set[str]:
    return {word for cell in row for word in re.findall(r"[a-z]+", _spaced(cell))} & _WORDS_OF_HEADERS


def _spaced(cell: str) -> str:
    """Lower case, with the words of camelCase apart."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cell).lower()


def _stands_over_values(rows: Sequence[Sequence[str]], index: int) -> bool:
    below = [row for row in rows[index + 1 :] if any(row)]
    for place, label in enumerate(rows[index]):
        cells = [row[place].strip() for row in below if place < len(row) and row[place].strip()]
        values = sum(1 for cell in cells if _LOOKS_LIKE_DATA.match(cell))
        if _is_label(label) and cells and values >= 0.7 * len(cells):
            return True
    return False
