"""Who asked not to be contacted, or was erased, meets no draft and no offer; lists do not bring them back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import photo_models
from databases import TestDatabase
from pictures import encoded, room
from realestate.adapters.model_shelf import ModelShelf
from realestate.domain.buyers.records import BuyerFilter
from realestate.domain.leads.records import LeadFilter
from realestate.errors import NotAllowedError, TryLaterError
from realestate.repairing import Looking
from realestate.services.importing import ImportOptions
from realestate.settings import Settings
from realestate.toolkit import Toolkit

SELLERS = """property_address,city,state,zip,owner_name,phone,email,do_not_contact,opt_out
101 Oak St,Springfield,GA,30301,Ann Example,404-555-0134,ann@example.com,,
103 Oak St,Springfield,GA,30301,Bob Sample,404-555-0135,,yes,
105 Oak St,Springfield,GA,30301,Cy Other,404-555-0136,,,yes
107 Oak St,Springfield,GA,30301,Di Fourth,404-555-0137,,,
"""
BUYERS = """Name,Company,Email,Phone,Zips,Min Price,Max Price
Kim Buyer,Alder Homes LLC,kim@example.net,404-555-0199,30301,50000,150000
Lee Other,,lee@example.net,404-555-0188 or 404-555-0187,30301,50000,150000
Max Third,,,,30301,50000,150000
"""
DEEDS = """Grantee,Sale Date,Consideration,Property Address,City,Zip,Land Use
"ALDER HOMES, L.L.C.",2024-01-05,"$90,000",12 Oak St,Larkfield,43999,SINGLE FAMILY
Alder Homes LLC,2024-03-02,85000,40 Oak St,Larkfield,43999,SINGLE FAMILY
Elm Fund LP,2024-02-01,310000,7 Elm Ave,Brambleton,43888,DUPLEX
Elm Fund LP,2024-05-01,290000,9 Elm Ave,Brambleton,43888,DUPLEX
"""


@pytest.fixture
def kit(fresh_database: TestDatabase, tmp_path: Path) -> Iterator[Toolkit]:
    """A toolkit with sellers and buyers."""
    for name, text in (("sellers", SELLERS), ("buyers", BUYERS), ("deeds", DEEDS)):
        (tmp_path / f"{name}.csv").write_text(text)
    settings = Settings(home=tmp_path / "home", database_url=fresh_database.url, token=fresh_database.token())
    with Toolkit(settings) as made:
        made.importer.run(str(tmp_path / "sellers.csv"), ImportOptions(signal="vacant"), lambda _: None)
        made.buyer_intake.import_list(str(tmp_path / "buyers.csv"), {})
        yield made


def lead_of(kit: Toolkit, street: str) -> int:
    return next(line.id for line in kit.leads.search(LeadFilter()) if line.address.startswith(street))


def offered(kit: Toolkit) -> set[str]:
    """The names of all buyers that a house is offered to."""
    kit.buyers._warm = None
    return {found.name for found in kit.buyers.match_lead(lead_of(kit, "101"), 0)}


def say(kit: Toolkit, lead: int, text: str) -> str:
    return kit.chat.lead_talks().take(lead, text).reply


@pytest.mark.parametrize(("street", "why"), [("103", "do_not_contact"), ("105", "opt_out")])
def test_who_a_list_says_is_not_to_be_contacted_gets_no_draft(kit: Toolkit, street: str, why: str) -> None:
    lead = lead_of(kit, street)
    with pytest.raises(NotAllowedError, match=rf"not to be contacted \({why}\); nothing is drafted"):
        say(kit, lead, "who is this?")
    # A list's word is not the seller's, so that their START does not take it back either.
    with pytest.raises(NotAllowedError, match=why):
        say(kit, lead, "START")
    said = [one.text for one in kit.chat.lead_talks().open(lead)[1].said]
    assert said == ["who is this?", "START"], "what they said is kept, and nothing was answered"


@pytest.mark.parametrize("who", ["404-555-0134", "ANN@example.com"])
def test_a_wish_that_was_noted_by_phone_or_e_mail_stops_the_drafts(kit: Toolkit, who: str) -> None:
    lead = lead_of(kit, "101")
    assert say(kit, lead, "who is this?")
    kit.office.privacy.silence([who], "by letter")
    with pytest.raises(NotAllowedError, match="by letter"):
        say(kit, lead, "hello?")
    with pytest.raises(NotAllowedError, match="by letter"):
        say(kit, lead, "START")
    assert say(kit, lead_of(kit, "107"), "who is this?"), "another seller is answered"


def test_two_leads_of_one_phone_fall_silent_together(kit: Toolkit, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text(
        "property_address,city,state,zip,owner_name,phone\n9 Elm St,Macon,GA,31201,Ann Example,4045550134\n"
    )
    kit.importer.run(str(tmp_path / "more.csv"), ImportOptions(signal="vacant"), lambda _: None)
    say(kit, lead_of(kit, "9 ELM"), "stop texting me")
    with pytest.raises(NotAllowedError, match="asked not to be contacted"):
        say(kit, lead_of(kit, "101"), "hello?")


def test_an_erasure_silences_the_lead_until_somebody_new_owns_it(kit: Toolkit, tmp_path: Path) -> None:
    lead = lead_of(kit, "101")
    say(kit, lead, "I am Ann and behind on payments")
    assert kit.office.privacy.erase(["Ann Example"])["conversations"] == 1
    with pytest.raises(NotAllowedError, match="was erased"):
        say(kit, lead, "hello?")
    kit.importer.run(str(tmp_path / "sellers.csv"), ImportOptions(signal="absentee"), lambda _: None)
    with pytest.raises(NotAllowedError, match="was erased"):
        say(kit, lead, "hello?")
    (tmp_path / "new.csv").write_text(
        "property_address,city,state,zip,owner_name\n101 Oak St,Springfield,GA,30301,Nia Newcomer\n"
    )
    kit.importer.run(str(tmp_path / "new.csv"), ImportOptions(signal="vacant"), lambda _: None)
    assert say(kit, lead, "hello?")


def test_an_opt_out_outlives_the_erasure_of_a_seller_without_a_phone(kit: Toolkit, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text(
        "property_address,city,state,zip,owner_name\n9 Elm St,Macon,GA,31201,Eve Silent\n"
    )
    kit.importer.run(str(tmp_path / "more.csv"), ImportOptions(signal="vacant"), lambda _: None)
    lead = lead_of(kit, "9 ELM")
    say(kit, lead, "STOP")
    kit.office.privacy.erase(["Eve Silent"])
    with pytest.raises(NotAllowedError):
        say(kit, lead, "hello?")
    # Who writes START is there again by their own will.
    assert say(kit, lead, "START")
    assert say(kit, lead, "hello?")


@pytest.mark.parametrize(
    ("who", "left"),
    [
        ("404-555-0199", {"Lee Other", "Max Third"}),
        ("KIM@example.net", {"Lee Other", "Max Third"}),
        ("(404) 555-0187", {"Kim Buyer", "Max Third"}),
    ],
)
def test_a_buyer_who_is_not_to_be_contacted_is_offered_nothing(kit: Toolkit, who: str, left: set[str]) -> None:
    assert offered(kit) == {"Kim Buyer", "Lee Other", "Max Third"}
    kit.office.privacy.silence([who])
    assert offered(kit) == left
    lead = lead_of(kit, "101")
    shut = [one for one in kit.buyers.search(BuyerFilter()) if one.do_not_contact]
    assert [one.name for one in shut] == sorted({"Kim Buyer", "Lee Other"} - left)
    assert "do_not_contact" in kit.buyers.why(lead, shut[0].id).failures


def test_a_wish_holds_for_the_buyer_that_another_was_merged_into(kit: Toolkit) -> None:
    ids = {one.name: one.id for one in kit.buyers.search(BuyerFilter())}
    kit.buyers.merge(ids["Max Third"], [ids["Kim Buyer"]])
    kit.office.privacy.silence(["404-555-0199"])
    assert offered(kit) == {"Lee Other"}


def test_a_wish_that_came_first_holds_for_a_buyer_who_comes_later(kit: Toolkit, tmp_path: Path) -> None:
    kit.office.privacy.silence(["404-555-0177"])
    (tmp_path / "more.csv").write_text("Name,Phone,Zips\nNed Late,4045550177,30301\n")
    kit.buyer_intake.import_list(str(tmp_path / "more.csv"), {})
    assert "Ned Late" not in offered(kit)


@pytest.mark.parametrize("who", ["404-555-0199", "kim@example.net", "Kim Buyer"])
def test_lists_and_deeds_do_not_bring_an_erased_buyer_back(kit: Toolkit, tmp_path: Path, who: str) -> None:
    assert kit.office.privacy.erase([who])["buyers"] == 1
    again = kit.buyer_intake.import_list(str(tmp_path / "buyers.csv"), {})
    assert (again.rows, again.used, again.left_out) == (3, 2, {"erased on request": 1})
    deeds = kit.buyer_intake.discover(str(tmp_path / "deeds.csv"), {})
    assert deeds.left_out["erased on request"] == 2
    assert deeds.rows == deeds.used + sum(deeds.left_out.values())
    assert {one.name for one in kit.buyers.search(BuyerFilter())} == {"Lee Other", "Max Third", "Elm Fund LP"}
    assert kit.office.privacy.show(["Kim Buyer", "404-555-0199", "kim@example.net", "Alder Homes LLC"]) == []


def test_what_a_buyer_bought_is_shown_and_goes_with_the_buyer(kit: Toolkit, tmp_path: Path) -> None:
    kit.buyer_intake.discover(str(tmp_path / "deeds.csv"), {})
    shown = kit.office.privacy.show(["404-555-0199"])
    assert [entry["what"] for entry in shown] == ["phone", "email", "purchase", "purchase"]
    assert shown[2]["value"].upper().startswith("2024-01-05, 12 OAK ST")
    kit.office.privacy.erase(["404-555-0199"])
    with kit.work() as work:
        query = "select count(*) from buyer_purchases where spelling ilike '%alder%'"
        assert work.buyers._connection.execute(query).fetchone() == (0,)


def test_a_list_of_nobody_but_erased_buyers_is_no_failure(kit: Toolkit, tmp_path: Path) -> None:
    kit.office.privacy.erase(["Kim Buyer"])
    (tmp_path / "one.csv").write_text("".join(BUYERS.splitlines(keepends=True)[:2]))
    report = kit.buyer_intake.import_list(str(tmp_path / "one.csv"), {})
    assert (report.used, report.left_out) == (0, {"erased on request": 1})
    assert not report.is_partial(1.0)


def test_a_lead_shows_the_wish_beside_the_phone(kit: Toolkit) -> None:
    lead = lead_of(kit, "101")
    kit.office.privacy.silence(["404-555-0134"], "by letter")
    shown = {contact.kind: contact for contact in kit.leads.show(lead).contacts}
    assert shown["phone"].restrictions == ["do_not_contact"]
    assert shown["phone"].restricted_by[0]["reason"] == "by letter"
    assert shown["email"].restrictions == []


def test_what_photos_showed_is_shown_and_the_copies_of_photos_go(kit: Toolkit, tmp_path: Path) -> None:
    model = photo_models.write(tmp_path, photo_models.brightness_model(), photo_models.card())
    ModelShelf(kit.settings.data_folder / "models").add(*model)
    (tmp_path / "photos").mkdir()
    for number in range(2):
        (tmp_path / "photos" / f"{number}.jpg").write_bytes(encoded(room(640, 480, number)))
    lead = lead_of(kit, "101")
    with kit.repairs.analyzer(Looking("tiny", jobs=0)) as analyzer:
        found = analyzer.run([str(tmp_path / "photos")], kit.repairs.kept.subject(lead), pictures=True)
    kit.repairs.kept.keep(lead, found, kit.repairs.prices())
    (shown,) = [entry for entry in kit.office.privacy.show(["Ann Example"]) if entry["what"] == "photos of the house"]
    assert (shown["where"], "2 photos" in shown["value"]) == (f"analysis 1, lead {lead}", True)
    assert kit.office.privacy.erase(["Ann Example"])["pictures"] == 2
    assert len(kit.repairs.kept.history(lead)) == 1, "what is wrong with the house is no word about its owner"


def test_a_vector_index_that_is_away_keeps_nobody_from_being_erased(kit: Toolkit) -> None:
    away = kit.settings.model_copy(update={"chroma_url": "http://127.0.0.1:9"})
    with Toolkit(away) as other, pytest.raises(TryLaterError, match="erased but their vector") as refusal:
        other.office.privacy.erase(["Kim Buyer"])
    assert "buyers reindex" in refusal.value.hint
    assert kit.office.privacy.show(["Kim Buyer", "kim@example.net"]) == []
    assert kit.office.verify_audit(None).unsealed == 0
