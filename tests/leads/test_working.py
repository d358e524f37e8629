"""Leads worked by hand: added, corrected, noted, tagged, dated; merged and split for good."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from itertools import pairwise

import pytest
from list_tools import WriteList
from snapshots import snapshot

from realestate.domain.leads.records import LeadFilter, LeadLine
from realestate.errors import RealestateError, UsageError
from realestate.services.importing import ImportOptions
from realestate.toolkit import Toolkit

HEADER = "Property Address,City,State,Zip,Owner Name,Phone,Date Filed,Estimated Value"
TAX = ImportOptions(signal="tax_delinquent", list_name="tax")
VACANT = ImportOptions(signal="vacant", list_name="vacant")
TODAY = date.today()  # noqa: DTZ011 - the day where the test runs


def row(street: str, owner: str = "Avery Ashdown", filed: str = "2025-03-01") -> str:
    return f"{street},Larkfield,OH,43999,{owner},(614) 555-0101,{filed},200000"


def lines(toolkit: Toolkit, **wanted: object) -> list[LeadLine]:
    return list(toolkit.leads.search(LeadFilter(**wanted)))  # type: ignore[arg-type]


def ids(toolkit: Toolkit) -> dict[str, int]:
    return {line.address: line.id for line in lines(toolkit)}


@pytest.fixture
def oak(toolkit: Toolkit, write_list: WriteList) -> dict[str, int]:
    """Three houses on Oak St, by address."""
    toolkit.importer.run(
        write_list("tax.csv", HEADER, [row("12 Oak St"), row("14 Oak St", "Blake Brambell"), row("40 Oak St")]), TAX
    )
    return ids(toolkit)


def test_a_tip_is_a_lead_and_later_imports_join_it(toolkit: Toolkit, write_list: WriteList) -> None:
    known = {"owner_name": "Casey Caldwell", "phone": "614-555-0155", "signal": "driving_for_dollars"}
    lead, is_new = toolkit.working.add("12 Oak St, Larkfield, OH 43999", known, "referral")
    toolkit.importer.run(write_list("tax.csv", HEADER, [row("0012 OAK STREET")]), TAX)

    (line,) = lines(toolkit)
    view = toolkit.leads.show(lead)
    assert is_new
    assert (line.id, line.source, line.signals) == (lead, "referral", ["driving_for_dollars", "tax_delinquent"])
    assert view.owner == "Casey Caldwell"
    assert {contact.value for contact in view.contacts if contact.kind == "name"} == {"Casey Caldwell", "Avery Ashdown"}


def test_a_house_that_lists_know_is_joined(toolkit: Toolkit, oak: dict[str, int]) -> None:
    assert toolkit.working.add("12 Oak Street, Larkfield OH 43999", {}, "manual") == (oak["12 OAK ST"], False)
    assert toolkit.leads.show(oak["12 OAK ST"]).lead.source == "list_stacking"


@pytest.mark.parametrize(
    ("address", "fields", "source"),
    [
        ("nowhere at all", {}, "manual"),
        ("12 Oak St, Larkfield OH", {"colour": "red"}, "manual"),
        ("12 Oak St, Larkfield OH", {"phone": "call me"}, "manual"),
        ("12 Oak St, Larkfield OH", {"event_date": "soonish"}, "manual"),
        ("12 Oak St, Larkfield OH", {}, "a friend"),
    ],
)
def test_what_cannot_be_understood_leaves_nothing_behind(
    toolkit: Toolkit, address: str, fields: dict[str, str], source: str
) -> None:
    with pytest.raises(UsageError):
        toolkit.working.add(address, fields, source)

    assert not lines(toolkit)
    assert not toolkit.leads.runs()


def test_a_correction_comes_before_what_lists_say_and_outlives_them(
    toolkit: Toolkit, oak: dict[str, int], write_list: WriteList
) -> None:
    lead = oak["12 OAK ST"]
    for owner in ("Drew Dunmore", "Ellis Eastwood", "Drew Dunmore"):
        toolkit.working.edit(lead, {"owner_name": owner, "value": "310,000"})
    newer = (TODAY - timedelta(days=1)).isoformat()
    toolkit.importer.run(write_list("new.csv", HEADER, [row("12 Oak St", "Somebody Else", newer)]), VACANT)

    view = toolkit.leads.show(lead)

    assert view.owner == "Drew Dunmore"
    assert (view.lead.facts or {})["value"] == 310_000
    assert (view.lead.lists, view.lead.source) == (2, "list_stacking")
    assert [event["what"] for event in view.history] == ["edit"] * 3
    assert "Drew" not in str(view.history)


def test_an_unknown_field_names_the_nearest(toolkit: Toolkit, oak: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="owner_name"):
        toolkit.working.edit(oak["12 OAK ST"], {"ownername": "Drew Dunmore"})


def test_notes_are_encrypted_and_shown_in_clear(toolkit: Toolkit, oak: dict[str, int]) -> None:
    toolkit.working.note(oak["12 OAK ST"], "sister wants to sell by June")

    assert [note.text for note in toolkit.leads.show(oak["12 OAK ST"]).notes] == ["sister wants to sell by June"]
    with toolkit.work() as work:
        ((text,),) = work._connection.execute("SELECT text FROM lead_notes").fetchall()
    assert b"sister" not in text


def test_tags_find_leads_again(toolkit: Toolkit, oak: dict[str, int]) -> None:
    lead = oak["12 OAK ST"]
    assert toolkit.working.tag(lead, ["Hot", "  call   back ", "hot"]) == ["call back", "hot"]
    assert [line.id for line in lines(toolkit, tag="hot")] == [lead]

    assert toolkit.working.tag(lead, ["hot"], remove=True) == ["call back"]
    assert not lines(toolkit, tag="hot")


def test_what_is_due_is_listed_until_it_is_done(toolkit: Toolkit, oak: dict[str, int]) -> None:
    first, second = oak["12 OAK ST"], oak["14 OAK ST"]
    toolkit.working.due(first, TODAY + timedelta(days=3))
    toolkit.working.due(second, TODAY)

    assert [line.id for line in lines(toolkit, due_by=TODAY)] == [second]
    assert [line.id for line in lines(toolkit, sort="due")] == [second, first, oak["40 OAK ST"]]
    assert toolkit.working.due(second, None) == TODAY
    assert not lines(toolkit, due_by=TODAY)
    with pytest.raises(UsageError, match="past"):
        toolkit.working.due(first, TODAY - timedelta(days=1))


def test_a_status_goes_forwards_unless_forced(toolkit: Toolkit, oak: dict[str, int]) -> None:
    lead = oak["12 OAK ST"]
    assert toolkit.leads.set_status(lead, "qualified") == "new"
    with pytest.raises(UsageError, match="step back"):
        toolkit.leads.set_status(lead, "contacted")
    assert toolkit.leads.set_status(lead, "lost") == "qualified"
    with pytest.raises(UsageError, match="step back"):
        toolkit.leads.set_status(lead, "qualified")
    assert toolkit.leads.set_status(lead, "contacted", force=True) == "lost"
    assert [event["detail"]["to"] for event in toolkit.leads.show(lead).history] == ["contacted", "lost", "qualified"]


@pytest.mark.parametrize("again", [False, True])
def test_merged_leads_stay_one_through_later_imports(
    toolkit: Toolkit, oak: dict[str, int], write_list: WriteList, again: bool
) -> None:
    one, other = oak["12 OAK ST"], oak["40 OAK ST"]
    toolkit.leads.set_status(other, "contacted")
    toolkit.working.note(other, "same house, says the owner")
    toolkit.working.tag(other, ["hot"])

    assert toolkit.deciding.merge(other, one) == one

    if again:
        rows = [row("40 Oak St", "New Owner"), row("12 OAK STREET"), row("40 N Oak St")]
        toolkit.importer.run(write_list("vacant.csv", HEADER, rows), VACANT)
    view = toolkit.leads.show(one)
    assert view.lead.status == "contacted"
    assert ([note.text for note in view.notes], view.tags) == (["same house, says the owner"], ["hot"])
    assert other not in ids(toolkit).values()
    assert {row.address for row in view.rows} == {"12 OAK ST", "40 OAK ST"}


def test_a_split_undoes_a_merge_and_a_merge_a_split(toolkit: Toolkit, oak: dict[str, int]) -> None:
    before = snapshot(toolkit)
    one = toolkit.deciding.merge(oak["12 OAK ST"], oak["40 OAK ST"])
    merged = snapshot(toolkit)
    leaving = [f"{row.run}:{row.row}" for row in toolkit.leads.show(one).rows if row.address == "40 OAK ST"]

    parted = toolkit.deciding.split(one, leaving)
    assert snapshot(toolkit) == before

    toolkit.deciding.merge(parted.lead, parted.new)
    assert snapshot(toolkit) == merged


def test_rows_that_were_split_off_stay_apart_through_later_imports(toolkit: Toolkit, write_list: WriteList) -> None:
    header = "Parcel,Property Address,City,State,Zip,Owner Name"
    rows = ["11-222,12 Oak St,Larkfield,OH,43999,Avery", "11-222,14 Oak St,Larkfield,OH,43999,Blake"]
    toolkit.importer.run(write_list("tax.csv", header, rows), TAX)
    (line,) = lines(toolkit)

    parted = toolkit.deciding.split(line.id, ["3"])
    toolkit.importer.run(write_list("vacant.csv", header, [*rows, "11-222,12 Oak St,Larkfield,OH,,Casey"]), VACANT)

    assert ids(toolkit) == {"12 OAK ST": parted.lead, "14 OAK ST": parted.new}
    assert toolkit.leads.show(parted.new).lead.signals == ["tax_delinquent", "vacant"]


def test_what_cannot_be_merged_or_split_changes_nothing(toolkit: Toolkit, oak: dict[str, int]) -> None:
    before = snapshot(toolkit)
    lead = oak["12 OAK ST"]
    for attempt in (
        lambda: toolkit.deciding.merge(lead, lead),
        lambda: toolkit.deciding.merge(lead, 99_999),
        lambda: toolkit.deciding.split(lead, ["2"]),
        lambda: toolkit.deciding.split(lead, ["77"]),
        lambda: toolkit.deciding.split(99_999, ["2"]),
    ):
        with pytest.raises(UsageError):
            attempt()
    assert snapshot(toolkit) == before


def test_two_terminals_at_one_lead_lose_nothing(toolkit: Toolkit, oak: dict[str, int]) -> None:
    lead = oak["12 OAK ST"]
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            with Toolkit(toolkit.settings) as own:
                for turn in range(4):
                    own.working.tag(lead, [f"tag {number} {turn}"])
                    own.working.note(lead, f"note {number} {turn}")
                    own.working.due(lead, TODAY + timedelta(days=turn))
        except RealestateError as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    view = toolkit.leads.show(lead)
    assert not failures
    assert (len(view.tags), len(view.notes)) == (8, 8)
    # Every change of the date starts from the one before it: none was made on a date that nobody saw.
    dues = [event["detail"] for event in reversed(view.history) if event["what"] == "due"]
    assert all(later["from"] == earlier["to"] for earlier, later in pairwise(dues))
