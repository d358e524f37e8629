"""An address that one list repeats as that of several properties is flagged, joins no range, and is freed again."""

from __future__ import annotations

import pytest
from list_tools import WriteList

from realestate.domain.leads.records import LeadFilter
from realestate.services.importing import ImportOptions
from realestate.toolkit import Toolkit

HEADER = "Address,City,State,Zip,Parcel,Owner,Date,Amount"
PLACE = "Larkfield,OH,43999"
ONE, OTHER = f"12 Oak St,{PLACE},,Avery Ashdown,,100", f"12 Oak St,{PLACE},,Blake Brambell,,200"
RANGE = f"12-16 Oak St,{PLACE},,,,"


def bring(toolkit: Toolkit, path: str, signal: str = "tax_delinquent", name: str = "taxes") -> int:
    return toolkit.importer.run(path, ImportOptions(signal=signal, list_name=name)).run


def flags(toolkit: Toolkit) -> dict[str, bool]:
    lines = list(toolkit.leads.search(LeadFilter()))
    return {line.address: toolkit.leads.show(line.id).lead.many_parcels for line in lines}


def test_an_address_that_a_tax_roll_repeats_is_flagged(toolkit: Toolkit, write_list: WriteList) -> None:
    bring(toolkit, write_list("taxes.csv", HEADER, [ONE, OTHER, f"14 Oak St,{PLACE},,,,300"]))
    assert flags(toolkit) == {"12 OAK ST": True, "14 OAK ST": False}


@pytest.mark.parametrize(
    ("signal", "rows"),
    [
        ("code_violation", [ONE, OTHER]),
        ("tax_delinquent", [f"12 Oak St,{PLACE},,,2024-01-01,100", f"12 Oak St,{PLACE},,,2025-01-01,200"]),
        ("tax_delinquent", [f"12 Oak St,{PLACE},11-222,,,100", f"12 Oak St,{PLACE},11-222,,,200"]),
        ("tax_delinquent", [ONE, ONE]),
    ],
    ids=["violations", "years", "one parcel", "the same row"],
)
def test_rows_of_one_property_are_no_crowd(
    toolkit: Toolkit, write_list: WriteList, signal: str, rows: list[str]
) -> None:
    bring(toolkit, write_list("list.csv", HEADER, rows), signal)
    assert flags(toolkit) == {"12 OAK ST": False}


def test_of_a_list_that_says_nothing_but_addresses_equal_rows_are_a_crowd(
    toolkit: Toolkit, write_list: WriteList
) -> None:
    row = f"12 Oak St,{PLACE},,,,"
    bring(toolkit, write_list("once.csv", HEADER, [row]))
    assert flags(toolkit) == {"12 OAK ST": False}
    again = bring(toolkit, write_list("again.csv", HEADER, [row, row]))
    assert flags(toolkit) == {"12 OAK ST": True}
    toolkit.undoer.run(again)
    assert flags(toolkit) == {"12 OAK ST": False}
    bring(toolkit, write_list("other.csv", HEADER, [row, row]), "vacant", "vacant")
    assert flags(toolkit) == {"12 OAK ST": True}


def test_rows_that_name_their_signals_are_no_crowd(toolkit: Toolkit, write_list: WriteList) -> None:
    header = "Address,Zip,Distress Type"
    bring(
        toolkit, write_list("mixed.csv", header, ["12 Oak St,43999,vacant", "12 Oak St,43999,code violation"]), "vacant"
    )
    assert flags(toolkit) == {"12 OAK ST": False}


def test_a_changed_row_of_a_later_file_is_no_crowd(toolkit: Toolkit, write_list: WriteList) -> None:
    bring(toolkit, write_list("taxes.csv", HEADER, [ONE]))
    bring(toolkit, write_list("later.csv", HEADER, [ONE.replace("100", "150")]))
    assert flags(toolkit) == {"12 OAK ST": False}


def test_a_crowd_is_known_by_the_file_that_names_it_whatever_came_before(
    toolkit: Toolkit, write_list: WriteList
) -> None:
    bring(toolkit, write_list("first.csv", HEADER, [ONE]))
    bring(toolkit, write_list("second.csv", HEADER, [OTHER]))
    assert flags(toolkit) == {"12 OAK ST": False}
    both = bring(toolkit, write_list("both.csv", HEADER, [OTHER, ONE]))
    assert flags(toolkit) == {"12 OAK ST": True}
    toolkit.undoer.run(both)
    assert flags(toolkit) == {"12 OAK ST": False}


def test_a_range_is_left_by_a_crowd_and_joined_again_without_it(toolkit: Toolkit, write_list: WriteList) -> None:
    bring(toolkit, write_list("vacant.csv", HEADER, [RANGE]), "vacant", "vacant")
    single = bring(toolkit, write_list("first.csv", HEADER, [ONE]))
    assert len(flags(toolkit)) == 1
    crowd = bring(toolkit, write_list("taxes.csv", HEADER, [ONE, OTHER]))
    assert flags(toolkit) == {"12 OAK ST": True, "12-16 OAK ST": False}
    toolkit.undoer.run(single)
    assert flags(toolkit) == {"12 OAK ST": True, "12-16 OAK ST": False}
    toolkit.undoer.run(crowd)
    assert flags(toolkit) == {"12-16 OAK ST": False}


def test_the_run_that_brought_the_same_bytes_again_keeps_the_crowd(toolkit: Toolkit, write_list: WriteList) -> None:
    path = write_list("taxes.csv", HEADER, [ONE, OTHER])
    first, second = bring(toolkit, path), bring(toolkit, path)
    toolkit.undoer.run(first)
    assert flags(toolkit) == {"12 OAK ST": True}
    toolkit.undoer.run(second)
    assert flags(toolkit) == {}
