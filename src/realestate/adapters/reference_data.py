"""Reads the tables in data/*.toml once, and gives them as the plain values that the rules take.

Each rule is imported by who asks for its table: looking at a lead needs neither addresses nor headers.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from realestate.domain.address import AddressReader
    from realestate.domain.leads.header_words import HeaderWords
    from realestate.domain.leads.scoring import ScoreModel, SignalRule
    from realestate.domain.leads.signals import SignalCatalog


@cache
def table(name: str) -> dict[str, Any]:
    """The content of `data/<name>.toml`."""
    with (files("realestate") / "data" / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def header_words() -> HeaderWords:
    """The vocabulary of headers, with the columns that state signals."""
    from realestate.domain.leads.header_words import HeaderWords
    from realestate.domain.leads.signals import column_phrases

    return HeaderWords(table("headers"), column_phrases(table("signals")))


def vendor_formats() -> Mapping[str, Mapping[str, Any]]:
    """Known vendor formats by name."""
    formats: dict[str, dict[str, Any]] = table("headers")["formats"]
    return formats


@cache
def signal_catalog() -> SignalCatalog:
    """Every signal with its words."""
    from realestate.domain.leads.signals import SignalCatalog

    return SignalCatalog(table("signals"), header_words().canonical)


def address_reader() -> AddressReader:
    """A reader of addresses that knows the aliases of streets."""
    from realestate.domain.address import AddressReader

    aliases = table("addresses")["aliases"]
    return AddressReader({alias: name for name, known in aliases.items() for alias in known})


@cache
def score_model() -> ScoreModel:
    """The scoring rules of the signals that count."""
    from realestate.domain.leads.score_models import named_by_content
    from realestate.domain.leads.scoring import ScoreModel
    from realestate.domain.leads.signals import ATTRIBUTE, SUPPRESSOR

    # What comes near a protected class is kept as the list says it; nobody is scored or searched by it.
    entries = {name: entry for name, entry in table("signals")["signals"].items() if not entry.get("protected")}
    model = ScoreModel(
        version=table("signals")["version"],
        rules={name: _rule(name, entry) for name, entry in entries.items() if entry["weight"] > 0},
        attributes=frozenset(name for name, entry in entries.items() if entry["kind"] == ATTRIBUTE),
        suppressors={name: entry["lasts_weeks"] for name, entry in entries.items() if entry["kind"] == SUPPRESSOR},
        equity_steps=equity_steps(),
    )
    return named_by_content(model)


def equity_steps() -> tuple[tuple[float, float], ...]:
    """Rising (share of equity, factor on the score)."""
    return tuple((share, factor) for share, factor in table("signals")["equity_steps"])


def _rule(name: str, entry: Mapping[str, Any]) -> SignalRule:
    from realestate.domain.leads.scoring import SignalRule

    severity = entry.get("severity", {})
    return SignalRule(
        name=name,
        weight=entry["weight"],
        half_life_weeks=entry.get("half_life_weeks"),
        approach_weeks=entry.get("approach_weeks"),
        amount_steps=tuple(dollars * 100 for dollars in severity.get("amounts", ())),
        years_steps=tuple(float(years) for years in severity.get("years", ())),
        severities=tuple(severity.get("classes", (1.0,))),
    )
