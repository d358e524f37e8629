"""Boxes instead of houses: post office boxes, rural and highway contract routes."""

from __future__ import annotations

import re

from realestate.domain.address.places import Place, split_place

_PO_BOX = re.compile(
    r"(?:P ?O ?(?:BOX|BX|B)|POST OFFICE(?: BOX)?|POB|BOX|POBOX|CALLER BOX)\s*(?:# )?(?:NO )?([A-Z]?-?\d+[A-Z]?)(?=\s|$)"
)
_PO_BOX_WITHIN = re.compile(r"\bP ?O ?BOX\s*(?:# )?(\d+[A-Z]?)(?=\s|$)")
_RURAL = re.compile(
    r"(?:(RR|RURAL ROUTE|RURAL RT|RFD|R R|RT|RTE|ROUTE)|(?:HC|HCR|HIGHWAY CONTRACT(?: ROUTE)?|STAR ROUTE))\s*(?:# )?"
    r"(\d+[A-Z]?)?\s*,?\s*BOX\s*(?:# )?(\d+[A-Z]?)(?=\s|$)"
)


def read_box(text: str) -> tuple[str, str, Place] | None:
    """Read a box at the head of plain words: its number, ``PO BOX`` or the route's name, and the place behind it."""
    if match := _RURAL.match(text):
        kind = "RR" if match[1] else "HC"
        name = f"{kind} {match[2].lstrip('0')} BOX" if match[2] else f"{kind} BOX"
    elif match := _PO_BOX.match(text) or (None if text[0].isdigit() else _PO_BOX_WITHIN.search(text)):
        name = "PO BOX"
    else:
        return None
    number: str = match[match.lastindex or 1]
    tail = text[match.end() :].strip(" ,").split()
    _, place = split_place(["X", "ST", *tail], 1)
    return number.replace("-", "").lstrip("0") or "0", name, place
