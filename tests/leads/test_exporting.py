"""Leads go out to files: safely for spreadsheets, without restricted people, and they come back the same."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path

import pytest
from list_tools import WriteList

from realestate.domain.leads.layouts import BATCHLEADS, DEALMACHINE, DIALER, MAIL, OWN, PROPSTREAM, SKIPTRACE, Layout
from realestate.domain.leads.records import LeadFilter
from realestate.errors import UnusableInputError
from realestate.services.exporting import ExportReport
from realestate.services.importing import ImportOptions
from realestate.toolkit import Toolkit

HEADER = (
    "Property Address,City,State,Zip,Parcel Number,Owner Name,Mailing Address,Mailing City,Mailing State,Mailing Zip,"
    "Phone 1,Phone 1 DNC,Phone 2,Email,Amount Owed,Date Filed,Latitude,Longitude"
)
ROWS = [
    "12 Oak St,Larkfield,OH,43999,11-222,AVERY ASHDOWN,PO Box 9,Farwell,OH,43998,(614) 555-0101,,(614) 555-0102,"
    "avery@example.org,$1200.50,2025-03-01,39.9671,-83.0044",
    '14 Oak St,Larkfield,OH,43999,,"=HYPERLINK(""http://x"")",,,,,(614) 555-0103,DNC,,,$300,2025-06-01,,',
    "16 Oak St,Larkfield,OH,43999,,,,,,,,,,,$50,2025-06-01,,",
]
TAX = ImportOptions(signal="tax_delinquent")


@pytest.fixture
def filled(toolkit: Toolkit, write_list: WriteList) -> Toolkit:
    """Three leads, one with a phone that must not be called, one without anybody."""
    toolkit.importer.run(write_list("taxes.csv", HEADER, ROWS), TAX)
    return toolkit


def export(
    toolkit: Toolkit, path: Path, layout: Layout = OWN, wanted: LeadFilter | None = None, *, restricted: bool = False
) -> ExportReport:
    return toolkit.exporter.run(
        wanted or LeadFilter(sort="address"),
        lambda columns: toolkit.outgoing_file(str(path), path.suffix[1:], columns),
        layout,
        include_restricted=restricted,
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_file_holds_every_lead_with_its_house_and_people(filled: Toolkit, tmp_path: Path) -> None:
    report = export(filled, tmp_path / "out.csv")

    first, _, third = rows_of(tmp_path / "out.csv")
    assert report.leads == 3
    assert (first["Property Address"], first["Owner Name"], first["Phone 1"]) == (
        "12 OAK ST",
        "AVERY ASHDOWN",
        "6145550101",
    )
    assert (first["Mailing Address"], first["Mailing City"], first["Mailing Zip"]) == ("PO BOX 9", "FARWELL", "43998")
    assert first["Lead Signal Details"] == "tax_delinquent 2025-03-01 $1200.50"
    assert third["Owner Name"] == ""


def test_no_cell_is_taken_for_a_formula_and_numbers_stay_numbers(filled: Toolkit, tmp_path: Path) -> None:
    export(filled, tmp_path / "out.csv")

    first, second, _ = rows_of(tmp_path / "out.csv")
    assert second["Owner Name"] == '\'=HYPERLINK("http://x")'
    assert (first["Longitude"], first["Property Zip"]) == ("-83.0044", "43999")


def test_restricted_contacts_stay_behind_and_are_counted(filled: Toolkit, tmp_path: Path) -> None:
    report = export(filled, tmp_path / "out.csv")
    everybody = export(filled, tmp_path / "all.csv", restricted=True)

    assert report.closed == {("phone", "do_not_call"): 1}
    assert [row["Phone 1"] for row in rows_of(tmp_path / "out.csv")] == ["6145550101", "", ""]
    assert not everybody.closed
    shown = rows_of(tmp_path / "all.csv")[1]
    assert (shown["Phone 1"], shown["Phone 1 Flags"]) == ("6145550103", "do not call")


def test_a_wish_not_to_be_contacted_is_heard_whatever_lists_say(filled: Toolkit, tmp_path: Path) -> None:
    filled.office.privacy.silence(["(614) 555-0102"])

    report = export(filled, tmp_path / "out.csv")

    assert report.closed[("phone", "do_not_contact")] == 1
    assert rows_of(tmp_path / "out.csv")[0]["Phone 2"] == ""


def test_each_export_is_audited(filled: Toolkit, tmp_path: Path) -> None:
    export(filled, tmp_path / "out.csv")

    entry = filled.office.audit_entries(5)[0]
    assert entry["action"] == "leads.export"
    assert entry["detail"] == {"leads": 3, "contacts": 4, "restricted": False}


def test_a_file_is_its_owners_and_appears_whole_or_not_at_all(filled: Toolkit, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("what stood here")

    with pytest.raises(RuntimeError, match="half way"):
        filled.exporter.run(
            LeadFilter(), lambda columns: filled.outgoing_file(str(path), "csv", columns), OWN, tick=_fail
        )
    assert path.read_text() == "what stood here"
    export(filled, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir() if "part" in file.name] == []


def _fail(_: int) -> None:
    raise RuntimeError("half way")


def test_a_missing_folder_is_named(filled: Toolkit, tmp_path: Path) -> None:
    with pytest.raises(UnusableInputError, match="nowhere"):
        export(filled, tmp_path / "nowhere" / "out.csv")


def test_a_workbook_holds_texts_as_texts_and_numbers_as_numbers(filled: Toolkit, tmp_path: Path) -> None:
    import openpyxl

    export(filled, tmp_path / "out.xlsx")

    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]
    header = [cell.value for cell in sheet[1]]
    cell = sheet.cell(3, header.index("Owner Name") + 1)
    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://x")', "s")
    assert sheet.cell(2, header.index("Longitude") + 1).value == -83.0044
    assert sheet.cell(2, header.index("Phone 1") + 1).value == "6145550101"


def test_json_lines_hold_lists_and_nulls(filled: Toolkit, tmp_path: Path) -> None:
    export(filled, tmp_path / "out.jsonl")

    first = json.loads((tmp_path / "out.jsonl").read_text().splitlines()[0])
    assert first["signals"] == ["tax_delinquent"]
    assert first["phones"][0] == {"value": "+16145550101", "restrictions": []}


@pytest.mark.parametrize("layout", [PROPSTREAM, BATCHLEADS, DEALMACHINE])
def test_other_tools_files_are_read_back_to_the_same_leads(filled: Toolkit, tmp_path: Path, layout: Layout) -> None:
    export(filled, tmp_path / "out.csv", layout)

    report = filled.importer.run(str(tmp_path / "out.csv"), ImportOptions())

    assert (report.created, report.rejected, report.signal) == (0, 0, None)


def test_a_purpose_leaves_out_leads_that_do_not_serve_it(filled: Toolkit, tmp_path: Path) -> None:
    dialled = export(filled, tmp_path / "dial.csv", DIALER)
    mailed = export(filled, tmp_path / "mail.csv", MAIL)
    traced = export(filled, tmp_path / "trace.csv", SKIPTRACE)

    assert (dialled.leads, dialled.unserved) == (1, 2)
    assert (mailed.leads, traced.leads) == (3, 3)
    letters = rows_of(tmp_path / "mail.csv")
    assert (letters[0]["Mailing Address"], letters[1]["Mailing Address"]) == ("PO BOX 9", "14 OAK ST")


def test_a_filter_that_nothing_fits_writes_a_header_alone(filled: Toolkit, tmp_path: Path) -> None:
    report = export(filled, tmp_path / "out.csv", wanted=LeadFilter(city="Nowhere"))

    assert report.leads == 0
    assert rows_of(tmp_path / "out.csv") == []


def test_a_frame_holds_leads_and_houses_with_their_types(filled: Toolkit) -> None:
    frame = filled.leads.frame(LeadFilter(sort="address"))

    assert list(frame["address"]) == ["12 OAK ST", "14 OAK ST", "16 OAK ST"]
    assert list(frame["signals"][0]) == ["tax_delinquent"]
    assert (frame["lon"].dtype, frame["lon"][0], frame["lon"].isna().sum()) == ("float64", -83.0044, 2)
    assert frame["created"].dt.year.min() > 2000
    assert filled.leads.frame(LeadFilter(city="Nowhere")).empty
