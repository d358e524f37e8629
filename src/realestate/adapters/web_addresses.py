"""Decides which web addresses may be read: those of the public internet, written plainly."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from realestate.errors import UnusableInputError

PORTS = {"http": 80, "https": 443}
_BAD_HOST = re.compile(r"[^A-Za-z0-9.\-]")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Resolve = Callable[[str, int], Collection[str]]


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: where to connect, and what to ask for there."""

    scheme: str
    host: str
    port: int
    path: str
    address: str

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        usual = PORTS[self.scheme] == self.port
        return f"{self.scheme}://{self.host}" + ("" if usual else f":{self.port}")


def resolve(host: str, port: int) -> Collection[str]:
    """Every address of a host.

    Raises:
        OSError: If it has none.
    """
    return {str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}


def check(url: str, resolver: Resolve, inside: Collection[str]) -> Target:
    """Resolve once, and refuse unless every address of the host is public.

    The address found is the one to connect to: a name that answers differently the next time gains nothing.

    Args:
        url: What somebody wants read.
        resolver: Gives the addresses of a host.
        inside: ``host:port`` pairs that may be inside addresses; for tests that run a site of their own.

    Raises:
        UnusableInputError: If it is not on the public web.
    """
    parts = _parts(url)
    scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".").lower()
    port = _port(url, parts) or PORTS[scheme]
    own = f"{host}:{port}" in inside
    if port not in PORTS.values() and not own:
        raise refuse(url, f"port {port} is not 80 or 443")
    try:
        addresses = sorted(resolver(host, port))
    except (OSError, UnicodeError) as error:
        raise refuse(url, "the host has no address") from error
    if not addresses or not (own or all(map(is_public, addresses))):
        raise refuse(url, "the address is inside a network, not on the public web")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme, host, port, path, addresses[0])


def _parts(url: str) -> SplitResult:
    """The parts of an address in its plainest form; every other form is refused rather than understood."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as error:
        raise refuse(url, "it is no web address") from error
    if parts.scheme.lower() not in PORTS:
        raise refuse(url, "only http and https are read")
    if not url.isascii() or any(ord(c) <= 32 or c in "\\\x7f" for c in url) or re.search(r"%0[ad]", url, re.IGNORECASE):
        raise refuse(url, "it holds characters that no web address has")
    if "@" in parts.netloc or not host:
        raise refuse(url, "it names a user, or no host")
    if "[" not in parts.netloc and (_BAD_HOST.search(host) or not host.strip(".")):
        raise refuse(url, "its host is no name")
    return parts


def _port(url: str, parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError as error:
        raise refuse(url, "its port is no number") from error


def is_public(address: str) -> bool:
    """Whether an address is on the public internet, whatever form it is wrapped in."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


def refuse(url: str, why: str) -> UnusableInputError:
    """The error that says why an address is not read."""
    shown = url if len(url) <= 200 else url[:200] + " ..."
    return UnusableInputError(f"{shown} is not read: {why}.", "Check the address, or download the page yourself.")
