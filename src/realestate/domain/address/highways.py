"""Numbered highways and county roads in one spelling each."""

from __future__ import annotations

import re

from realestate.domain.address.words import STATES

_WAY = r"(?:HIGHWAY|HWY|HIWAY|HWAY|ROUTE|RTE|RT)"
_ROAD = r"(?:HIGHWAY|HWY|HIWAY|HWAY|ROUTE|RTE|RT|ROAD|RD)"
_NUMBER = r"[\s-]?(?:NO )?(?:# )?(\d+[A-Z]?)(?=\s|$)"
_NAMED = r"[\s-](?:NO )?(?:# )?(\d+[A-Z]?|[A-Z]{1,2})(?=\s|$)"

_FORMS = [
    (re.compile(pattern), name)
    for pattern, name in (
        (rf"(?:US|U S|UNITED STATES)(?: {_WAY})?{_NUMBER}", "US HWY"),
        (rf"(?:STATE|ST) {_ROAD}{_NUMBER}", "STATE ROUTE"),
        (rf"(?:SR|SH|STH|STHY|STATE){_NUMBER}", "STATE ROUTE"),
        (rf"(?:INTERSTATE|I)(?: HIGHWAY| HWY)?{_NUMBER}", "INTERSTATE"),
        (rf"(?:COUNTY|CNTY|CTY|CO) (?:TRUNK )?(?:HIGHWAY|HWY){_NAMED}", "COUNTY HWY"),
        (rf"CTH{_NAMED}", "COUNTY HWY"),
        (rf"(?:COUNTY|CNTY|CTY|CO) (?:ROAD|RD|ROUTE|RTE|RT){_NAMED}", "COUNTY ROAD"),
        (rf"CR{_NUMBER}", "COUNTY ROAD"),
        (rf"(?:TOWNSHIP|TWP) {_ROAD}{_NAMED}", "TOWNSHIP ROAD"),
        (rf"(?:FARM TO MARKET|FARM MARKET|FM)(?: ROAD| RD)?{_NUMBER}", "FM"),
        (rf"(?:RANCH TO MARKET|RANCH|RM)(?: ROAD| RD)?{_NUMBER}", "RANCH ROAD"),
        (rf"(?:PRIVATE|PVT) (?:ROAD|RD){_NUMBER}|PR{_NUMBER}", "PRIVATE ROAD"),
        (rf"{_WAY}{_NUMBER}", "HIGHWAY"),
    )
]
_HINTS = frozenset(("HIGHWAY", "HWY", "HIWAY", "HWAY", "ROUTE", "RTE", "RT", "ROAD", "RD", "CTH"))
_FIGURE = re.compile(r"\d")
_BRANCHES = {
    "BUSINESS": "BUS", "BUS": "BUS", "BYPASS": "BYP", "BYP": "BYP", "ALTERNATE": "ALT", "ALT": "ALT",
    "SPUR": "SPUR", "LOOP": "LOOP", "TRUCK": "TRUCK",
}  # fmt: skip
_OF_STATE = re.compile(rf"(?:{'|'.join(STATES)})(?: {_ROAD})?{_NUMBER}")


def read_highway(tokens: list[str]) -> tuple[str, list[str]] | None:
    """Read a highway at the head of a street's words, e.g. ``U S HIGHWAY 61`` as ``US HWY 61``.

    State roads are one family whatever a list calls them (``SR 39``, ``STATE RD 39``, ``KY HWY 39``).

    Returns:
        The canonical name and the words behind it, or nothing where there is no highway.
    """
    if _HINTS.isdisjoint(tokens) and not _FIGURE.search(" ".join(tokens)):
        return None
    old = "OLD " if tokens[:1] == ["OLD"] else ""
    text = " ".join(tokens[1:] if old else tokens)
    for pattern, name in _FORMS:
        if match := pattern.match(text):
            return _named(f"{old}{name} {_unpadded(match)}", text[match.end() :].split())
    if match := _OF_STATE.match(text):
        return _named(f"{old}STATE ROUTE {_unpadded(match)}", text[match.end() :].split())
    return None


def _named(name: str, behind: list[str]) -> tuple[str, list[str]]:
    """Take the word that tells a branch of the highway from its main line."""
    branch = _BRANCHES.get(behind[0], "") if behind else ""
    return (f"{name} {branch}", behind[1:]) if branch else (name, behind)


def _unpadded(match: re.Match[str]) -> str:
    number: str = match[match.lastindex or 1]
    return number.lstrip("0") or "0"
