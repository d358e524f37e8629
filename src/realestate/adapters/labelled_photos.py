"""Reads a table of labelled photos: CSV with ``file`` and a column per class, 1, 0 or -1 (or nothing) for unknown."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from realestate.adapters.plain_files import read_file
from realestate.domain.repairs.evaluation import LabelledPhoto
from realestate.errors import UnusableInputError, UsageError

MOST_BYTES = 256 << 20
SHOWN, ABSENT, UNKNOWN = "1", "0", ("-1", "")
FORM = "Write 1, 0, or nothing for unknown, in a column of the class's name: file,crack,mould"


def read_labelled_photos(table: Path, classes: Sequence[str], split: str | None = None) -> list[LabelledPhoto]:
    """Read the labels of some classes.

    Columns: ``file``; ``y_<class>`` or ``<class>``; and where they stand ``parent`` (each photo its own when not),
    ``repo`` or ``source``, and ``split``.

    Args:
        table: The CSV.
        classes: Those that are wanted; other columns are left alone.
        split: Only rows whose ``split`` is this.

    Raises:
        UnusableInputError: If it is no such table, or no row is left.
        UsageError: If it knows none of the classes, or holds what is no label.
    """
    rows = _rows(table)
    columns = _columns(table, rows, classes)
    wanted = [(i, row) for i, row in enumerate(rows, 2) if split is None or row.get("split") == split]
    if not wanted:
        raise UnusableInputError(f"{table.name} has no row of the split {split!r}.", "Leave --split out for all rows.")
    return [_photo(table, i, row, columns) for i, row in wanted]


def _rows(table: Path) -> list[dict[str, str]]:
    try:
        text = read_file(table, MOST_BYTES).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), restval=""))
    except (ValueError, csv.Error) as error:
        raise UnusableInputError(f"{table.name} is no CSV in UTF-8: {error}.", FORM) from None
    if not rows or "file" not in rows[0]:
        raise UnusableInputError(f"{table.name} has no rows with a column `file`.", FORM)
    return rows


def _columns(table: Path, rows: Sequence[Mapping[str, str]], classes: Sequence[str]) -> dict[str, str]:
    """Class to the column that holds its labels."""
    names = {one: name for one in classes for name in (one, f"y_{one}") if name in rows[0]}
    if not names:
        raise UsageError(f"{table.name} has no column for any class: {', '.join(classes)}.", FORM)
    return names


def _photo(table: Path, line: int, row: Mapping[str, str], columns: Mapping[str, str]) -> LabelledPhoto:
    shown, absent = set(), set()
    for one, column in columns.items():
        value = (row[column] or "").strip()
        if value == SHOWN:
            shown.add(one)
        elif value == ABSENT:
            absent.add(one)
        elif value not in UNKNOWN:
            raise UsageError(f"{table.name}, row {line}: {value[:40]!r} in {column} is no label.", FORM)
    source = row.get("repo") or row.get("source") or "all"
    return LabelledPhoto(
        row["file"], shown, absent, row.get("parent") or row["file"], source, row.get("licence_tier") or "B"
    )
