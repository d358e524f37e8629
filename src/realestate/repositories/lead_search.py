"""Builds the query behind a list of leads: what must hold, and the order, so that an index serves both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from psycopg import sql

from realestate.domain.leads.records import NUMBERS, LeadFilter
from realestate.domain.leads.spots import stable_hash
from realestate.repositories.lead_order import Slice, order_by

if TYPE_CHECKING:
    from collections.abc import Callable


# The table of signals is asked, not the JSON beside the lead: under row-level security no index serves `@>`.
_SIGNAL = """EXISTS (SELECT FROM lead_signals WHERE lead_signals.lead_id = leads.id
    AND lead_signals.signal = %({name})s)"""
_TAG = "leads.id IN (SELECT lead_tags.lead_id FROM lead_tags WHERE lead_tags.tag = %(tag)s)"
_LIST = """leads.id IN (
    SELECT spots.lead_id FROM lists JOIN sightings ON sightings.list_id = lists.id
    JOIN spots ON spots.spot_key = sightings.spot_key WHERE lists.name = %(list)s)"""
_NAMED_BY_RUN = """leads.id IN (
    SELECT spots.lead_id FROM run_rows CROSS JOIN unnest(run_rows.sightings) AS named (sighting)
    JOIN sightings ON sightings.id = named.sighting JOIN spots ON spots.spot_key = sightings.spot_key
    WHERE run_rows.run_id = %(run)s)"""

_PARCEL = "leads.id IN (SELECT spots.lead_id FROM spots WHERE spots.parcel_key = %(parcel)s)"

_BESIDE = {
    "lead_scores.": " JOIN lead_scores ON lead_scores.lead_id = leads.id",
    "lead_dues.": " LEFT JOIN lead_dues ON lead_dues.lead_id = leads.id",
}
"""Tables beside the leads, joined where a clause or an order speaks of them."""
_CLAUSES: Mapping[str, str] = {
    "min_signals": "leads.signal_count >= %(min_signals)s",
    "min_lists": "leads.lists >= %(min_lists)s",
    "min_score": "lead_scores.score >= %(min_score)s",
    "max_score": "lead_scores.score <= %(max_score)s",
    "city": "leads.property_city = %(city)s",
    "state": "leads.property_state = %(state)s",
    "zip": "leads.property_zip = %(zip)s",
    "property_type": "leads.property_type = %(property_type)s",
    "tag": _TAG,
    "list": _LIST,
    "due_by": "lead_dues.due_on <= %(due_by)s",
    "new_since": "leads.created_at >= %(new_since)s::timestamptz",
    "run": _NAMED_BY_RUN,
}
_HAS = {
    "owner": "leads.owner_name IS NOT NULL",
    "phone": "leads.owner_phone IS NOT NULL",
    "email": "leads.owner_email IS NOT NULL",
}


def select_leads(columns: str, wanted: LeadFilter) -> tuple[sql.Composed, dict[str, Any]]:
    """Put the query together.

    Args:
        columns: ``SELECT ... FROM`` over ``leads``, ``lead_scores`` and ``lead_dues``.
        wanted: What to list; its values are checked already.

    Returns:
        The query, and the values it names.
    """
    names: dict[str, Any] = {"limit": wanted.limit}
    clauses = [clause for part in _PARTS for clause in part(wanted, names)]
    for name, clause in _CLAUSES.items():
        value = getattr(wanted, name)
        if value is not None:
            clauses.append(clause)
            names[name] = value
    order = order_by(wanted.sort, reverse=wanted.reverse)
    if wanted.limit is None:
        return sql.SQL(f"{columns}{_where(clauses)} ORDER BY {order.whole}").format(), names
    first = [_chosen(clauses, each) for each in order.slices]
    best = first[0] if len(first) == 1 else " UNION ALL ".join(first) + " LIMIT %(limit)s"
    return sql.SQL(f"{columns} JOIN ({best}) AS best ON best.id = leads.id ORDER BY {order.whole}").format(), names


def _chosen(clauses: Sequence[str], part: Slice) -> str:
    """Choose the first leads of a slice by as few tables as it takes; only those are joined to all there is to show."""
    where = _where([*clauses, *filter(None, [part.holds])])
    beside = "".join(join for table, join in _BESIDE.items() if table in where + part.order)
    return f"(SELECT leads.id FROM leads{beside}{where} ORDER BY {part.order} LIMIT %(limit)s)"  # noqa: S608


def _where(clauses: Sequence[str]) -> str:
    return " WHERE " + " AND ".join(clauses) if clauses else ""


def _signals(wanted: LeadFilter, names: dict[str, Any]) -> Iterable[str]:
    for at, signal in enumerate(wanted.signals):
        names[f"signal_{at}"] = signal
        yield _SIGNAL.format(name=f"signal_{at}")
    for at, signal in enumerate(wanted.without):
        names[f"without_{at}"] = signal
        yield "NOT " + _SIGNAL.format(name=f"without_{at}")


def _status(wanted: LeadFilter, names: dict[str, Any]) -> Iterable[str]:
    if wanted.status:
        names["status"] = wanted.status
        yield "leads.status = %(status)s"
        if wanted.status != "new":
            # Said again as the condition of the index, which holds only leads that were worked.
            yield "leads.status <> 'new'"


def _source(wanted: LeadFilter, names: dict[str, Any]) -> Iterable[str]:
    if wanted.source:
        names["source"] = wanted.source
        yield "leads.source = %(source)s"
        if wanted.source != "list_stacking":
            # As for the status: the index holds only the few that were added by hand.
            yield "leads.source <> 'list_stacking'"


def _address(wanted: LeadFilter, names: dict[str, Any]) -> Iterable[str]:
    if wanted.address:
        names["from_address"] = wanted.address
        names["to_address"] = wanted.address + "\uffff"
        # The index serves the range; what the order of another locale lets in besides is left out by the other.
        yield "leads.property_address BETWEEN %(from_address)s AND %(to_address)s"
        yield "starts_with(leads.property_address, %(from_address)s)"


def _facts(wanted: LeadFilter, names: dict[str, Any]) -> Iterable[str]:
    for word, sign, limits in (("least", ">=", wanted.at_least), ("most", "<=", wanted.at_most)):
        for name, limit in limits.items():
            if name not in NUMBERS:
                raise ValueError(name)
            names[f"{word}_{name}"] = limit
            yield f"leads.{name} {sign} %({word}_{name})s"


def _several(wanted: LeadFilter, names: dict[str, Any]) -> Iterable[str]:
    """Say again what the indexes of counts leave out."""
    del names
    if (wanted.min_signals or 0) > 1:
        yield "leads.signal_count <> 1"
    if (wanted.min_lists or 0) > 1:
        yield "leads.lists <> 1"


def _parcel(wanted: LeadFilter, names: dict[str, Any]) -> Iterable[str]:
    if wanted.parcel:
        names["parcel"] = stable_hash(wanted.parcel)
        yield _PARCEL


def _has(wanted: LeadFilter, names: dict[str, Any]) -> Iterable[str]:
    del names
    return [_HAS[name] for name in wanted.has]


_PARTS: tuple[Callable[[LeadFilter, dict[str, Any]], Iterable[str]], ...] = (
    _signals,
    _status,
    _source,
    _address,
    _facts,
    _several,
    _parcel,
    _has,
)
