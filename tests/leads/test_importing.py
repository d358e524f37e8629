"""A list comes in: rows become leads, once each, and every row is accounted for."""

from __future__ import annotations

from collections import Counter

import pytest
from list_tools import WriteList
from snapshots import snapshot

from realestate.domain.leads.records import LeadFilter
from realestate.errors import TryLaterError, UnusableInputError, UsageError
from realestate.services.importing import ImportOptions
from realestate.toolkit import Toolkit

HEADER = "Property Address,City,State,Zip,Owner Name,Phone,Amount Owed,Date Filed"
TAXES = [
    "12 Oak St,Larkfield,OH,43999,ASHDOWN AVERY,(614) 555-0101,$1200.50,2025-03-01",
    "0012 OAK STREET,LARKFIELD,OH,43999-1234,Ashdown Avery,,,2024-03-01",
    "14 Oak St,Larkfield,OH,43999,Brambell Blake,,$300,2025-06-01",
]
TAX = ImportOptions(signal="tax_delinquent")


def test_rows_of_one_house_become_one_lead(toolkit: Toolkit, write_list: WriteList) -> None:
    report = toolkit.importer.run(write_list("taxes.csv", HEADER, TAXES), TAX)

    assert (report.rows, report.created, report.merged) == (3, 2, 1)
    addresses = {line.address for line in toolkit.leads.search(LeadFilter())}
    assert addresses == {"12 OAK ST", "14 OAK ST"}


def test_the_same_file_again_changes_nothing(toolkit: Toolkit, write_list: WriteList) -> None:
    path = write_list("taxes.csv", HEADER, TAXES)
    toolkit.importer.run(path, TAX)
    before = snapshot(toolkit)

    again = toolkit.importer.run(path, TAX)

    assert (again.created, again.merged, again.unchanged) == (0, 0, 3)
    assert snapshot(toolkit) == before


def test_known_rows_of_a_grown_list_are_unchanged(toolkit: Toolkit, write_list: WriteList) -> None:
    toolkit.importer.run(write_list("taxes.csv", HEADER, TAXES[:2]), TAX)

    grown = toolkit.importer.run(write_list("taxes.csv", HEADER, TAXES), TAX)

    assert (grown.created, grown.merged, grown.unchanged) == (1, 0, 2)


def test_what_was_said_of_a_column_once_holds_for_the_lists_later_files(
    toolkit: Toolkit, write_list: WriteList
) -> None:
    options = ImportOptions(signal="vacant", list_name="field book", mapping={"Seen": "address", "When": "event_date"})
    toolkit.importer.run(write_list("monday.csv", "Seen,When,Where", ["12 Oak St,2025-01-01,Larkfield"]), options)

    later = ImportOptions(signal="vacant", list_name="field book", mapping={"Where": "city"})
    tuesday = toolkit.importer.run(write_list("tuesday.csv", "seen,Where", ["14 Oak St,Larkfield"]), later)
    again = ImportOptions(signal="vacant", list_name="field book")
    friday = toolkit.importer.run(write_list("friday.csv", "Seen,When,Where", ["16 Oak St,2025-01-05,Farwell"]), again)

    assert tuesday.columns == {"seen": "address", "Where": "city"}
    assert friday.columns == {"Seen": "address", "When": "event_date", "Where": "city"}
    assert friday.confidence == dict.fromkeys(friday.columns, 1.0)


def test_an_evicted_tenant_is_not_taken_for_the_owner(toolkit: Toolkit, write_list: WriteList) -> None:
    header = "FileDate,PlaintiffName,DefendantName,DefendantAddress,DefendantZip"
    toolkit.importer.run(
        write_list("evictions.csv", header, ["2025-01-01,Avery Ashdown,Tina Tenant,12 Oak St,43999"]), ImportOptions()
    )
    (lead,) = toolkit.leads.search(LeadFilter())
    assert toolkit.leads.show(lead.id).owner == "Avery Ashdown"


def test_the_same_row_twice_in_a_file_is_one_sighting(toolkit: Toolkit, write_list: WriteList) -> None:
    report = toolkit.importer.run(write_list("taxes.csv", HEADER, [TAXES[0]] * 3), TAX)

    (lead,) = toolkit.leads.search(LeadFilter())
    assert (report.created, report.merged) == (1, 2)
    assert len(toolkit.leads.show(lead.id).signals) == 1


def test_every_row_is_explained(toolkit: Toolkit, write_list: WriteList) -> None:
    rows = [*TAXES, "NO ADDRESS ASSIGNED BY CITY,Larkfield,OH,43999,Nobody,,,", ",,,,,,,"]
    report = toolkit.importer.run(write_list("taxes.csv", HEADER, rows), TAX)

    explained = list(toolkit.leads.rows(report.run))

    assert [row.row for row in explained] == [2, 3, 4, 5, 6]
    assert Counter(row.outcome for row in explained) == {"created": 2, "merged": 1, "rejected": 1, "empty": 1}
    assert next(row for row in explained if row.outcome == "rejected").reason
    assert report.rows == report.created + report.merged + report.unchanged + report.rejected + report.empty


