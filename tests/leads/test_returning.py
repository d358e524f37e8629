"""Files of ours come back: skip-traced phones land on their leads, and what we wrote ourselves changes nothing."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from list_tools import WriteList, toolkit_on
from snapshots import snapshot

from databases import PostgresServer
from realestate.domain.leads.layouts import LEAD_ID, OWN, SKIPTRACE, Layout
from realestate.domain.leads.records import LeadFilter
from realestate.services.importing import ImportOptions
from realestate.toolkit import Toolkit

HEADER = (
    "Property Address,City,State,Zip,Parcel Number,County,Owner Name,Mailing Address,Mailing City,Mailing State,"
    "Mailing Zip,Phone 1,Phone 1 DNC,Phone 2,Email,Amount Owed,Years Delinquent,Date Filed,Auction Date,Beds,"
    "Estimated Value,Last Sale Date,Latitude,Longitude"
)
TAXES = [
    "12 N Oak St,Larkfield,OH,43999,11-222,Union,AVERY ASHDOWN,PO Box 9,Farwell,OH,43998,(614) 555-0101,,"
    "(614) 555-0102,avery@example.org,$1200.50,3,2025-03-01,,3,250000,2011-05-01,39.9671,-83.0044",
    '14 Oak St Apt 2,Larkfield,OH,43999,,,"=HYPERLINK(""http://x"")",,,,,(614) 555-0103,DNC,,,$300,,2025-06-01,,,,,,',
    ",,,,33-444,Union,BLAKE BRAMBELL,,,,,,,,,$50,,2025-06-01,,,,,,",
]
EMPTY = ["12 North Oak Street,Larkfield,OH,43999" + "," * 20]


@pytest.fixture
def filled(toolkit: Toolkit, write_list: WriteList) -> Toolkit:
    """Three leads of two lists; one is named by its parcel alone."""
    fill(toolkit, write_list)
    return toolkit


def fill(toolkit: Toolkit, write_list: WriteList) -> None:
    toolkit.importer.run(write_list("taxes.csv", HEADER, TAXES), ImportOptions(signal="tax_delinquent"))
    toolkit.importer.run(write_list("empty.csv", HEADER, EMPTY), ImportOptions(signal="vacant"))


def export(toolkit: Toolkit, path: Path, layout: Layout = OWN, *, restricted: bool = False) -> str:
    toolkit.exporter.run(
        LeadFilter(sort="address"),
        lambda columns: toolkit.outgoing_file(str(path), "csv", columns),
        layout,
        include_restricted=restricted,
    )
    return str(path)


def test_our_own_file_changes_nothing_where_it_comes_from(filled: Toolkit, tmp_path: Path) -> None:
    file = export(filled, tmp_path / "out.csv", restricted=True)
    before = [(lead[:9], lead[9]) for lead in snapshot(filled)]

    report = filled.importer.run(file, ImportOptions())

    assert (report.created, report.merged, report.rejected, report.lossy) == (0, 3, 0, 0)
    assert [(lead[:9], lead[9]) for lead in snapshot(filled)] == before
    assert Path(export(filled, tmp_path / "again.csv", restricted=True)).read_bytes() == Path(file).read_bytes()


def test_our_own_file_makes_the_same_leads_elsewhere(filled: Toolkit, server: PostgresServer, tmp_path: Path) -> None:
    file = export(filled, tmp_path / "out.csv", restricted=True)
    elsewhere = server.clone()
    with toolkit_on(elsewhere, tmp_path / "other home") as other:
        report = other.importer.run(file, ImportOptions())
        again = export(other, tmp_path / "again.csv", restricted=True)
    server.drop(elsewhere)

    assert (report.created, report.rejected) == (3, 0)
    theirs = {LEAD_ID, "Lead Lists", "Lead Status"}
    assert [strip(row, theirs) for row in rows_of(again)] == [strip(row, theirs) for row in rows_of(file)]


def test_phones_from_skip_tracing_land_on_the_leads_by_id(filled: Toolkit, tmp_path: Path) -> None:
    rows = rows_of(export(filled, tmp_path / "trace.csv", SKIPTRACE))
    for number, row in enumerate(rows, start=20):
        row |= {
            "Property Address": row["Property Address"].replace("N OAK ST", "NORTH OAKE STREET"),
            "Phone1": f"61455501{number}",
        }
        row["DNC/Litigator Scrub"] = "Litigator" if number == 21 else ""
    returned = write_rows(tmp_path / "returned.csv", rows)

    report = filled.importer.run(returned, ImportOptions())

    assert (report.created, report.merged) == (0, 3)
    leads = {line.address[:8].strip(): line.id for line in filled.leads.search(LeadFilter())}
    phones = {c.value: c.restrictions for c in filled.leads.show(leads["12 N OAK"]).contacts if c.kind == "phone"}
    assert phones["+16145550120"] == []
    assert {c.value: c.restrictions for c in filled.leads.show(leads["14 OAK S"]).contacts}["+16145550121"] == [
        "litigator"
    ]


def test_a_return_without_ids_joins_by_address(filled: Toolkit, write_list: WriteList) -> None:
    header = (
        "Input Property Address,Input Property City,Input Property State,Input Property Zip,Input First Name,"
        "Input Last Name,ResultCode,Phone1"
    )
    path = write_list("traced.csv", header, ["12 N OAK ST,LARKFIELD,OH,43999,AVERY,ASHDOWN,OK,6145550130"])

    report = filled.importer.run(path, ImportOptions())

    assert (report.created, report.merged) == (0, 1)
    (lead,) = [line.id for line in filled.leads.search(LeadFilter()) if line.address == "12 N OAK ST"]
    assert "+16145550130" in {contact.value for contact in filled.leads.show(lead).contacts}


def test_an_id_at_another_address_is_not_believed(filled: Toolkit, write_list: WriteList) -> None:
    (lead,) = [line.id for line in filled.leads.search(LeadFilter()) if line.address == "12 N OAK ST"]
    path = write_list(
        "strange.csv", f"{LEAD_ID},Address,City,State,Zip,Phone", [f"{lead},9 Elm Ave,Farwell,OH,43998,6145550131"]
    )

    report = filled.importer.run(path, ImportOptions())

    assert report.created == 1
    assert any("another address" in note for note in report.notes)
    assert "+16145550131" not in {contact.value for contact in filled.leads.show(lead).contacts}


def test_a_row_of_nothing_but_an_id_is_taken_at_its_word(filled: Toolkit, write_list: WriteList) -> None:
    (lead,) = [line.id for line in filled.leads.search(LeadFilter()) if line.address == "12 N OAK ST"]

    filled.importer.run(write_list("ids.csv", f"{LEAD_ID},Phone", [f"{lead},6145550132"]), ImportOptions())

    assert "+16145550132" in {contact.value for contact in filled.leads.show(lead).contacts}


def test_a_returned_file_is_no_list(filled: Toolkit, tmp_path: Path) -> None:
    before = {line.id: line.lists for line in filled.leads.search(LeadFilter())}

    filled.importer.run(export(filled, tmp_path / "taxes.csv"), ImportOptions())

    assert {line.id: line.lists for line in filled.leads.search(LeadFilter())} == before
    assert {run.list for run in filled.leads.runs()} == {"taxes", "empty", "taxes (returned)"}


def rows_of(path: str) -> list[dict[str, str]]:
    with Path(path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: list[dict[str, str]]) -> str:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def strip(row: dict[str, str], names: set[str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if name not in names}
