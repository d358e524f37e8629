"""One score out of many signals, and the exact part each of them plays in it."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

WEEK_DAYS = 7
CEILING = 0.99
"""No single signal is certain: a chance of 1 would make every other signal worthless."""
REAL_PRICE = 1_000
"""US dollars from which a sale is one between strangers; deeds within a family name 0, 1, 10 or 100 (ours)."""


@dataclass(frozen=True, slots=True)
class SignalRule:
    """How one kind of signal counts; read from ``data/signals.toml``.

    Attributes:
        name: The signal, e.g. ``tax_delinquent``.
        weight: Chance that it alone stands for a sale, 0 to 1, fresh and at severity 1.
        half_life_weeks: Weeks after which an event counts half; ``None`` never fades.
        approach_weeks: Weeks before a deadline at which the signal counts half; ``None`` knows no deadline.
        amount_steps: Rising amounts in US cents, from each of which the next severity holds.
        years_steps: The same in years owed.
        severities: Severity of each class, one more than the longer of the two steps; class 0 is a
            signal that states neither, class 1 also what is below the first step.
    """

    name: str
    weight: float
    half_life_weeks: float | None = None
    approach_weeks: float | None = None
    amount_steps: tuple[int, ...] = ()
    years_steps: tuple[float, ...] = ()
    severities: tuple[float, ...] = (1.0,)


@dataclass(frozen=True, slots=True)
class ScoreModel:
    """The rules of every signal that counts, and the version that a kept score names.

    Attributes:
        version: Names these weights.
        rules: Signal to its rule.
        attributes: Signals that describe a lead, which can be looked up by them, and never count.
        suppressors: Signals by which a lead is not to be worked, to the weeks after which they are taken for over.
        equity_steps: Rising (share of equity, factor on the score).
    """

    version: str
    rules: Mapping[str, SignalRule]
    attributes: frozenset[str] = frozenset()
    suppressors: Mapping[str, int] = field(default_factory=dict)
    equity_steps: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One signal as a list states it, on the day it is looked at.

    Attributes:
        signal: Its name.
        age_weeks: Whole weeks since the event, 0 or more.
        weeks_left: Whole weeks to the deadline; ``None`` has none.
        severity: Class of its amount and years, see :func:`severity_class`.
    """

    signal: str
    age_weeks: int
    weeks_left: int | None = None
    severity: int = 0


@dataclass(frozen=True, slots=True)
class LeadScore:
    """A score from 0 to 1 and the part of each signal; the parts add up to the score."""

    value: float
    parts: Mapping[str, float] = field(default_factory=dict)


def severity_class(rule: SignalRule, amount: int | None, years: float | None) -> int:
    """Find how grave a signal is: the higher class of its amount (US cents) and its years owed."""
    by_amount = max(1, bisect_right(rule.amount_steps, amount or 0)) if rule.amount_steps and (amount or 0) > 0 else 0
    by_years = max(1, bisect_right(rule.years_steps, years or 0)) if rule.years_steps and (years or 0) > 0 else 0
    return max(by_amount, by_years)


def whole_weeks(earlier: date, later: date) -> int:
    """Count full weeks from one day to another, never below 0, so that a score moves once a week."""
    return max(0, (later - earlier).days // WEEK_DAYS)


def hazard(rule: SignalRule, evidence: Evidence) -> float:
    """Give the weight of one piece of evidence as ``-log(1 - chance)``, which adds up over signals."""
    chance = rule.weight * rule.severities[min(evidence.severity, len(rule.severities) - 1)]
    if evidence.weeks_left is not None and rule.approach_weeks:
        chance *= 0.5 ** (evidence.weeks_left / rule.approach_weeks)
    elif rule.half_life_weeks:
        chance *= 0.5 ** (evidence.age_weeks / rule.half_life_weeks)
    return -math.log1p(-min(chance, CEILING))


def score(hazards: Mapping[str, float], factor: float = 1.0) -> LeadScore:
    """Combine the strongest hazard of each distinct signal.

    Two lists rarely tell two stories, so chances combine as ``1 - product(1 - chance)``: every further
    signal adds, with less for each one after the first, and the order changes nothing.

    Args:
        hazards: Signal to its strongest hazard.
        factor: What the equity in the house makes of it, 1 to 1.5; the score stays within 0 to 1.
    """
    total = math.fsum(hazards.values())
    if not total:
        return LeadScore(0.0)
    value = min(1.0, -math.expm1(-total) * factor)
    return LeadScore(value, {name: value * part / total for name, part in sorted(hazards.items())})


def strongest(rules: Mapping[str, SignalRule], evidence: Iterable[Evidence]) -> dict[str, float]:
    """Keep the strongest hazard of each distinct signal; signals without a rule do not count."""
    best: dict[str, float] = {}
    for piece in evidence:
        rule = rules.get(piece.signal)
        if rule:
            best[piece.signal] = max(best.get(piece.signal, 0.0), hazard(rule, piece))
    return best


def equity_factor(equity_share: float | None, steps: Sequence[tuple[float, float]]) -> float:
    """Find the multiplier for a share of equity (0 to 1, may be negative); 1 when nothing is known.

    Args:
        equity_share: Equity over value; ``None`` is unknown.
        steps: Rising (share, factor): the factor holds from its share on.
    """
    if equity_share is None:
        return 1.0
    return next((factor for share, factor in reversed(steps) if equity_share >= share), 1.0)


def equity_share(facts: Mapping[str, Any]) -> float | None:
    """Read the share of equity out of facts: equity over value, else value less loan over value, else the percent.

    Args:
        facts: What lists say of the house, amounts in US dollars.
    """
    value, equity, loan = facts.get("value"), facts.get("equity"), facts.get("loan_balance")
    if value and value > 0:
        if equity is not None:
            return float(equity) / float(value)
        if loan is not None:
            return (float(value) - float(loan)) / float(value)
    percent = facts.get("equity_percent")
    return None if percent is None else float(percent) / 100


def last_sale(facts: Mapping[str, Any], as_of: date) -> date | None:
    """Find the day of the last sale at a real price, if one is known by that day."""
    day, price = facts.get("sale_date"), facts.get("sale_price")
    if not day or price is None or price < REAL_PRICE:
        return None
    sold = date.fromisoformat(day)
    return sold if sold <= as_of else None
