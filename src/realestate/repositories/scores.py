"""Scores in bulk: the rules give the hazard of each distinct piece of evidence, the database adds them up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from realestate.domain.leads.score_models import as_record, from_record
from realestate.domain.leads.scoring import REAL_PRICE, Evidence, ScoreModel
from realestate.repositories.copying import copy_columns
from realestate.repositories.folding import BEST_FIRST

if TYPE_CHECKING:
    import psycopg

    from realestate.domain.leads.ports import Scope

_SCOPES = {"touched": "touched JOIN spots ON spots.lead_id = touched.lead_id", "all": "spots", "past": "spots"}
"""Leads named in the temporary table ``touched``, every lead, or every lead by what was known on a day."""

# What lists say of the house, the best first; of several sales the latest at a real price.
_KNOWN = f"""
CREATE TEMP TABLE known ON COMMIT DROP AS
WITH stated AS (
    SELECT spots.lead_id, sightings.facts,
        row_number() OVER (PARTITION BY spots.lead_id ORDER BY {BEST_FIRST}) AS rank
    FROM {{scope}}
    JOIN sightings ON sightings.user_id = spots.user_id AND sightings.spot_key = spots.spot_key
    JOIN lists ON lists.id = sightings.list_id
    JOIN runs ON runs.id = sightings.first_run
    WHERE sightings.facts IS NOT NULL AND {{known_by}}
), merged AS (
    SELECT lead_id, jsonb_object_agg(key, value ORDER BY rank DESC) AS facts
    FROM stated, jsonb_each(facts) GROUP BY lead_id
), sales AS (
    SELECT DISTINCT ON (lead_id) lead_id,
        jsonb_build_object('sale_date', facts -> 'sale_date', 'sale_price', facts -> 'sale_price') AS facts
    FROM stated WHERE (facts ->> 'sale_price')::float8 >= {REAL_PRICE} AND facts ->> 'sale_date' IS NOT NULL
    ORDER BY lead_id, facts ->> 'sale_date' DESC, rank
)
SELECT lead_id, merged.facts || coalesce(sales.facts, '{{{{}}}}') AS facts FROM merged LEFT JOIN sales USING (lead_id)
"""  # noqa: S608 - constant text

# Only houses of which something is known: the last sale at a real price, and the factor of the equity.
_HOUSES = f"""
CREATE TEMP TABLE houses ON COMMIT DROP AS
SELECT lead_id, last_sale,
    CASE WHEN share IS NULL THEN 1 ELSE (%(factors)s::float8[])[width_bucket(share, %(shares)s::float8[]) + 1] END
        AS factor
FROM (
    SELECT {{lead}} AS lead_id,
        CASE WHEN (facts ->> 'sale_price')::float8 >= {REAL_PRICE} AND (facts ->> 'sale_date')::date <= %(as_of)s
            THEN (facts ->> 'sale_date')::date END AS last_sale,
        coalesce(
            CASE WHEN (facts ->> 'value')::float8 > 0 THEN coalesce(
                (facts ->> 'equity')::float8 / (facts ->> 'value')::float8,
                ((facts ->> 'value')::float8 - (facts ->> 'loan_balance')::float8) / (facts ->> 'value')::float8) END,
            (facts ->> 'equity_percent')::float8 / 100) AS share
    FROM {{table}} WHERE facts IS NOT NULL
) AS told WHERE last_sale IS NOT NULL OR share IS NOT NULL
"""  # noqa: S608 - constant text

_CLOSINGS = """
CREATE TEMP TABLE closings ON COMMIT DROP AS
SELECT spots.lead_id, sightings.list_id, signals.signal, coalesce(signals.event_date, '-infinity') AS event_date,
    runs.as_of, runs.id AS run
