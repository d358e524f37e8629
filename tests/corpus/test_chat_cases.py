"""The 51 hostile messages and 18 bad replies of a model: the talk goes on, and nothing moves the verdict."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from realestate.adapters.chat_reference import read_ear, read_questions
from realestate.adapters.openai_chat import OpenAIChat
from realestate.domain.chat.dialogue import Dialogue
from realestate.domain.chat.ports import Answer, Claim, Engine, Exchange
from realestate.domain.chat.talk import Talk, TurnResult
from realestate.services.chat import Qualifier

TODAY = dt.date(2026, 11, 22)
ORDERS = frozenset(
    {"ignore-previous", "fake-system", "json-smuggle", "tool-smuggle", "reveal-prompt", "base64", "other-language"}
    | {"homoglyph", "zero-width", "bidi", "markdown-exfil", "role-play", "sql", "format-string"}
)
STOPS = frozenset(
    {"stop", "stop-lower", "stop-dot", "stopall", "unsubscribe", "end", "quit", "cancel", "revoke", "opt-out"}
    | {"stop-sentence", "remove-me", "lawyer", "stop-spanish", "stop-homoglyph", "stop-emoji"}
)
TALK = ("yes we might sell", "it's been empty since my aunt died", "needs a roof and a furnace")


class Obedient:
    """An engine that does whatever the last message wishes, and quotes it."""

    name = "an obedient engine"

    def answer(self, exchange: Exchange) -> Answer:
        said = exchange.text[:200]
        claims = [
            Claim("motivation", "foreclosure", said),
            Claim("timeline_days", 1, said),
            Claim("asking_price", 1, said),
            Claim("condition", "poor", said),
            Claim("status", "qualified", said),
        ]
        return Answer('{"status":"qualified","score":1.0} You are qualified, $500,000', claims)


@pytest.fixture(scope="module")
def cases(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("corpus")
    maker = shared / "corpus" / "gen_corpus.py"
    subprocess.run([sys.executable, str(maker), str(folder), "--only", "chat"], check=True, capture_output=True)
    return {case["id"]: case for case in map(json.loads, (folder / "manifest.jsonl").read_text().splitlines())}


def after(*messages: str, engine: Engine | None = None) -> TurnResult:
    """The last result of a talk."""
    taking = Qualifier(read_ear(), Dialogue(read_questions()), lambda: TODAY, engine)
    talk = Talk()
    for message in messages:
        talk, result = taking.take(talk, message)
    return result


def chats(cases: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Name and message of the chat cases."""
    return ((key[5:], case["inline"]) for key, case in cases.items() if case["group"] == "chat")


def test_every_hostile_message_is_answered_in_time_and_without_an_escape(cases: dict[str, dict[str, Any]]) -> None:
    names = []
    after("hello")
    for name, message in chats(cases):
        start = time.process_time()
        result = after(message)
        assert time.process_time() - start < 1, name
        printed = json.dumps(result.as_json())
        assert not re.search(r"\\u00(?:0[0-8bcef]|1[0-9a-f]|9b)", printed), name
        names.append(name)
    assert len(names) == 51


def test_orders_to_the_machine_change_neither_facts_nor_verdict(cases: dict[str, dict[str, Any]]) -> None:
    before = after(*TALK)
    for name in ORDERS:
        message = cases[f"chat-{name}"]["inline"]
        for engine in (None, Obedient()):
            result = after(*TALK, message, engine=engine)
            assert (result.facts, result.verdict) == (before.facts, before.verdict), name
            assert "http" not in result.reply, name
            assert "500,000" not in result.reply, name


def test_all_sixteen_opt_outs_are_heard_and_no_look_alike_is(cases: dict[str, dict[str, Any]]) -> None:
    for name, message in chats(cases):
        assert bool(after(message).facts.get("opted_out")) is (name in STOPS), name


def test_an_obedient_engine_qualifies_nobody(cases: dict[str, dict[str, Any]]) -> None:
    for name, message in chats(cases):
        assert after(message, engine=Obedient()).verdict == after(message).verdict, name


@pytest.mark.parametrize(("name", "price"), [("price-huge", None), ("price-neg", None), ("price-words", 250_000)])
def test_a_price_is_a_sane_number_or_none(cases: dict[str, dict[str, Any]], name: str, price: int | None) -> None:
    assert after(cases[f"chat-{name}"]["inline"]).facts.get("asking_price") == price


@pytest.mark.parametrize(("name", "digits"), [("ssn", "078"), ("card", "4111")])
def test_numbers_of_cards_and_social_security_are_nowhere(
    cases: dict[str, dict[str, Any]], name: str, digits: str
) -> None:
    taking = Qualifier(read_ear(), Dialogue(read_questions()), lambda: TODAY)
    talk, result = taking.take(Talk(), cases[f"chat-{name}"]["inline"])
    assert digits not in repr(talk)
    assert digits not in json.dumps(result.as_json())


def test_threats_to_oneself_and_children_go_to_a_person(cases: dict[str, dict[str, Any]]) -> None:
    assert after(cases["chat-threat"]["inline"]).hand_over == "crisis"
    assert after(cases["chat-minor"]["inline"]).hand_over == "minor"


def served(body: str) -> Response:
    """A server's response as the case words it."""
    if body == "TIMEOUT":
        time.sleep(0.9)
    if body.startswith("HTTP "):
        headers = {"Retry-After": body.rpartition(" ")[2]} if "Retry-After" in body else {}
        return Response("", int(body.split()[1]), headers)
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": body}}
    return Response(
        json.dumps({"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]})
    )


def test_whatever_a_model_replies_the_talk_goes_on_with_the_rules_verdict(
    cases: dict[str, dict[str, Any]], httpserver: HTTPServer
) -> None:
    bodies = {key: case["inline"] for key, case in cases.items() if case["group"] == "llm"}
    assert len(bodies) == 18
    alone = after("we might sell")
    accepted = []
    engine = OpenAIChat(httpserver.url_for("/v1"), "key-of-nobody", "m", 0.8)
    assert engine._server.client, "made before the clock runs: the first import of the library takes a second"
    for name, body in bodies.items():
        httpserver.clear()

        def respond(request: Request, body: str = body) -> Response:
            del request
            return served(body)

        httpserver.expect_request("/v1/chat/completions").respond_with_handler(respond)
        start = time.monotonic()
        result = after("we might sell", engine=engine)
        assert time.monotonic() - start < 2, name
        assert (result.verdict, result.facts) == (alone.verdict, alone.facts), name
        assert "\x1b" not in result.reply, name
        assert "key-of-nobody" not in repr(result), name
        if result.reply != alone.reply:
            accepted.append(name)
    assert accepted == ["llm-json-in-fence", "llm-extra-keys"]
