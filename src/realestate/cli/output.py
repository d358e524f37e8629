"""stdout is data, stderr is talk: the only module that writes to either."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from realestate.errors import RealestateError


class Format(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"


OutputOption = Annotated[
    Format | None,
    typer.Option("--output", "-o", help="table, json, jsonl, csv or tsv; a table on a terminal, else TSV."),
]


@dataclass(slots=True)
class _Manners:
    quiet: bool = False
    verbose: bool = False
    ask: bool = True
    agree: bool = False
    json: bool = False


_manners = _Manners()


def settle(*, quiet: bool, verbose: bool, ask: bool, agree: bool) -> None:
    """Take the root options of this command line."""
    _manners.quiet, _manners.verbose, _manners.ask, _manners.agree = quiet, verbose, ask, agree


def speak_json(wanted: bool) -> None:
    """Report errors as one line of JSON, for scripts that read JSON."""
    _manners.json = wanted


def printable(text: str) -> str:
    """Make text safe for a terminal: control, escape and direction characters are shown, not obeyed."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def say(text: str) -> None:
    """Tell the person something, on stderr; silent with ``--quiet``."""
    if not _manners.quiet:
        sys.stderr.write("\n".join(map(printable, text.split("\n"))) + "\n")


def detail(text: str) -> None:
    """Tell something that only ``--verbose`` wants to know."""
    if _manners.verbose:
        say(text)


def next_step(command: str) -> None:
    """End a change of state with the command that usually follows."""
    say(f"Next: {command}")


def report(error: RealestateError) -> None:
    """Say what went wrong and what to do, on stderr."""
    if _manners.json:
        fields = {"code": int(error.exit_code), "message": error.message, "hint": error.hint}
        sys.stderr.write(json.dumps({"error": fields}) + "\n")
        return
    sys.stderr.write(printable(f"Error: {error.message}") + "\n")
    if error.hint:
        sys.stderr.write(printable(f"  {error.hint}") + "\n")


def confirm(question: str) -> bool:
    """Ask before something that cannot be taken back; ``--yes`` agrees, a pipe refuses."""
    if _manners.agree:
        return True
    if not _manners.ask or not sys.stdin.isatty():
        return False
    return typer.confirm(question, err=True)


def agreed() -> bool:
    """Whether ``--yes`` agreed to everything beforehand."""
    return _manners.agree


def write(text: str) -> None:
    """Print one line of data."""
    sys.stdout.write(text + "\n")


def emit(rows: Iterable[Mapping[str, Any]], fmt: Format | None, columns: Sequence[str] | None = None) -> None:
    """Print rows of data.

    Args:
        rows: One mapping per row, all with the same keys; consumed as a stream except for a table.
        fmt: The format asked for; ``None`` is a table on a terminal and TSV in a pipe.
        columns: The keys to show in a table, CSV or TSV, in order; all keys when omitted.
    """
    chosen = fmt or (Format.TABLE if sys.stdout.isatty() else Format.TSV)
    if chosen is Format.JSONL:
        for row in rows:
            sys.stdout.write(_as_json(row) + "\n")
    elif chosen is Format.JSON:
        sys.stdout.write("[" + ",\n ".join(map(_as_json, rows)) + "]\n")
    elif chosen is Format.TABLE:
        _table(list(rows), columns)
    else:
        _delimited(rows, "\t" if chosen is Format.TSV else ",", columns)


def emit_one(record: Mapping[str, Any], fmt: Format | None) -> None:
    """Print one record: an object in JSON, else one ``key<TAB>value`` line per key."""
    if fmt in (Format.JSON, Format.JSONL):
        sys.stdout.write(_as_json(record) + "\n")
    else:
        emit(({"field": key, "value": value} for key, value in record.items()), fmt)


@contextmanager
def progress(what: str, total: int | None = None, *, rate: bool = False) -> Iterator[Callable[..., None]]:
    """Show a bar on stderr, on a terminal only; call what is given with the amount done, and the whole once known.

    Args:
        what: Is being done.
        total: How much there is to do.
        rate: Whether to show how many are done in a second.
    """
    if _manners.quiet or not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import Progress, ProgressColumn, TextColumn

    per_second: list[ProgressColumn] = [TextColumn("{task.fields[rate]}")] if rate else []
    columns = (*Progress.get_default_columns(), *per_second)
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(what, total=total, rate="")

        def advance(done: int, whole: int | None = total) -> None:
            speed = bars.tasks[task].speed
            bars.update(task, completed=done, total=whole, rate=f"{speed:,.1f} a second" if speed else "")

        yield advance


def _as_json(row: Mapping[str, Any]) -> str:
    return json.dumps(row, default=str, ensure_ascii=False)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_cell, value))
    if isinstance(value, dict):
        return _as_json(value)
    return str(value)


def _delimited(rows: Iterable[Mapping[str, Any]], delimiter: str, columns: Sequence[str] | None) -> None:
    writer = csv.writer(sys.stdout, delimiter=delimiter, lineterminator="\n")
    head: Sequence[str] | None = None
    for row in rows:
        if head is None:
            head = columns or list(row)
            writer.writerow(head)
        writer.writerow([printable(_cell(row[name])) for name in head])


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    head = columns or list(rows[0])
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in head:
        numeric = all(isinstance(row[name], (int, float, type(None))) for row in rows)
        table.add_column(name.replace("_", " "), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(_cell(row[name]))) for name in head))
    Console().print(table)