FROM {scope}
JOIN sightings ON sightings.user_id = spots.user_id AND sightings.spot_key = spots.spot_key
JOIN signals ON signals.sighting_id = sightings.id
JOIN runs ON runs.id = sightings.first_run
WHERE signals.closed_on <= %(as_of)s AND {known_by}
"""

# The rules of domain.leads.score_parts, for all leads at once.
_EVIDENCE = """
CREATE TEMP TABLE evidence ON COMMIT DROP AS
SELECT spots.lead_id, signals.signal, rules.part,
    greatest(0, (%(as_of)s::date - coalesce(signals.event_date, runs.as_of)) / 7) AS age_weeks,
    coalesce((signals.deadline - %(as_of)s::date) / 7, -1) AS weeks_left,
    greatest(
        CASE WHEN signals.amount > 0 AND rules.amount_steps <> '{{}}'
            THEN greatest(1, width_bucket(signals.amount, rules.amount_steps)) ELSE 0 END,
        CASE WHEN signals.years > 0 AND rules.years_steps <> '{{}}'
            THEN greatest(1, width_bucket(signals.years, rules.years_steps)) ELSE 0 END) AS severity
FROM {scope}
JOIN sightings ON sightings.user_id = spots.user_id AND sightings.spot_key = spots.spot_key
JOIN signals ON signals.sighting_id = sightings.id
JOIN rules ON rules.signal = signals.signal
JOIN runs ON runs.id = sightings.first_run
LEFT JOIN houses ON houses.lead_id = spots.lead_id
WHERE (signals.closed_on IS NULL OR signals.closed_on > %(as_of)s)
    AND (signals.deadline IS NULL OR signals.deadline >= %(as_of)s)
    AND (houses.last_sale IS NULL OR coalesce(signals.event_date, runs.as_of) >= houses.last_sale)
    AND (rules.lasts_weeks IS NULL
        OR (%(as_of)s::date - coalesce(signals.event_date, runs.as_of)) / 7 < rules.lasts_weeks)
    AND NOT EXISTS (SELECT FROM closings WHERE closings.lead_id = spots.lead_id
        AND closings.list_id = sightings.list_id AND closings.signal = signals.signal
        AND closings.event_date = coalesce(signals.event_date, '-infinity')
        AND closings.as_of >= runs.as_of AND closings.run <> runs.id)
    AND {known_by}
"""

_RULES = """
CREATE TEMP TABLE rules (signal text, part text, amount_steps bigint[], years_steps float8[], lasts_weeks int)
ON COMMIT DROP
"""
_KINDS = "SELECT DISTINCT signal, age_weeks, nullif(weeks_left, -1), severity FROM evidence WHERE part = 'counts'"
_HAZARDS = """
CREATE TEMP TABLE hazards (signal text, age_weeks int, weeks_left int, severity int, hazard float8) ON COMMIT DROP
"""

_SCORED = """
CREATE TEMP TABLE scored ON COMMIT DROP AS
SELECT lead_id, CASE WHEN suppressed_by IS NULL THEN least(1, (1 - exp(-total)) * coalesce(factor, 1)) ELSE 0 END
    AS score, signals, suppressed_by
FROM (
    SELECT lead_id, coalesce(sum(hazard), 0) AS total, min(signal) FILTER (WHERE part = 'suppresses') AS suppressed_by,
        coalesce(jsonb_agg(signal ORDER BY signal) FILTER (WHERE part = 'counts'), '[]') AS signals
    FROM (
        SELECT lead_id, signal, part, max(hazard) AS hazard
        FROM evidence LEFT JOIN hazards USING (signal, age_weeks, weeks_left, severity)
        GROUP BY lead_id, signal, part
    ) AS strongest GROUP BY lead_id
) AS added LEFT JOIN houses USING (lead_id);
ANALYZE scored
"""

_MOVED = """
UPDATE lead_scores SET score = coalesce(scored.score, 0), as_of = %(as_of)s, model = %(model)s,
    suppressed_by = scored.suppressed_by
FROM lead_scores AS was LEFT JOIN scored ON scored.lead_id = was.lead_id
WHERE lead_scores.lead_id = was.lead_id AND (abs(was.score - coalesce(scored.score, 0)) >= %(least)s
    OR was.suppressed_by IS DISTINCT FROM scored.suppressed_by)
