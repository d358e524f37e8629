"""What a vision model elsewhere said about the photos, when it was asked; kept apart from what was measured here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PARTS: dict[str, str] = {
    "roof": "roof covering, flashing, chimney",
    "gutters": "gutters and downspouts",
    "siding": "siding, brick and trim outside",
    "exterior_paint": "paint outside",
    "windows": "windows and their frames",
    "doors": "doors, garage door",
    "porch": "porch, deck, steps, railings",
    "yard": "yard, trees, fences, driveway",
    "kitchen": "kitchen cabinets, counters, appliances",
    "bath": "bathroom fixtures, tiles, vanity",
    "floors": "floor coverings",
    "walls": "walls and ceilings inside",
    "electrical": "electrical panel, outlets, lights",
    "plumbing": "pipes, water heater",
    "hvac": "furnace, air conditioner, ducts",
}
"""What it is asked about, in the words of a repair list; most of it is beyond the classes that are measured here."""

NONE, MINOR, MAJOR, CANNOT_TELL = VERDICTS = ("none", "minor", "major", "cannot tell")
"""Repairs that a part needs, as far as the photos show it."""

LONGEST_REMARK = 160
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that it says to have seen.

    Attributes:
        subject: One of :data:`PARTS`.
        finding: What is wrong with it, as text that nobody checked: one line, no link.
        severity: ``minor`` or ``major``, in its own judgement.
        file: The photo that it names for it, by the name it was given by; empty when it names none.
    """

    subject: str
    finding: str
    severity: str
    file: str


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """All that one model said about one visit.

    Attributes:
        model: As its server calls it.
        host: Where the photos were sent.
        remarks: The major ones first.
        sound: Parts that need no repair, in its judgement.
        untold: Parts that it cannot tell anything of.
        photos: How many it was shown.
        failure: Why there is no opinion, in a few words; empty when there is one.
    """

    model: str
    host: str
    remarks: tuple[Remark, ...]
    sound: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    photos: int = 0
    failure: str = ""


def read_opinion(document: object, model: str, host: str, files: Sequence[str]) -> SecondOpinion:
    """The opinion in the JSON that a model answered; what was not asked for is dropped.

    Args:
        document: ``{"parts": {part: {"verdict", "remark", "photo"}}}``, the photo counted from 1.
        model: As its server calls it.
        host: Where the photos were sent.
        files: The photos it was shown.

    Raises:
        ValueError: If it speaks of no part that it was asked about.
    """
    parts = document.get("parts") if isinstance(document, dict) else None
    said = {part: parts[part] for part in PARTS if isinstance(parts.get(part), dict)} if isinstance(parts, dict) else {}
    if not said:
        raise ValueError("not the agreed JSON")
    verdicts = {part: _verdict(said.get(part, {})) for part in PARTS}
    remarks = [
        Remark(part, plain_remark(said[part].get("remark")), verdict, _file(said[part].get("photo"), files))
        for part, verdict in verdicts.items()
        if verdict in (MINOR, MAJOR)
    ]
    return SecondOpinion(
        model=model,
        host=host,
        remarks=tuple(sorted(remarks, key=lambda remark: remark.severity != MAJOR)),
        sound=tuple(part for part, verdict in verdicts.items() if verdict == NONE),
        untold=tuple(part for part, verdict in verdicts.items() if verdict == CANNOT_TELL),
        photos=len(files),
    )


def plain_remark(text: object) -> str:
    """One short line of what a model wrote: no control or invisible characters, no links."""
    if not isinstance(text, str):
        return ""
    # Enough for any remark, however much of it is spaces; the rest is not worth the look.
    seen = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in text[: LONGEST_REMARK * 10])
    line = " ".join(_LINK.sub(" ", seen).split())
    return line if len(line) <= LONGEST_REMARK else line[: LONGEST_REMARK - 1].rstrip() + "…"


def _verdict(said: Mapping[str, object]) -> str:
    verdict = said.get("verdict")
    return verdict if isinstance(verdict, str) and verdict in VERDICTS else CANNOT_TELL


def _file(number: object, files: Sequence[str]) -> str:
    if isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= len(files):
        return files[number - 1]
    return ""
