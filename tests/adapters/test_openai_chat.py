"""The engine behind chat completions on a scripted local server: it fails in words, and in time."""

from __future__ import annotations

import datetime as dt
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from realestate.adapters.openai_chat import OpenAIChat, read_answer
from realestate.adapters.openai_completions import host_of
from realestate.domain.chat.ports import EngineFailedError, Exchange

EXCHANGE = Exchange("we might sell", None, {}, ["motivation"], [], "What for?", dt.date(2026, 11, 22))
GOOD = json.dumps({"reply": "Hi there", "facts": [{"fact": "condition", "value": "poor", "words": "sell"}]})
PATH = "/v1/chat/completions"


def completion(content: str | None, refusal: str | None = None) -> dict[str, object]:
    """What a server sends around a content."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}


@pytest.fixture(scope="module", autouse=True)
def _the_client_is_loaded() -> None:
    """Its first import takes seconds on a busy machine, which no deadline here is about."""
    import openai

    openai.OpenAI(api_key="none")


def engine(server: HTTPServer, deadline: float = 10.0) -> OpenAIChat:
    return OpenAIChat(server.url_for("/v1"), "a-secret-key", "m", deadline)


def fails(asking: OpenAIChat, within: float) -> str:
    """The reason of the failure, which came in time."""
    start = time.monotonic()
    with pytest.raises(EngineFailedError) as failure:
        asking.answer(EXCHANGE)
    assert time.monotonic() - start < within
    assert "a-secret-key" not in failure.value.reason
    return failure.value.reason


def test_an_answer_is_read_with_its_claims(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_json(completion(GOOD))
    answer = engine(httpserver).answer(EXCHANGE)
    assert answer.reply == "Hi there"
    assert [(claim.fact, claim.value, claim.words) for claim in answer.claims] == [("condition", "poor", "sell")]


def test_the_request_holds_a_schema_and_no_key_in_its_body(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_json(completion(GOOD))
    engine(httpserver).answer(EXCHANGE)
    request = httpserver.log[0][0]
    assert request.get_json()["response_format"]["type"] == "json_schema"
    assert b"a-secret-key" not in request.get_data()


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_is_tried_once_more(httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_ordered_request(PATH).respond_with_data("", status=status)
    httpserver.expect_ordered_request(PATH).respond_with_json(completion(GOOD))
    assert engine(httpserver).answer(EXCHANGE).reply == "Hi there"


def test_two_server_errors_are_enough(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_data("", status=500)
    assert fails(engine(httpserver), 3) == "HTTP 500"
    assert len(httpserver.log) == 2


def test_a_short_rate_limit_is_waited_for_and_a_long_one_is_not(httpserver: HTTPServer) -> None:
    httpserver.expect_ordered_request(PATH).respond_with_data("", status=429, headers={"Retry-After": "0.2"})
    httpserver.expect_ordered_request(PATH).respond_with_json(completion(GOOD))
    assert engine(httpserver).answer(EXCHANGE).reply == "Hi there"
    httpserver.expect_request(PATH).respond_with_data("", status=429, headers={"Retry-After": "3600"})
    assert fails(engine(httpserver), 2) == "too many requests"


def test_a_refused_key_is_said_and_not_tried_again(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_data("", status=401)
    assert fails(engine(httpserver), 2) == "the server refuses the key"
    assert len(httpserver.log) == 1


def test_a_server_that_knows_no_schema_is_asked_without_one(httpserver: HTTPServer) -> None:
    httpserver.expect_ordered_request(PATH).respond_with_data("", status=400)
    httpserver.expect_ordered_request(PATH).respond_with_json(completion(GOOD))
    assert engine(httpserver).answer(EXCHANGE).reply == "Hi there"
    assert "response_format" not in httpserver.log[1][0].get_json()


@pytest.mark.parametrize(
    "body", ["", "null", "[]", "not json", '{"choices": []}', '{"choices": [{}]}', json.dumps(completion(None, "no"))]
)
def test_what_is_no_completion_is_a_failure(httpserver: HTTPServer, body: str) -> None:
    httpserver.expect_request(PATH).respond_with_data(body, content_type="application/json")
    assert fails(engine(httpserver), 3)


def test_a_slow_server_is_left_at_the_deadline(httpserver: HTTPServer) -> None:
    def slow(request: Request) -> Response:
        del request
        time.sleep(1.5)
        return Response(json.dumps(completion(GOOD)))

    httpserver.expect_request(PATH).respond_with_handler(slow)
    assert fails(engine(httpserver, 0.5), 1.2) == "no answer in time"


@pytest.fixture
def raw_server() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """A server that treats each connection as the test says; gives its URL."""
    listener = socket.create_server(("127.0.0.1", 0))

    def start(behave: Callable[[socket.socket], None]) -> str:
        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    try:
                        behave(connection)
                    except OSError:
                        return

        threading.Thread(target=serve, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/v1"

    yield start
    listener.close()


def test_a_server_that_drips_bytes_is_left_at_the_deadline(
    raw_server: Callable[[Callable[[socket.socket], None]], str],
) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n")
        for _ in range(20):
            connection.sendall(b" ")
            time.sleep(0.1)

    assert fails(OpenAIChat(raw_server(drip), None, "m", 0.6), 1.2) == "no answer in time"


def test_a_cut_stream_is_a_failure(raw_server: Callable[[Callable[[socket.socket], None]], str]) -> None:
    def cut(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{")

    assert fails(OpenAIChat(raw_server(cut), None, "m", 3), 3)


def test_nobody_listening_fails_in_under_a_second_and_a_half() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert fails(OpenAIChat(f"http://127.0.0.1:{port}/v1", None, "m"), 3) == "no connection"


@pytest.mark.parametrize(
    "content",
    [GOOD, f"```json\n{GOOD}\n```", f"Sure! Here is your JSON: {GOOD} Bye.", '{"reply":"Hi","score":0.4,"x":1}'],
)
def test_a_fence_or_prose_around_the_json_is_taken_off(content: str) -> None:
    assert read_answer(content).reply.startswith("Hi")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "Sure! Here is your JSON",
        '{"reply": "Hi", "score": 0.',
        '{"reply":"Hi","score":42}',
        '{"reply":"Hi","score":NaN}',
        '{"reply":["a"],"score":"high"}',
        '{"refusal":"I cannot"}',
        '{"reply":"Hi","facts":{}}',
        "[" * 5_000,
    ],
)
def test_an_answer_of_another_shape_is_a_failure(content: str) -> None:
    with pytest.raises(EngineFailedError):
        read_answer(content)


def test_the_host_is_named_without_secrets() -> None:
    assert host_of("https://user:pass@llm.example.com/v1") == "llm.example.com"
    assert host_of(None) == "api.openai.com"