"""
_MOVED_TOUCHED = """
UPDATE lead_scores SET score = coalesce(scored.score, 0), as_of = %(as_of)s, model = %(model)s,
    suppressed_by = scored.suppressed_by
FROM touched LEFT JOIN scored ON scored.lead_id = touched.lead_id
WHERE lead_scores.lead_id = touched.lead_id
    AND (lead_scores.score, lead_scores.suppressed_by)
        IS DISTINCT FROM (coalesce(scored.score, 0), scored.suppressed_by)
"""
_NEW_TOUCHED = """
INSERT INTO lead_scores (lead_id, user_id, score, as_of, model, suppressed_by)
SELECT leads.id, %(user)s, coalesce(scored.score, 0), %(as_of)s, %(model)s, scored.suppressed_by
FROM touched JOIN leads ON leads.id = touched.lead_id LEFT JOIN scored ON scored.lead_id = leads.id
WHERE NOT EXISTS (SELECT FROM lead_scores WHERE lead_scores.lead_id = leads.id)
"""

# The differences are taken before anything is written: compared row by row with a table that grows meanwhile,
# and whose size the planner does not know yet, a first import would take hours.
_CARRIED = """
CREATE TEMP TABLE turned ON COMMIT DROP AS
    SELECT lead_id, signal, kept.lead_id IS NULL AS gained
    FROM (SELECT DISTINCT lead_id, signal FROM evidence) AS carried
    FULL JOIN (SELECT lead_id, signal FROM {kept}) AS kept USING (lead_id, signal)
    WHERE carried.lead_id IS NULL OR kept.lead_id IS NULL;
ANALYZE turned;
DELETE FROM lead_signals USING turned
    WHERE NOT gained AND lead_signals.lead_id = turned.lead_id AND lead_signals.signal = turned.signal;
INSERT INTO lead_signals (user_id, lead_id, signal) SELECT {user}, lead_id, signal FROM turned WHERE gained
"""
_KEPT = {"touched": "touched JOIN lead_signals USING (lead_id)", "all": "lead_signals"}

_SHOW = """
UPDATE leads SET lead_score = lead_scores.score, distress_signals = coalesce(scored.signals, '[]')
FROM lead_scores LEFT JOIN scored USING (lead_id)
WHERE leads.id = lead_scores.lead_id AND (abs(leads.lead_score - lead_scores.score) >= %(stale)s
    OR leads.distress_signals <> coalesce(scored.signals, '[]'))
