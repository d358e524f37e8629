"""The chain over the audit log: what makes a link, and where a chain does not hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the log and its place in the chain.

    Attributes:
        position: 1, 2, 3 ...; ``None`` for an entry that is not chained yet.
        entry_id: Of the entry.
        text: All of the entry, its parts separated by U+001F.
        digest: SHA-256 of the last digest and the text.
    """

    position: int | None
    entry_id: int | None
    text: str | None
    digest: bytes | None


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What verifying the chain found.

    Attributes:
        sealed: Entries whose place in the chain holds.
        unsealed: Entries that are not chained yet.
        head: ``position:digest`` of the last link that holds; kept elsewhere, it shows a chain cut short.
        broken: What is wrong with the first link that does not hold; ``None`` for all well.
    """

    sealed: int
    unsealed: int
    head: str
    broken: str | None


def verify(links: Iterable[Link], known_head: str | None = None) -> AuditReport:
    """Walk the chain from its start.

    Args:
        links: In the order of their position, those without one last.
        known_head: A head that was noted earlier.
    """
    last, sealed, unsealed, broken = b"", 0, 0, None
    heads = {""}
    for link in links:
        if link.position is None:
            unsealed += 1
            continue
        if broken is None:
            broken = _fault(link, sealed + 1, last)
        if broken is None and link.digest is not None:
            sealed, last = sealed + 1, link.digest
            heads.add(f"{sealed}:{last.hex()}")
    if broken is None and known_head and known_head not in heads:
        broken = f"the chain does not contain the head {known_head}: it was cut short or written anew"
    return AuditReport(sealed, unsealed, f"{sealed}:{last.hex()}" if sealed else "", broken)


def _fault(link: Link, expected: int, last: bytes) -> str | None:
    if link.position != expected:
        return f"link {expected} is missing"
    if link.text is None:
        return f"the entry of link {expected} is missing"
    if link.digest != hashlib.sha256(last + link.text.encode()).digest():
        return f"link {expected}, entry {link.entry_id}, was changed"
    return None
