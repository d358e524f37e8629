"""Reads prices of repairs and factors of places: the packaged tables, and a user's own prices over them."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from realestate.adapters.plain_files import read_file
from realestate.domain.repairs.price_book import COLUMNS, NEEDED, PriceBook, RegionFactors
from realestate.errors import UnusableInputError, UsageError

MOST_BYTES = 1 << 20
EXAMPLE = "First line: item,low,likely,high; then e.g.: roof_square,400,550,700"


@cache
def read_price_book() -> PriceBook:
    """The packaged price book."""
    return PriceBook.read(_rows(_packaged("price_book.csv")))


def read_own_prices(path: Path, base: PriceBook) -> PriceBook:
    """A user's prices over a book, item by item; comma-separated, ``#`` begins a remark.

    Raises:
        UsageError: If there is no such file.
        UnusableInputError: If a row of it is no price; the text names its line, column and value.
    """
    lines = _lines(path)
    header = _header(lines)
    unknown = [name for name in header if name not in COLUMNS]
    missing = [name for name in NEEDED if name not in header]
    if missing or unknown:
        what = f"lacks the column {missing[0]!r}" if missing else f"has an unknown column {unknown[0]!r}"
        raise UnusableInputError(f"The price book {path.name} {what}.", EXAMPLE)
    try:
        return PriceBook.read(_rows(lines), base)
    except ValueError as error:
        raise UnusableInputError(f"The price book {path.name} cannot be used: {error}.", EXAMPLE) from None


@cache
def read_region_factors() -> RegionFactors:
    """What repairs cost in a place."""
    return RegionFactors.read(row for _, row in _rows(_packaged("region_factors.csv")))


def _packaged(name: str) -> list[str]:
    return files("realestate").joinpath("data", name).read_text(encoding="utf-8").splitlines()


def _lines(path: Path) -> list[str]:
    if not path.exists():
        raise UsageError(f"There is no file {path}.", "Name a CSV of prices: --price-book FILE")
    try:
        return read_file(path, MOST_BYTES).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise UnusableInputError(f"The price book {path.name} is not text in UTF-8.", EXAMPLE) from None


def _header(lines: Iterable[str]) -> list[str]:
    return next((cells for _, cells in _cells(lines)), [])


def _rows(lines: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows below the header with the number of their line."""
    header = _header(lines)
    for number, cells in itertools.islice(_cells(lines), 1, None):
        yield number, dict(zip(header, cells, strict=False))


def _cells(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Cells of each line that says something, the header in small letters; remarks and empty lines say nothing."""
    first = True
    for number, line in enumerate(lines, start=1):
        cells = next(csv.reader([line]), [])
        if line.startswith("#") or not any(cell.strip() for cell in cells):
            continue
        yield number, [cell.strip().lower() for cell in cells] if first else cells
        first = False
