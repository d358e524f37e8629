"""A lead on its way out, and what each kind of file says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from realestate.domain.leads.reach import closed_by
from realestate.domain.leads.spreadsheet_cells import Cell
from realestate.domain.leads.statements import Statement, write_statements

_PLACE = re.compile(r"(?:(?P<city>.*?)(?:\s|$))??(?:(?P<state>[A-Z]{2})(?:\s|$))?(?P<zip>\d{5})?")
_WITHOUT_NUMBER = "PARCEL "
MAX_PHONES, MAX_EMAILS = 10, 5
"""As many columns a file of our own has; other tools take fewer."""


class Mailing(NamedTuple):
    """A mailing address in parts."""

    line: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """A way to a person, and what forbids using it."""

    kind: str
    value: str
    restrictions: Sequence[str] = ()

    @property
    def closed_by(self) -> list[str]:
        """Restrictions that forbid it."""
        return closed_by(self.kind, self.restrictions)


@dataclass(slots=True)
class OutgoingLead:
    """One lead in clear.

    Attributes:
        address: Canonical line with its unit; ``PARCEL ...`` where lists name no street.
        facts: What lists say of the house, amounts in US dollars.
        people: Phones, e-mails and mailing addresses, the best first of each kind.
        statements: What is open, every distinct statement.
    """

    id: int
    score: float
    signals: Sequence[str]
    address: str
    city: str | None
    state: str | None
    zip: str | None
    county: str | None
    parcel: str | None
    status: str
    lists: int
    created: date
    owner: str | None = None
    owner2: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    people: Sequence[Reached] = ()
    statements: Sequence[Statement] = ()

    def reached(self, kind: str) -> list[Reached]:
        """Give the contacts of one kind."""
        return [each for each in self.people if each.kind == kind]


class Leaving(NamedTuple):
    """How a lead goes out; ``closed`` names kind and restriction of each contact that stays behind."""

    lead: OutgoingLead
    closed: Sequence[tuple[str, str]]


def without_closed(lead: OutgoingLead) -> Leaving:
    """Take away every contact that a restriction forbids to use."""
    closed = [(each.kind, each.closed_by[0]) for each in lead.people if each.closed_by]
    lead.people = [each for each in lead.people if not each.closed_by]
    return Leaving(lead, closed)


def serves(purpose: str, lead: OutgoingLead) -> bool:
    """Tell whether a lead can be used: dialled where it has a phone, mailed where it has a street or a mailbox."""
    if purpose == "dialer":
        return bool(lead.reached("phone"))
    if purpose == "mail":
        return bool(mailed_to(lead).line)
    return True


def mailed_to(lead: OutgoingLead) -> Mailing:
    """Give where a letter goes: the owner's mailbox, else the property itself."""
    mailboxes = lead.reached("mailing")
    return split_mailing(mailboxes[0].value) if mailboxes else _property(lead)


def split_mailing(value: str) -> Mailing:
    """Take a mailing address apart that ends in ", CITY ST ZIP", of which any may be missing."""
    line, comma, end = value.rpartition(", ")
    found = _PLACE.fullmatch(end)
    if not comma or not found or not (found["state"] or found["zip"]):
        return Mailing(value)
    return Mailing(line, *(found[part] or "" for part in ("city", "state", "zip")))


def split_name(name: str | None) -> tuple[str, str]:
    """Part a name into first names and last name, so that joining them gives the name again.

    "LAST, FIRST" is turned round. County rolls that write the last name first without a comma cannot be told
    from others and stay in their order.
    """
    last, comma, first = (name or "").partition(",")
    if comma and first.strip():
        return first.strip(), last.strip()
    first, _, last = (name or "").rpartition(" ")
    return first, last


def cells(lead: OutgoingLead, today: date) -> dict[str, Cell]:
    """Give every value that a layout may ask for, by its key."""
    first, last = split_name(lead.owner)
    first2, last2 = split_name(lead.owner2)
    mailboxes = lead.reached("mailing")
    mailbox = split_mailing(mailboxes[0].value) if mailboxes else Mailing()
    found: dict[str, Cell] = {
        **{name: getattr(lead, name) for name in ("id", "city", "state", "zip", "county", "parcel", "status", "lists")},
        "address": _property(lead).line,
        "score": round(lead.score, 4),
        "signals": ", ".join(lead.signals),
        "titles": ", ".join(name.replace("_", " ").title() for name in lead.signals),
        "signal_count": len(lead.signals),
        "statements": write_statements(lead.statements),
        "created": lead.created,
        "today": today.strftime("%m/%d/%Y"),
        "vacant": "vacant" in lead.signals or None,
        "owner": lead.owner,
        "first": first,
        "last": last,
        "owner2": lead.owner2,
        "first2": first2,
        "last2": last2,
        **{f"mail_{name}": value for name, value in mailbox._asdict().items()},
        **{f"post_{name}": value for name, value in mailed_to(lead)._asdict().items()},
        "mail_full": mailboxes[0].value if mailboxes else None,
        "full_address": ", ".join(filter(None, (_property(lead).line, lead.city, lead.state, lead.zip))),
        "do_not_mail": ("do_not_mail" in mailboxes[0].restrictions or None) if mailboxes else None,
        "litigator": any("litigator" in each.restrictions for each in lead.people) or None,
        "opt_out": any("opt_out" in each.restrictions for each in lead.people) or None,
        **lead.facts,
    }
    found.update(_numbered(lead))
    return found


def as_record(lead: OutgoingLead) -> dict[str, Any]:
    """Give all of a lead as one object; the keys of `realestate leads list` mean the same here."""
    names = ("id", "score", "address", "city", "state", "zip", "county", "parcel", "status", "lists", "owner", "owner2")
    return {
        **{name: getattr(lead, name) for name in names},
        "signals": list(lead.signals),
        "statements": list(map(str, lead.statements)),
        **{
            plural: [{"value": each.value, "restrictions": list(each.restrictions)} for each in lead.reached(kind)]
            for kind, plural in (("phone", "phones"), ("email", "emails"), ("mailing", "mailing"))
        },
        "facts": dict(lead.facts),
        "created": lead.created.isoformat(),
    }


def _numbered(lead: OutgoingLead) -> Iterator[tuple[str, Cell]]:
    for number, phone in enumerate(lead.reached("phone")[:MAX_PHONES], start=1):
        yield f"phone{number}", local_number(phone.value)
        yield f"phone{number}_dnc", "do_not_call" in phone.restrictions or None
        yield f"phone{number}_flags", ", ".join(name.replace("_", " ") for name in phone.closed_by)
    for number, email in enumerate(lead.reached("email")[:MAX_EMAILS], start=1):
        yield f"email{number}", email.value


def local_number(phone: str) -> str:
    """Write a US number as the ten digits that every dialer takes; another country's keeps its plus."""
    return phone[2:] if phone.startswith("+1") and len(phone) == 12 else phone


def _property(lead: OutgoingLead) -> Mailing:
    line = "" if lead.address.startswith(_WITHOUT_NUMBER) else lead.address
    return Mailing(line, lead.city or "", lead.state or "", lead.zip or "")
