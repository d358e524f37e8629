"""The map and the report: whole in one file, nothing run, nothing asked for, readable on a phone and a desk."""

from __future__ import annotations

import base64
import hashlib
import random
import re
from datetime import date
from pathlib import Path

import pytest
from browser import looked_at, needs_browser

from realestate.domain.leads.pictures import MAX_POINTS, MapData, PicturedLead, ReportData, Source
from realestate.reports.charts import HEAT, colour, histogram, overlap, scatter
from realestate.reports.lead_pages import map_page, report_page

DAY = date(2026, 1, 31)
HOSTILE = "<script>document.title='run'</script><img src=http://example.org/x>"
SIGNALS = ("tax_delinquent", "vacant", "probate", "code_violation", "multi_property_owner")


def leads(count: int) -> list[PicturedLead]:
    """Invented leads, the best first; every third has a place of its own."""
    dice = random.Random(7)
    scores = sorted((dice.random() for _ in range(count)), reverse=True)
    return [
        PicturedLead(
            id=number,
            score=score,
            signals=dice.sample(SIGNALS, dice.randint(0, 4)),
            address=HOSTILE if number == 1 else f"{number} A RATHER LONG NAME OF A STREET BLVD UNIT {number}",
            city="LARKFIELD",
            zip=f"4399{number % 10}",
            status="new",
            place=(40 + dice.gauss(0, 0.05), -83 + dice.gauss(0, 0.05)) if number % 3 else None,
        )
        for number, score in enumerate(scores, start=1)
    ]


def center(zip_code: str) -> tuple[float, float] | None:
    return None if zip_code.endswith("9") else (40 + int(zip_code[-1]) / 100, -83)


def pages(count: int) -> dict[str, str]:
    drawn, told = MapData(), ReportData(sources=[Source(HOSTILE, "vacant", count, DAY, None)])
    for lead in leads(count):
        drawn.add(lead, center)
        told.add(lead)
    return {"map": map_page(drawn, DAY), "report": report_page(told, DAY)}


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    """Both pages for 300 leads, one of which means harm."""
    return pages(300)


@pytest.mark.parametrize("name", ["map", "report"])
def test_a_page_asks_for_nothing_and_runs_nothing(written: dict[str, str], name: str) -> None:
    page = written[name].replace("&lt;", "")

    assert re.findall(r"<script|<iframe|<object|<img|\son\w+=|@import|javascript:", page) == []
    assert re.findall(r"""(?:src|href)=(?!["']data:,)""", page.replace("img src=http://example.org/x", "")) == []
    assert "default-src 'none'" in page


@pytest.mark.parametrize("name", ["map", "report"])
def test_only_the_pages_own_style_sheet_is_allowed(written: dict[str, str], name: str) -> None:
    style = re.search(r"<style>(.*?)</style>", written[name], re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()

    assert f"style-src 'sha256-{digest}'" in written[name]
    assert "style=" not in written[name].replace(style[0], "")


@pytest.mark.parametrize("name", ["map", "report"])
def test_a_page_of_no_lead_says_so(name: str) -> None:
    assert re.search(r"<h1>0 leads", pages(0)[name])


def test_every_lead_is_drawn_once() -> None:
    data = MapData()
    for lead in leads(300):
        data.add(lead, center)

    assert len(data.points) + sum(each.leads for each in data.circles.values()) + data.nowhere == data.leads == 300


def test_of_very_many_leads_the_best_are_points_and_the_rest_circles() -> None:
    data = MapData()
    for lead in leads(MAX_POINTS * 2):
        data.add(lead, center)
    chart = scatter(data)

    assert len(chart.dots) == MAX_POINTS
    assert data.points[0].score > data.points[-1].score
    assert all(0 <= dot.x <= 360 and 0 <= dot.y <= 300 for dot in chart.dots)


def test_one_house_alone_is_in_the_middle() -> None:
    data = MapData()
    data.add(PicturedLead(1, 0.5, [], "12 OAK ST", None, None, "new", (40.0, -83.0)), center)

    assert (scatter(data).dots[0].x, scatter(data).dots[0].y) == (180, 150)


def test_every_score_has_its_bin_and_colour() -> None:
    data = ReportData()
    for score in (0.0, 0.0499, 0.05, 0.999, 1.0):
        data.add(PicturedLead(1, score, [], "12 OAK ST", None, None, "new"))

    assert (data.bins[0], data.bins[1], data.bins[19]) == (2, 1, 2)
    assert (colour(0.0), colour(1.0)) == (HEAT[0], HEAT[-1])
    assert len(histogram(data.bins)) == 20


def test_sets_of_signals_are_counted_as_they_stand() -> None:
    data = ReportData()
    for signals in (["vacant", "probate"], ["probate", "vacant"], ["vacant"]):
        data.add(PicturedLead(1, 0.5, signals, "12 OAK ST", None, None, "new"))

    chart = overlap(data)

    assert [bar.label for bar in chart.bars] == ["2", "1"]
    assert [(name, count) for _, name, count in chart.rows] == [("vacant", 3), ("probate", 2)]


@needs_browser
def test_a_browser_shows_both_pages_without_complaint_request_or_sideways_scroll(
    written: dict[str, str], tmp_path: Path
) -> None:
    found = looked_at(written, tmp_path)

    assert set(found) == {"map 360", "map 1280", "report 360", "report 1280"}
    for name, page in found.items():
        assert page["wide"] <= page["room"], name
        assert page["asked"] == [], name
        assert page["small"] >= 6, name
        assert page["title"].startswith(("Map of 300", "Report on 300")), name
