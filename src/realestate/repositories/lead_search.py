"""Builds the query behind a list of leads: what must hold, and the order, so that an index serves both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from psycopg import sql

from realestate.domain.leads.records import NUMBERS, LeadFilter

if TYPE_CHECKING:
    from collections.abc import Callable


def _fact(name: str) -> str:
    return f"(leads.facts ->> '{name}')::float8"


_ORDERS = {
    "score": ("lead_scores.score", "DESC"),
    "address": ("leads.property_address", "ASC"),
    "city": ("leads.property_city", "ASC"),
    "state": ("leads.property_state", "ASC"),
    "zip": ("leads.property_zip", "ASC"),
    "status": ("leads.status", "ASC"),
    "source": ("leads.source", "ASC"),
    "lists": ("leads.lists", "DESC"),
    "signals": ("jsonb_array_length(leads.distress_signals)", "DESC"),
    "due": ("lead_dues.due_on", "ASC"),
    **{name: (_fact(name), "DESC") for name in ("value", "equity", "beds", "baths", "sqft", "year_built")},
    # Ids are given in the order in which leads are made, and their index is there already.
    "created": ("leads.id", "DESC"),
    "updated": ("leads.updated_at", "DESC"),
    "id": ("leads.id", "ASC"),
}
_NEVER_NULL = {"score", "address", "status", "source", "lists", "signals", "created", "updated", "id"}

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

_BESIDE = ("lead_scores.", "lead_dues.")
_CLAUSES: Mapping[str, str] = {
    "min_signals": "jsonb_array_length(leads.distress_signals) >= %(min_signals)s",
    "min_score": "lead_scores.score >= %(min_score)s",
    "max_score": "lead_scores.score <= %(max_score)s",
    "city": "leads.property_city = %(city)s",
    "state": "leads.property_state = %(state)s",
    "zip": "leads.property_zip = %(zip)s",
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
    names: dict[str, Any] = {}
    clauses = [clause for part in _PARTS for clause in part(wanted, names)]
    for name, clause in _CLAUSES.items():
        value = getattr(wanted, name)
        if value is not None:
            clauses.append(clause)
            names[name] = value
    where = " WHERE " + " AND ".join(clauses) if clauses else ""
    limit = " LIMIT %(limit)s" if wanted.limit is not None else ""
    names["limit"] = wanted.limit
    order = _order(wanted)
    if limit and not any(table in where + order for table in _BESIDE):
        # What leads alone decide is decided on them alone, and only those few that are shown are joined.
        chosen = f"SELECT leads.id FROM leads{where} ORDER BY {order}{limit}"  # noqa: S608 - made of our own words
        columns += f" JOIN ({chosen}) AS best ON best.id = leads.id"
        where = limit = ""
    return sql.SQL(f"{columns}{where} ORDER BY {order}{limit}").format(), names


def _order(wanted: LeadFilter) -> str:
    column, direction = _ORDERS[wanted.sort]
    if wanted.reverse:
        direction = "ASC" if direction == "DESC" else "DESC"
    if column == "leads.id":
        return f"leads.id {direction}"
    if wanted.sort == "score":
        # The index of scores runs by falling score and rising id; turned round it runs the other way in both.
        return f"{column} {direction}, lead_scores.lead_id {'DESC' if wanted.reverse else 'ASC'}"
    nulls = "" if wanted.sort in _NEVER_NULL or direction == "ASC" else " NULLS LAST"
    return f"{column} {direction}{nulls}, leads.id"


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
            yield f"{_fact(name)} {sign} %({word}_{name})s"


def _has(wanted: LeadFilter, names: dict[str, Any]) -> Iterable[str]:
    del names
    return [_HAS[name] for name in wanted.has]


_PARTS: tuple[Callable[[LeadFilter, dict[str, Any]], Iterable[str]], ...] = (
    _signals,
    _status,
    _source,
    _address,
    _facts,
    _has,
)
