"""Analyses with their leads: what is kept, the same in memory and in Postgres, and an old estimate made again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from repair_fakes import MemoryReader, MemoryStore, MemoryWork

from databases import TestDatabase
from made_readings import reading
from realestate.adapters.repair_reference import read_price_book, read_region_factors
from realestate.domain.leads.records import LeadFilter
from realestate.domain.repairs.analysis import Analysis
from realestate.domain.repairs.keeping import LeadHouse, OpenRepairWork
from realestate.domain.repairs.price_book import PriceBook
from realestate.domain.repairs.readings import Quality
from realestate.errors import UsageError
from realestate.repositories.connection import connect_as_owner
from realestate.services.importing import ImportOptions
from realestate.services.kept_analyses import KeptAnalyses
from realestate.services.repairs import Analyzer, Subject
from realestate.settings import Settings
from realestate.toolkit import Toolkit

LIST = """property_address,city,state,zip,owner_name,sqft,year_built
101 Juniper Way,Fairview,IL,62701,Pat Example,1800,1955
202 Alder Ct,Mobile,AL,36602,Sam Sample,7,12
"""
BOOK = read_price_book()
NAMES = ("Jane Roe kitchen.jpg", "Jane Roe bath.jpg", "Jane Roe attic.jpg")

OpenToolkit = Callable[[], Toolkit]


@pytest.fixture(scope="module")
def kept_toolkit(database: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toolkit]:
    """Two leads: one with a size and a year of building, one with numbers that cannot be."""
    home = tmp_path_factory.mktemp("home")
    path = home / "list.csv"
    path.write_text(LIST)
    with connect_as_owner(database.owner_url) as owner:
        row = owner.execute("select auth.local_owner_session()").fetchone()
    assert row is not None
    with Toolkit(Settings(home=home, database_url=database.url, token=str(row[0]))) as made:
        made.importer.run(str(path), ImportOptions(signal="vacant"), lambda _: None)
        yield made


@pytest.fixture(params=["memory", "postgres"])
def kept(request: pytest.FixtureRequest) -> tuple[KeptAnalyses, int, int]:
    """Kept analyses, the lead with good numbers and the other one."""
    if request.param == "memory":
        good = LeadHouse(1, "101 Juniper Way", "62701", "IL", 1800.0, 1955.0)
        odd = LeadHouse(2, "202 Alder Ct", "36602", "AL", 7.0, 12.0)
        store = MemoryStore([good, odd])
        open_work: OpenRepairWork = lambda: MemoryWork(store)  # noqa: E731
        return KeptAnalyses(open_work), 1, 2
    toolkit: Toolkit = request.getfixturevalue("kept_toolkit")
    with toolkit.work() as work:
        leads = {line.state: line.id for line in work.leads.search(LeadFilter())}
        work.repairs._connection.execute("DELETE FROM property_analyses")
        work.commit()
    return KeptAnalyses(toolkit.work), leads["IL"], leads["AL"]


def analysis(score: float = 0.9, subject: Subject | None = None) -> Analysis:
    reader = MemoryReader(*[reading(name, {"crack": score, "mould": score}) for name in NAMES])
    using = Analyzer(reader, BOOK, read_region_factors(), {}.get)
    return using.run(["photos"], subject or Subject())


def test_a_lead_says_what_its_house_is_and_numbers_that_cannot_be_are_left_out(
    kept: tuple[KeptAnalyses, int, int],
) -> None:
    analyses, good, odd = kept
    known = analyses.subject(good)
    assert (known.zip, known.state, known.sqft, known.year_built) == ("62701", "IL", 1_800, 1_955)
    assert known.title.upper().startswith("101 JUNIPER")
    unlikely = analyses.subject(odd)
    assert (unlikely.sqft, unlikely.year_built) == (None, None)


def test_what_was_kept_is_found_again_the_latest_first(kept: tuple[KeptAnalyses, int, int]) -> None:
    analyses, lead, other = kept
    made = analysis()
    assert made.estimate
    numbers = [analyses.keep(lead, one, BOOK) for one in (analysis(0.1), made)]
    history = analyses.history(lead)
    assert [line.id for line in history] == numbers[::-1]
    latest = history[0]
    assert (latest.condition, latest.photos, latest.skipped) == (made.condition.rating, 3, 0)
    assert (latest.low, latest.likely, latest.high) == (
        made.estimate.cost.low,
        made.estimate.cost.likely,
        made.estimate.cost.high,
    )
    assert (latest.model, latest.sha256, latest.price_date) == ("damage", "c" * 64, BOOK.date)
    assert analyses.history(other) == []


def test_an_old_estimate_is_made_again_with_the_prices_of_its_time(kept: tuple[KeptAnalyses, int, int]) -> None:
    analyses, lead, _ = kept
    made = analysis(subject=replace(analyses.subject(lead), sqft=2_400.0))
    number = analyses.keep(lead, made, BOOK)
    found = analyses.get(number)
    assert made.estimate
    assert analyses.estimate_again(found) == made.estimate
    dearer = [row | {name: row[name] * 2 for name in ("low", "likely", "high")} for row in BOOK.as_rows()]
    again = analyses.estimate_again(found, PriceBook.read(enumerate(dearer)))
    assert again.cost.likely > made.estimate.cost.likely
    assert [line["likely"] for line in found.lines] == [line.cost.likely for line in made.estimate.lines]


def test_what_could_not_be_priced_is_kept_and_is_not_priced_later(kept: tuple[KeptAnalyses, int, int]) -> None:
    analyses, lead, _ = kept
    dark = MemoryReader(reading("a.jpg", quality=Quality(0.0, 0.0, 0.0, 480)))
    nothing = Analyzer(dark, BOOK, read_region_factors(), {}.get).run(["photos"], Subject())
    found = analyses.get(analyses.keep(lead, nothing, BOOK))
    assert (found.line.likely, found.line.condition) == (None, None)
    with pytest.raises(UsageError, match="not priced"):
        analyses.estimate_again(found)


def test_a_lead_or_analysis_that_is_not_there_is_named(kept: tuple[KeptAnalyses, int, int]) -> None:
    analyses, _, _ = kept
    for refused in (
        lambda: analyses.subject(999),
        lambda: analyses.keep(999, analysis(), BOOK),
        lambda: analyses.history(999),
        lambda: analyses.get(999),
    ):
        with pytest.raises(UsageError, match="999"):
            refused()


def test_names_of_photos_are_nowhere_in_the_database(kept_toolkit: Toolkit) -> None:
    analyses = KeptAnalyses(kept_toolkit.work)
    with kept_toolkit.work() as work:
        lead = next(line.id for line in work.leads.search(LeadFilter()))
    analyses.keep(lead, analysis(), BOOK)
    with kept_toolkit.work() as work:
        rows = work.repairs._connection.execute("SELECT property_analyses::text FROM property_analyses").fetchall()
        books = work.repairs._connection.execute("SELECT count(*) FROM price_books").fetchone()
    assert "Jane" not in str(rows)
    assert reading(NAMES[0]).sha256 in str(rows)
    assert books == (1,)


def test_a_lead_that_carries_an_analysis_survives_the_undo_of_its_list(
    fresh_database: TestDatabase, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST)
    settings = Settings(home=tmp_path / "home", database_url=fresh_database.url, token=fresh_database.token())
    with Toolkit(settings) as toolkit:
        run = toolkit.importer.run(str(path), ImportOptions(signal="vacant"), lambda _: None).run
        with toolkit.work() as work:
            lead = next(line.id for line in work.leads.search(LeadFilter()) if line.state == "IL")
        number = KeptAnalyses(toolkit.work).keep(lead, analysis(), BOOK)
        toolkit.undoer.run(run)
        with toolkit.work() as work:
            assert [line.id for line in work.leads.search(LeadFilter())] == [lead]
        assert KeptAnalyses(toolkit.work).history(lead)[0].id == number
