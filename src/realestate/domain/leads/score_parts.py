"""Explains one score: which statement of which list gives how many points, and what takes or adds to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from realestate.domain.leads.records import SignalLine
from realestate.domain.leads.scoring import (
    Evidence,
    ScoreModel,
    equity_factor,
    equity_share,
    hazard,
    last_sale,
    score,
    severity_class,
    whole_weeks,
)


@dataclass(frozen=True, slots=True)
class ScorePart:
    """The points one signal gives, and the file and row that state it."""

    signal: str
    points: float
    date: date | None
    age_weeks: int
    weeks_left: int | None
    list: str
    file: str
    row: int
    run: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score and its parts, which add up to it.

    Attributes:
        equity: Share of equity that lists know of.
        factor: What it multiplies the score by; the points hold it already.
        suppressed_by: The signal by which the lead is not to be worked, so that it scores 0.
        last_sale: Day of the last sale at a real price; what was before is the former owner's.
    """

    id: int
    score: float
    as_of: date
    model: str
    parts: list[ScorePart]
    equity: float | None = None
    factor: float = 1.0
    suppressed_by: str | None = None
    last_sale: date | None = None

    def as_json(self) -> dict[str, Any]:
        """Give the explanation as one object."""
        return asdict(self)


def explain(
    lead: int, signals: Sequence[SignalLine], facts: Mapping[str, Any], model: ScoreModel, as_of: date
) -> Explanation:
    """Share a score out over the signals it comes from, the strongest statement of each.

    The same rules as the bulk statements of ``repositories.scores``; a test holds the two together.
    """
    sold = last_sale(facts, as_of)
    standing = list(_standing(signals, sold, as_of))
    share = equity_share(facts)
    factor = equity_factor(share, model.equity_steps)
    suppressed_by = min((line.signal for line in standing if _suppresses(line, model, as_of)), default=None)
    parts = [] if suppressed_by else _parts(standing, model, as_of, factor)
    total = sum(part.points for part in parts)
    return Explanation(lead, total, as_of, model.version, parts, share, factor, suppressed_by, sold)


def _standing(signals: Iterable[SignalLine], sold: date | None, as_of: date) -> Iterable[SignalLine]:
    """Give the statements that hold: not closed, not over, not a former owner's."""
    lines = list(signals)
    closings: dict[tuple[str, str, date | None], list[SignalLine]] = {}
    for line in lines:
        if line.closed_on is not None and line.closed_on <= as_of:
            closings.setdefault((line.signal, line.list, line.event_date), []).append(line)
    for line in lines:
        if line.closed_on is not None and line.closed_on <= as_of:
            continue
        if line.deadline is not None and line.deadline < as_of:
            continue
        if sold is not None and (line.event_date or line.as_of) < sold:
            continue
        # A later import of the list says that the very matter is closed.
        news = closings.get((line.signal, line.list, line.event_date), ())
        if not any(closing.as_of >= line.as_of and closing.run != line.run for closing in news):
            yield line


def _suppresses(line: SignalLine, model: ScoreModel, as_of: date) -> bool:
    weeks = model.suppressors.get(line.signal)
    return weeks is not None and whole_weeks(line.event_date or line.as_of, as_of) < weeks


def _parts(standing: Iterable[SignalLine], model: ScoreModel, as_of: date, factor: float) -> list[ScorePart]:
    best: dict[str, tuple[float, SignalLine, Evidence]] = {}
    for line in standing:
        rule = model.rules.get(line.signal)
        if rule is None:
            continue
        evidence = Evidence(
            line.signal,
            whole_weeks(line.event_date or line.as_of, as_of),
            None if line.deadline is None else whole_weeks(as_of, line.deadline),
            severity_class(rule, line.amount, line.years),
        )
        strength = hazard(rule, evidence)
        if line.signal not in best or strength > best[line.signal][0]:
            best[line.signal] = (strength, line, evidence)
    scored = score({name: strength for name, (strength, _, _) in best.items()}, factor)
    parts = [
        ScorePart(
            signal=name,
            points=scored.parts.get(name, 0.0),
            date=line.event_date,
            age_weeks=evidence.age_weeks,
            weeks_left=evidence.weeks_left,
            list=line.list,
            file=line.file,
            row=line.row,
            run=line.run,
        )
        for name, (_, line, evidence) in best.items()
    ]
    return sorted(parts, key=lambda part: (-part.points, part.signal))
