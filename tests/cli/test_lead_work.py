"""``realestate leads`` by hand: what is looked for, worked and refused, with the exit codes scripts rely on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from realestate.errors import ExitCode

Run = Callable[..., int]
Captured = pytest.CaptureFixture[str]
HEADER = "Property Address,City,State,Zip,Owner Name,Phone,Date Filed,Estimated Value,Beds,Absentee Owner"
ROWS = (
    "12 Oak St,Larkfield,OH,43999,Ashdown Avery,(614) 555-0101,2025-03-01,200000,3,yes",
    "14 Oak St,Farwell,OH,43998,Brambell Blake,,2025-06-01,90000,2,no",
    "16 Elm Ave,Larkfield,OH,43999,,,2024-06-01,,,no",
)


@pytest.fixture
def street(line: Run, tmp_path: Path, capsys: Captured) -> Run:
    """Three houses, two of which are vacant too."""
    for name, rows in (("tax_delinquent", ROWS), ("vacant", ROWS[1:])):
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join((HEADER, *rows)) + "\n")
        assert line("leads", "import", str(path)) == ExitCode.DONE
    capsys.readouterr()
    return line


def addresses(run: Run, capsys: Captured, *options: str) -> list[str]:
    assert run("leads", "list", "-o", "jsonl", *options) == ExitCode.DONE
    return [json.loads(text)["address"] for text in capsys.readouterr().out.splitlines()]


FOUND: tuple[tuple[list[str], list[str]], ...] = (
    (["--sort", "address"], ["12 OAK ST", "14 OAK ST", "16 ELM AVE"]),
    (["--sort", "address", "--reverse", "--limit", "1"], ["16 ELM AVE"]),
    (["--sort", "value"], ["12 OAK ST", "14 OAK ST", "16 ELM AVE"]),
    (["--sort", "city", "--limit", "1"], ["14 OAK ST"]),
    (["--signal", "vacant", "--sort", "address"], ["14 OAK ST", "16 ELM AVE"]),
    (["--signal", "absentee"], ["12 OAK ST"]),
    (["--without", "vacant"], ["12 OAK ST"]),
    (["--min-signals", "2", "--sort", "address"], ["14 OAK ST", "16 ELM AVE"]),
    (["--city", "larkfield", "--sort", "address"], ["12 OAK ST", "16 ELM AVE"]),
    (["--zip", "43998-1234"], ["14 OAK ST"]),
    (["--address", "16 elm"], ["16 ELM AVE"]),
    (["--state", "oh", "--sort", "zip", "--limit", "1"], ["14 OAK ST"]),
    (["--at-least", "value=100,000"], ["12 OAK ST"]),
    (["--at-least", "beds=1", "--at-most", "beds=2"], ["14 OAK ST"]),
    (["--has", "phone"], ["12 OAK ST"]),
    (["--list", "vacant", "--sort", "address"], ["14 OAK ST", "16 ELM AVE"]),
    (["--run", "2", "--sort", "address"], ["14 OAK ST", "16 ELM AVE"]),
    (["--min-lists", "2", "--sort", "address"], ["14 OAK ST", "16 ELM AVE"]),
    (["--new-since", "1d", "--sort", "address", "--limit", "1"], ["12 OAK ST"]),
    (["--max-score", "0"], []),
    (["--source", "manual"], []),
    (["--status", "lost"], []),
)


def test_leads_are_found_by_every_column(street: Run, capsys: Captured) -> None:
    for options, found in FOUND:
        assert (options, addresses(street, capsys, *options)) == (options, found)


REFUSED: tuple[tuple[list[str], str], ...] = (
    (["list", "--sort", "scoer"], "score"),
    (["list", "--signal", "vacnat"], "vacant"),
    (["list", "--signal", "senior_owner"], "no signal"),
    (["list", "--status", "qualifed"], "qualified"),
    (["list", "--at-least", "bed=2"], "beds"),
    (["list", "--source", "referal"], "referral"),
    (["list", "--list", "vacnat"], "vacant"),
    (["list", "--run", "99"], "no run 99"),
    (["list", "--parcel", "none"], "no parcel number"),
    (["export", "--layout", "propstrem"], "propstream"),
    (["export", "--for", "male"], "mail"),
    (["export", "--list", "vacnat"], "vacant"),
    (["list", "--at-least", "beds=many"], "FACT=NUMBER"),
    (["edit", "1", "emial=x@example.com"], "email"),
    (["show", "77777"], "no lead 77777"),
    (["score", "--as-of", "2999-01-01"], "still to come"),
    (["diff", "--since", "2999-01-01"], "still to come"),
    (["due", "1", "2001-01-01"], "past"),
    (["due", "1"], "say when"),
    (["merge", "1", "1"], "same lead"),
    (["split", "1", "99:1"], "no row"),
    (["set-status", "1", "sold"], "status"),
)


def test_what_is_not_known_is_named_with_what_was_meant(street: Run, capsys: Captured) -> None:
    for words, meant in REFUSED:
        assert (words, street("leads", *words)) == (words, ExitCode.USAGE)
        assert meant in capsys.readouterr().err


def test_a_lead_is_worked_from_a_call_to_a_contract(street: Run, capsys: Captured) -> None:
    assert street("leads", "add", "20 Oak St, Larkfield OH 43999", "phone=614-555-0155", "--source", "referral") == 0
    assert street("leads", "edit", "1", "owner_name=Casey Caldwell", "value=310000") == 0
    assert street("leads", "note", "1", "sister wants to sell") == 0
    assert street("leads", "tag", "1", "hot") == 0
    assert street("leads", "due", "1", "3d") == 0
    assert street("leads", "set-status", "1", "contacted") == 0
    capsys.readouterr()

    assert street("leads", "due", "--until", "3d", "-o", "jsonl") == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["id"] == 1
    assert addresses(street, capsys, "--source", "referral") == ["20 OAK ST"]
    assert street("leads", "show", "1") == ExitCode.DONE
    shown = capsys.readouterr().out
    for word in ("Casey Caldwell", "sister wants to sell", "Tags hot", "Follow up on", "status contacted", "1:2"):
        assert word in shown
    assert len(shown.splitlines()) <= 45


def test_merge_and_split_name_the_next_step(street: Run, capsys: Captured) -> None:
    street("leads", "list", "--signal", "vacant", "--address", "14 OAK", "-o", "jsonl")
    other = str(json.loads(capsys.readouterr().out)["id"])
    assert street("leads", "merge", other, "1") == ExitCode.DONE
    assert f"Lead 1 holds lead {other} too" in capsys.readouterr().err
    assert street("leads", "split", "1", "1:3") == ExitCode.DONE
    assert "1 more rows name the same address" in capsys.readouterr().err
    assert len(addresses(street, capsys)) == 3


def test_a_status_does_not_go_backwards_by_itself(street: Run, capsys: Captured) -> None:
    assert street("leads", "set-status", "1", "qualified") == ExitCode.DONE
    assert street("leads", "set-status", "1", "new") == ExitCode.USAGE
    assert "--force" in capsys.readouterr().err
    assert street("leads", "set-status", "1", "new", "--force") == ExitCode.DONE


def test_scores_of_a_day_gone_by_are_printed_and_not_kept(street: Run, capsys: Captured) -> None:
    before = addresses(street, capsys)

    assert street("leads", "score", "--as-of", "2020-01-01", "-o", "jsonl") == ExitCode.DONE
    assert capsys.readouterr().out == ""
    assert addresses(street, capsys) == before
    assert street("leads", "diff", "--since", "7d", "-o", "jsonl") == ExitCode.DONE
    assert [json.loads(text)["change"] for text in capsys.readouterr().out.splitlines()] == ["new"] * 3
