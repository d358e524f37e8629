"""The report on a house: whole in one file, honest about what it rests on, readable on a phone, a desk and paper."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from analyses import DARK, analysis, picture, reading, visit
from browser import looked_at, needs_browser, printed
from PIL import Image

from realestate.domain.repairs.analysis import Analysis
from realestate.domain.repairs.readings import SkippedPhoto
from realestate.domain.repairs.second_opinion import Remark, SecondOpinion
from realestate.reports.heat_veils import joint_heat, veil
from realestate.reports.repair_pages import repair_page

DAY = date(2026, 1, 31)
HOSTILE = "<script>document.title='run'</script><img src=http://example.org/x>"
OPINION = SecondOpinion(
    model="some-vision-model",
    host="photos.example.org",
    remarks=(Remark("roof", "shingles are lifted", "major", "visit/IMG_0003.jpg"),),
    sound=("windows",),
    untold=("plumbing",),
    photos=12,
)


@pytest.fixture(scope="module")
def house() -> Analysis:
    return visit()


@pytest.fixture(scope="module")
def page(house: Analysis) -> str:
    """A report on a house whose address and owner mean harm."""
    hostile = replace(house, title=f"12 OAK ST {HOSTILE}", second_opinion=OPINION)
    return repair_page(hostile, DAY, owner=HOSTILE, lead=17)


def words(page: str) -> str:
    """The text of a page."""
    body = re.sub(r"<style>.*?</style>|<svg.*?</svg>", " ", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def pictures(page: str) -> list[bytes]:
    return [base64.b64decode(data) for data in re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page)]


def test_a_report_asks_for_nothing_and_runs_nothing(page: str) -> None:
    escaped = page.replace("&lt;script", "").replace("img src=http://example.org/x", "")

    assert re.findall(r"<script|<iframe|<object|<form|\son\w+=|@import|javascript:|url\(", escaped) == []
    assert re.findall(r"""(?:src|href)=(?!["'](?:data:|#))""", escaped) == []
    assert "default-src 'none'" in page


def test_only_the_reports_own_style_sheet_is_allowed(page: str) -> None:
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()

    assert f"style-src 'sha256-{digest}'" in page
    assert "style=" not in page.replace(style[0], "")


def test_every_line_of_the_estimate_is_there_with_its_source_and_the_lines_add_up(house: Analysis, page: str) -> None:
    assert house.estimate is not None
    rows = re.findall(r'<tr>\s*<th scope="row">(.*?)</tr>', page, re.DOTALL)
    likely = [int(re.sub(r"\D", "", found)) for row in rows for found in re.findall(r'likely">([^<]*)<', row)]

    assert len(rows) == len(house.estimate.lines) > 3
    assert sum(likely) == house.estimate.cost.likely
    assert f"${house.estimate.cost.low:,}" in page
    assert f"${house.estimate.cost.high:,}" in page
    for line, row in zip(house.estimate.lines, rows, strict=True):
        assert line.source in row
        assert line.name in row
    unseen = page[page.index('<tbody class="unseen">') :]
    assert "Rooms not seen" in unseen
    assert "Contingency" in unseen


def test_the_worst_issue_comes_first_and_what_is_unsure_is_to_be_inspected(page: str) -> None:
    text = words(page)

    found = text.index("What the photos show")
    assert text.index("severe", found) < text.index("moderate", found)
    assert text.index("Damaged roof", text.index("To be inspected")) < text.index("Estimate, line by line")


def test_each_photo_is_shown_once_in_the_part_that_fits_it(house: Analysis, page: str) -> None:
    anchors = re.findall(r'id="(photo-\d+)"', page)
    text = words(page)
    part = text.index("Photos that could not be judged")

    assert sorted(anchors) == sorted(f"photo-{at}" for at in range(1, len(house.photos) + 1))
    assert "cellar.jpg too dark" in text[part:]
    assert "notes.jpg not a picture" in text[part:]
    assert "IMG_0001 (copy).jpg like IMG_0001.jpg" in text[:part]
    links = set(re.findall(r'href="#(photo-\d+)"', page))
    assert links <= set(anchors)
    assert len(links) >= 4


def test_what_a_second_opinion_says_stands_apart_and_says_so(house: Analysis, page: str) -> None:
    text = words(page)
    apart = text[text.index("A second opinion") :]

    assert "shingles are lifted" in apart
    assert "photos.example.org" in apart
    assert "not in the estimate" in apart
    assert "no photo left it" not in text
    assert "no photo left it" in words(repair_page(house, DAY))


def test_a_second_opinion_that_failed_says_why(house: Analysis) -> None:
    failed = SecondOpinion("some-vision-model", "photos.example.org", (), failure="it did not answer in time")

    assert "it did not answer in time" in words(repair_page(replace(house, second_opinion=failed), DAY))


def test_the_foot_names_the_model_and_the_day_of_the_prices(house: Analysis, page: str) -> None:
    assert house.estimate is not None
    text = words(page)

    assert house.model.sha256 in text
    assert f"{house.estimate.book_date:%B} {house.estimate.book_date.day}, {house.estimate.book_date.year}" in text
    assert "neither an appraisal" in text


def test_folders_of_whoever_took_the_photos_are_not_named() -> None:
    photos = [reading(f"/home/avery/secret deal/{name}.jpg", picture(at)) for at, name in enumerate(("a", "b"))]
    page = repair_page(analysis(photos, "Oak St", [SkippedPhoto("/home/avery/secret deal/c.jpg", "empty")]), DAY)

    assert "avery" not in page
    assert {"a.jpg", "b.jpg", "c.jpg"} <= set(words(page).split())


def test_no_photo_that_can_be_judged_makes_no_estimate_and_no_praise() -> None:
    text = words(repair_page(analysis([reading("a.jpg", picture(1), quality=DARK)], "Oak St"), DAY))

    assert "Not rated" in text
    assert "No estimate" in text
    assert "$" not in text


def test_a_house_without_findings_is_not_called_sound() -> None:
    text = words(repair_page(analysis([reading(f"{at}.jpg", picture(at)) for at in range(9)], "Oak St"), DAY))

    assert "That is not a clean bill" in text


def test_a_place_in_the_photo_does_not_survive_in_the_page() -> None:
    tags = Image.Exif()
    tags[0x010F], tags.get_ifd(0x8825)[2] = "Maker of phones", (39.0, 57.0, 12.0)
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture(1))) as photo:
        photo.save(
            out, "JPEG", exif=tags, comment=b"12 Oak St", xmp=b"<x:xmpmeta>12 Oak St</x:xmpmeta>", icc_profile=b"Oak"
        )
    page = repair_page(analysis([reading("a.jpg", out.getvalue(), {"crack": (0.9, 0.5, 0.5, 0.2)})], ""), DAY)

    shown = pictures(page)
    assert re.search(rb"Oak St.*phones|phones.*Oak St", out.getvalue(), re.DOTALL)
    assert len(shown) == 2
    for jpeg in shown:
        with Image.open(io.BytesIO(jpeg)) as opened:
            assert not opened.getexif()
            assert not {"exif", "comment", "xmp", "icc_profile"} & set(opened.info)
        assert not re.search(rb"Oak|phones|Exif", jpeg)