def test_rejected_rows_come_back_as_they_were(toolkit: Toolkit, write_list: WriteList) -> None:
    rows = [TAXES[0], "NO ADDRESS ASSIGNED BY CITY,Larkfield,OH,43999,Nobody,,,"]
    report = toolkit.importer.run(write_list("taxes.csv", HEADER, rows), TAX)

    ((line, reason, cells),) = toolkit.leads.rejects(report.run)

    assert (line, cells[0]) == (3, "NO ADDRESS ASSIGNED BY CITY")
    assert reason


def test_what_lists_disagree_on_is_taken_from_the_newest_event(toolkit: Toolkit, write_list: WriteList) -> None:
    old = "12 Oak St,Larkfield,OH,43999,Former Owner,,,2019-01-01"
    new = "12 Oak St,Larkfield,OH,43999,Present Owner,,,2025-01-01"
    toolkit.importer.run(write_list("new.csv", HEADER, [new]), TAX)
    toolkit.importer.run(write_list("old.csv", HEADER, [old]), TAX)

    (lead,) = toolkit.leads.search(LeadFilter())

    assert toolkit.leads.show(lead.id).owner == "Present Owner"


def test_the_parts_of_a_score_add_up_to_it(toolkit: Toolkit, write_list: WriteList) -> None:
    toolkit.importer.run(write_list("taxes.csv", HEADER, TAXES), TAX)
    toolkit.importer.run(write_list("empty.csv", HEADER, TAXES[:1]), ImportOptions(signal="vacant"))

    for lead in list(toolkit.leads.search(LeadFilter())):
        explained = toolkit.leads.why(lead.id)
        assert abs(sum(part.points for part in explained.parts) - lead.score) < 1e-9
        assert {part.signal for part in explained.parts} == set(lead.signals)
    assert {part.file for part in explained.parts} <= {"taxes.csv", "empty.csv"}


def test_a_dry_run_keeps_nothing(toolkit: Toolkit, write_list: WriteList) -> None:
    path = write_list("taxes.csv", HEADER, TAXES)

    report = toolkit.importer.run(path, ImportOptions(signal="tax_delinquent", dry_run=True))

    assert report.created == 2
    assert not list(toolkit.leads.search(LeadFilter()))
    assert not toolkit.leads.runs()


def test_a_second_import_at_work_sends_this_one_away(toolkit: Toolkit, write_list: WriteList) -> None:
    path = write_list("taxes.csv", HEADER, TAXES)
    with toolkit.work() as other:
        other.lock_leads()
        from realestate.toolkit import Toolkit as Another

        with Another(toolkit.settings) as second, pytest.raises(TryLaterError):
            second.importer.run(path, TAX)
    assert not list(toolkit.leads.search(LeadFilter()))


def test_a_list_without_addresses_names_its_columns(toolkit: Toolkit, write_list: WriteList) -> None:
    path = write_list("people.csv", "Shoe Size,Colour", ["9,red"])

    with pytest.raises(UnusableInputError, match="Shoe Size, Colour") as refused:
        toolkit.importer.run(path, ImportOptions())

    assert "--map" in refused.value.hint


def test_an_unknown_signal_is_refused_with_the_known_ones(toolkit: Toolkit, write_list: WriteList) -> None:
    with pytest.raises(UsageError, match="taxx"):
        toolkit.importer.run(write_list("taxes.csv", HEADER, TAXES), ImportOptions(signal="taxx"))


def test_a_status_is_kept_through_later_imports(toolkit: Toolkit, write_list: WriteList) -> None:
    toolkit.importer.run(write_list("taxes.csv", HEADER, TAXES[:1]), TAX)
    (lead,) = toolkit.leads.search(LeadFilter())
    toolkit.leads.set_status(lead.id, "contacted")

    toolkit.importer.run(write_list("empty.csv", HEADER, TAXES), ImportOptions(signal="vacant"))

    assert toolkit.leads.show(lead.id).lead.status == "contacted"


def test_one_unit_named_in_two_ways_is_one_lead_whose_address_does_not_depend_on_the_order(
    toolkit: Toolkit, write_list: WriteList
) -> None:
    rows = [f"12 Elm Ave {unit},Larkfield,OH,43999,,,,2025-01-01" for unit in ("Apt 2", "# 2", "Ste 2")]

    toolkit.importer.run(write_list("units.csv", HEADER, rows), TAX)

    assert [lead.address for lead in toolkit.leads.search(LeadFilter())] == ["12 ELM AVE UNIT 2"]


def test_an_owner_is_absentee_where_the_mail_goes_elsewhere_and_not_where_it_is_spelt_otherwise(
    toolkit: Toolkit, write_list: WriteList
) -> None:
    header = "Property Address,City,State,Zip,Mailing Address,Mailing City,Mailing State,Mailing Zip"
    rows = [
        "12 Oak St,Larkfield,OH,43999,0012 OAK STREET,LARKFIELD,OH,43999",
        "14 Oak St,Larkfield,OH,43999,700 Elm Ave,Farwell,OH,43998",
        "16 Oak St,Larkfield,OH,43999,PO Box 9,Larkfield,OH,43999",
    ]

    toolkit.importer.run(write_list("owners.csv", header, rows), TAX)

    absentee = toolkit.leads.search(LeadFilter(signals=["absentee"]))
    assert [lead.address for lead in absentee] == ["14 OAK ST"]
    assert {lead.score for lead in toolkit.leads.search(LeadFilter())} == {
        next(iter(toolkit.leads.search(LeadFilter()))).score
    }
