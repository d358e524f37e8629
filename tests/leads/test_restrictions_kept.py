"""What forbids a way to a person stays with it, with the list, row and day that said it."""

from __future__ import annotations

from datetime import date

import pytest
from list_tools import WriteList

from realestate.domain.leads.records import LeadFilter
from realestate.services.importing import ImportOptions
from realestate.services.lead_view import Contact
from realestate.toolkit import Toolkit

PLACE = "12 Oak St,Larkfield,OH,43999"
FLAGGED = f"{PLACE},Avery Ashdown,(614) 555-0101,Yes,1 Elm St,43999,Yes"
PLAIN = f"{PLACE},Avery Ashdown,614-555-0101,,1 ELM STREET,43999,"
HEADER = "Property Address,City,State,Zip,Owner Name,Phone 1,Phone 1 DNC,Mailing Address,Mailing Zip,Do Not Mail"


def bring(toolkit: Toolkit, path: str, day: date) -> int:
    return toolkit.importer.run(path, ImportOptions(signal="vacant", as_of=day)).run


def contacts(toolkit: Toolkit) -> dict[str, Contact]:
    (lead,) = toolkit.leads.search(LeadFilter())
    return {contact.kind: contact for contact in toolkit.leads.show(lead.id).contacts}


@pytest.mark.parametrize("plain_first", [True, False])
def test_a_list_that_lacks_a_flag_clears_none(toolkit: Toolkit, write_list: WriteList, *, plain_first: bool) -> None:
    flagged = write_list("flagged.csv", HEADER, ["", FLAGGED])
    plain = write_list("plain.csv", HEADER, [PLAIN])
    days = {flagged: date(2025, 1, 1), plain: date(2025, 6, 1)}
    for path in (plain, flagged) if plain_first else (flagged, plain):
        bring(toolkit, path, days[path])

    phone = contacts(toolkit)["phone"]
    assert phone.value == "+16145550101"
    assert phone.restrictions == ["do_not_call", "do_not_mail"]
    said = phone.restricted_by[0]
    assert (said["list"], said["file"], said["row"], said["date"]) == ("flagged", "flagged.csv", 3, "2025-01-01")
    assert contacts(toolkit)["mailing"].restrictions == ["do_not_mail"]


def test_only_an_undo_takes_a_flag_back(toolkit: Toolkit, write_list: WriteList) -> None:
    bring(toolkit, write_list("plain.csv", HEADER, [PLAIN]), date(2025, 1, 1))
    flagged = bring(toolkit, write_list("flagged.csv", HEADER, [FLAGGED]), date(2025, 2, 1))
    assert contacts(toolkit)["phone"].restrictions
    toolkit.undoer.run(flagged)
    assert contacts(toolkit)["phone"].restrictions == []
