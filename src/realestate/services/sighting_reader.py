"""Turns batches of a list into what the database keeps of them: sightings, spots, signals, people, raw rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress, groupby
from typing import TYPE_CHECKING, Any

from realestate.domain.address import AddressReader, read_parcel, shown_line
from realestate.domain.leads.columns import ColumnPlan, compose
from realestate.domain.leads.facts import FactReader
from realestate.domain.leads.people import Contacts, PeopleReader
from realestate.domain.leads.signals import NONE, SeenSignals, read_signals
from realestate.domain.leads.spots import SpotKeys, Spots, spot_keys
from realestate.domain.privacy import Suppression
from realestate.services.raw_rows import CELL, blanked, pack_rows
from realestate.services.returning import ReturningRows, without_guards

if TYPE_CHECKING:
    from realestate.domain.leads.ports import ReferenceData, RowBatch, RowStore
    from realestate.domain.ports import Cipher

ROWS_PER_CHUNK = 1_000
MAX_REJECTIONS_SHOWN = 100
ABSENTEE = "absentee"


@dataclass(frozen=True, slots=True)
class ListContext:
    """Where a batch belongs: its list and run, what a plain row stands for, and the place of rows that name none.

    Attributes:
        once: Whether the list names a property once, so that two rows at one address name two.
    """

    list_id: int
    run: int
    signal: str | None
    as_of: date
    city: str
    state: str
    once: bool = False


@dataclass(slots=True)
class Incoming:
    """A batch of rows as the database takes it, by column; the lists of one group are equally long.

    Attributes:
        rows: n (position in the file from 0), chunk, outcome (``x`` rejected, ``e`` empty, ``u`` known,
            ``None`` new), spot_key (of new rows).
        sightings: The new rows: id, line, row_hash (hex), spot_key, event_date, facts, kinds.
        spots: The spots they name, with their keys and clear address; repeats are allowed.
        ranges: street_key of a number inside a range, spot_key of the range.
        signals: sighting_id, signal, event_date, amount in cents, years, deadline, closed_on.
        contacts: id, sighting_id, kind, position, value, blind, label, restrictions.
        chunks: chunk, key, lines, sightings (ids, or ``None``), reasons, data.
    """

    rows: dict[str, Sequence[Any]]
    sightings: dict[str, Sequence[Any]] = field(default_factory=dict)
    spots: dict[str, Sequence[Any]] = field(default_factory=dict)
    ranges: dict[str, Sequence[Any]] = field(default_factory=dict)
    signals: dict[str, Sequence[Any]] = field(default_factory=dict)
    contacts: dict[str, Sequence[Any]] = field(default_factory=dict)
    chunks: dict[str, Sequence[Any]] = field(default_factory=dict)


class SightingReader:
    """Reads the batches of one list in their order.

    Attributes:
        rows: Records read so far.
        fresh: Usable rows that the list has not shown before.
        lossy: Kept rows with a date or an amount that could not be understood.
        rejections: Line and reason of the first rejected rows.
    """

    def __init__(
        self, plan: ColumnPlan, context: ListContext, store: RowStore, cipher: Cipher, reference: ReferenceData
    ) -> None:
        self._plan, self._context, self._store, self._cipher = plan, context, store, cipher
        self._addresses = reference.address_reader()
        self._people = PeopleReader(plan, self._addresses)
        self._catalog = reference.signal_catalog()
        self._facts = FactReader(plan)
        self._returned = ReturningRows(plan, store, self._catalog.kinds)
        self._chunk = 0
        self._erased = Suppression(store.suppressed(), cipher)
        self._any_known = store.any_sighting(context.list_id)
        self._left_out: set[int] = set()
        self.rows = 0
        self.fresh = 0
        self.lossy = 0
        self.rejections: list[tuple[int, str]] = []

    def read(self, batch: RowBatch) -> Incoming:
        """Read one batch; rows known from an earlier run of the list are only counted."""
        raw = list(map(CELL.join, zip(*batch.columns, strict=True))) if batch.columns else []
        hashed = self._cipher.row_hash(raw)
        hashes = [value.hex() for value in hashed]
        known = self._store.known(self._context.list_id, hashes) if self._any_known else {}
        fresh = [row not in known for row in range(len(raw))] if known else None
        columns = [list(compress(column, fresh)) if fresh else column for column in without_guards(batch.columns)]
        lines = list(compress(batch.lines, fresh)) if fresh else batch.lines
        places = _Places(self._plan, self._context, self._addresses, columns, len(lines))
        kept = self._kept(columns, lines, list(compress(hashes, fresh)) if fresh else hashes, places)
        if self._erased:
            self._blank(raw, self._erased.known_rows(hashed), fresh)
        kept.rows, kept.chunks = self._rows(batch, raw, known, fresh, places, kept)
        return kept

    def notes(self) -> list[str]:
        """Say what was decided about rows that name leads by id."""
        strangers = self._returned.strangers
        return [f"{strangers} rows name a lead that has another address: they went by theirs"] if strangers else []

    def _blank(self, raw: list[str], known: set[int], fresh: Sequence[bool] | None) -> None:
        """Empty the rows of people who were erased, so that they are not kept as they came either."""
        new = [row for row in range(len(raw)) if fresh is None or fresh[row]]
        for row in known.union(new[at] for at in self._left_out):
            raw[row] = blanked(raw[row])

    def _kept(
        self, columns: Sequence[Sequence[str]], lines: Sequence[int], hashes: Sequence[str], places: _Places
    ) -> Incoming:
        usable = places.usable
        echoed = self._returned.join(columns, places.spots, places.keys, usable)
        count = sum(usable)
        self.fresh += count
        ids: list[int | None] = [None] * len(usable)
        reserved = iter(self._store.reserve("sighting_ids", count))
        for row, good in enumerate(usable):
            if good:
                ids[row] = next(reserved)
        signals = read_signals(self._plan, columns, self._catalog, self._context.signal or NONE)
        self._returned.add_statements(columns, echoed, signals)
        facts = self._facts.read(columns)
        contacts = self._people.read(columns, places.read)
        _add_absentees(signals, contacts.absentee)
        if self._erased:
            # The property of somebody who was erased stays; the person does not come back with it.
            self._left_out = self._erased.rows(contacts.row, contacts.kind, contacts.plain, places.spots.zip5)
            contacts.leave_out(self._left_out)
        misread = {row for row, _, _ in signals.bad} | set(facts.bad)
        self.lossy += sum(usable[row] for row in misread)
        incoming = Incoming(rows={})
        incoming.sightings = {
            "id": _only(ids, usable),
            "line": _only(lines, usable),
            "row_hash": _only(hashes, usable),
            "spot_key": _only(places.keys.spot, usable),
            "event_date": _only(_newest(signals, len(usable)), usable),
            "facts": _only(facts.values, usable),
            "kinds": _only(contacts.kinds, usable),
        }
        incoming.spots, incoming.ranges = places.columns()
        incoming.signals = _signal_columns(signals, ids, self._context.as_of)
        incoming.contacts = self._sealed(contacts, ids)
        return incoming

    def _sealed(self, contacts: Contacts, ids: Sequence[int | None]) -> dict[str, Sequence[Any]]:
        good = [ids[row] is not None for row in contacts.row]
        kinds, values, plain = (_only(c, good) for c in (contacts.kind, contacts.value, contacts.plain))
        keys = self._store.reserve("contact_ids", len(kinds))
        sealed: list[bytes | None] = []
        blind: list[bytes | None] = []
        for kind, of_kind in groupby(kinds):
            part = slice(len(sealed), len(sealed) + sum(1 for _ in of_kind))
            sealed += self._cipher.seal(f"contacts.{kind}", keys[part], values[part])
            blind += self._cipher.blind(kind, plain[part])
        return {
            "id": keys,
            "sighting_id": [ids[row] for row in _only(contacts.row, good)],
            "kind": kinds,
            "position": _only(contacts.position, good),
            "value": sealed,
            "blind": blind,
            "label": _only(contacts.label, good),
            "restrictions": _only(contacts.restrictions, good),
        }

    def _rows(
        self,
        batch: RowBatch,
        raw: Sequence[str],
        known: dict[int, int],
        fresh: Sequence[bool] | None,
        places: _Places,
        kept: Incoming,
    ) -> tuple[dict[str, Sequence[Any]], dict[str, Sequence[Any]]]:
        """Put good, rejected and empty records back into the order of the file, chunk by chunk."""
        usable = _spread(places.usable, fresh)
        good = None if all(usable) else [bool(each) for each in usable]
        records = _Records(
            lines=list(batch.lines),
            outcomes=[None if each else "u" if each is None else "x" for each in usable],
            ids=_spread(kept.sightings["id"], good),
            spots=_spread(kept.sightings["spot_key"], good),
            texts=list(raw),
            reasons=_spread(places.reasons, fresh),
        )
        for row, sighting in known.items():
            records.ids[row] = sighting
        erased = self._erased_lines(batch)
        for at, each in enumerate(batch.rejected):
            records.add(each.line, "x", blanked(each.raw) if at in erased else each.raw, each.reason)
        for line in batch.empty:
            records.add(line, "e", "", None)
        if batch.rejected or batch.empty:
            records.sort()
        self._note(records)
        return self._in_chunks(records)

    def _erased_lines(self, batch: RowBatch) -> set[int]:
        """Positions of rejected lines that name somebody who was erased."""
        if not self._erased or not batch.rejected:
            return set()
        lines = [each.raw for each in batch.rejected]
        return self._erased.lines(lines, self._cipher.row_hash(lines))

    def _note(self, records: _Records) -> None:
        room = MAX_REJECTIONS_SHOWN - len(self.rejections)
        if room > 0:
            found = zip(records.lines, records.reasons, records.outcomes, strict=True)
            rejected = [(line, reason or "") for line, reason, outcome in found if outcome == "x"]
            self.rejections.extend(rejected[:room])

    def _in_chunks(self, records: _Records) -> tuple[dict[str, Sequence[Any]], dict[str, Sequence[Any]]]:
        count = len(records.lines)
        parts = [slice(start, start + ROWS_PER_CHUNK) for start in range(0, count, ROWS_PER_CHUNK)]
        keys = self._store.reserve("chunk_ids", len(parts))
        chunks = {
            "chunk": range(self._chunk, self._chunk + len(parts)),
            "key": keys,
            "lines": [records.lines[part] for part in parts],
            "sightings": [records.ids[part] for part in parts],
            "reasons": [records.rejections(part) for part in parts],
            "data": [
                self._cipher.seal_bytes("run_rows.data", key, pack_rows(records.texts[part]))
                for key, part in zip(keys, parts, strict=True)
            ],
        }
        rows = {
            "n": range(self.rows, self.rows + count),
            "chunk": [self._chunk + at // ROWS_PER_CHUNK for at in range(count)],
            "outcome": records.outcomes,
            "spot_key": records.spots,
        }
        self._chunk += len(parts)
        self.rows += count
        return rows, chunks


@dataclass(slots=True)
class _Records:
    """All records of a batch by column, also those that name no property; ``outcomes`` as in `Incoming`."""

    lines: list[int]
    outcomes: list[str | None]
    ids: list[int | None]
    spots: list[int | None]
    texts: list[str]
    reasons: list[str | None]

    def add(self, line: int, outcome: str, text: str, reason: str | None) -> None:
        """Append one that could not be read."""
        for column, value in zip(self._columns(), (line, outcome, None, None, text, reason), strict=True):
            column.append(value)

    def sort(self) -> None:
        """Put all into the order of the file."""
        order = sorted(range(len(self.lines)), key=self.lines.__getitem__)
        for column in self._columns():
            column[:] = [column[at] for at in order]

    def rejections(self, part: slice) -> str:
        """Give the reasons of rejected records by their position, as JSON."""
        found = enumerate(zip(self.outcomes[part], self.reasons[part], strict=True))
        return json.dumps({str(at): reason for at, (outcome, reason) in found if outcome == "x" and reason})

    def _columns(self) -> tuple[list[Any], ...]:
        return self.lines, self.outcomes, self.ids, self.spots, self.texts, self.reasons


class _Places:
    """Where the rows of a batch are: canonical address, place and parcel of each, and the keys made of them."""

    def __init__(
        self,
        plan: ColumnPlan,
        context: ListContext,
        reader: AddressReader,
        columns: Sequence[Sequence[str]],
        count: int,
    ) -> None:
        def cells(name: str, otherwise: str = "") -> list[str]:
            found = compose(columns, plan.fields[name]) if name in plan.fields else [""] * count
            return [cell or otherwise for cell in found] if otherwise else found

        read = reader.canonicalise(
            cells("address"),
            cells("unit") if "unit" in plan.fields else None,
            cells("city", context.city),
            cells("state", context.state),
            cells("zip"),
        )
        self.read = read
        parcels = cells("parcel")
        read_parcels = [read_parcel(cell) if cell else "" for cell in parcels]
        counties = [" ".join(cell.upper().split()).removesuffix(" COUNTY") for cell in cells("county")]
        self.spots = Spots(read.key, read.city, read.state, read.zip5, read_parcels, counties)
        self.keys: SpotKeys = spot_keys(self.spots)
        self.usable = [key is not None for key in self.keys.spot]
        self.reasons = [reason or "no address" for reason in read.reason]
        self._lines = [
            shown_line(key, line) if line else f"PARCEL {parcel}"
            for key, line, parcel in zip(read.key, read.line, read_parcels, strict=True)
        ]

    def columns(self) -> tuple[dict[str, Sequence[Any]], dict[str, Sequence[Any]]]:
        """Give the distinct spots of the batch, and the numbers inside their ranges."""
        at = {key: row for row, key in enumerate(self.keys.spot) if key is not None}
        rows = list(at.values())
        spots, keys = self.spots, self.keys
        columns: dict[str, Sequence[Any]] = {
            "spot_key": list(at),
            "street_key": [keys.street[row] for row in rows],
            "parcel_key": [keys.parcel[row] for row in rows],
            "address_key": [spots.address[row] for row in rows],
            "address": [self._lines[row] for row in rows],
            **{
                name: [values[row] or None for row in rows]
                for name, values in (
                    ("city", spots.city),
                    ("state", spots.state),
                    ("zip", spots.zip5),
                    ("parcel", spots.parcel),
                    ("county", spots.county),
                )
            },
        }
        pairs = [(inside, key) for key, row in at.items() for inside in keys.inside[row]]
        return columns, {"street_key": [pair[0] for pair in pairs], "spot_key": [pair[1] for pair in pairs]}


def _spread(values: Sequence[Any], wanted: Sequence[bool] | None) -> list[Any]:
    """Put values back to the rows that they were picked from; the others get ``None``."""
    if wanted is None:
        return list(values)
    following = iter(values)
    return [next(following) if each else None for each in wanted]


def _only(values: Sequence[Any], wanted: Sequence[bool]) -> list[Any]:
    return list(compress(values, wanted))


def _add_absentees(signals: SeenSignals, rows: Sequence[int]) -> None:
    """Note whose mail goes elsewhere, unless the list says so itself; an attribute, which never scores."""
    said = {row for row, name in zip(signals.rows, signals.signals, strict=True) if name == ABSENTEE}
    fresh = [row for row in rows if row not in said] if said else list(rows)
    signals.rows += fresh
    signals.signals += [ABSENTEE] * len(fresh)
    signals.closed += [False] * len(fresh)
    for column in (signals.event_dates, signals.amounts, signals.years, signals.deadlines, signals.closed_on):
        column.extend([None] * len(fresh))


def _newest(signals: SeenSignals, count: int) -> list[date | None]:
    """Give the newest event that each row states."""
    newest: list[date | None] = [None] * count
    for row, day in zip(signals.rows, signals.event_dates, strict=True):
        known = newest[row]
        if day is not None and (known is None or day > known):
            newest[row] = day
    return newest


def _signal_columns(signals: SeenSignals, ids: Sequence[int | None], as_of: date) -> dict[str, Sequence[Any]]:
    """Give the signals of usable rows; a matter that is over on no stated day was over on the list's day."""
    good = [ids[row] is not None for row in signals.rows]
    ended = [day or (as_of if over else None) for over, day in zip(signals.closed, signals.closed_on, strict=True)]
    return {
        "sighting_id": [ids[row] for row in _only(signals.rows, good)],
        "signal": _only(signals.signals, good),
        "event_date": _only(signals.event_dates, good),
        "amount": _only(signals.amounts, good),
        "years": _only(signals.years, good),
        "deadline": _only(signals.deadlines, good),
        "closed_on": _only(ended, good),
    }
