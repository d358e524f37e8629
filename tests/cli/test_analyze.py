"""``realestate analyze`` on invented photos, by a model that takes red for cracks and green for mould."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_lines import Run
from PIL import Image

import photo_models
from realestate.adapters.model_shelf import ModelShelf
from realestate.cli.main import run
from realestate.cli.session import toolkit
from realestate.errors import ExitCode

RED, GREEN, BLUE, GREY, BLACK = (225, 60, 60), (60, 225, 60), (60, 60, 225), (75, 75, 75), (0, 0, 0)
BOOK = "item,low,likely,high\nplaster,50,100,180\n"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the model on its shelf, tried once."""
    folder = tmp_path_factory.mktemp("models")
    files = photo_models.write(folder, photo_models.brightness_model(), photo_models.card())
    ModelShelf(folder / "data" / "models").add(*files)
    return folder


@pytest.fixture
def alone(tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """A command line without any database."""
    monkeypatch.chdir(tmp_path)
    _set_up(models, tmp_path, monkeypatch)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    toolkit.cache_clear()
    yield lambda *words: run(["analyze", "--jobs", "0", *words])
    toolkit.cache_clear()


@pytest.fixture
def with_leads(line: Run, tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command line with a database that holds lead 1, owned by somebody with an odd name."""
    _set_up(models, tmp_path, monkeypatch)
    (tmp_path / "list.csv").write_text(
        "property_address,city,state,zip,owner_name,sqft\n12 Oak St,Detroit,MI,48201,<script>alert(1)</script>,1800\n"
    )
    assert line("leads", "import", "list.csv", "--signal", "vacant") == ExitCode.DONE
    return line


def _set_up(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REALESTATE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("REALESTATE_MODEL", "tiny")
    (tmp_path / "home" / "data").mkdir(parents=True, exist_ok=True)
    (tmp_path / "home" / "data" / "models").symlink_to(models / "data" / "models")


def picture(path: Path, colour: tuple[int, int, int], seed: int = 0, size: tuple[int, int] = (320, 240)) -> None:
    """A rough wall of one colour, with a shape of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(seed)
    rough = chance.normal(0, 30 if any(colour) else 0, (size[1] // 8, size[0] // 8, 1)) + np.array(colour)
    Image.fromarray(np.kron(np.clip(rough, 0, 255).astype(np.uint8), np.ones((8, 8, 1), np.uint8))).save(path)


def house(folder: Path, *colours: tuple[int, int, int]) -> str:
    """A folder of pictures."""
    for number, colour in enumerate(colours):
        picture(folder / f"{number}.png", colour, seed=number)
    return str(folder)


def printed(capsys: pytest.CaptureFixture[str]) -> tuple[Any, str]:
    out, err = capsys.readouterr()
    return json.loads(out), err


def test_photos_become_a_document_without_any_database(
    alone: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert alone(house(tmp_path / "house", RED, GREY, GREY, GREY), "-o", "json") == ExitCode.DONE
    document, err = printed(capsys)
    assert [photo["status"] for photo in document["photos"]] == ["ok"] * 4
    assert [issue["issue"] for issue in document["issues"]] == ["crack"]
    assert document["condition"] == "C4"
    estimate = document["estimate"]
    assert 0 < estimate["low"] < estimate["likely"] < estimate["high"]
    assert document["model"]["name"] == "tiny"
    assert "4 photos in" in err


def test_the_second_name_is_the_same_command(alone: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del alone
    folder = house(tmp_path / "house", RED)
    assert run(["analyze-images", "--jobs", "0", folder, "-o", "json"]) == ExitCode.DONE
    assert printed(capsys)[0]["issues"]


def test_an_unmeasured_class_asks_for_an_inspection_and_carries_no_price(
    alone: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert alone(house(tmp_path / "house", BLUE, GREY, GREY), "--json") == ExitCode.DONE
    document, _ = printed(capsys)
    assert [issue["severity"] for issue in document["issues"]] == ["needs inspection"]
    assert document["inspections"][0]["who"] == "a roofer"
    assert document["estimate"]["likely"] == 0


def test_rows_name_each_finding_and_the_rest_is_talk(
    alone: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert alone(house(tmp_path / "house", RED, GREY, GREY)) == ExitCode.DONE
    out, err = capsys.readouterr()
    rows = [row.split("\t") for row in out.splitlines()]
    assert rows[0] == ["file", "status", "issue", "score", "severity", "area", "box"]
    assert [row[2] for row in rows[1:]] == ["crack", "", ""]
    assert "Condition C4; repairs $" in err


def test_a_screen_shows_condition_range_drivers_and_what_is_to_be_looked_at(
    alone: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert alone(house(tmp_path / "house", RED, GREEN, GREY), "-o", "table", "--zip", "48201-1234") == ExitCode.DONE
    out, _ = capsys.readouterr()
    assert "Condition C5; repairs $" in out
    for part in ("Found", "What moves it", "Detroit: 0.8", "Rooms not seen", "Contingency", "To be looked at on site"):
        assert part in out


def test_unreadable_photos_are_named_and_the_rest_is_analyzed(
    alone: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = house(tmp_path / "house", RED, GREY)
    (tmp_path / "house" / "cut.jpg").write_bytes(b"\xff\xd8\xff")
    assert alone(folder, "-o", "json") == ExitCode.PARTIAL
    document, err = printed(capsys)
    assert [photo["file"].rpartition("/")[2] for photo in document["photos"] if photo["status"] == "skipped"] == [
        "cut.jpg"
    ]
    assert "cut.jpg" in err


@pytest.mark.parametrize(
    ("photos", "told"),
    [
        ([], "no photo in this folder"),
        ([("a.jpg", b"hello")], "not a photo"),
        ([("a.png", BLACK)], "too dark"),
    ],
    ids=["empty", "text", "black"],
)
def test_nothing_usable_is_an_error_in_words_and_never_no_damage(
    alone: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], photos: list[tuple[str, Any]], told: str
) -> None:
    folder = tmp_path / "house"
    folder.mkdir()
    for name, content in photos:
        if isinstance(content, bytes):
            (folder / name).write_bytes(content)
        else:
            picture(folder / name, content)
    assert alone(str(folder), "-o", "json") == ExitCode.NOTHING_USABLE
    document, err = printed(capsys)
    assert (document["condition"], document["estimate"], document["issues"]) == (None, None, [])
    error = json.loads(err.splitlines()[-1])["error"]
    assert error["code"] == ExitCode.NOTHING_USABLE
    assert told in error["message"]


def test_a_folder_of_thumbnails_says_so_in_one_line(
    alone: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(30):
        picture(tmp_path / "thumbs" / f"{number}.png", RED, number, size=(56, 48))
    assert alone("thumbs") == ExitCode.NOTHING_USABLE
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 31
    assert "None of 30 photos can be judged: 30 too small." in err
    assert len(err.splitlines()) < 10


def test_a_dark_photo_among_others_is_named_and_counts_for_nothing(
    alone: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert alone(house(tmp_path / "house", RED, GREY, BLACK), "-o", "json") == ExitCode.DONE
    document, err = printed(capsys)
    assert [photo["reason"] for photo in document["photos"]] == [None, None, "too dark"]
    assert "1 left out, too dark" in err


def test_when_most_photos_say_nothing_part_was_left_out(
    alone: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert alone(house(tmp_path / "house", RED, BLACK, BLACK)) == ExitCode.PARTIAL
    assert "2 left out, too dark" in capsys.readouterr().err


def test_the_same_photo_twice_counts_once(alone: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.png", "b.png"):
        picture(tmp_path / "house" / name, RED)
    assert alone("house", "-o", "json") == ExitCode.DONE
    document, _ = printed(capsys)
    assert [photo["same_as"] for photo in document["photos"]] == [None, "house/a.png"]
    assert document["issues"][0]["photos"] == ["house/a.png"]


def test_prices_size_and_place_move_the_estimate(
    alone: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = house(tmp_path / "house", RED, GREY, GREY)
    (tmp_path / "prices.csv").write_text(BOOK)

    def likely(*words: str) -> int:
        assert alone(folder, "-o", "json", *words) == ExitCode.DONE
        return int(printed(capsys)[0]["estimate"]["likely"])

    plain = likely()
    assert likely("--price-book", "prices.csv") > plain
    assert likely("--sqft", "4000") > plain
    assert likely("--zip", "10001") > plain > likely("--zip", "38103")


@pytest.mark.parametrize(
    "words",
    [
        ["house", "--zip", "4820"],
        ["house", "--sqft", "nan"],
        ["house", "--sqft", "20"],
        ["house", "--model", "none"],
        ["house", "--price-book", "none.csv"],
        ["house", "--visits", "--report", "r.html"],
        ["house/0.png", "--visits"],
        ["--history"],
        [],
    ],
)
def test_wrong_words_are_usage_errors(alone: Run, tmp_path: Path, words: list[str]) -> None:
    house(tmp_path / "house", GREY)
    assert alone(*words) == ExitCode.USAGE


def test_a_price_book_that_is_wrong_is_refused_before_a_photo_is_read(
    alone: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "prices.csv").write_text("item,low,likely,high\nplaster,9,1,2\n")
    assert alone(house(tmp_path / "house", RED), "--price-book", "prices.csv") == ExitCode.NOTHING_USABLE
    out, err = capsys.readouterr()
    assert not out
    assert "line 2: 9, 1, 2 do not rise" in err


def test_each_folder_is_a_visit_of_its_own(alone: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, colours in (("h01", (RED, GREY)), ("h02", (GREY, GREY)), ("h03", (BLACK,))):
        house(tmp_path / "visits" / name, *colours)
    picture(tmp_path / "visits" / "loose.png", GREEN)
    assert alone("visits", "--visits", "-o", "jsonl") == ExitCode.PARTIAL
    out, err = capsys.readouterr()
    found = {row["folder"]: [issue["issue"] for issue in row["issues"]] for row in map(json.loads, out.splitlines())}
    assert found == {"h01": ["crack"], "h02": [], "h03": [], "visits": ["mould"]}
    assert "h03: none of its photos can be judged: too dark." in err
    assert alone("visits", "--visits", "-o", "csv") == ExitCode.PARTIAL
    assert capsys.readouterr().out.startswith("folder,condition,low,likely,high,found,photos,skipped\nh01,")


def test_a_report_and_overlays_are_written(alone: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = house(tmp_path / "house", RED, GREY, GREY)
    assert alone(folder, "--report", "house.html", "--overlays", "drawn", "-o", "json") == ExitCode.DONE
    assert "<html" in (tmp_path / "house.html").read_text()
    assert [path.suffix for path in (tmp_path / "drawn").iterdir()] == [".jpg"]
    assert "1 picture of what was found" in capsys.readouterr().err


def test_a_second_opinion_without_a_server_is_not_allowed(alone: Run, tmp_path: Path) -> None:
    assert alone(house(tmp_path / "house", RED), "--second-opinion") == ExitCode.NOT_ALLOWED


def test_an_analysis_is_kept_with_its_lead_and_looked_back_at(
    with_leads: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = house(tmp_path / "house", RED, GREY, GREY)
    capsys.readouterr()
    words = ("analyze", folder, "--lead", "1", "--jobs", "0", "--report", "house.html", "-o", "json")
    assert with_leads(*words) == ExitCode.DONE
    document, err = printed(capsys)
    assert document["estimate"]["region"]["place"] == "Detroit"
    assert document["estimate"]["sqft"] == 1_800
    assert "Kept with lead 1 as analysis 1." in err
    assert "<script>alert" not in (tmp_path / "house.html").read_text()

    assert with_leads("leads", "show", "1") == ExitCode.DONE
    assert "condition C4  repairs $" in capsys.readouterr().out
    assert with_leads("leads", "show", "1", "--json") == ExitCode.DONE
    assert printed(capsys)[0]["analysis"]["likely"] == document["estimate"]["likely"]

    assert with_leads("analyze", "--lead", "1", "--history", "-o", "jsonl") == ExitCode.DONE
    line, err = printed(capsys)
    assert (line["id"], line["condition"], line["likely"]) == (1, "C4", document["estimate"]["likely"])
    assert "Next: realestate analyze --repeat 1" in err

    assert with_leads("analyze", "--repeat", "1", "-o", "json") == ExitCode.DONE
    again, _ = printed(capsys)
    assert [line["likely"] for line in again["lines"]] == [line["likely"] for line in document["estimate"]["lines"]]
    (tmp_path / "prices.csv").write_text(BOOK)
    assert with_leads("analyze", "--reprice", "1", "--price-book", "prices.csv", "-o", "json") == ExitCode.DONE
    dearer, err = printed(capsys)
    assert dearer["likely"] > again["likely"]
    assert "It said $" in err


def test_a_lead_that_is_not_there_is_named_before_a_photo_is_read(with_leads: Run, tmp_path: Path) -> None:
    assert with_leads("analyze", house(tmp_path / "house", RED), "--lead", "99") == ExitCode.USAGE
    assert with_leads("analyze", "--repeat", "99") == ExitCode.USAGE


def test_photos_of_nothing_are_not_kept(with_leads: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = house(tmp_path / "house", BLACK)
    assert with_leads("analyze", folder, "--lead", "1", "--jobs", "0") == ExitCode.NOTHING_USABLE
    capsys.readouterr()
    assert with_leads("analyze", "--lead", "1", "--history", "-o", "jsonl") == ExitCode.DONE
    assert not capsys.readouterr().out
