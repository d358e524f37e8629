"""One lead on one screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from realestate.domain.leads.records import AnalysisRecord
    from realestate.domain.leads.score_parts import Explanation
    from realestate.services.lead_view import LeadView

LOCKED = "\u2039locked\u203a"


def screen(view: LeadView) -> Iterator[str]:
    """Give the lines of a lead: property, score, owner, signals, contacts and history."""
    lead = view.lead
    place = " ".join(part for part in (lead.city, lead.state, lead.zip) if part)
    yield f"Lead {lead.id}  {lead.address}" + (f", {place}" if place else "")
    suppressed = f"  ({_word(lead.suppressed_by)}: not to be worked)" if lead.suppressed_by else ""
    yield f"  score {lead.score:.2f}{suppressed}  status {lead.status}  lists {lead.lists}  source {lead.source}"
    if lead.parcel:
        yield f"  parcel {lead.parcel}"
    if lead.many_parcels:
        yield "  several parcels share this address, and this row names none: kept apart"
    for name, value in sorted((lead.facts or {}).items()):
        yield f"  {name.replace('_', ' ')} {value}"
    yield f"  owner {LOCKED if view.locked and lead.owner_name else view.owner or 'unknown'}"
    yield from _signals(view)
    yield from _contacts(view)
    if view.analysis:
        yield _analysis(view.analysis)
    yield from _work(view)
    for event in view.history:
        yield f"  {event['created_at']:%Y-%m-%d %H:%M}  {event['what']}  {event['detail']}"


def _analysis(found: AnalysisRecord) -> str:
    rating = f"condition {found.condition}" if found.condition else "condition not rated"
    cost = "nothing priced" if found.likely is None else f"repairs ${found.low:,.0f} to ${found.high:,.0f}"
    likely = "" if found.likely is None else f", likely ${found.likely:,.0f}"
    return f"Photos {found.created_at:%Y-%m-%d}  {rating}  {cost}{likely}  ({found.photos} photos, analysis {found.id})"


def _work(view: LeadView) -> Iterator[str]:
    if view.due:
        yield f"Follow up on {view.due}"
    if view.tags:
        yield f"Tags {', '.join(view.tags)}"
    for note in view.notes:
        yield f"Note {note.created_at:%Y-%m-%d %H:%M}  {note.text or LOCKED}"
    yield f"Rows, as run:line  {', '.join(f'{row.run}:{row.row}' for row in view.rows) or 'none'}"
    if view.history:
        yield "History"


def reasons(explained: Explanation) -> Iterator[str]:
    """Give what takes from a score or adds to it besides the signals, a sentence each."""
    if explained.suppressed_by:
        yield f"It is suppressed: {_word(explained.suppressed_by)}."
    if explained.factor != 1:
        yield f"Its points hold a factor of {explained.factor:g} for {explained.equity:.0%} of equity."
    if explained.last_sale:
        yield f"Sold on {explained.last_sale}: what was before belonged to the former owner and does not count."


def _word(signal: str | None) -> str:
    return (signal or "").replace("_", " ")


def _signals(view: LeadView) -> Iterator[str]:
    yield "Signals" if view.signals else "No signals"
    for line in view.signals:
        words = [line.signal, str(line.event_date or f"seen {line.as_of}")]
        if line.amount is not None:
            words.append(f"${line.amount / 100:,.2f}")
        if line.years is not None:
            words.append(f"{line.years:g} years")
        if line.deadline:
            words.append(f"deadline {line.deadline}")
        if line.closed_on:
            words.append(f"closed {line.closed_on}")
        yield f"  {'  '.join(words)}  ({line.file}, line {line.row})"


def _contacts(view: LeadView) -> Iterator[str]:
    yield "Contacts" if view.contacts else "No contacts"
    for contact in view.contacts:
        label = f" ({contact.label})" if contact.label else ""
        yield f"  {contact.kind}{label}  {contact.value or LOCKED}  ({contact.file}, line {contact.row})"
        for said in contact.restricted_by:
            source = f"{said['file']}, line {said['row']}" if said["file"] else said["reason"]
            yield f"    {said['restriction']} since {said['date']}  ({source})"
