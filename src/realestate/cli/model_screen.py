"""What a model claims and how good it is, for people at a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from realestate.cli.output import Format, emit, printable, write

WIDTH = 100
FIGURE_COLUMNS = ("positives", "ap", "f1")
"""Figures that there is one of for each class; they stand beside the thresholds."""


def show_card(document: Mapping[str, Any]) -> None:
    """Print a card: classes, figures, sources, training and caveats, each where the card has it."""
    _heading(f"{document.get('name')} {document.get('version') or ''}".rstrip())
    write(f"sha256 {document.get('sha256')}")
    figures = _mapping(document.get("figures"))
    _table("Classes", list(_classes(document, figures)))
    write("No threshold: too few photos to measure one; the class asks for an inspection and is never priced.")
    _show_mapping("Figures", {key: value for key, value in figures.items() if key not in FIGURE_COLUMNS})
    _table("Tiers of sources", _rows_by_key("tier", _mapping(document.get("tiers"))))
    _show_sources(document.get("sources"))
    _show_mapping("Training", _mapping(document.get("training")))
    _show_mapping("Calibration", _mapping(document.get("calibration")))
    _show_notes(document.get("notes"))


def show_figures(figures: Mapping[str, Any]) -> None:
    """Print what was measured: one table by class, one by source, the rest by name."""
    columns = {key: _mapping(figures.get(key)) for key in FIGURE_COLUMNS}
    plain = {key: value for key, value in figures.items() if key not in FIGURE_COLUMNS}
    _show_mapping("Figures", plain)
    classes = columns["positives"]
    _table(
        "By class", [{"class": name} | {key: values.get(name) for key, values in columns.items()} for name in classes]
    )


def _classes(document: Mapping[str, Any], figures: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    thresholds, inspect = _mapping(document.get("thresholds")), _mapping(document.get("inspect_from"))
    columns = [key for key in FIGURE_COLUMNS if isinstance(figures.get(key), dict)]
    for name in thresholds:
        row = {"class": name, "threshold": thresholds[name], "inspect from": inspect.get(name)}
        yield row | {key: figures[key].get(name) for key in columns}


def _show_sources(sources: object) -> None:
    """Where the photos came from; attributions are long and stand below the table."""
    rows = [one for one in sources if isinstance(one, dict)] if isinstance(sources, list) else []
    columns = ("repository", "licence", "tier", "photos")
    _table("Sources", [{key: row.get(key) for key in columns} for row in rows])
    for row in rows:
        about = "; ".join(str(row[key]) for key in ("what", "attribution") if row.get(key))
        if about:
            _paragraph(f"{row.get('repository')}: {about}")


def _show_mapping(title: str, values: Mapping[str, Any]) -> None:
    """Plain values by name, then a table for each value that has a table's shape."""
    plain = {key: value for key, value in values.items() if not isinstance(value, dict)}
    nested = {key: value for key, value in values.items() if isinstance(value, dict) and value}
    if plain:
        _heading(title)
    for key, value in plain.items():
        _paragraph(f"{_spoken(key)}: {_said(value)}")
    for key, value in nested.items():
        name = f"{title}, {_spoken(key)}"
        if all(isinstance(one, dict) for one in value.values()):
            _table(name, _rows_by_key("", value))
        else:
            _show_mapping(name, value)


def _show_notes(notes: object) -> None:
    lines = [notes] if isinstance(notes, str) else notes if isinstance(notes, list) else []
    if lines:
        _heading("What to know")
    for line in lines:
        _paragraph(f"- {_said(line)}")


def _rows_by_key(name: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row for each entry, with all keys that any of them has; nested values in one cell."""
    entries = {key: value for key, value in values.items() if isinstance(value, dict)}
    keys = list(dict.fromkeys(key for value in entries.values() for key in value))
    return [{name: key} | {one: value.get(one) for one in keys} for key, value in entries.items()]


def _table(title: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        _heading(title)
        emit(rows, Format.TABLE)


def _heading(text: str) -> None:
    write(f"\n{printable(text)}")


def _paragraph(text: str) -> None:
    for line in textwrap.wrap(printable(text), WIDTH, subsequent_indent="    "):
        write(line)


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} {_said(one)}" for key, one in value.items())
    return "unknown" if value is None else str(value)


def _spoken(key: str) -> str:
    return key.replace("_", " ")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
