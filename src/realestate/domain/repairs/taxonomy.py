"""The kinds of damage the shipped model tells apart, in plain words."""

from __future__ import annotations

CLASSES: tuple[str, ...] = (
    "crack",
    "plaster_loss",
    "damp_stain",
    "mould",
    "peeling_paint",
    "roof_damage",
    "structural_collapse",
    "debris_clutter",
)
"""In the order of the model's outputs."""

WORDS: dict[str, str] = {
    "crack": "crack in a wall or ceiling",
    "plaster_loss": "missing or broken plaster, spalling",
    "damp_stain": "water stain, rust run or efflorescence",
    "mould": "mould or algae",
    "peeling_paint": "peeling paint",
    "roof_damage": "damaged roof",
    "structural_collapse": "collapsed structure",
    "debris_clutter": "clutter, rubbish or rubble",
}


def count(number: int, what: str) -> str:
    """Write how many there are of a thing."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
