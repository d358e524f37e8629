"""Prints the server's time and plan of each list and show query: ``python tests/benchmarks/looking.py [--leads N]``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import Any

from generated_leads import generated

from realestate.domain.leads.records import SORTS, LeadFilter
from realestate.repositories import decisions, leads
from realestate.repositories.lead_search import select_leads
from realestate.toolkit import Toolkit

LIMIT = 50
MOST_MS = 50.0


def questions(toolkit: Toolkit) -> Iterator[tuple[str, LeadFilter]]:
    """What people ask for, by the options they would write."""
    yield from ((f"--sort {sort}", LeadFilter(sort=sort, limit=LIMIT)) for sort in SORTS)
    yield "--reverse", LeadFilter(reverse=True, limit=LIMIT)
    yield "--signal, one lead in three", LeadFilter(signals=["vacant"], limit=LIMIT)
    yield "--signal, 100 leads", LeadFilter(signals=["judgment"], limit=LIMIT)
    yield "--signal, no lead", LeadFilter(signals=["reo"], limit=LIMIT)
    yield "two signals", LeadFilter(signals=["vacant", "probate"], limit=LIMIT)
    yield "--without", LeadFilter(without=["absentee"], limit=LIMIT)
    yield from ((f"--sort {sort} --reverse", LeadFilter(sort=sort, reverse=True, limit=LIMIT)) for sort in SORTS)
    yield "--min-signals 2", LeadFilter(min_signals=2, limit=LIMIT)
    yield "--min-signals 5", LeadFilter(min_signals=5, limit=LIMIT)
    yield "--min-lists 2", LeadFilter(min_lists=2, limit=LIMIT)
    yield "--parcel", LeadFilter(parcel="12-345-678", limit=LIMIT)
    yield "--property-type", LeadFilter(property_type="condo", limit=LIMIT)
    yield "--at-least beds, rare", LeadFilter(at_least={"beds": 7}, limit=LIMIT)
    yield "--min-score 0.3 --max-score 0.4", LeadFilter(min_score=0.3, max_score=0.4, limit=LIMIT)
    yield "--address", LeadFilter(address="4211 ", limit=LIMIT, sort="address")
    yield "--city", LeadFilter(city="CITY 7", limit=LIMIT)
    yield "--zip", LeadFilter(zip="43017", limit=LIMIT)
    yield "--zip, no lead", LeadFilter(zip="99999", limit=LIMIT)
    yield "--state", LeadFilter(state="OH", limit=LIMIT)
    yield "--status contacted", LeadFilter(status="contacted", limit=LIMIT)
    yield "--status new", LeadFilter(status="new", limit=LIMIT)
    yield "--tag", LeadFilter(tag="hot", limit=LIMIT)
    yield "--due-by", LeadFilter(due_by=toolkit.leads.today(), sort="due", limit=LIMIT)
    yield "--has phone", LeadFilter(has=["phone"], limit=LIMIT)
    yield "--at-least value", LeadFilter(at_least={"value": 150_000}, limit=LIMIT)
    yield "--list, one lead in seven", LeadFilter(list="list 3", limit=LIMIT)
    yield "--new-since", LeadFilter(new_since=toolkit.leads.today(), limit=LIMIT)
    yield "--source manual", LeadFilter(source="manual", limit=LIMIT)


def explained(toolkit: Toolkit, query: Any, names: Any) -> tuple[float, str]:  # noqa: ANN401 - psycopg's own types
    """Milliseconds at the server, the better of two, and the indexes and scans of the plan."""
    with toolkit.work() as work:
        work._connection.execute(leads.FEW_ROWS)
        found = []
        for _ in range(2):
            text = query if isinstance(query, str) else query.as_string(work._connection)
            cursor = work._connection.execute("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + text, names)
            row = cursor.fetchone()
            assert row is not None
            plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
            found.append((plan[0]["Planning Time"] + plan[0]["Execution Time"], plan[0]["Plan"]))
    took, plan = min(found, key=lambda pair: pair[0])
    return took, ", ".join(dict.fromkeys(_scans(plan)))


def _scans(plan: dict[str, Any]) -> Iterator[str]:
    if "Index Name" in plan:
        yield plan["Index Name"]
    elif plan["Node Type"].endswith("Scan") and "Relation Name" in plan:
        yield f"SCAN {plan['Relation Name']}"
    elif plan["Node Type"].endswith("Sort"):
        yield "sort"
    for part in plan.get("Plans", ()):
        yield from _scans(part)


def work_some(toolkit: Toolkit, count: int) -> None:
    """Give some leads what only worked leads have."""
    with toolkit.work() as work:
        for statement in (
            "UPDATE leads SET status = 'contacted' WHERE id % 500 = 0",
            "INSERT INTO lead_tags (user_id, lead_id, tag) SELECT user_id, id, 'hot' FROM leads WHERE id % 300 = 0",
            "INSERT INTO lead_dues (user_id, lead_id, due_on)"
            " SELECT user_id, id, current_date + id % 40 FROM leads WHERE id % 200 = 0",
            f"INSERT INTO lead_signals (user_id, lead_id, signal)"  # noqa: S608
            f" SELECT user_id, id, 'judgment' FROM leads WHERE id % {max(1, count // 100)} = 0",
        ):
            work._connection.execute(statement)
        work.commit()


def main() -> None:
    """Measure and print; slow queries are marked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--leads", type=int, default=100_000)
    count = parser.parse_args().leads
    with generated(count) as (toolkit, _):
        work_some(toolkit, count)
        asked = [(f"list {what}", *select_leads(leads._COLUMNS, wanted)) for what, wanted in questions(toolkit)]
        asked += [
            (f"show {name[1:].lower()}", getattr(leads, name), (count // 2,))
            for name in ("_ONE", "_SIGNALS", "_CONTACTS")
        ]
        asked.append(("show rows", decisions._ROWS, (count // 2,)))
        slow = 0
        for what, query, names in asked:
            took, scans = explained(toolkit, query, names)
            slow += took > MOST_MS
            print(f"{what:38} {took:8.1f} ms {'SLOW' if took > MOST_MS else '    '} {scans}")
        print(f"{count:,} leads: {len(asked) - slow} of {len(asked)} queries under {MOST_MS:g} ms at the server")


if __name__ == "__main__":
    main()
