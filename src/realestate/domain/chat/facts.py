"""What can be known about a seller: the vocabulary, and how earlier and later words become one set of facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = bool | str | float | tuple[float, float]
FactValue: TypeAlias = Value | list[str]
Facts: TypeAlias = dict[str, FactValue]

MOTIVATIONS = (
    "foreclosure", "taxes", "probate", "divorce", "relocation", "repairs", "landlord_fatigue", "financial", "vacancy",
    "downsizing", "health", "violations",
)  # fmt: skip
CONDITIONS = ("excellent", "good", "fair", "poor", "uninhabitable")
OCCUPANCIES = ("owner", "tenant", "vacant")
DECISION_MAKERS = ("sole", "joint", "not_owner")
SLOTS = (
    "motivation", "timeline", "condition", "price", "mortgage", "liens", "occupancy", "decision_maker", "listed",
)  # fmt: skip
FACT_OF_SLOT = {
    "timeline": "timeline_days",
    "price": "asking_price",
    "mortgage": "mortgage_balance",
    "listed": "listed_with_agent",
}
FACTS = (
    "motivation", "timeline_days", "condition", "asking_price", "mortgage_balance", "liens", "occupancy",
    "decision_maker", "listed_with_agent", "opted_out", "wrong_number", "hostile", "language",
)  # fmt: skip
DEFECT_WEIGHTS = {"cosmetic": 0.1, "room": 0.5, "system": 1.0, "serious": 2.0}
POOR_FROM = 2.0
"""Two systems, a system with kitchen and bath, or one matter of structure and water make a house poor."""

FLAGS = ("open_to_offer", "not_interested", "dm_conflict")
"""What the verdict needs but no fact says."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing a seller said.

    Attributes:
        fact: A name of FACTS or FLAGS.
        value: In that fact's vocabulary; money in whole US dollars, timelines in days from the day of the talk.
        words: The seller's own words for it.
        turn: Which of the seller's messages, counted from 0.
        detail: What it stands on where several remarks make one fact, e.g. the broken system of a condition.
        withdrawn: The seller takes this value back.
    """

    fact: str
    value: Value
    words: str
    turn: int
    detail: str = ""
    withdrawn: bool = False


def settled(heard: Iterable[Heard]) -> tuple[Facts, frozenset[str]]:
    """The facts and flags that stand after everything heard, in the order in which it was said.

    The last statement wins; motivations add up until one is withdrawn; remarks on the house make one condition.
    """
    facts: Facts = {}
    flags: set[str] = set()
    motivations: list[str] = []
    remarks: list[Heard] = []
    for one in heard:
        if one.fact == "motivation":
            _add_or_withdraw(motivations, one)
        elif one.fact == "condition":
            remarks.append(one)
        elif one.fact in FLAGS:
            (flags.discard if one.withdrawn or one.value is False else flags.add)(one.fact)
        elif one.withdrawn:
            facts.pop(one.fact, None)
        else:
            facts[one.fact] = one.value
    if motivations:
        facts["motivation"] = motivations
    if remarks and (condition := overall_condition(remarks)):
        facts["condition"] = condition
    return in_order(facts), frozenset(flags)


def in_order(facts: Mapping[str, FactValue]) -> Facts:
    """The same facts in the order of the vocabulary."""
    return {fact: facts[fact] for fact in FACTS if fact in facts}


def overall_condition(remarks: list[Heard]) -> str | None:
    """One grade from all remarks: the worst defect decides, praise only where no defect contradicts it.

    A remark is a grade of its own ("good", detail empty), a defect named by its detail ("system:roof") that weighs as
    in DEFECT_WEIGHTS, or a mended part ("mended:roof"). A grade said later as a correction (detail "correction")
    stands alone.
    """
    last_word = max((i for i, one in enumerate(remarks) if one.detail == "correction"), default=0)
    remarks = [one for one in remarks[last_word:] if not one.withdrawn]
    mended = {one.detail for one in remarks if one.detail.startswith("mended:")}
    said = {str(one.value) for one in remarks} | ({"good"} if len(mended) > 1 else set())
    weight = _weight_of_defects(
        {one.detail for one in remarks} - {detail.replace("mended:", "system:") for detail in mended}
    )
    if "uninhabitable" in said:
        return "uninhabitable"
    if "poor" in said or weight >= POOR_FROM:
        return "poor"
    if weight or "fair" in said:
        return "fair"
    return next((grade for grade in ("excellent", "good") if grade in said), None)


def _weight_of_defects(details: set[str]) -> float:
    """The defects added up; every part counts once."""
    return sum(DEFECT_WEIGHTS.get(detail.partition(":")[0], 0.0) for detail in details)


def _add_or_withdraw(motivations: list[str], one: Heard) -> None:
    reason = str(one.value)
    if one.withdrawn:
        if reason in motivations:
            motivations.remove(reason)
    elif reason not in motivations:
        motivations.append(reason)
