"""Finds out which column of a list holds which field, from its header, its neighbours and its cells."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from realestate.domain.leads.cell_kinds import TELLING_SHAPES, fits, guess
from realestate.domain.leads.contexts import in_context
from realestate.domain.leads.header_words import GENERIC
from realestate.domain.leads.neighbours import (
    STREET_PARTS,
    SURE_FROM,
    Column,
    with_doubts,
    with_neighbours,
    with_only_address,
    with_only_date,
)
from realestate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from realestate.domain.leads.header_words import HeaderWords

__all__ = [
    "FIELDS",
    "SURE_FROM",
    "USED_FROM",
    "Column",
    "ColumnPlan",
    "ContactColumn",
    "RestrictionColumn",
    "compose",
    "plan_columns",
]

FIELDS = (
    *("address", "unit", "city", "state", "zip", "county", "parcel"),
    *("owner_name", "owner_first", "owner_last", "owner2_name", "phone", "email"),
    *("mailing_address", "mailing_city", "mailing_state", "mailing_zip"),
    *("event_date", "amount", "years", "status", "closed_date", "sale_date", "sale_price"),
    *("value", "equity", "loan_balance", "beds", "baths", "sqft", "lot_sqft", "year_built", "lat", "lon"),
    *("property_type", "signal", "do_not_contact", "lead_id", "ignore"),
)
"""What `--map HEADER=FIELD` takes; a contract with scripts."""
USED_FROM = 0.5
"""A column read with less confidence is only suggested, never used."""
_BY_CELLS_ALONE = 0.4


@dataclass(frozen=True, slots=True)
class ContactColumn:
    """A column of phones or e-mail addresses, with the columns that say what kind each is."""

    index: int
    label: str
    type_index: int | None = None


@dataclass(frozen=True, slots=True)
class RestrictionColumn:
    """A column that forbids something: `contact` is the phone column it speaks of, None for the whole lead."""

    index: int
    kind: str
    contact: int | None = None


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """How to read a list.

    Attributes:
        columns: Every column in order, also the unknown ones.
        fields: The columns of each single-valued field, whose cells are joined with a blank in this order.
        signals: For each slug the columns by part: flag, date, amount, years, year, deadline, closed, type.
        flag_lists: Columns of comma lists such as "Vacant, Tax Delinquent".
        vendor: The known format, or "".
        list_signal: What the known format says the list stands for ("none"), or "".
    """

    columns: tuple[Column, ...]
    fields: Mapping[str, tuple[int, ...]]
    phones: tuple[ContactColumn, ...] = ()
    emails: tuple[ContactColumn, ...] = ()
    signals: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    flag_lists: tuple[int, ...] = ()
    restrictions: tuple[RestrictionColumn, ...] = ()
    vendor: str = ""
    list_signal: str = ""

    def shown(self) -> dict[str, str]:
        """Header -> field, of the columns in use."""
        used = {index for indexes in self.fields.values() for index in indexes}
        used |= {index for parts in self.signals.values() for index in parts.values()}
        used |= {contact.index for contact in (*self.phones, *self.emails)}
        used |= {contact.type_index for contact in self.phones if contact.type_index is not None}
        used |= {restriction.index for restriction in self.restrictions} | set(self.flag_lists)
        return {column.header: column.role for column in self.columns if column.index in used}

    def confidence(self) -> dict[str, float]:
        """Header -> how sure its reading is, 0 to 1, of the columns in use."""
        used = self.shown()
        return {column.header: round(column.confidence, 2) for column in self.columns if column.header in used}

    def unread(self) -> list[str]:
        """Headers of the columns that are kept as they came."""
        used = self.shown()
        return [column.header for column in self.columns if column.header not in used]

    def suggestions(self) -> dict[str, str]:
        """Header -> field, of columns whose cells look like a field though nothing else says so."""
        return {c.header: c.role for c in self.columns if c.role and 0 < c.confidence < USED_FROM}


def plan_columns(
    header: Sequence[str],
    sample: Sequence[Sequence[str]],
    words: HeaderWords,
    formats: Mapping[str, Mapping[str, object]] | None = None,
    overrides: Mapping[str, str] | None = None,
    signal: str = "",
) -> ColumnPlan:
    """Decide what every column is.

    Args:
        header: Column names.
        sample: For each column some of its cells; may be empty.
        words: The vocabulary of headers.
        formats: Known vendor formats, by name (table `formats` of headers.toml).
        overrides: `--map`: header (as written, case aside) -> field.
        signal: What the list stands for, as far as that is known.

    Raises:
        UsageError: an override names a column or field that does not exist.
    """
    vendor, known = _vendor(header, words, formats or {})
    columns = [_read_header(index, name, words, known) for index, name in enumerate(header)]
    columns = in_context(columns, words, signal)
    columns = with_doubts(with_only_date(with_only_address(with_neighbours(columns)), words))
    columns = [_checked(column, sample[column.index] if sample else ()) for column in columns]
    columns = _overridden(columns, overrides or {})
    return _plan(columns, vendor, str((formats or {}).get(vendor, {}).get("signal", "")))


def compose(columns: Sequence[Sequence[str]], indexes: Sequence[int]) -> list[str]:
    """The cells of several columns joined row by row with single blanks."""
    if len(indexes) == 1:
        return list(columns[indexes[0]])
    parts = [columns[index] for index in indexes]
    return [" ".join(part for part in map(str.strip, cells) if part) for cells in zip(*parts, strict=True)]


def _vendor(
    header: Sequence[str], words: HeaderWords, formats: Mapping[str, Mapping[str, object]]
) -> tuple[str, dict[str, str]]:
    """The known format whose signature this header holds, with its own meanings of headers."""
    present = {words.canonical(name) for name in header}
    for name, entry in formats.items():
        signature = entry["signature"]
        if isinstance(signature, list) and present.issuperset(map(words.canonical, signature)):
            own = entry.get("columns", {})
            return name, {words.canonical(k): v for k, v in own.items()} if isinstance(own, dict) else {}
    return "", {}


def _read_header(index: int, name: str, words: HeaderWords, known: Mapping[str, str]) -> Column:
    meaning = words.meaning(name)
    stated = known.get(words.canonical(name))
    if stated is not None:
        return Column(index, name, stated, 1.0, "a column of this known format", meaning.numbers)
    return Column(
        index, name, meaning.role, meaning.confidence, meaning.why, meaning.numbers, meaning.rank, meaning.bare
    )


def _checked(column: Column, cells: Sequence[str]) -> Column:
    """The column with its confidence moved by what its cells look like."""
    if not column.role:
        likely = guess(cells)
        return (
            replace(column, role=likely, confidence=_BY_CELLS_ALONE, why="its cells look like it") if likely else column
        )
    share = fits(column.role, cells)
    if share is None:
        return column
    if share < 0.3:
        return replace(column, confidence=0.3, why=f"{column.why}, but only {share:.0%} of its cells look like it")
    if share >= 0.8 and column.confidence == GENERIC and column.role in TELLING_SHAPES:
        return replace(column, confidence=SURE_FROM, why=f"{column.why}, and its cells look like it")
    return column


def _overridden(columns: Sequence[Column], overrides: Mapping[str, str]) -> list[Column]:
    by_name = {column.header.casefold(): column.index for column in columns}
    result = list(columns)
    for name, wanted in overrides.items():
        index = by_name.get(name.strip().casefold())
        if index is None:
            raise UsageError(f"no column is called {name!r}", f"the columns are: {', '.join(by_name)}")
        if wanted not in FIELDS:
            raise UsageError(f"{wanted!r} is no field", f"the fields are: {', '.join(FIELDS)}")
        role = "restriction:do_not_contact" if wanted == "do_not_contact" else wanted
        result[index] = Column(index, columns[index].header, role, 1.0, "named by --map", rank=-1)
    return result


def _plan(columns: Sequence[Column], vendor: str, list_signal: str) -> ColumnPlan:
    used = [column for column in columns if column.role and column.confidence >= USED_FROM]
    best: dict[str, Column] = {}
    for column in sorted(used, key=lambda each: (each.rank, each.numbers, each.index)):
        best.setdefault(column.role, column)
    kinds = {column.numbers: column.index for column in used if column.role == "phone_type"}
    phones = [column for column in used if column.role == "phone"]
    return ColumnPlan(
        columns=tuple(columns),
        fields=_fields(best),
        phones=tuple(ContactColumn(each.index, each.header, kinds.get(each.numbers)) for each in phones),
        emails=tuple(ContactColumn(each.index, each.header) for each in used if each.role == "email"),
        signals=_signals(best),
        flag_lists=tuple(each.index for each in used if each.role == "flags"),
        restrictions=tuple(_restrictions(used, phones)),
        vendor=vendor,
        list_signal=list_signal,
    )


def _fields(best: Mapping[str, Column]) -> dict[str, tuple[int, ...]]:
    single = frozenset((*FIELDS, "year", "equity_percent", "owner2_first", "owner2_last", "lead_signals")) - {
        "ignore",
        "phone",
        "email",
    }
    fields: dict[str, tuple[int, ...]] = {role: (best[role].index,) for role in best if role in single}
    for prefix in ("", "mailing_"):
        parts = [prefix + part for part in _address_parts(prefix, best)]
        if prefix + "address" in best or prefix + "name" in best:
            fields[prefix + "address"] = tuple(best[part].index for part in parts if part in best)
    for owner in ("owner", "owner2"):
        names = tuple(best[part].index for part in (owner + "_first", owner + "_last") if part in best)
        if names and owner + "_name" not in best:
            fields[owner + "_name"] = names
    return fields


def _address_parts(prefix: str, best: Mapping[str, Column]) -> Iterator[str]:
    """The parts that make the address, in their order; a mailing unit has no field of its own."""
    whole = best.get(prefix + "address")
    # A bare "location" beside number and street is a point on the map.
    is_doubtful = (
        whole is not None and whole.confidence < SURE_FROM and {prefix + "number", prefix + "name"} <= best.keys()
    )
    yield from ("address", "address2") if whole is not None and not is_doubtful else STREET_PARTS
    if prefix:
        yield "unit"
    if not {prefix + "city", prefix + "zip"} & best.keys():
        yield "last_line"


def _signals(best: Mapping[str, Column]) -> dict[str, dict[str, int]]:
    signals: dict[str, dict[str, int]] = defaultdict(dict)
    for role, column in best.items():
        if role.startswith("signal:"):
            _, slug, part = role.split(":")
            signals[slug][part] = column.index
    return dict(signals)


def _restrictions(used: Sequence[Column], phones: Sequence[Column]) -> Iterator[RestrictionColumn]:
    for column in used:
        if not column.role.startswith("restriction:"):
            continue
        kind = column.role.partition(":")[2]
        own = [
            each.index for each in phones if column.numbers and each.numbers[: len(column.numbers)] == column.numbers
        ]
        for contact in own or (None,):
            yield RestrictionColumn(column.index, kind, contact)
