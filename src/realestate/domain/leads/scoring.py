"""One score out of many signals, and the exact part each of them plays in it."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

WEEK_DAYS = 7
CEILING = 0.99
"""No single signal is certain: a chance of 1 would make every other signal worthless."""


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
            signal that states neither.
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
    """The rules of every signal that counts, and the version that a kept score names."""

    version: str
    rules: Mapping[str, SignalRule]


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
    by_amount = bisect_right(rule.amount_steps, amount) if amount is not None else 0
    by_years = bisect_right(rule.years_steps, years) if years is not None else 0
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
        factor: What the equity in the house makes of it, about 0.8 to 1.5; the score stays within 0 to 1.
    """
    total = math.fsum(hazards.values())
    value = min(1.0, -math.expm1(-total) * factor)
    if not total:
        return LeadScore(0.0)
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
