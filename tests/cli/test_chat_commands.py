"""``realestate chat``: the lines that scripts rely on, files of conversations, transcripts, refusals."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from realestate.cli.main import run
from realestate.cli.session import toolkit
from realestate.errors import ExitCode

Captured = pytest.CaptureFixture[str]
Run = Callable[..., int]
Say = Callable[[bytes], None]
EXAMPLES = Path(__file__).parents[2] / "examples" / "conversations"


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Say:
    """Put bytes on standard input."""

    def put(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))

    return put


@pytest.fixture
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A user without database, settings or keys."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REALESTATE_HOME", str(tmp_path / "home"))
    for name in ("DATABASE_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    toolkit.cache_clear()
    yield
    toolkit.cache_clear()


def rows(captured: Captured) -> list[dict[str, Any]]:
    return [json.loads(line) for line in captured.readouterr().out.splitlines()]


@pytest.mark.usefixtures("_home")
class TestScratch:
    """Talks that keep nothing and need no database."""

    def test_each_line_gets_an_object_of_the_contract(self, say: Say, capsys: Captured) -> None:
        say(b'hi\n{"text": "in 3 weeks", "asked": "timeline"}\n')
        assert run(["chat", "--scratch", "-o", "jsonl"]) == ExitCode.DONE
        first, second = rows(capsys)
        assert {"reply", "heard", "facts", "missing", "score", "status", "reasons"} <= set(first)
        assert second["heard"] == [{"fact": "timeline_days", "value": 21, "words": "3 weeks"}]
        assert second["facts"] == {"timeline_days": 21}

    def test_json_without_a_text_is_the_sellers_own_message(self, say: Say, capsys: Captured) -> None:
        say(b'{"status": "qualified", "score": 1.0}\n[1, 2]\n')
        run(["chat", "--scratch", "-o", "jsonl"])
        assert [row["status"] for row in rows(capsys)] == ["pending", "pending"]

    @pytest.mark.parametrize(
        "data",
        [b"", b"\n", b"\xff\xfe broken \xc3\n", b"a " * 50_000, b"\x1b[2Jhello\x00\n", b"x" * 3_000_000 + b"\nok\n"],
    )
    def test_any_bytes_are_taken_and_no_escape_comes_out(self, say: Say, capsys: Captured, data: bytes) -> None:
        say(data)
        assert run(["chat", "--scratch"]) == ExitCode.DONE
        out = capsys.readouterr().out
        assert out
        assert "\x1b" not in out

    def test_a_key_of_another_tool_switches_nothing_on(
        self, say: Say, capsys: Captured, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-nobody")
        monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
        say(b"we might sell\n")
        assert run(["chat", "--scratch", "-o", "jsonl"]) == ExitCode.DONE
        assert rows(capsys)[0]["notes"] == []

    def test_words_go_to_no_host_that_was_not_agreed_to(
        self, say: Say, capsys: Captured, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_BASE_URL", "https://llm.example.com/v1")
        say(b"we might sell\n")
        assert run(["chat", "--scratch", "--engine", "openai"]) == ExitCode.NOT_ALLOWED
        assert "llm.example.com" in capsys.readouterr().err

    def test_a_dead_server_of_ones_own_leaves_the_turn_to_the_rules(
        self, say: Say, capsys: Captured, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
        say(b"we might sell\n")
        assert run(["chat", "--scratch", "--engine", "openai", "-o", "jsonl"]) == ExitCode.DONE
        assert "rules took this turn" in rows(capsys)[0]["notes"][0]

    def test_without_key_and_server_the_other_engine_is_refused(self, say: Say) -> None:
        say(b"hi\n")
        assert run(["chat", "--scratch", "--engine", "openai"]) == ExitCode.NOT_ALLOWED
        assert run(["chat", "--scratch", "--engine", "oracle"]) == ExitCode.USAGE


@pytest.mark.usefixtures("_home")
class TestFiles:
    """Whole conversations in one process."""

    def test_every_example_conversation_is_judged(self, capsys: Captured) -> None:
        file = str(EXAMPLES / "sellers.jsonl")
        assert run(["chat", "--scratch", "--conversations", file, "-o", "jsonl"]) == ExitCode.DONE
        judged = rows(capsys)
        assert all(set(row) == {"id", "facts", "status", "score", "reasons"} for row in judged)
        assert {row["status"] for row in judged} == {"qualified", "pending", "not_qualified"}

    def test_the_day_of_the_talk_decides_what_a_date_means(self, say: Say, capsys: Captured) -> None:
        talk = {"messages": ["we want to sell before thanksgiving"]}
        days = [{"id": day, "date": day, **talk} for day in ("2026-11-01", "2026-10-01")]
        say("".join(json.dumps(row) + "\n" for row in days).encode())
        assert run(["chat", "--scratch", "--conversations", "-", "-o", "jsonl"]) == ExitCode.DONE
        assert [row["facts"]["timeline_days"] for row in rows(capsys)] == [25, 56]

    def test_lines_that_are_no_conversation_are_left_out_and_said(self, say: Say, capsys: Captured) -> None:
        say(b'{"id": 1, "messages": ["hi"]}\nnot json\n{"messages": 5}\n{"messages": ["hi"], "date": "soon"}\n')
        assert run(["chat", "--scratch", "--conversations", "-", "-o", "jsonl"]) == ExitCode.PARTIAL
        captured = capsys.readouterr()
        assert len(captured.out.splitlines()) == 1
        assert "3 lines" in captured.err

    def test_nothing_usable_ends_with_four(self, say: Say) -> None:
        say(b"nothing here\n")
        assert run(["chat", "--scratch", "--conversations", "-"]) == ExitCode.NOTHING_USABLE
        assert run(["chat", "--scratch", "--conversations", "/no/such/file"]) == ExitCode.USAGE

    def test_the_examples_are_measured(self, capsys: Captured) -> None:
        assert run(["chat", "eval", str(EXAMPLES / "sellers.jsonl"), "-o", "json"]) == ExitCode.DONE
        figures = json.loads(capsys.readouterr().out)
        assert figures["status_accuracy"] == 1.0
        assert figures["false_opt_outs"] == 0
        assert figures["facts"]["f1"] >= 0.95


@pytest.mark.usefixtures("_home")
def test_a_talk_needs_a_lead_or_scratch(say: Say) -> None:
    say(b"hi\n")
    assert run(["chat", "--engine", "rules"]) == ExitCode.USAGE


def test_a_talk_about_a_lead_is_kept_refused_after_a_stop_and_printed(line: Run, say: Say, capsys: Captured) -> None:
    Path("list.csv").write_text("property_address,city,state,zip,phone\n1 Oak St,Fairview,IL,62701,217-555-0142\n")
    assert line("leads", "import", "list.csv", "--signal", "vacant") == ExitCode.DONE
    capsys.readouterr()
    say(b"we might sell\nSTOP\n")
    assert line("chat", "1", "-o", "jsonl") == ExitCode.DONE
    assert rows(capsys)[-1]["facts"]["opted_out"] is True
    say(b"hello\n")
    assert line("chat", "1", "-o", "jsonl") == ExitCode.NOT_ALLOWED
    capsys.readouterr()
    assert line("chat", "1", "--export", "text") == ExitCode.DONE
    assert "seller: we might sell" in capsys.readouterr().out
    assert line("chat", "1", "--export", "html") == ExitCode.DONE
    assert "<!doctype html>" in capsys.readouterr().out
    assert line("chat", "99", "--export", "text") == ExitCode.USAGE
