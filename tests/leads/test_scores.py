"""Scores in the database: the same as explained one by one, on any day, and only what moved is written."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from list_tools import WriteList

from realestate.adapters.reference_data import score_model
from realestate.domain.leads.records import LeadFilter, LeadLine
from realestate.domain.leads.scoring import ScoreModel, SignalRule
from realestate.errors import UsageError
from realestate.services.importing import ImportOptions
from realestate.services.leads import Leads
from realestate.toolkit import Toolkit

HEADER = (
    "Property Address,City,State,Zip,Amount Owed,Years Delinquent,Date Filed,Closed Date,Auction Date,"
    "Sale Date,Sale Price,Estimated Value,Equity,Loan Balance,MLS Status,MLS Date,Absentee Owner"
)
TODAY = date.today()  # noqa: DTZ011 - the day where the test runs
SIGNALS = ("tax_delinquent", "vacant", "code_violation", "tax_lien", "none")


def ago(weeks: float) -> str:
    return (TODAY - timedelta(days=int(weeks * 7))).isoformat()


def invented(dice: random.Random, count: int) -> list[str]:
    """Rows about a few houses, each cell often empty."""

    def maybe(text: object, chance: float = 0.4) -> str:
        return str(text) if dice.random() < chance else ""

    return [
        ",".join(
            (
                f"{dice.randint(1, 40) * 2} Oak St,Larkfield,OH,43999",
                maybe(dice.choice((0, 300, 700, 2_500, 4_999.99, 5_000, 60_000))),
                maybe(dice.choice((1, 2, 3, 7))),
                maybe(ago(dice.randint(0, 200)), 0.7),
                maybe(ago(dice.randint(-10, 60)), 0.15),
                maybe(ago(dice.randint(-40, 10)), 0.3),
                maybe(ago(dice.randint(-5, 200)), 0.3),
                maybe(dice.choice((1, 10, 999, 1_000, 250_000)), 0.8),
                maybe(dice.choice((0, 100_000, 310_000))),
                maybe(dice.choice((-20_000, 0, 30_000, 50_000, 93_000, 100_000))),
                maybe(dice.choice((0, 70_000, 217_000, 400_000))),
                maybe(dice.choice(("active", "expired", "sold")), 0.1),
                maybe(ago(dice.randint(0, 60)), 0.5),
                maybe(dice.choice(("yes", "no")), 0.5),
            )
        )
        for _ in range(count)
    ]


@pytest.fixture
def street(toolkit: Toolkit, write_list: WriteList) -> Toolkit:
    """Forty houses that five lists in ten imports speak of, the older ones of an earlier day."""
    dice = random.Random(7)
    for number in range(10):
        options = ImportOptions(
            signal=SIGNALS[number % 5], list_name=SIGNALS[number % 5], as_of=TODAY - timedelta(weeks=27 - 3 * number)
        )
        toolkit.importer.run(write_list(f"list {number}.csv", HEADER, invented(dice, 60)), options)
    return toolkit


def lines(toolkit: Toolkit) -> list[LeadLine]:
    return list(toolkit.leads.search(LeadFilter()))


def test_what_the_database_adds_up_is_what_is_explained(street: Toolkit) -> None:
    found = lines(street)
    factors, suppressed, sold = set(), 0, 0
    for line in found:
        explained = street.leads.why(line.id)
        assert explained.score == pytest.approx(line.score, abs=1e-9)
        assert explained.suppressed_by == line.suppressed_by
        names = {part.signal for part in explained.parts}
        assert explained.suppressed_by or names == set(line.signals)
        factors.add(explained.factor)
        suppressed += explained.suppressed_by is not None
        sold += explained.last_sale is not None
    # The lists are worth comparing on only where they hold everything there is.
    assert factors == {1.0, 1.2, 1.5}
    assert suppressed
    assert sold


def test_scoring_all_again_says_what_scoring_the_touched_said(street: Toolkit) -> None:
    before = lines(street)

    assert street.leads.score() == 0
    assert lines(street) == before


def test_a_lost_score_is_written_again_and_only_that(street: Toolkit) -> None:
    before = lines(street)
    with street.work() as work:
        work._connection.execute("UPDATE lead_scores SET score = 0 WHERE lead_id = %s", (before[0].id,))
        work._connection.execute("DELETE FROM lead_signals WHERE lead_id = %s", (before[1].id,))
        work.commit()

    assert street.leads.score() == 1
    assert lines(street) == before
    assert before[1] in list(street.leads.search(LeadFilter(signals=before[1].signals)))


def test_a_day_gone_by_scores_as_if_the_later_imports_had_not_been(toolkit: Toolkit, write_list: WriteList) -> None:
    dice = random.Random(3)
    early, late = (write_list(f"{name}.csv", HEADER, invented(dice, 50)) for name in ("early", "late"))
    day = TODAY - timedelta(weeks=10)
    toolkit.importer.run(early, ImportOptions(signal="vacant", as_of=day))
    Leads(toolkit.work, lambda: toolkit.cipher, score_model, lambda: day).score()
    then = {line.id: line.score for line in lines(toolkit)}
    toolkit.importer.run(late, ImportOptions(signal="tax_lien", as_of=day + timedelta(days=1)))

    past = {score.id: score.score for score in toolkit.leads.scores_on(day)}

    assert past == pytest.approx(then, abs=0.0005)
    assert {line.id for line in lines(toolkit)} > set(past)


def test_old_scores_keep_the_weights_of_their_time(toolkit: Toolkit, write_list: WriteList) -> None:
    then = TODAY - timedelta(weeks=10)
    usual = score_model()
    heavier = replace(usual, version="heavier", rules={**usual.rules, "vacant": SignalRule("vacant", 0.6)})

    def leads(model: ScoreModel, day: date) -> Leads:
        return Leads(toolkit.work, lambda: toolkit.cipher, lambda: model, lambda: day)

    row = "2 Oak St,Larkfield,OH,43999,,,,,,,,,,,,,"
    toolkit.importer.run(write_list("vacant.csv", HEADER, [row]), ImportOptions(signal="vacant", as_of=then))
    (lead,) = lines(toolkit)
    leads(usual, then).score()
    old = lines(toolkit)[0].score

    # Explained by weights that are no longer those of the package, until it is scored again.
    explained = leads(heavier, TODAY).why(lead.id)
    assert (explained.score, explained.model) == (pytest.approx(old, abs=1e-9), usual.version)

    assert leads(heavier, TODAY).score() == 1
    assert leads(usual, TODAY).why(lead.id).score == pytest.approx(0.6)
    assert leads(usual, TODAY).why(lead.id).model == "heavier"
    (past,) = leads(heavier, TODAY).scores_on(then)
    assert past.score == pytest.approx(old, abs=1e-9)
    (earlier,) = leads(heavier, TODAY).scores_on(TODAY - timedelta(days=1))
    assert earlier.score == pytest.approx(old, abs=0.05)
    (change,) = leads(heavier, TODAY).diff(then, 0.02)
    assert (change.change, change.before) == ("hotter", pytest.approx(old, abs=1e-9))

    # Weights that come back are in force from that day on, however early they were used before.
    assert leads(usual, TODAY).score() == 1
    (now,) = leads(heavier, TODAY).scores_on(TODAY)
    assert now.score == pytest.approx(leads(usual, TODAY).why(lead.id).score, abs=1e-9)


def test_a_day_to_come_is_refused(toolkit: Toolkit) -> None:
    with pytest.raises(UsageError, match="still to come"):
        next(toolkit.leads.scores_on(TODAY + timedelta(days=1)))


def test_diff_names_what_is_new_hotter_cooler_and_closed(toolkit: Toolkit, write_list: WriteList) -> None:
    header = "Property Address,City,State,Zip,Date Filed,Closed Date"
    then = TODAY - timedelta(weeks=4)
    filed = ago(8)

    def row(number: int, closed: str = "") -> str:
        return f"{number} Oak St,Larkfield,OH,43999,{filed},{closed}"

    code = ImportOptions(signal="code_violation", list_name="code", as_of=then)
    now = ImportOptions(signal="code_violation", list_name="code")
    toolkit.importer.run(write_list("then.csv", header, [row(2), row(4), row(6), row(8)]), code)
    toolkit.importer.run(
        write_list("liens.csv", header, [row(6)]), ImportOptions(signal="judgment", list_name="liens", as_of=then)
    )
    toolkit.importer.run(write_list("now.csv", header, [row(4, ago(1)), row(6, ago(1)), row(10)]), now)
    toolkit.importer.run(write_list("more.csv", header, [row(8)]), ImportOptions(signal="vacant"))

    changes = {change.address: change for change in toolkit.leads.diff(then, 0.02)}

    assert {address: change.change for address, change in changes.items()} == {
        "10 OAK ST": "new",
        "8 OAK ST": "hotter",
        "6 OAK ST": "cooler",
        "4 OAK ST": "closed",
    }
    assert (changes["8 OAK ST"].opened, changes["6 OAK ST"].closed) == (["vacant"], ["code_violation"])
