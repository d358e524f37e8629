"""Classes, amounts, shares and days as people read them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from realestate.domain.repairs.second_opinion import PARTS
from realestate.domain.repairs.taxonomy import WORDS

if TYPE_CHECKING:
    from realestate.domain.repairs.analysis import EstimateLine

UNITS = {"percent": "%", "each": "", "sf": " sf", "lf": " lf"}


def spoken(issue: str) -> str:
    """Write a class for people; a class of somebody's own model is written by its name."""
    words = WORDS.get(issue, issue.replace("_", " "))
    return words[:1].upper() + words[1:]


def part(subject: str) -> str:
    """Write a part of the house that a second opinion speaks of."""
    words = PARTS.get(subject, subject.replace("_", " "))
    return words[:1].upper() + words[1:]


def usd(amount: int) -> str:
    """Write whole dollars."""
    return f"${amount:,}"


def percent(share: float) -> str:
    """Write a share of 1; what is there at all is never written as nothing, and what is not all never as all."""
    if 0 < share < 0.005:
        return "under 1%"
    return "over 99%" if 0.995 <= share < 1 else f"{share:.0%}"


def measured(line: EstimateLine) -> str:
    """Write a quantity with its unit, with as many digits as say something."""
    whole = line.quantity >= 10 or line.quantity == round(line.quantity)
    amount = f"{line.quantity:,.0f}" if whole else f"{line.quantity:.1f}"
    return amount + UNITS.get(line.unit, f" {line.unit}")


def long_day(day: date) -> str:
    """Write a day as letters do."""
    return f"{day:%B} {day.day}, {day.year}"
