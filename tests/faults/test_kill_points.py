"""Killed before every commit and every write: what is there is from before or from after, and goes on from there."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mortals import Mortals, forker

import photo_models
from databases import TestDatabase
from pictures import encoded, room
from realestate.adapters.model_shelf import ModelShelf
from realestate.domain.leads.records import LeadFilter
from realestate.services.importing import ImportOptions
from realestate.settings import Settings
from realestate.toolkit import Toolkit

HEADER = "property_address,city,state,zip,owner_name,phone,email"
MOST = 40
"""As many people, houses and files are made ready as there may be boundaries."""


@pytest.fixture(scope="module")
def process() -> Iterator[subprocess.Popen[str]]:
    with forker() as made:
        yield made


@pytest.fixture
def kit(fresh_database: TestDatabase, tmp_path: Path) -> Iterator[Toolkit]:
    """A house, its owner and a buyer for each attempt, whose number ends that of house and phone."""
    houses = [
        f"{100 + n} Oak St,Springfield,GA,30301,Person{n} Example,40455501{n:02},person{n}@example.com"
        for n in range(MOST)
    ]
    buyers = [f"Buyer{n} LLC,40455502{n:02},30301,50000,150000" for n in range(MOST)]
    (tmp_path / "houses.csv").write_text("\n".join((HEADER, *houses)) + "\n")
    (tmp_path / "buyers.csv").write_text("\n".join(("Name,Phone,Zips,Min Price,Max Price", *buyers)) + "\n")
    settings = Settings(home=tmp_path / "home", database_url=fresh_database.url, token=fresh_database.token())
    with Toolkit(settings) as made:
        made.importer.run(str(tmp_path / "houses.csv"), ImportOptions(signal="vacant"))
        made.buyer_intake.import_list(str(tmp_path / "buyers.csv"), {})
        yield made


@pytest.fixture
def mortals(kit: Toolkit, process: subprocess.Popen[str]) -> Mortals:
    return Mortals(kit.settings, process)


def one(kit: Toolkit, query: str, *values: object) -> Any:  # noqa: ANN401  any column
    """The first column of the first row, seen by whoever is signed in."""
    with kit.work() as work:
        row = work.leads._connection.execute(query, values).fetchone()  # type: ignore[arg-type]
    assert row is not None
    return row[0]


def lead_at(kit: Toolkit, point: int) -> int:
    return int(one(kit, "select id from leads where property_address ilike %s", f"{100 + point} Oak%"))


def of_list(kit: Toolkit, point: int) -> int:
    """How many houses of the list of an attempt are there."""
    number = "split_part(property_address, ' ', 1)::int / 100"
    return int(one(kit, f"select count(*) from leads where property_address ilike '%%elm%%' and {number} = %s", point))  # noqa: S608


def lists(folder: Path, rows: int) -> Callable[[int], tuple[str]]:
    """Writes a list of houses of its own for each attempt."""

    def write(point: int) -> tuple[str]:
        path = folder / f"list{point}.csv"
        houses = [
            f"{100 * point + n} Elm St,Macon,GA,31201,Owner{n} Of{point},478555{n:02}{point:02},"
            for n in range(1, rows + 1)
        ]
        path.write_text("\n".join((HEADER, *houses)) + "\n")
        return (str(path),)

    return write


def test_an_import_is_there_whole_or_not_at_all(kit: Toolkit, mortals: Mortals, tmp_path: Path) -> None:
    write = lists(tmp_path, rows=20)
    for point in mortals.walk("import_list", write):
        found = of_list(kit, point)
        assert found in (0, 20)
        assert one(kit, "select count(*) from runs where state <> 'done' or rows = 0") == 0
        again = kit.importer.run(*write(point), ImportOptions(signal="vacant"))
        assert (again.created, again.unchanged) == (20 - found, found)
    assert one(kit, "select count(*) = (select count(*) from lead_scores) from leads")


def test_an_undo_takes_everything_back_or_nothing(kit: Toolkit, mortals: Mortals, tmp_path: Path) -> None:
    write = lists(tmp_path, rows=5)

    def prepare(point: int) -> tuple[int]:
        return (kit.importer.run(*write(point), ImportOptions(signal="vacant")).run,)

    for point in mortals.walk("undo", prepare):
        found = of_list(kit, point)
        state = one(kit, "select state from runs order by id desc limit 1")
        assert (found, state) in ((5, "done"), (0, "undone"))


def test_a_turn_of_a_talk_is_kept_with_what_it_says_and_answered_once(kit: Toolkit, mortals: Mortals) -> None:
    lead = lead_at(kit, 0)
    texts = []

    def prepare(point: int) -> tuple[int, str]:
        texts.append(f"this is message number {point}")
        return lead, texts[-1]

    def said() -> list[tuple[str, str]]:
        return [(each.role, each.text) for each in kit.chat.lead_talks().open(lead)[1].said]

    before: list[tuple[str, str]] = []
    for _ in mortals.walk("talk", prepare):
        now = said()
        assert now[: len(before)] == before
        assert [role for role, _ in now[len(before) :]] in ([], ["seller"], ["seller", "assistant"])
        assert {text for role, text in now[len(before) :] if role == "seller"} <= {texts[-1]}
        before = now
    assert [role for role, _ in said()[-2:]] == ["seller", "assistant"]


def test_an_opt_out_is_kept_and_obeyed_in_one(kit: Toolkit, mortals: Mortals) -> None:
    talks = kit.chat.lead_talks()
    for point in mortals.walk("talk", lambda point: (lead_at(kit, point), "STOP")):
        lead = lead_at(kit, point)
        kept = [each.text for each in talks.open(lead)[1].said if each.role == "seller"]
        assert (kept == ["STOP"]) is bool(talks.silences(lead))
        with kit.work() as work:
            assert bool(work.chat.silences(lead)) is (kept == ["STOP"]), "their numbers are silent with the message"


def test_an_analysis_is_kept_whole_and_its_report_appears_whole(kit: Toolkit, mortals: Mortals, tmp_path: Path) -> None:
    model = photo_models.write(tmp_path, photo_models.brightness_model(), photo_models.card())
    ModelShelf(kit.settings.data_folder / "models").add(*model)
    (tmp_path / "photos").mkdir()
    for number in range(3):
        (tmp_path / "photos" / f"{number}.jpg").write_bytes(encoded(room(640, 480, number)))
    lead, kept = lead_at(kit, 0), 0
    for point in mortals.walk(
        "analyze", lambda point: (lead, str(tmp_path / "photos"), str(tmp_path / f"{point}.html"))
    ):
        page = tmp_path / f"{point}.html"
        assert not page.exists() or page.read_text().rstrip().endswith("</html>")
        history = kit.repairs.kept.history(lead)
        assert len(history) - kept in (0, 1)
        kept = len(history)
        assert all(kit.repairs.kept.get(line.id).line.photos == 3 for line in history)
    assert len(kit.repairs.kept.history(lead)) == kept + 1


def test_buyers_and_their_index_part_only_until_the_next_reindex(
    kit: Toolkit, mortals: Mortals, tmp_path: Path
) -> None:
    def prepare(point: int) -> tuple[str]:
        path = tmp_path / f"more{point}.csv"
        rows = [f"Later{point} {word} LLC,30301,100000" for word in ("Alder", "Birch", "Cedar")]
        path.write_text("\n".join(("Name,Zips,Max Price", *rows)) + "\n")
        return (str(path),)

    for point in mortals.walk("import_buyers", prepare):
        assert one(kit, "select count(*) from cash_buyers where name ilike %s", f"Later{point} %") in (0, 3)
        missing, stale, foreign = mortals.run("drift")
        # What was written but not noted counts as stale, and is written again.
        assert (missing + stale <= 3 * (point + 1) + MOST, foreign) == (True, 0)
    assert mortals.run("drift") == [0, 0, 0], "whoever writes next makes up for all that were stopped"


def test_matches_are_those_of_one_moment(kit: Toolkit, mortals: Mortals) -> None:
    lead = lead_at(kit, 1)
    for _ in mortals.walk("match", lambda point: (lead, 60_000.0 + point)):
        assert one(kit, "select count(distinct matched_at) from buyer_matches where lead_id = %s", lead) <= 1
    assert one(kit, "select max(rank) = count(distinct rank) and count(*) = count(distinct rank) from buyer_matches")


def test_a_rotation_leaves_one_key_that_encrypts(kit: Toolkit, mortals: Mortals) -> None:
    for _ in mortals.walk("rotate", lambda _: ()):
        states = [row.state for row in kit.office.keys.status() if row.purpose == "pii"]
        assert states.count("active") == 1
    assert [finding for finding in kit.office.check_keys() if finding.problem] == []


def test_a_reencryption_loses_no_value_and_goes_on(kit: Toolkit, mortals: Mortals) -> None:
    kit.chat.lead_talks().take(lead_at(kit, 0), "who is this")
    kit.working.note(lead_at(kit, 0), "call on Monday")
    kit.office.set_profile("Ann", "404-555-0100", "1 Oak St")

    def prepare(_: int) -> tuple[()]:
        kit.office.keys.rotate()
        return ()

    for _ in mortals.walk("reencrypt", prepare):
        assert [finding for finding in kit.office.check_keys() if finding.problem] == []
        kit.office.reencrypt(1_000, lambda _: None)
        states = {row.state: row.values for row in kit.office.keys.status() if row.purpose == "pii"}
        assert (set(states), states["retired"]) == ({"active", "retired"}, 0)


def test_a_person_is_there_whole_or_erased_whole(kit: Toolkit, mortals: Mortals) -> None:
    talks = kit.chat.lead_talks()

    def prepare(point: int) -> tuple[str]:
        talks.take(lead_at(kit, point), "I have to sell")
        return (f"404-555-01{point:02}",)

    for point in mortals.walk("erase", prepare):
        found = {entry["what"] for entry in kit.office.privacy.show([f"404-555-01{point:02}"])}
        assert found in (set(), {"owner", "phone", "email", "row", "messages"})
        assert kit.office.privacy.may_contact(f"404-555-01{point:02}") is bool(found)
        kit.office.privacy.erase([f"404-555-01{point:02}"])
        assert kit.office.privacy.show([f"404-555-01{point:02}"]) == []
        assert kit.office.verify_audit(None).broken is None


def test_a_file_of_leads_appears_whole_and_never_without_its_entry_in_the_log(
    kit: Toolkit, mortals: Mortals, tmp_path: Path
) -> None:
    for point in mortals.walk("export", lambda point: (str(tmp_path / f"out{point}.csv"),)):
        file = tmp_path / f"out{point}.csv"
        entries = one(kit, "select count(*) from audit_log where action = 'leads.export'")
        files = len(list(tmp_path.glob("out*.csv")))
        assert entries >= files
        assert not file.exists() or len(file.read_text().splitlines()) == MOST + 1
    assert len(list(kit.leads.search(LeadFilter()))) == MOST
