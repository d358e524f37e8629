"""What a database says of its leads, without ids and times of change, to compare two of them."""

from __future__ import annotations

from typing import Any

from realestate.domain.leads.records import LeadFilter
from realestate.toolkit import Toolkit


def snapshot(toolkit: Toolkit) -> list[Any]:
    """Every lead with its score, signals and people, in an order that does not depend on ids."""
    return sorted(_lead(toolkit, line.id) for line in list(toolkit.leads.search(LeadFilter())))


def _lead(toolkit: Toolkit, number: int) -> tuple[Any, ...]:
    view = toolkit.leads.show(number)
    lead = view.lead
    signals = sorted((s.signal, str(s.event_date), s.amount or 0, str(s.closed_on), s.list) for s in view.signals)
    people = sorted((c.kind, c.value or "", c.list, tuple(c.restrictions)) for c in view.contacts)
    place = (lead.address, lead.city or "", lead.state or "", lead.zip or "", lead.parcel or "")
    state = (round(lead.score, 9), tuple(lead.signals), lead.lists, lead.many_parcels)
    return (*place, *state, view.owner or "", signals, people)
