"""Messages of a talk as plain records, to be kept and read again."""

from __future__ import annotations

from typing import Any

from realestate.domain.chat.facts import Heard
from realestate.domain.chat.talk import Said


def said_as_record(said: Said) -> dict[str, Any]:
    """A message as a plain object: `text` and `heard` hold the seller's words."""
    heard = [
        {
            "fact": one.fact,
            "value": list(one.value) if isinstance(one.value, tuple) else one.value,
            "words": one.words,
            "turn": one.turn,
            **({"detail": one.detail} if one.detail else {}),
            **({"withdrawn": True} if one.withdrawn else {}),
        }
        for one in said.heard
    ]
    return {"role": said.role, "at": said.at, "asked": said.asked, "text": said.text, "heard": heard}


def said_from_record(record: dict[str, Any]) -> Said:
    """The message that `said_as_record` made a record of."""
    heard = tuple(
        Heard(
            one["fact"],
            (float(one["value"][0]), float(one["value"][1])) if isinstance(one["value"], list) else one["value"],
            one["words"],
            one["turn"],
            one.get("detail", ""),
            one.get("withdrawn", False),
        )
        for one in record.get("heard", [])
    )
    return Said(record["role"], record["text"], record.get("at", ""), record.get("asked"), heard)
