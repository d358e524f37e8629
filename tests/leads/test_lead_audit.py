"""The audit: absentee owners who live there, stale lists, nobody to reach."""

from __future__ import annotations

from datetime import date

from list_tools import WriteList

from realestate.domain.leads.findings import Finding, stale
from realestate.domain.leads.pictures import Source
from realestate.domain.leads.records import LeadFilter
from realestate.services.importing import ImportOptions
from realestate.toolkit import Toolkit

HEADER = "Property Address,City,State,Zip,Owner Name,Mailing Address,Mailing City,Mailing State,Mailing Zip,Phone,DNC"
ROWS = [
    "12 Oak St,Larkfield,OH,43999,A ASHDOWN,12 OAK STREET,Larkfield,OH,43999,,",
    "14 N Oak St,Larkfield,OH,43999,B BRAMBELL,14 Oak St,Larkfield,OH,43999,,",
    "16 Oak St,Larkfield,OH,43999,C COPPER,16 Oak St,Farwell,OH,43998,,",
    "18 Oak St,Larkfield,OH,43999,D DUNMORE,,,,,(614) 555-0104,Yes",
    "20 Oak St,Larkfield,OH,43999,E ELDER,,,,,(614) 555-0105,",
]


def by_check(findings: list[Finding], check: str) -> list[tuple[str | None, int, int]]:
    return [(each.list, each.of, each.found) for each in findings if each.check == check]


def test_an_absentee_list_is_judged_by_where_the_mail_goes(toolkit: Toolkit, write_list: WriteList) -> None:
    toolkit.importer.run(write_list("away.csv", HEADER, ROWS), ImportOptions(signal="absentee"))
    toolkit.importer.run(write_list("empty.csv", HEADER, ROWS[:1]), ImportOptions(signal="vacant"))

    findings = toolkit.lead_audit.run(180)

    assert by_check(findings, "owner_occupied") == [("away", 5, 2)]


def test_who_may_not_be_contacted_is_nobody_to_reach(toolkit: Toolkit, write_list: WriteList) -> None:
    toolkit.importer.run(write_list("away.csv", HEADER, ROWS), ImportOptions(signal="absentee"))
    assert by_check(toolkit.lead_audit.run(180), "unreachable") == [(None, 5, 1)]

    toolkit.office.privacy.silence(["(614) 555-0105"])

    assert by_check(toolkit.lead_audit.run(180), "unreachable") == [(None, 5, 2)]


def test_the_mail_of_a_namesake_street_elsewhere_is_kept(toolkit: Toolkit, write_list: WriteList) -> None:
    toolkit.importer.run(write_list("away.csv", HEADER, ROWS[2:3]), ImportOptions(signal="absentee"))

    (lead,) = [line.id for line in toolkit.leads.search(LeadFilter())]
    mailboxes = [each.value for each in toolkit.leads.show(lead).contacts if each.kind == "mailing"]
    assert mailboxes == ["16 OAK ST, FARWELL OH 43998"]


def test_lists_that_say_nothing_new_are_named_and_counted() -> None:
    day = date(2026, 7, 1)
    sources = [
        Source("fresh", "vacant", 10, date(2026, 6, 1), date(2026, 5, 1)),
        Source("old news", "vacant", 20, date(2026, 6, 1), date(2024, 5, 1)),
        Source("forgotten", None, 30, date(2025, 6, 1), None),
    ]

    findings = list(stale(sources, day, 180))

    assert [(each.list, each.of, each.found) for each in findings] == [
        ("old news", 0, 0),
        ("forgotten", 0, 0),
        (None, 3, 2),
    ]
    assert findings[-1].percent == 66.7


def test_an_empty_database_has_nothing_wrong(toolkit: Toolkit) -> None:
    assert [each.percent for each in toolkit.lead_audit.run(180)] == [0.0, 0.0]