"""

_NOTE_MODEL = """
INSERT INTO score_models (user_id, version, since, weights)
SELECT %(user)s, %(model)s::text, %(as_of)s, %(weights)s
WHERE %(model)s::text IS DISTINCT FROM (SELECT version FROM score_models ORDER BY id DESC LIMIT 1)
"""
_MODEL_OF = "SELECT version, weights FROM score_models WHERE version = %s ORDER BY id LIMIT 1"
# A day before the first one that was scored has the first weights.
_MODEL_ON = """
SELECT version, weights FROM score_models
ORDER BY since <= %(day)s DESC, CASE WHEN since <= %(day)s THEN -id ELSE id END LIMIT 1
"""

LEAST_CHANGE = 0.0005
"""A score that moved by less is not written again."""
STALE = 0.02
"""So far may ``leads.lead_score`` lag behind ``lead_scores``: that table is wide, and dear to write."""


class ScoreRepository:
    """Scores the leads of one user inside the caller's transaction."""

    def __init__(self, connection: psycopg.Connection[Any], user: int) -> None:
        self._connection = connection
        self._user = user

    def gather(self, model: ScoreModel, as_of: date, scope: Scope) -> list[Evidence]:
        """Collect what stands on a day into the temporary table ``evidence``, and the facts into ``known``.

        Args:
            model: The rules.
            as_of: The day it is looked at.
            scope: A key of ``_SCOPES``.

        Returns:
            Each distinct piece of evidence once: some thousands, however many leads there are.
        """
        if scope != "touched":
            # Whole tables are joined: in memory, and without compiling statements that run once.
            self._connection.execute("SET LOCAL work_mem = '256MB'; SET LOCAL jit = off")
        self._connection.execute(_RULES)
        copy_columns(self._connection, "rules", _rule_columns(model))
        names: dict[str, Any] = {"as_of": as_of, "shares": [share for share, _ in model.equity_steps]}
        names["factors"] = [1.0, *(factor for _, factor in model.equity_steps)]
        text = {"scope": _SCOPES[scope], "known_by": "runs.as_of <= %(as_of)s" if scope == "past" else "true"}
        if scope == "all":
            self._connection.execute(_HOUSES.format(lead="id", table="leads"), names)
        else:
            self._connection.execute(_KNOWN.format(**text), names)
            self._connection.execute(_HOUSES.format(lead="lead_id", table="known"), names)
        for statement in (_CLOSINGS, "ANALYZE houses; ANALYZE closings", _EVIDENCE, "ANALYZE evidence"):
            self._connection.execute(statement.format(**text), names if "%(" in statement else None)
        return [Evidence(*row) for row in self._connection.execute(_KINDS)]

    def add_up(self, evidence: Sequence[Evidence], hazards: Sequence[float]) -> None:
        """Add the hazards up to the temporary table ``scored (lead_id, score, signals, suppressed_by)``."""
        self._connection.execute(_HAZARDS)
        columns: Mapping[str, Sequence[Any]] = {
            "signal": [piece.signal for piece in evidence],
            "age_weeks": [piece.age_weeks for piece in evidence],
            "weeks_left": [-1 if piece.weeks_left is None else piece.weeks_left for piece in evidence],
            "severity": [piece.severity for piece in evidence],
            "hazard": hazards,
        }
        copy_columns(self._connection, "hazards", columns)
        self._connection.execute(_SCORED)

    def keep(self, as_of: date, model: ScoreModel, scope: Scope) -> int:
        """Keep the scores that moved, their weights, and which lead carries which signal; returns how many scores."""
        names = {"user": self._user, "as_of": as_of, "model": model.version, "least": LEAST_CHANGE, "stale": STALE}
        self._connection.execute(_NOTE_MODEL, {**names, "weights": Jsonb(as_record(model))})
        touched = scope == "touched"
        written = self._connection.execute(_MOVED_TOUCHED if touched else _MOVED, names).rowcount
        if touched:
            written += self._connection.execute(_NEW_TOUCHED, names).rowcount
        self._connection.execute(_CARRIED.format(user=int(self._user), kept=_KEPT[scope]))
        if not touched:
            self._connection.execute(_SHOW, names)
        return written

    def model_of(self, version: str) -> ScoreModel | None:
        """Find the weights of that version; ``None`` if nothing was kept by them."""
        return self._model(_MODEL_OF, (version,))

    def model_on(self, day: date) -> ScoreModel | None:
        """Find the weights that were in force on a day, or else the first ones; ``None`` if none were kept."""
        return self._model(_MODEL_ON, {"day": day})

    def _model(self, query: str, names: tuple[str] | Mapping[str, Any]) -> ScoreModel | None:
        row = self._connection.execute(query, names).fetchone()
        return from_record(*row) if row else None


def _rule_columns(model: ScoreModel) -> dict[str, list[Any]]:
    counting, describing, suppressing = list(model.rules.values()), sorted(model.attributes), sorted(model.suppressors)
    others = len(describing) + len(suppressing)
    return {
        "signal": [rule.name for rule in counting] + describing + suppressing,
        "part": ["counts"] * len(counting) + ["describes"] * len(describing) + ["suppresses"] * len(suppressing),
        "amount_steps": [list(rule.amount_steps) for rule in counting] + [[] for _ in range(others)],
        "years_steps": [list(rule.years_steps) for rule in counting] + [[] for _ in range(others)],
        "lasts_weeks": [None] * (len(counting) + len(describing)) + [model.suppressors[name] for name in suppressing],
    }
