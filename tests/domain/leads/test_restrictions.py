"""What forbids a contact is read with its kind and with the phone it speaks of."""

from __future__ import annotations

from realestate.adapters import reference_data
from realestate.domain.leads.columns import plan_columns
from realestate.domain.leads.restrictions import read_restrictions


def seen(header: str, *rows: str) -> list[tuple[int, str, int | None]]:
    cells = [list(column) for column in zip(*(row.split(",") for row in rows), strict=True)]
    plan = plan_columns(header.split(","), [], reference_data.header_words(), reference_data.vendor_formats())
    found = read_restrictions(plan, cells)
    return list(zip(found.rows, found.kinds, found.contacts, strict=True))


def test_a_flag_beside_a_phone_speaks_of_that_phone() -> None:
    header = "Address,Phone 1,Phone 1 DNC,Phone 2,Phone 2 DNC"
    assert seen(header, "1 Oak St,1,No,2,Yes", "2 Oak St,1,DNC,2,") == [(1, "do_not_call", 1), (0, "do_not_call", 3)]


def test_a_flag_of_the_row_speaks_of_everybody_in_it() -> None:
    header = "Address,Do Not Mail,Litigator,Opt-Out,Deceased"
    assert {kind for _, kind, _ in seen(header, "1 Oak St,Y,true,1,x")} == {
        "do_not_mail",
        "litigator",
        "opt_out",
        "deceased",
    }


def test_a_column_of_many_kinds_is_raised_by_its_words_only() -> None:
    header = "Address,DNC/Litigator Scrub"
    rows = ["1 Oak St,DNC", "2 Oak St,LITIGATOR|DNC", "3 Oak St,Clean", "4 Oak St,", "5 Oak St,Yes"]
    assert seen(header, *rows) == [(0, "do_not_call", None), (1, "do_not_call", None), (1, "litigator", None)]


def test_harmless_flags_of_a_contact_forbid_nothing() -> None:
    header = "property_address,contact_1_flags,contact_1_phone1"
    assert seen(header, "1 Oak St,Likely Owner; Wireless,1", "2 Oak St,Resident; DNC,1") == [(1, "do_not_call", 2)]


def test_a_denial_raises_nothing() -> None:
    assert not seen("Address,DNC,Litigator", "1 Oak St,Not on DNC,No", "2 Oak St,Safe,Non-litigator")
