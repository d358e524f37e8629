"""From photos to an estimate, with a reader that makes its readings up."""

from __future__ import annotations

import json

import pytest
from repair_fakes import MemoryOpinion, MemoryReader

from made_readings import CARD, reading
from realestate.adapters.repair_reference import read_price_book, read_region_factors
from realestate.domain.repairs.documents import as_json
from realestate.domain.repairs.judging import judge
from realestate.domain.repairs.readings import PhotoReading, Quality, SkippedPhoto
from realestate.domain.repairs.taxonomy import CLASSES
from realestate.errors import UnusableInputError
from realestate.services.repairs import Album, Analyzer, Subject

DARK = Quality(0.0, 0.0, 0.0, 480)


def analyzer(*items: PhotoReading | SkippedPhoto) -> Analyzer:
    states = {"48201": "MI", "10001": "NY"}
    return Analyzer(MemoryReader(*items), read_price_book(), read_region_factors(), states.get)


def rooms(count: int, **scores: float) -> list[PhotoReading]:
    return [reading(f"room-{number}.jpg", scores) for number in range(count)]


def test_a_visit_becomes_issues_a_condition_and_a_priced_estimate() -> None:
    found = analyzer(*rooms(3, crack=0.9), *rooms(0), SkippedPhoto("x.jpg", "cut off")).run(
        ["photos"], Subject("12 Oak")
    )
    assert [issue.issue for issue in found.issues] == ["crack"]
    assert found.condition.rating == "C4"
    assert found.estimate is not None
    assert 0 < found.estimate.cost.low < found.estimate.cost.likely < found.estimate.cost.high
    assert (len(found.photos), len(found.skipped), found.title) == (3, 1, "12 Oak")


def test_a_folder_without_any_photo_is_unusable() -> None:
    with pytest.raises(UnusableInputError, match="no photo in empty"):
        analyzer().run(["empty"], Subject())


@pytest.mark.parametrize(
    "items",
    [
        [SkippedPhoto("a.jpg", "not a photo")],
        [reading("a.jpg", quality=DARK)],
        [reading("a.jpg", strangeness=99.0)],
        [reading(f"{number}.jpg", quality=Quality(0.5, 0.2, 500.0, 63)) for number in range(200)],
    ],
    ids=["unreadable", "dark", "strange", "thumbnails"],
)
def test_photos_of_nothing_give_no_condition_and_no_price(items: list[PhotoReading | SkippedPhoto]) -> None:
    found = analyzer(*items).run(["photos"], Subject())
    assert not found.usable
    assert found.estimate is None
    assert found.condition.rating is None
    document = as_json(found)
    assert document["estimate"] is None
    assert all(photo["reason"] for photo in document["photos"])


def test_the_house_moves_the_estimate() -> None:
    items = rooms(3, plaster_loss=0.9)
    plain = analyzer(*items).run(["photos"], Subject())
    there = analyzer(*items).run(["photos"], Subject(zip="10001"))
    large = analyzer(*items).run(["photos"], Subject(sqft=4_000))
    assert plain.estimate
    assert there.estimate
    assert large.estimate
    assert there.estimate.house.region.place == "New York City"
    assert there.estimate.cost.likely > plain.estimate.cost.likely
    assert large.estimate.cost.likely > plain.estimate.cost.likely


def test_a_state_stands_in_for_a_zip_code() -> None:
    found = analyzer(*rooms(3)).run(["photos"], Subject(state="OH"))
    assert found.estimate
    assert found.estimate.house.region.place == "OH"


def test_previews_are_read_and_kept_only_for_a_report() -> None:
    reader = MemoryReader(reading(preview=b"jpeg"))
    using = Analyzer(reader, read_price_book(), read_region_factors(), {}.get)
    assert using.run(["photos"], Subject()).photos[0].preview == b""
    assert not reader.asked_for_previews
    assert using.run(["photos"], Subject(), pictures=True).photos[0].preview == b"jpeg"


def test_an_album_keeps_the_pictures_that_show_most() -> None:
    album = Album(2)
    photos = [
        judge(reading(f"{number}.jpg", {"crack": score}, preview=b"p"), CARD, keep_preview=True)
        for number, score in enumerate([0.0, 0.9, 0.0, 0.6])
    ]
    for photo in photos:
        album.add(photo)
    assert list(album.previews(photos)) == ["1.jpg", "3.jpg"]


def test_a_second_opinion_sees_photos_that_can_be_judged_and_changes_nothing() -> None:
    items = [reading("a.jpg", {"crack": 0.9}, preview=b"a"), reading("dark.jpg", quality=DARK, preview=b"d")]
    opinion = MemoryOpinion()
    found = analyzer(*items).run(["photos"], Subject(), opinion=opinion)
    alone = analyzer(*items).run(["photos"], Subject())
    assert list(opinion.shown) == ["a.jpg"]
    assert found.second_opinion is not None
    assert (found.issues, found.estimate, found.condition) == (alone.issues, alone.estimate, alone.condition)


def test_a_second_opinion_is_not_asked_about_nothing() -> None:
    opinion = MemoryOpinion()
    assert analyzer(reading(quality=DARK, preview=b"d")).run(["p"], Subject(), opinion=opinion).second_opinion is None
    assert not opinion.shown


def test_the_document_holds_what_scripts_rely_on() -> None:
    document = json.loads(json.dumps(as_json(analyzer(*rooms(3, crack=0.9)).run(["photos"], Subject()))))
    photo = document["photos"][0]
    assert (photo["file"], photo["status"], photo["reason"]) == ("room-0.jpg", "ok", None)
    assert set(photo["scores"]) == set(CLASSES)
    issue = photo["issues"][0]
    assert {"issue", "score", "severity", "area", "box"} <= set(issue)
    assert issue["box"] == [800, 600, 1200, 900]
    assert {"issue", "score", "severity", "photos"} <= set(document["issues"][0])
    assert document["condition"] == "C4"
    line = document["estimate"]["lines"][0]
    assert {"item", "quantity", "unit", "low", "likely", "high", "source"} <= set(line)
    assert sum(line["likely"] for line in document["estimate"]["lines"]) == document["estimate"]["likely"]
    assert document["model"] == {"name": "damage", "sha256": "c" * 64}
