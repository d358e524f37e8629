"""Scores in bulk: the rules give the hazard of each distinct piece of evidence, the database adds them up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from realestate.domain.leads.scoring import Evidence, SignalRule
from realestate.repositories.copying import copy_columns

if TYPE_CHECKING:
    import psycopg

_EVIDENCE = """
CREATE TEMP TABLE evidence ON COMMIT DROP AS
SELECT spots.lead_id, signals.signal,
    greatest(0, (%(as_of)s::date - coalesce(signals.event_date, runs.as_of)) / 7) AS age_weeks,
    (signals.deadline - %(as_of)s::date) / 7 AS weeks_left,
    greatest(coalesce(width_bucket(signals.amount, rules.amount_steps), 0),
        coalesce(width_bucket(signals.years, rules.years_steps), 0)) AS severity
FROM {scope}
JOIN sightings ON sightings.user_id = spots.user_id AND sightings.spot_key = spots.spot_key
JOIN signals ON signals.sighting_id = sightings.id
JOIN rules ON rules.signal = signals.signal
JOIN runs ON runs.id = sightings.first_run
WHERE (signals.closed_on IS NULL OR signals.closed_on > %(as_of)s)
    AND (signals.deadline IS NULL OR signals.deadline >= %(as_of)s)
"""
_TOUCHED = "touched JOIN spots ON spots.lead_id = touched.lead_id"
_ALL = "spots"

_RULES = "CREATE TEMP TABLE rules (signal text, amount_steps bigint[], years_steps float8[]) ON COMMIT DROP"
_KINDS = "SELECT DISTINCT signal, age_weeks, weeks_left, severity FROM evidence"
_HAZARDS = """
CREATE TEMP TABLE hazards (signal text, age_weeks int, weeks_left int, severity int, hazard float8) ON COMMIT DROP
"""

_SCORED = """
CREATE TEMP TABLE scored ON COMMIT DROP AS
SELECT lead_id, least(1, 1 - exp(-sum(hazard))) AS score, jsonb_agg(signal ORDER BY signal) AS signals
FROM (
    SELECT lead_id, signal, max(hazard) AS hazard
    FROM evidence JOIN hazards USING (signal, age_weeks, severity)
    WHERE evidence.weeks_left IS NOT DISTINCT FROM hazards.weeks_left
    GROUP BY lead_id, signal
) AS strongest GROUP BY lead_id
"""

_KEEP = """
INSERT INTO lead_scores (lead_id, user_id, score, as_of, model)
SELECT leads.id, %(user)s, coalesce(scored.score, 0), %(as_of)s, %(model)s
FROM {scope} LEFT JOIN scored ON scored.lead_id = leads.id
ON CONFLICT (lead_id) DO UPDATE SET score = excluded.score, as_of = excluded.as_of, model = excluded.model
    WHERE abs(lead_scores.score - excluded.score) >= %(least)s
"""
_KEEP_TOUCHED = "touched JOIN leads ON leads.id = touched.lead_id"

_SHOW = """
UPDATE leads SET lead_score = lead_scores.score, distress_signals = coalesce(scored.signals, '[]')
FROM lead_scores LEFT JOIN scored USING (lead_id)
WHERE leads.id = lead_scores.lead_id AND (abs(leads.lead_score - lead_scores.score) >= %(least)s
    OR leads.distress_signals <> coalesce(scored.signals, '[]'))
"""

LEAST_CHANGE = 0.0005
"""A score that moved by less is not written again."""


class ScoreRepository:
    """Scores the leads of one user inside the caller's transaction."""

    def __init__(self, connection: psycopg.Connection[Any], user: int) -> None:
        self._connection = connection
        self._user = user

    def gather(self, rules: Iterable[SignalRule], as_of: date, *, touched: bool) -> list[Evidence]:
        """Collect what counts on a day into the temporary table ``evidence``.

        Args:
            rules: The rules, for the steps of their amounts.
            as_of: The day it is looked at.
            touched: Only the leads named in the temporary table ``touched``.

        Returns:
            Each distinct piece of evidence once: some thousands, however many leads there are.
        """
        self._connection.execute(_RULES)
        named = {name: [] for name in ("signal", "amount_steps", "years_steps")}  # type: dict[str, list[Any]]
        for rule in rules:
            named["signal"].append(rule.name)
            named["amount_steps"].append(list(rule.amount_steps))
            named["years_steps"].append(list(rule.years_steps))
        copy_columns(self._connection, "rules", named)
        self._connection.execute(_EVIDENCE.format(scope=_TOUCHED if touched else _ALL), {"as_of": as_of})
        return [Evidence(*row) for row in self._connection.execute(_KINDS)]

    def add_up(self, evidence: Sequence[Evidence], hazards: Sequence[float]) -> None:
        """Add the hazards up to the temporary table ``scored (lead_id, score, signals)``."""
        self._connection.execute(_HAZARDS)
        columns: Mapping[str, Sequence[Any]] = {
            "signal": [piece.signal for piece in evidence],
            "age_weeks": [piece.age_weeks for piece in evidence],
            "weeks_left": [piece.weeks_left for piece in evidence],
            "severity": [piece.severity for piece in evidence],
            "hazard": hazards,
        }
        copy_columns(self._connection, "hazards", columns)
        self._connection.execute(_SCORED)

    def keep(self, as_of: date, model: str, *, touched: bool) -> int:
        """Keep the scores that moved; returns how many."""
        names = {"user": self._user, "as_of": as_of, "model": model, "least": LEAST_CHANGE}
        statement = _KEEP.format(scope=_KEEP_TOUCHED if touched else "leads")
        written = self._connection.execute(statement, names).rowcount
        if not touched:
            self._connection.execute(_SHOW, names)
        return written
