"""Reads public web pages politely, and never touches an address inside the network."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from realestate.adapters.web_addresses import Resolve, Target, check, refuse, resolve
from realestate.domain.buyers.ports import Page

if TYPE_CHECKING:
    from protego import Protego

REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 3
MOST_BYTES = 10 << 20
DEADLINE_S = 20.0
PAUSE_S = 1.0
RETRIES = 2
MOST_ROBOTS_BYTES = 512 << 10
_CHUNK = 1 << 16
_KINDS = ("text/html", "application/xhtml+xml", "text/plain", "application/ld+json", "application/json")
_CHARSETS = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1", "windows-1252", "cp1252"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said; the body is decoded from its transfer coding, and at most ``MOST_BYTES`` long."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class _Host:
    last: float = float("-inf")
    robots: dict[str, Protego] = field(default_factory=dict)


class WebPages:
    """Reads pages within robots.txt, one request a second per host.

    Args:
        contact: E-mail or web address at which a site can reach whoever reads it; part of the User-Agent.
        resolver: Gives the addresses of a host, asked once per request.
        inside: ``host:port`` pairs that may be inside addresses; for tests that run a site of their own.
        clock: Seconds, for the pause between requests and the deadline.
        sleep: Waits.
    """

    def __init__(
        self,
        contact: str,
        *,
        resolver: Resolve = resolve,
        inside: Collection[str] = (),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._agent = f"realestate (+{contact})"
        self._resolve, self._inside = resolver, frozenset(inside)
        self._clock, self._sleep = clock, sleep
        self._hosts: dict[str, _Host] = {}

    def read(self, url: str, etag: str | None = None) -> Page:
        """Read a page.

        Args:
            url: Its address.
            etag: What the page was when it was last read.

        Raises:
            UnusableInputError: If it may not or cannot be read; the message says why.
        """
        target, answer = self._follow(url, {"If-None-Match": etag} if etag else {})
        where = target.origin + target.path
        if answer.status == 304:
            return Page(where, "", etag, unchanged=True)
        if answer.status != 200:
            raise refuse(url, f"the server answers {answer.status}")
        return Page(where, _text(url, answer), answer.headers.get("etag"))

    def _follow(self, url: str, headers: dict[str, str]) -> tuple[Target, Answer]:
        """Ask, and follow at most three redirects by hand, each checked like the first address."""
        for _ in range(MOST_REDIRECTS + 1):
            target = self._check(url)
            self._obey(target, url)
            answer = self._ask(target, url, headers)
            if answer.status not in REDIRECTS:
                return target, answer
            url = urljoin(target.origin + target.path, answer.headers.get("location", ""))
        raise refuse(url, f"more than {MOST_REDIRECTS} redirects")

    def _check(self, url: str) -> Target:
        return check(url, self._resolve, self._inside)

    def _obey(self, target: Target, url: str) -> None:
        host = self._hosts.setdefault(target.origin, _Host())
        if target.origin not in host.robots:
            host.robots[target.origin] = self._robots(target)
        if not host.robots[target.origin].can_fetch(target.origin + target.path, self._agent):
            raise refuse(url, "robots.txt of the site disallows it")

    def _robots(self, target: Target) -> Protego:
        """The site's robots.txt: none there allows everything, a server in trouble allows nothing (RFC 9309)."""
        from protego import Protego

        where = replace(target, path="/robots.txt")
        answer = self._ask(where, where.origin + where.path, {})
        for _ in range(MOST_REDIRECTS):
            if answer.status not in REDIRECTS:
                break
            where = self._check(urljoin(where.origin + where.path, answer.headers.get("location", "")))
            answer = self._ask(where, where.origin + where.path, {})
        if 200 <= answer.status < 300:
            return Protego.parse(answer.body[:MOST_ROBOTS_BYTES].decode("utf-8", "replace"))
        forbidden = answer.status >= 500 or answer.status == 429
        return Protego.parse("User-agent: *\nDisallow: /" if forbidden else "")

    def _ask(self, target: Target, url: str, headers: dict[str, str]) -> Answer:
        """One request, again after a pause when the server is busy."""
        for attempt in range(RETRIES + 1):
            self._wait(target)
            try:
                answer = self._once(target, headers)
            except (OSError, http.client.HTTPException, zlib.error, ValueError) as error:
                raise refuse(url, f"it could not be read ({type(error).__name__})") from error
            if answer.status not in (429, 503) or attempt == RETRIES:
                return answer
            self._sleep(PAUSE_S * 2 ** (attempt + 1))
        raise AssertionError

    def _wait(self, target: Target) -> None:
        host = self._hosts.setdefault(target.origin, _Host())
        pause = host.last + PAUSE_S - self._clock()
        if pause > 0:
            self._sleep(pause)
        host.last = self._clock()

    def _once(self, target: Target, headers: dict[str, str]) -> Answer:
        connection = _connect(target)
        # A server that drips a byte at a time never lets a read time out; the line is cut from beside it.
        cut = threading.Timer(DEADLINE_S, _hang_up, [connection.sock])
        cut.start()
        try:
            shown = target.origin.partition("//")[2]
            sent = {
                "Host": shown,
                "User-Agent": self._agent,
                "Accept-Encoding": "gzip",
                "Connection": "close",
                **headers,
            }
            connection.putrequest("GET", target.path, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            body = _body(response) if response.status == 200 else b""
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, body)
        finally:
            cut.cancel()
            connection.close()


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _body(response: http.client.HTTPResponse) -> bytes:
    """The decoded body.

    Raises:
        ValueError: If it is larger than any honest page, or packed in a way that was not asked for.
    """
    packed = (response.getheader("content-encoding") or "").lower()
    if packed not in ("", "identity", "gzip"):
        raise ValueError(packed)
    unpack = zlib.decompressobj(wbits=31) if packed == "gzip" else None
    body = bytearray()
    while chunk := response.read1(_CHUNK):
        body += unpack.decompress(chunk, MOST_BYTES + 1 - len(body)) if unpack else chunk
        if len(body) > MOST_BYTES:
            raise ValueError(len(body))
    if response.length:
        raise http.client.IncompleteRead(bytes(body), response.length)
    return bytes(body)


def _connect(target: Target) -> http.client.HTTPConnection:
    """Connect to the checked address; the name is kept for the certificate and the Host line."""
    raw = socket.create_connection((target.address, target.port), timeout=DEADLINE_S)
    connection = http.client.HTTPConnection(target.host, target.port, timeout=DEADLINE_S)
    if target.scheme == "https":
        try:
            raw = ssl.create_default_context().wrap_socket(raw, server_hostname=target.host)
        except BaseException:
            raw.close()
            raise
    connection.sock = raw
    return connection


def _text(url: str, answer: Answer) -> str:
    """The page's text.

    Raises:
        UnusableInputError: If it is no page, or claims a charset that hides what it says.
    """
    kind, _, rest = answer.headers.get("content-type", "text/html").lower().partition(";")
    if kind.strip() not in _KINDS:
        raise refuse(url, f"it is {kind.strip()}, not a page")
    found = re.search(r"charset=[\"']?([^\s;\"']+)", rest)
    charset = found[1] if found else "utf-8"
    if charset not in _CHARSETS:
        raise refuse(url, f"its charset {charset} is not one that pages use")
    return answer.body.decode(charset, "replace")
