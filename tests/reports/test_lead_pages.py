"""The map and the report: whole in one file, nothing run, nothing asked for, readable on a phone and a desk."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from realestate.domain.leads.pictures import MAX_POINTS, MapData, PicturedLead, ReportData, Source
from realestate.reports.charts import HEAT, colour, histogram, overlap, scatter
from realestate.reports.lead_pages import map_page, report_page

DAY = date(2026, 1, 31)
HOSTILE = "<script>document.title='run'</script><img src=http://example.org/x>"
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
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


HARNESS = """<!doctype html><link rel="icon" href="data:,"><body><script>
const found = {};
async function look(name, width) {
  const frame = document.createElement("iframe");
  frame.width = width; frame.height = 800; frame.src = name + ".html";
  const loaded = new Promise(done => frame.onload = done);
  document.body.append(frame);
  await loaded;
  const page = frame.contentDocument.documentElement;
  found[name + " " + width] = {
    wide: page.scrollWidth, room: page.clientWidth, title: frame.contentDocument.title,
    asked: frame.contentWindow.performance.getEntriesByType("resource").map(entry => entry.name),
    small: Math.min(...[...page.querySelectorAll("text, td, p")].map(
      each => parseFloat(getComputedStyle(each).fontSize) * (each.getScreenCTM ? each.getScreenCTM().a : 1)))
  };
}
(async () => {
  for (const name of ["map", "report"]) for (const width of [360, 1280]) await look(name, width);
  document.body.innerHTML = "<pre>" + JSON.stringify(found) + "</pre>";
})();
</script>"""


@contextmanager
def served(files: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Serve these files on the loopback; gives the address, and the paths as they are asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = files.get(self.path.strip("/"), "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.skipif(BROWSER is None, reason="Chromium is not installed (Debian: apt-get install chromium)")
def test_a_browser_shows_both_pages_without_complaint_request_or_sideways_scroll(
    written: dict[str, str], tmp_path: Path
) -> None:
    assert BROWSER is not None
    files = {f"{name}.html": page for name, page in written.items()} | {"look.html": HARNESS}
    flags = "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking"
    flags += " disable-component-update disable-sync hide-scrollbars dump-dom enable-logging=stderr"
    with served(files) as (address, asked):
        shown = subprocess.run(
            [
                BROWSER,
                *(f"--{flag}" for flag in flags.split()),
                f"--user-data-dir={tmp_path}",
                "--virtual-time-budget=20000",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                f"{address}/look.html",
            ],
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    result = re.search(r"<pre>(.*?)</pre>", shown.stdout, re.DOTALL)
    assert result is not None, shown.stderr[-2000:]
    found = json.loads(result[1])
    assert sorted(set(asked)) == ["/look.html", "/map.html", "/report.html"]
    assert [line for line in shown.stderr.splitlines() if "CONSOLE" in line] == []
    assert set(found) == {"map 360", "map 1280", "report 360", "report 1280"}
    for name, page in found.items():
        assert page["wide"] <= page["room"], name
        assert page["asked"] == [], name
        assert page["small"] >= 6, name
        assert page["title"].startswith(("Map of 300", "Report on 300")), name