def test_a_page_of_many_photos_stays_small_enough_to_send() -> None:
    noisy = [picture(seed, 640, 480, grain=60) for seed in range(5)]
    spots = {"crack": (0.9, 0.5, 0.5, 0.3)}
    photos = [reading(f"{at}.jpg", noisy[at % 5], spots if at % 2 else None) for at in range(200)]
    assert sum(len(photo.preview) for photo in photos) > 25_000_000
    page = repair_page(analysis(photos, "Oak St"), DAY)

    assert len(page) < 16_000_000
    assert page.count('id="photo-') == 200


def test_of_thousands_of_photos_without_findings_most_are_counted() -> None:
    photos = [reading(f"{at}.jpg", b"") for at in range(3000)]
    page = repair_page(analysis(photos, "Oak St"), DAY)

    assert "3,000 photos judged, 0 with findings" in words(page)
    assert "and 2,880 more" in words(page)
    assert len(page) < 100_000


def test_a_single_photo_is_shown_as_finely_as_its_preview() -> None:
    page = repair_page(analysis([reading("a.jpg", picture(1), {"crack": (0.9, 0.5, 0.5, 0.2)})], ""), DAY)

    assert 'width="960" height="720"' in page


def test_what_is_hot_keeps_its_colours_and_the_rest_is_veiled() -> None:
    heat = np.zeros((10, 10), np.float32)
    heat[2:5, 6:9] = 1
    cover = veil(heat, 100, 100)

    assert cover[30:40, 70:80].max() == 0
    assert cover[60:, :50].min() > 120


def test_a_weak_issue_beside_a_strong_one_keeps_its_shape() -> None:
    found = analysis(
        [reading("a.jpg", picture(1), {"crack": (0.99, 0.2, 0.2, 0.15), "mould": (0.55, 0.8, 0.8, 0.15)})], ""
    )
    heat = joint_heat(found.photos[0].issues)

    assert heat is not None
    assert heat[:5, :5].max() == heat[5:, 5:].max() == 1


@needs_browser
def test_a_browser_shows_the_report_without_complaint_request_or_sideways_scroll(page: str, tmp_path: Path) -> None:
    found = looked_at({"house": page}, tmp_path)

    assert set(found) == {"house 360", "house 1280"}
    for name, seen in found.items():
        assert seen["wide"] <= seen["room"], name
        assert seen["asked"] == [], name
        assert seen["small"] >= 11, name
        assert seen["missing"] == 0, name
        assert seen["scripts"] == 0, name
        assert seen["title"].startswith("Repair report: 12 OAK ST"), name
        assert f"Owner: {HOSTILE}" in seen["text"], name


@needs_browser
def test_the_report_prints(page: str, tmp_path: Path) -> None:
    pdf = printed(page, tmp_path)

    assert pdf.startswith(b"%PDF")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 12
