"""Reads what is peculiar to a file of ours that comes back: ids of leads, guarded cells, signals we wrote ourselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from realestate.domain.leads.returning import KnownSpot, by_lead, lead_id, spot_named
from realestate.domain.leads.spreadsheet_cells import GUARD, unguarded
from realestate.domain.leads.statements import read_statements

if TYPE_CHECKING:
    from collections.abc import Collection

    from realestate.domain.leads.columns import ColumnPlan
    from realestate.domain.leads.signals import SeenSignals
    from realestate.domain.leads.spots import SpotKeys, Spots


class PlaceStore(Protocol):
    """Knows where leads are."""

    def places_of(self, leads: Sequence[int]) -> list[KnownSpot]:
        """Give the spots of these leads."""
        ...


def is_returned(plan: ColumnPlan) -> bool:
    """Tell whether a list names leads of ours."""
    return "lead_id" in plan.fields


class ReturningRows:
    """Rows of one list that may name leads by id.

    Args:
        plan: How the list is read.
        store: Knows where leads are.
        signals: Names of known signals.

    Attributes:
        strangers: Rows whose id names a lead at another address; they went by their address.
    """

    def __init__(self, plan: ColumnPlan, store: PlaceStore, signals: Collection[str]) -> None:
        self._ids = plan.fields.get("lead_id", (None,))[0]
        self._said = plan.fields.get("lead_signals", (None,))[0]
        self._store = store
        self._signals = signals
        self.strangers = 0

    def join(self, columns: Sequence[Sequence[str]], spots: Spots, keys: SpotKeys, usable: list[bool]) -> set[int]:
        """Put rows on the leads that they name, by changing their spot keys; gives these rows."""
        if self._ids is None:
            return set()
        named = {row: number for row, cell in enumerate(columns[self._ids]) if (number := lead_id(cell)) is not None}
        known = by_lead(self._store.places_of(sorted(set(named.values()))))
        joined = set()
        for row, number in named.items():
            if number not in known:
                continue
            said = KnownSpot(number, 0, keys.street[row], keys.parcel[row], spots.zip5[row], spots.address[row])
            spot = spot_named(said, keys.spot[row], known[number])
            if spot is None:
                self.strangers += 1
                continue
            keys.spot[row] = spot
            usable[row] = True
            joined.add(row)
        return joined

    def add_statements(self, columns: Sequence[Sequence[str]], echoed: Collection[int], seen: SeenSignals) -> None:
        """Add the signals that a file of ours states, except for leads that are here: those only hear an echo."""
        if self._said is None:
            return
        for row, cell in enumerate(columns[self._said]):
            if row in echoed or not cell:
                continue
            for statement in read_statements(cell):
                if statement.signal in self._signals:
                    seen.rows.append(row)
                    seen.signals.append(statement.signal)
                    seen.event_dates.append(statement.day)
                    seen.amounts.append(statement.amount)
                    seen.years.append(statement.years)
                    seen.deadlines.append(statement.deadline)
                    seen.closed.append(False)
                    seen.closed_on.append(None)


def without_guards(columns: list[list[str]]) -> list[list[str]]:
    """Take the apostrophes away that keep spreadsheets from running texts; columns without any stay as they are."""
    return [
        [unguarded(cell) if cell[:1] == GUARD else cell for cell in column] if _may_be_guarded(column) else column
        for column in columns
    ]


def _may_be_guarded(column: list[str]) -> bool:
    # One search through the joined text costs a tenth of looking at each cell.
    return f"\n{GUARD}" in "\n" + "\n".join(column)
