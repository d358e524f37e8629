"""``realestate buyers`` on a database and an index of its own; invented deeds and buyers."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_lines import Run
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from realestate.adapters.page_buyers import Recipe, find_buyers, read_recipe
from realestate.adapters.web_pages import WebPages
from realestate.cli.session import toolkit
from realestate.domain.buyers.embedding import DIMENSION
from realestate.domain.buyers.records import BuyerFilter, Drift
from realestate.errors import ExitCode
from realestate.services.buyer_pages import BuyerPages

Captured = pytest.CaptureFixture[str]
DEEDS = """Grantee,Sale Date,Consideration,Property Address,City,Zip,Land Use
"Oak Hollow Homes, LLC",2024-01-05,"$90,000",12 Oak St,Larkfield,43999,SINGLE FAMILY
OAK HOLLOW HOMES L.L.C.,2024-03-02,85000,40 Oak St,Larkfield,43999,SINGLE FAMILY
Elm Fund LP,2024-02-01,310000,7 Elm Ave,Brambleton,43888,DUPLEX
Elm Fund LP,2024-05-01,290000,9 Elm Ave,Brambleton,43888,DUPLEX
City of Larkfield,2024-02-01,1000,1 Main St,Larkfield,43999,VACANT LAND
"""
BUYERS = """Name,Company,Email,Phone,Zips,Min Price,Max Price,Types,DNC
Terry Sample,Alder Homes LLC,terry@example.com,(614) 555-0101,43999;43888,150000,50000,single family,
Kim Other,,kim@example.com,,43999,,,,yes
Jo Nobody,,,,,,,,
"""


@pytest.fixture
def deeds(tmp_path: Path) -> str:
    (tmp_path / "deeds.csv").write_text(DEEDS)
    return str(tmp_path / "deeds.csv")


@pytest.fixture
def buyers(tmp_path: Path) -> str:
    (tmp_path / "buyers.csv").write_text(BUYERS)
    return str(tmp_path / "buyers.csv")


def rows(capsys: Captured) -> list[dict[str, object]]:
    return [json.loads(text) for text in capsys.readouterr().out.splitlines()]


def listed(line: Run, capsys: Captured) -> dict[str, dict[str, object]]:
    capsys.readouterr()
    line("buyers", "list", "-o", "jsonl")
    return {str(row["name"]): row for row in rows(capsys)}


def match(
    line: Run, capsys: Captured, monkeypatch: pytest.MonkeyPatch, *said: str, n: str = "0"
) -> list[dict[str, object]]:
    capsys.readouterr()
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(said) + "\n"))
    assert line("buyers", "match", "-", "-n", n, "-o", "jsonl") == ExitCode.DONE
    return rows(capsys)


def drift() -> Drift:
    return toolkit().buyer_index.drift()


def test_deeds_become_buyers_once(line: Run, deeds: str, capsys: Captured) -> None:
    assert line("buyers", "discover", deeds, "-o", "json") == ExitCode.DONE
    (first,) = rows(capsys)
    line("buyers", "discover", deeds, "-o", "json")
    (again,) = rows(capsys)

    assert (first["created"], first["purchases"], first["left_out"]) == (2, 4, {"government": 1})
    assert (again["created"], again["known"], again["purchases"]) == (0, 2, 0)
    oak = listed(line, capsys)["Oak Hollow Homes, LLC"]
    assert (oak["purchases"], oak["average_price"], oak["areas"], oak["types"]) == (
        2,
        87500,
        ["43999"],
        ["single_family"],
    )


def test_every_purchaser_is_kept_when_asked(line: Run, deeds: str, capsys: Captured) -> None:
    line("buyers", "discover", deeds, "--all-buyers")
    assert "City of Larkfield" in listed(line, capsys)


def test_properties_on_standard_input_get_their_buyers(
    line: Run, deeds: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    line("buyers", "discover", deeds)
    found = match(line, capsys, monkeypatch, '{"id": "a", "zip": 43999, "price": "$88,000"}', '{"zip": "43888"}')
    assert [(row["property"], row["rank"], row["name"]) for row in found] == [
        ("a", 1, "Oak Hollow Homes, LLC"), ("a", 2, "Elm Fund LP"),
        ("2", 1, "Elm Fund LP"), ("2", 2, "Oak Hollow Homes, LLC"),
    ]  # fmt: skip
    assert {"property", "rank", "buyer", "name", "score", "reasons"} <= found[0].keys()
    assert len(match(line, capsys, monkeypatch, '{"zip": "43999"}', n="1")) == 1


def test_lines_that_are_no_json_are_counted(line: Run, deeds: str, monkeypatch: pytest.MonkeyPatch) -> None:
    line("buyers", "discover", deeds)
    monkeypatch.setattr(sys, "stdin", io.StringIO('nonsense\n{"zip": "43999"}\n[1]\n'))
    assert line("buyers", "match", "-", "-o", "jsonl") == ExitCode.PARTIAL
    monkeypatch.setattr(sys, "stdin", io.StringIO("nonsense\n"))
    assert line("buyers", "match", "-", "-o", "jsonl") == ExitCode.NOTHING_USABLE


def test_a_list_of_buyers_states_hard_limits(
    line: Run, buyers: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert line("buyers", "import", buyers) == ExitCode.DONE
    known = listed(line, capsys)
    assert known["Terry Sample"]["purchases"] == 0
    fits = match(line, capsys, monkeypatch, '{"zip": "43999", "price": 90000, "type": "SFR"}')
    too_dear = match(line, capsys, monkeypatch, '{"zip": "43999", "price": 900000}')
    assert [row["name"] for row in fits] == ["Terry Sample", "Jo Nobody"]
    assert "no price known" in fits[1]["reasons"]  # type: ignore[operator]
    assert [row["name"] for row in too_dear] == ["Jo Nobody"]


def test_contacts_are_kept_encrypted_and_shown(line: Run, buyers: str, capsys: Captured) -> None:
    line("buyers", "import", buyers)
    number = listed(line, capsys)["Terry Sample"]["id"]
    line("buyers", "show", str(number), "-o", "json")
    (shown,) = rows(capsys)
    assert (shown["email"], shown["phone"]) == ("terry@example.com", "(614) 555-0101")
    with toolkit().work() as work:
        record = work.buyers.get(int(str(number)))
    assert record is not None
    assert b"example" not in (record.email or b"")


def test_merge_and_split_take_each_other_back(line: Run, deeds: str, capsys: Captured) -> None:
    line("buyers", "discover", deeds)
    before = listed(line, capsys)
    oak, elm = (str(before[name]["id"]) for name in ("Oak Hollow Homes, LLC", "Elm Fund LP"))
    assert line("buyers", "merge", oak, elm) == ExitCode.DONE
    assert listed(line, capsys)["Oak Hollow Homes, LLC"]["purchases"] == 4
    line("buyers", "discover", deeds)
    assert "Elm Fund LP" not in listed(line, capsys)
    assert line("buyers", "split", elm) == ExitCode.DONE
    assert {name: row["purchases"] for name, row in listed(line, capsys).items()} == {
        name: row["purchases"] for name, row in before.items()
    }


def test_a_split_spelling_stays_apart(line: Run, deeds: str, capsys: Captured) -> None:
    line("buyers", "discover", deeds)
    oak = str(listed(line, capsys)["Oak Hollow Homes, LLC"]["id"])
    assert line("buyers", "split", oak, "--name", "oak hollow homes l.l.c.") == ExitCode.DONE
    line("buyers", "discover", deeds)
    known = listed(line, capsys)
    assert [known[name]["purchases"] for name in ("Oak Hollow Homes, LLC", "OAK HOLLOW HOMES L.L.C.")] == [1, 1]
    assert line("buyers", "split", oak, "--name", "nobody") == ExitCode.USAGE


def test_a_lead_keeps_its_buyers(line: Run, deeds: str, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "tax.csv").write_text("Address,City,State,Zip\n14 Oak St,Larkfield,OH,43999\n")
    line("leads", "import", str(tmp_path / "tax.csv"), "--signal", "tax_delinquent")
    line("buyers", "discover", deeds)
    capsys.readouterr()
    assert line("buyers", "match", "1", "-o", "jsonl") == ExitCode.DONE
    found = rows(capsys)
    assert found[0]["name"] == "Oak Hollow Homes, LLC"
    line("buyers", "why", "1", str(found[0]["buyer"]), "-o", "json")
    (account,) = rows(capsys)
    assert (account["fits"], account["rank"]) == (True, 1)
    line("buyers", "show", str(found[0]["buyer"]), "-o", "json")
    assert [kept["lead"] for kept in rows(capsys)[0]["matches"]] == [1]  # type: ignore[attr-defined]
    assert line("buyers", "match", "99") == ExitCode.USAGE


def test_what_the_index_lost_is_found_and_mended(line: Run, deeds: str, tmp_path: Path) -> None:
    line("buyers", "discover", deeds)
    assert drift().count == 0
    shutil.rmtree(tmp_path / "home" / "data" / "chroma")
    assert len(drift().missing) == 2
    assert line("buyers", "reindex") == ExitCode.DONE
    assert drift().count == 0


def test_foreign_and_stale_vectors_are_found_and_mended(line: Run, deeds: str) -> None:
    line("buyers", "discover", deeds)
    index = toolkit().buyer_index
    with index._index.session() as store:
        store.put({999_999: [0.5] * DIMENSION})
    with toolkit().work() as work:
        first = min(work.buyer_index.embeddings())
        work.buyer_index.keep_embeddings({first: [0.1] * DIMENSION})
        work.commit()
    assert (drift().foreign, drift().stale) == ([999_999], [first])
    index.write()
    assert drift().count == 0


def test_a_broken_index_folder_is_named(line: Run, deeds: str, tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "home" / "data" / "chroma"
    folder.mkdir(parents=True)
    (folder / "chroma.sqlite3").write_text("this is no index")
    assert line("buyers", "discover", deeds) == ExitCode.DONE
    assert "not in the vector index" in capsys.readouterr().err
    assert line("buyers", "reindex", "--fresh") == ExitCode.DONE
    assert drift().count == 0


def test_a_server_that_is_away_ends_with_try_later(line: Run, deeds: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMA_URL", "http://127.0.0.1:9")
    toolkit.cache_clear()
    assert line("buyers", "discover", deeds) == ExitCode.DONE
    assert line("buyers", "reindex") == ExitCode.TRY_LATER
    monkeypatch.setattr("realestate.services.buyers.RANKED_WHOLE", 0)
    assert line("buyers", "match", "--zip", "43999") == ExitCode.TRY_LATER
    assert line("buyers", "match", "--zip", "43999", "--no-index") == ExitCode.DONE


def test_many_buyers_are_matched_among_candidates(
    line: Run, deeds: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    line("buyers", "discover", deeds)
    monkeypatch.setattr("realestate.services.buyers.RANKED_WHOLE", 0)
    capsys.readouterr()
    line("buyers", "match", "--zip", "43999", "-o", "jsonl")
    assert rows(capsys)[0]["name"] == "Oak Hollow Homes, LLC"


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "Grantee,Price\n"])
def test_files_without_buyers_are_refused(line: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "x.csv").write_text(text)
    assert line("buyers", "discover", str(tmp_path / "x.csv")) == ExitCode.NOTHING_USABLE


def test_a_dry_run_keeps_nothing(line: Run, deeds: str, capsys: Captured) -> None:
    line("buyers", "discover", deeds, "--dry-run")
    assert listed(line, capsys) == {}


def test_no_page_is_read_anonymously(line: Run) -> None:
    assert line("buyers", "scrape", "http://example.com/") == ExitCode.USAGE


@pytest.mark.slow
@pytest.mark.usefixtures("line")
def test_four_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    files = []
    for writer in range(4):
        text = [DEEDS.splitlines()[0]]
        text += [f"Fund {writer} {n} LLC,2024-01-05,90000,{n} Oak St,Larkfield,43999,SFR" for n in range(150)]
        files.append(tmp_path / f"deeds{writer}.csv")
        files[-1].write_text("\n".join(text) + "\n")
    command = [sys.executable, "-m", "realestate", "buyers", "discover", "--all-buyers"]
    processes = [subprocess.Popen([*command, str(file)], stderr=subprocess.DEVNULL) for file in files]
    assert [process.wait() for process in processes] == [ExitCode.DONE] * 4
    assert drift().count == 0
    with toolkit().buyer_index._index.session() as store:
        assert len(store.ids()) == 600


PAGES = {
    "/robots.txt": "User-agent: *\nDisallow: /hidden\n",
    "/buyers": '<div class="b"><h3>Alder Homes LLC</h3><i>43999</i></div><a id="n" href="/buyers2">more</a>',
    "/buyers2": '<div class="b"><h3>Elm Fund LP</h3><i>43888</i></div><a id="n" href="/hidden">more</a>',
    "/hidden": '<div class="b"><h3>Secret Fund LP</h3></div>',
}


def answer(request: Request) -> Response:
    """A page, or word that it is still the one whose tag was sent."""
    if request.headers.get("If-None-Match") == request.path:
        return Response(status=304)
    return Response(PAGES[request.path], content_type="text/html", headers={"ETag": request.path})


@pytest.fixture
def site() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1") as server:
        for path in PAGES:
            server.expect_request(path).respond_with_handler(answer)
        yield server


def scraper(site: HTTPServer) -> BuyerPages:
    tools = toolkit()
    here = WebPages("you@example.com", inside=[f"127.0.0.1:{site.port}"], sleep=lambda _: None)
    return BuyerPages(here, tools.buyer_intake, tools.work, read_recipe, lambda url: Recipe(url, [url]), find_buyers)


@pytest.mark.usefixtures("line")
def test_a_recipe_walks_its_pages_within_robots_txt_and_resumes(site: HTTPServer, tmp_path: Path) -> None:
    recipe = tmp_path / "directory.toml"
    recipe.write_text(
        f'start = ["{site.url_for("/buyers")}"]\nitem = ".b"\nnext = "#n"\n[fields]\ncompany = "h3"\nareas = "i"\n'
    )
    pages = scraper(site)
    pages.run(recipe, 1, dry_run=True)
    assert toolkit().buyers.search(BuyerFilter()) == []

    first = pages.run(recipe, 1)
    rest = pages.run(recipe, 10)

    assert (first.pages, first.unchanged, first.created) == (1, 0, 1)
    assert (rest.pages, rest.unchanged, rest.created, rest.failed) == (1, 1, 1, 1)
    assert any("robots.txt" in note for note in rest.notes)
    assert [one.name for one in toolkit().buyers.search(BuyerFilter(source="scraper"))] == [
        "Alder Homes LLC",
        "Elm Fund LP",
    ]
