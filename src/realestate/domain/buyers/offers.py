"""Reads a property on offer from a mapping, as scripts and other tools write one."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from realestate.domain.buyers.buybox import Property, describe_property

KEYS = ("id", "address", "city", "zip", "parcel", "lat", "lon", "price", "type", "beds", "sqft", "date")
"""What one line of JSON may hold; a contract with scripts."""


def read_offer(said: Mapping[str, Any]) -> Property:
    """A property from any of ``KEYS``; what cannot be understood counts as unknown."""
    return describe_property(
        key=_text(said.get("id")),
        address=_text(said.get("address")),
        city=_text(said.get("city")),
        zip_code=_zip(said.get("zip")),
        parcel=_text(said.get("parcel")),
        lat=_number(said.get("lat")),
        lon=_number(said.get("lon")),
        price=_number(said.get("price")),
        type_words=_text(said.get("type")),
        beds=_number(said.get("beds")),
        sqft=_number(said.get("sqft")),
        day=_day(said.get("date")),
    )


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()


def _zip(value: object) -> str:
    """A ZIP that a tool has turned into a number has lost its leading zeros, or gained ``.0``."""
    text = _text(value).removesuffix(".0")
    return text.zfill(5) if text.isdigit() and len(text) < 5 else text


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    with suppress(ValueError, OverflowError):
        return float(_text(value).replace("$", "").replace(",", ""))
    return None


def _day(value: object) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(_text(value)[:10])
    return None
