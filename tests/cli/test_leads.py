"""``realestate leads`` and ``runs``: what goes to stdout, what to stderr, and the exit codes scripts rely on."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from command_lines import Run

from realestate.errors import ExitCode

Captured = pytest.CaptureFixture[str]
HEADER = "Property Address,City,State,Zip,Owner Name,Phone,Amount Owed,Date Filed"
ROWS = (
    "12 Oak St,Larkfield,OH,43999,Ashdown Avery,(614) 555-0101,$1200.50,2025-03-01",
    "0012 OAK STREET,LARKFIELD,OH,43999,Ashdown Avery,,,2024-03-01",
    "14 Oak St,Larkfield,OH,43999,Brambell Blake,,$300,2025-06-01",
)


@pytest.fixture
def taxes(tmp_path: Path) -> str:
    """Three rows, two houses."""
    path = tmp_path / "tax_delinquent.csv"
    path.write_text("\n".join((HEADER, *ROWS)) + "\n")
    return str(path)


def read_json(capsys: Captured) -> dict[str, object]:
    """What a command printed, as one object."""
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_an_import_reports_counts_that_add_up(line: Run, taxes: str, capsys: Captured) -> None:
    assert line("leads", "import", taxes, "-o", "json") == ExitCode.DONE

    (report,) = read_json(capsys)["runs"]  # type: ignore[misc]
    assert (report["rows"], report["created"], report["merged"]) == (3, 2, 1)
    assert report["rows"] == sum(report[name] for name in ("created", "merged", "unchanged", "rejected", "empty"))
    relied_on = ("run", "file", "signal", "unchanged", "rejected", "empty")
    assert [report[name] for name in relied_on] == [1, "tax_delinquent.csv", "tax_delinquent", 0, 0, 0]
    assert report["columns"]["Property Address"] == "address"
    assert report["seconds"] > 0


def test_what_each_column_was_taken_for_is_said_with_its_confidence(
    line: Run, tmp_path: Path, capsys: Captured
) -> None:
    path = tmp_path / "vacant.csv"
    path.write_text("Owner,Property Address,Status,Shed\nAshdown Avery,12 Oak St,open,yes\n")
    line("leads", "import", str(path), "-o", "json", "-v")

    said = capsys.readouterr()
    (report,) = json.loads(said.out)["runs"]
    assert report["confidence"] == {"Owner": 0.97, "Property Address": 0.95, "Status": 0.75}
    assert report["unread"] == ["Shed"]
    assert "3 columns read ('Status' as status 75%, rest 95%+), 1 only kept" in said.err
    assert "columns read: 'Owner' as owner_name 97%, 'Property Address' as address 95%" in said.err
    assert "columns only kept: 'Shed'" in said.err


def test_a_list_has_the_keys_that_scripts_rely_on(line: Run, taxes: str, capsys: Captured) -> None:
    line("leads", "import", taxes)
    capsys.readouterr()

    assert line("leads", "list", "-o", "jsonl") == ExitCode.DONE

    leads = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert leads[0]["score"] >= leads[1]["score"]
    relied_on = ("address", "city", "state", "zip", "parcel", "status", "lists", "signals")
    assert [tuple(lead[name] for name in relied_on) for lead in sorted(leads, key=lambda lead: lead["address"])] == [
        ("12 OAK ST", "LARKFIELD", "OH", "43999", None, "new", 1, ["tax_delinquent"]),
        ("14 OAK ST", "LARKFIELD", "OH", "43999", None, "new", 1, ["tax_delinquent"]),
    ]
    assert all(isinstance(lead["id"], int) and 0 < lead["score"] <= 1 for lead in leads)


def test_the_points_of_why_add_up_to_the_score(line: Run, taxes: str, capsys: Captured) -> None:
    line("leads", "import", taxes)
    capsys.readouterr()
    line("leads", "list", "--limit", "1", "-o", "jsonl")
    lead = read_json(capsys)["id"]

    assert line("leads", "why", str(lead), "-o", "json") == ExitCode.DONE

    explained = read_json(capsys)
    parts = explained["parts"]
    assert isinstance(parts, list)
    assert sum(part["points"] for part in parts) == pytest.approx(explained["score"], abs=1e-9)
    assert all(part["file"] == "tax_delinquent.csv" and part["row"] >= 2 for part in parts)
    assert {"id", "score", "as_of", "model", "parts"} <= set(explained)
    assert {"signal", "points", "age_weeks", "file", "row", "date"} <= set(parts[0])


def test_rows_of_a_run_name_line_lead_and_outcome(line: Run, taxes: str, capsys: Captured) -> None:
    line("leads", "import", taxes)
    capsys.readouterr()

    assert line("leads", "rows", "1", "-o", "jsonl") == ExitCode.DONE

    rows = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert [row["row"] for row in rows] == [2, 3, 4]
    assert sorted(row["outcome"] for row in rows) == ["created", "created", "merged"]
    assert {row["match"] for row in rows} == {"new", "address"}
    assert [list(row) for row in rows] == [["row", "lead", "outcome", "reason", "match"]] * 3


def test_a_pipe_gets_tab_separated_values_and_stderr_the_talk(line: Run, taxes: str, capsys: Captured) -> None:
    line("leads", "import", taxes)
    said = capsys.readouterr()
    assert said.err.splitlines()[-1] == "Next: realestate leads list"

    line("leads", "list")

    head, *body = capsys.readouterr().out.splitlines()
    assert head.split("\t")[:2] == ["id", "score"]
    assert len(body) == 2


def test_rejected_rows_go_to_a_file_that_only_its_owner_reads(line: Run, tmp_path: Path) -> None:
    path = tmp_path / "tax_delinquent.csv"
    path.write_text("\n".join((HEADER, *ROWS, "CORNER OF OAK AND ELM,Larkfield,OH,43999,Nobody,,,")) + "\n")

    assert line("leads", "import", str(path), "--rejects", "rejects.csv") == ExitCode.PARTIAL

    rejects = tmp_path / "rejects.csv"
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600
    assert "CORNER OF OAK AND ELM" in rejects.read_text()
    assert line("leads", "import", str(path), "--tolerate", "30") == ExitCode.DONE


def test_an_error_in_json_mode_is_one_line_on_stderr(line: Run, tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Shoe Size,Colour\n9,red\n")

    assert line("leads", "import", str(path), "-o", "json") == ExitCode.NOTHING_USABLE

    error = json.loads(capsys.readouterr().err.splitlines()[0])["error"]
    assert error["code"] == 4
    assert "Shoe Size" in error["message"]
    assert "--map" in error["hint"]


@pytest.mark.parametrize(
    "words",
    [("leads", "show", "999"), ("leads", "why", "999"), ("leads", "rows", "999"), ("runs", "show", "999")],
)
def test_an_unknown_number_is_wrong_usage_with_a_way_out(line: Run, capsys: Captured, words: tuple[str, ...]) -> None:
    assert line(*words) == ExitCode.USAGE
    assert "realestate" in capsys.readouterr().err


def test_a_filter_that_matches_nothing_is_no_failure(line: Run, taxes: str, capsys: Captured) -> None:
    line("leads", "import", taxes)
    capsys.readouterr()

    assert line("leads", "list", "--city", "Nowhere") == ExitCode.DONE

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err


def test_a_lead_on_one_screen_shows_owner_signals_and_contacts(line: Run, taxes: str, capsys: Captured) -> None:
    line("leads", "import", taxes)
    capsys.readouterr()
    line("leads", "list", "--sort", "address", "--limit", "1", "-o", "jsonl")
    lead = read_json(capsys)["id"]

    line("leads", "show", str(lead))

    shown = capsys.readouterr().out
    assert "12 OAK ST" in shown
    assert "Ashdown Avery" in shown
    assert "+16145550101" in shown
    assert "tax_delinquent" in shown


def test_control_characters_of_a_list_never_reach_the_terminal(line: Run, tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "tax_delinquent.csv"
    path.write_text(f"{HEADER}\n12 Oak St,Larkfield,OH,43999,\x1b[2J\x1b]0;taken\x07Evil,,,\n")
    line("leads", "import", str(path))
    line("leads", "list", "-o", "tsv")
    line("leads", "show", "1")

    printed = capsys.readouterr()
    assert "\x1b" not in printed.out + printed.err


def test_undo_is_asked_for_and_takes_everything_back(line: Run, taxes: str, capsys: Captured) -> None:
    line("leads", "import", taxes)

    assert line("runs", "undo", "1") == ExitCode.USAGE
    assert line("runs", "undo", "1", "--yes") == ExitCode.DONE

    capsys.readouterr()
    line("leads", "list", "-o", "jsonl")
    assert capsys.readouterr().out == ""


def test_demo_writes_lists_that_import(line: Run, capsys: Captured) -> None:
    assert line("demo", "lists") == ExitCode.DONE
    files = capsys.readouterr().out.split()

    assert line("leads", "import", *files, "-o", "json") == ExitCode.DONE
    assert sum(report["created"] for report in read_json(capsys)["runs"]) == 120  # type: ignore[attr-defined]
