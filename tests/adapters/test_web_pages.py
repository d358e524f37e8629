"""The page reader against a real local site, and against every address it must not touch."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from realestate.adapters import web_pages
from realestate.adapters.web_addresses import is_public
from realestate.adapters.web_pages import WebPages
from realestate.errors import UnusableInputError

PUBLIC = "93.184.216.34"


class Site(BaseHTTPRequestHandler):
    """A site with paging, broken pages and redirects; ``asked`` lists what was asked for."""

    asked: ClassVar[list[tuple[str, str, str]]] = []
    robots: ClassVar[str] = "User-agent: *\nDisallow: /private\n"
    moved: ClassVar[dict[str, str]] = {
        "/moved": "/page", "/inside": "http://169.254.169.254/latest/meta-data/", "/file": "file:///etc/passwd",
        "/loop": "/loop", "/private-door": "/private/page", "/port": "http://127.0.0.1:22/",
    }  # fmt: skip

    def do_GET(self) -> None:
        type(self).asked.append((self.path, self.headers["Host"], self.headers["User-Agent"]))
        if self.path in self.moved:
            self.send_response(302)
            self.send_header("Location", self.moved[self.path])
            self.end_headers()
        elif self.path == "/busy":
            self._answer(503, b"")
        elif self.path == "/bomb":
            self._answer(200, gzip.compress(b"0" * (50 << 20)), coding="gzip")
        elif self.path == "/endless":
            self._endless()
        elif self.path == "/binary":
            self._answer(200, b"MZ", kind="application/octet-stream")
        elif self.path == "/charset":
            self._answer(200, b"+ADw-", kind="text/html; charset=utf-7")
        elif self.path == "/robots.txt":
            self._answer(200, self.robots.encode(), kind="text/plain")
        elif self.headers["If-None-Match"] == '"v1"':
            self._answer(304, b"")
        else:
            self._answer(200, f"<p>{self.path} &amp; more</p>".encode())

    def _answer(self, status: int, body: bytes, kind: str = "text/html; charset=utf-8", coding: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"v1"')
        if coding:
            self.send_header("Content-Encoding", coding)
        self.end_headers()
        self.wfile.write(body)

    def _endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x" * (1 << 20))
        except OSError:
            return

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    Site.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


class Time:
    """A clock that only moves when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def reader(site: str, time: Time | None = None) -> WebPages:
    clock = time or Time()
    return WebPages("you@example.com", inside=[site], clock=clock, sleep=clock.sleep)


def test_a_page_is_read_with_the_contact_in_the_user_agent(site: str) -> None:
    page = reader(site).read(f"http://{site}/page")
    assert page.text == "<p>/page &amp; more</p>"
    assert Site.asked[-1] == ("/page", site, "realestate (+you@example.com)")


def test_an_unchanged_page_is_not_sent_again(site: str) -> None:
    pages = reader(site)
    etag = pages.read(f"http://{site}/page").etag
    assert pages.read(f"http://{site}/page", etag).unchanged


def test_a_host_is_asked_once_a_second(site: str) -> None:
    time = Time()
    pages = reader(site, time)
    for number in range(3):
        pages.read(f"http://{site}/{number}")
    assert time.waits == [1.0, 1.0, 1.0]


def test_robots_txt_is_obeyed_also_behind_a_redirect(site: str) -> None:
    for path in ("/private/page", "/private-door"):
        with pytest.raises(UnusableInputError, match=r"robots\.txt"):
            reader(site).read(f"http://{site}{path}")
    assert "/private/page" not in [path for path, _, _ in Site.asked]


def test_a_redirect_on_the_site_is_followed(site: str) -> None:
    assert reader(site).read(f"http://{site}/moved").url == f"http://{site}/page"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/inside", "inside a network"), ("/file", "only http"), ("/loop", "redirects"), ("/port", "port"),
        ("/busy", "503"), ("/bomb", "could not be read"), ("/endless", "could not be read"), ("/binary", "not a page"),
        ("/charset", "charset"),
    ],
)  # fmt: skip
def test_what_no_honest_page_does_is_refused(site: str, path: str, why: str) -> None:
    with pytest.raises(UnusableInputError, match=why):
        reader(site).read(f"http://{site}{path}")


def test_a_busy_server_is_asked_at_most_three_times(site: str) -> None:
    with pytest.raises(UnusableInputError):
        reader(site).read(f"http://{site}/busy")
    assert [path for path, _, _ in Site.asked].count("/busy") == 3


def test_a_dripping_server_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_pages, "DEADLINE_S", 0.5)
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        line, _ = listener.accept()
        with line:
            while not stop.wait(0.05):
                try:
                    line.sendall(b"H")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    host = f"127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(UnusableInputError, match="could not be read"):
        reader(host).read(f"http://{host}/")
    stop.set()
    thread.join()
    listener.close()


BLOCKED = [
    "http://127.0.0.1/", "http://localhost/", "http://localhost:5432/", "http://localhost./", "http://[::1]/",
    "http://0.0.0.0/", "http://2130706433/", "http://0177.0.0.1/", "http://0x7f.1/", "http://127.1/",
    "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/", "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://100.64.0.1/",
    "http://[fe80::1]/", "http://224.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL",
    "ftp://example.com/", "data:text/html,x", "http://example.com@127.0.0.1/", "http://example.com\\@127.0.0.1/",
    "http://127.0.0.1#@example.com/", "http://example.com/%0d%0aHost:%20x", "http://example.com:22/",
    "http://\u24d4\u24e7.com@127.0.0.1/", "http://127\u30020\u30020\u30021/", "http://", "http://[::1", "http://a:b/",
    "", "//example.com/", "http://..../",
]  # fmt: skip


@pytest.mark.parametrize("url", BLOCKED)
def test_no_connection_is_made_to_such_an_address(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    touched: list[Any] = []
    monkeypatch.setattr(socket, "create_connection", lambda *words, **_: touched.append(words))
    with pytest.raises(UnusableInputError):
        WebPages("you@example.com").read(url)
    assert touched == []


@pytest.mark.parametrize("answers", [[PUBLIC, "127.0.0.1"], ["127.0.0.1"], []])
def test_one_inside_address_among_many_is_enough_to_refuse(answers: list[str]) -> None:
    with pytest.raises(UnusableInputError, match="inside a network"):
        WebPages("you@example.com", resolver=lambda _host, _port: answers).read("http://example.com/")


def test_the_address_connected_to_is_the_one_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    touched: list[Any] = []

    def connect(where: tuple[str, int], **_: object) -> None:
        touched.append(where)
        raise OSError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(UnusableInputError):
        WebPages("you@example.com", resolver=lambda _host, _port: next(answers)).read("http://example.com/")
    assert touched == [(PUBLIC, 80)]


@pytest.mark.parametrize(
    ("address", "public"),
    [(PUBLIC, True), ("2606:2800:220:1::1", True), ("::ffff:10.0.0.1", False), ("2002:7f00:1::", False), ("x", False)],
)
def test_wrapped_addresses_are_unwrapped(address: str, public: bool) -> None:
    assert is_public(address) is public
