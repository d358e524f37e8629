"""Some columns mean what they mean by what their list stands for."""

from __future__ import annotations

import pytest

from realestate.adapters import reference_data
from realestate.domain.leads.columns import SURE_FROM, plan_columns


def shown(header: str, signal: str = "") -> dict[str, str]:
    words, formats = reference_data.header_words(), reference_data.vendor_formats()
    return plan_columns(header.split(","), [], words, formats, signal=signal).shown()


def test_of_an_eviction_the_plaintiff_owns_and_the_defendant_only_lives_there() -> None:
    header = "FileDate,PlaintiffName,PlaintiffAddress,PlaintiffAttorney,DefendantName,DefendantAddress,JudgmentDate"
    assert shown(header, "eviction") == {
        "FileDate": "event_date",
        "PlaintiffName": "owner_name",
        "PlaintiffAddress": "mailing_address",
        "DefendantAddress": "address",
    }
    assert shown(header, "pre_foreclosure")["DefendantName"] == "owner_name"


@pytest.mark.parametrize(
    ("signal", "header", "role"),
    [
        ("foreclosure_auction", "Sale Date", "signal:foreclosure_auction:deadline"),
        ("foreclosure_auction", "Last Sale Date", "sale_date"),
        ("tax_sale", "Auction Date", "signal:tax_sale:deadline"),
        ("tax_sale", "Sale Date", "sale_date"),
        ("vacant", "Auction Date", "signal:foreclosure_auction:deadline"),
        ("expired_listing", "Status", "signal:mls:type"),
        ("code_violation", "Status", "status"),
    ],
)
def test_a_date_or_a_status_is_that_of_the_lists_matter(signal: str, header: str, role: str) -> None:
    assert shown(f"Address,{header}", signal)[header] == role


def test_the_only_address_is_the_propertys_even_where_it_would_be_the_owners() -> None:
    assert shown("Name,Current Address,Current City")["Current Address"] == "address"
    assert shown("Name,Property Address,Current Address,Current City")["Current Address"] == "mailing_address"


def test_a_point_on_the_map_gives_way_to_number_and_street() -> None:
    found = shown("stno,street,suffix,location")
    assert found == {"stno": "number", "street": "name", "suffix": "kind"}
    assert shown("street_number,d,street_name,type")["d"] == "direction"


def test_what_is_sure_only_in_company_is_doubted_alone() -> None:
    words, formats = reference_data.header_words(), reference_data.vendor_formats()
    alone = plan_columns(["Owner", "Zip", "Sq Ft"], [], words, formats).columns
    beside = plan_columns(["Address", "Zip", "Sq Ft", "Beds"], [], words, formats).columns
    assert [column.confidence >= SURE_FROM for column in alone[1:]] == [False, False]
    assert [column.confidence >= SURE_FROM for column in beside[1:3]] == [True, True]


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("OWNERADDR2", "mailing_address2"),
        ("PARCELNO", "parcel"),
        ("OWNERNM", "owner_name"),
        ("date_case_created", "event_date"),
        ("violation_resolution_date", "closed_date"),
        ("FORECLOSURE AMOUNTS OWED", "amount"),
        ("Party City", ""),
        ("Return To Address", ""),
    ],
)
def test_joined_and_reworded_headers_are_taken_apart(header: str, role: str) -> None:
    assert shown(f"Property Address,OWNERADDR1,{header}").get(header, "") == role
