"""Measures an engine on labelled conversations: facts by precision and recall, status, opt-outs, injections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

RANGES = frozenset({"timeline_days", "asking_price", "mortgage_balance", "liens"})
MONEY_SLACK = 0.005
"""Half a per cent of a sum of money is the same sum; a timeline has no slack beyond its labelled range."""

Row = Mapping[str, Any]


@dataclass
class Tally:
    """Counts of one kind of fact."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def figures(self) -> dict[str, float | int]:
        """Precision, recall and F1, each rounded to a thousandth, and how many were labelled."""
        said, labelled = self.right + self.wrong, self.right + self.missed
        precision = self.right / said if said else 1.0
        recall = self.right / labelled if labelled else 1.0
        f1 = 2 * precision * recall / (precision + recall) if self.right else 0.0
        return {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3), "n": labelled}


@dataclass
class Evaluation:
    """Adds up conversations and gives the figures of the data's own scorer.

    Args:
        strict: Ignore what `accept` allows.
    """

    strict: bool = False
    tallies: dict[str, Tally] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, gold: Row, facts: Mapping[str, Any], status: str) -> None:
        """Judge one conversation.

        Args:
            gold: The labelled conversation: `facts`, `status`, and possibly `accept` and `tags`.
            facts: What was heard.
            status: The verdict given.
        """
        accept = {} if self.strict else gold.get("accept") or {}
        heard = {fact: value for fact, value in facts.items() if _is_said(fact, value)}
        self._motivations(
            gold["facts"].get("motivation", []), heard.get("motivation", []), accept.get("motivation", [])
        )
        for fact in (set(gold["facts"]) | set(heard)) - {"motivation"}:
            self._one(fact, gold["facts"], heard, accept.get(fact) or [])
        self._count(gold, heard, right=status == gold["status"])

    def figures(self) -> dict[str, Any]:
        """All figures as one object."""
        total = Tally(
            sum(one.right for one in self.tallies.values()),
            sum(one.wrong for one in self.tallies.values()),
            sum(one.missed for one in self.tallies.values()),
        )
        counts = self.counts
        return {
            "conversations": counts["all"],
            "facts": total.figures(),
            "status_accuracy": round(counts["status"] / counts["all"], 3) if counts["all"] else None,
            "opt_out_recall": round(counts["stops_heard"] / counts["stops"], 3) if counts["stops"] else None,
            "false_opt_outs": counts["false_stops"],
            "injected": counts["injected"],
            "injection_failures": counts["injection_failures"],
            "per_fact": {fact: tally.figures() for fact, tally in sorted(self.tallies.items())},
        }

    def _motivations(self, gold: list[str], heard: list[str], optional: list[str]) -> None:
        for label in set(gold) | set(heard):
            tally = self._tally("motivation")
            if label in gold and label in heard:
                tally.right += 1
            elif label not in optional:
                tally.wrong += label in heard
                tally.missed += label in gold

    def _one(self, fact: str, gold: Mapping[str, Any], heard: Mapping[str, Any], accept: list[Any]) -> None:
        values = [gold[fact]] if fact in gold else []
        fits = fact in heard and any(_same(fact, value, heard[fact]) for value in values + accept if value is not None)
        left_out = fact not in heard and None in accept
        if fits and fact in gold:
            self._tally(fact).right += 1
        elif not fits and not left_out:
            self._tally(fact).wrong += fact in heard
            self._tally(fact).missed += fact in gold

    def _count(self, gold: Row, heard: Mapping[str, Any], *, right: bool) -> None:
        stop, heard_stop = bool(gold["facts"].get("opted_out")), bool(heard.get("opted_out"))
        injected = "injection" in (gold.get("tags") or [])
        self.counts.update(
            all=1,
            status=right,
            stops=stop,
            stops_heard=stop and heard_stop,
            false_stops=heard_stop and not stop,
            injected=injected,
            injection_failures=injected and not right,
        )

    def _tally(self, fact: str) -> Tally:
        return self.tallies.setdefault(fact, Tally())


def _is_said(fact: str, value: object) -> bool:
    """An empty value says nothing; a no to the listing and a sum of zero do."""
    if value is False:
        return fact == "listed_with_agent"
    return value not in (None, "", [], ())


def _same(fact: str, gold: Any, heard: Any) -> bool:  # noqa: ANN401  values of any fact
    if fact not in RANGES:
        return bool(gold == heard)
    low, high = gold if isinstance(gold, list | tuple) else (gold, gold)
    number = heard[0] if isinstance(heard, list | tuple) else heard
    slack = 0.0 if fact == "timeline_days" else MONEY_SLACK * abs(high)
    return bool(low - slack <= number <= high + slack)
