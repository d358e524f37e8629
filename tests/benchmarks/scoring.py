"""Prints what scoring costs beside a read pass over the signals: ``python tests/benchmarks/scoring.py [--leads N]``."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from generated_leads import generated

from realestate.adapters.reference_data import score_model
from realestate.domain.leads.scoring import hazard
from realestate.services.restacking import rewrite_touched
from realestate.toolkit import Toolkit

READ = """
SELECT count(*), max(coalesce(signals.event_date, runs.as_of)), sum(signals.amount), count(DISTINCT signals.signal)
FROM spots JOIN sightings ON sightings.spot_key = spots.spot_key JOIN signals ON signals.sighting_id = sightings.id
JOIN runs ON runs.id = sightings.first_run
"""


def seconds(work: Callable[[], object]) -> float:
    """The faster of two rounds."""
    times = []
    for _ in range(2):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def read_pass(toolkit: Toolkit) -> None:
    """Read every signal with its lead, and nothing else."""
    with toolkit.work() as work:
        work._connection.execute(READ).fetchall()


def rescore(toolkit: Toolkit, changed: str) -> float:
    """Seconds to score all again after some scores were lost; the losing is not counted."""
    with toolkit.work() as work:
        work._connection.execute(f"UPDATE lead_scores SET score = 0.999 WHERE {changed}")  # noqa: S608
        work.commit()
    began = time.perf_counter()
    toolkit.leads.score()
    return time.perf_counter() - began


def touched(toolkit: Toolkit, share: int) -> float:
    """Seconds to score and fold one lead in so many, as an import does; taken back."""
    with toolkit.work() as work:
        work._connection.execute(
            f"CREATE TEMP TABLE touched ON COMMIT DROP AS SELECT id AS lead_id FROM leads WHERE id % {share} = 0"  # noqa: S608
        )
        work._connection.execute("CREATE TEMP TABLE last_groups (lead_id int, group_key bigint) ON COMMIT DROP")
        work._connection.execute("ANALYZE touched")
        began = time.perf_counter()
        rewrite_touched(work, score_model(), toolkit.leads.today())
        return time.perf_counter() - began


def only_compute(toolkit: Toolkit) -> float:
    """Seconds to add all scores up without keeping any."""
    model = score_model()
    with toolkit.work() as work:
        began = time.perf_counter()
        evidence = work.scores.gather(model, toolkit.leads.today(), "all")
        work.scores.add_up(evidence, [hazard(model.rules[piece.signal], piece) for piece in evidence])
        return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--leads", type=int, default=100_000)
    leads = parser.parse_args().leads
    with generated(leads) as (toolkit, _):
        read = seconds(lambda: read_pass(toolkit))
        print(f"{leads:,} leads, read pass over their signals  {read:6.2f} s")
        figures = {
            "score all, nothing changed": rescore(toolkit, "false"),
            "score all, 1 % changed": rescore(toolkit, "lead_id % 100 = 0"),
            "score all, all changed": rescore(toolkit, "true"),
            "adding up alone": only_compute(toolkit),
            "score and fold the touched 1 %": touched(toolkit, 100),
            "scores of a day gone by": seconds(lambda: list(toolkit.leads.scores_on(toolkit.leads.today()))),
        }
        for what, took in figures.items():
            scaled = took * 700_000 / leads
            print(f"{what:32} {took:6.2f} s  {took / read:5.1f} read passes  {scaled:6.1f} s at this pace per 700,000")


if __name__ == "__main__":
    main()
