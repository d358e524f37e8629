"""The verdict on a seller: four pillars and who decides, as a score with its parts and a status with its reasons.

Every engine ends here: whoever heard the facts, these rules alone decide.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from realestate.domain.chat.facts import FactValue

Status: TypeAlias = Literal["pending", "qualified", "not_qualified"]
SOON_DAYS = 90
"""A timeline further off than this is no pillar: warm ends at three months in the four-pillar rubric (DataSift)."""

PILLARS_NEEDED = 3
WEIGHTS = {"motivation": 0.30, "timeline": 0.25, "price": 0.20, "condition": 0.15, "decision_maker": 0.10}
"""Parts of the score: the reason first, as the call rubrics weigh it; they add up to 1."""

URGENT = frozenset({"foreclosure", "taxes", "probate", "divorce", "violations", "financial", "health"})
NEEDS_WORK = {"uninhabitable": 1.0, "poor": 1.0, "fair": 0.8, "good": 0.6, "excellent": 0.5}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of a seller.

    Attributes:
        status: qualified, pending or not_qualified.
        score: 0 to 1; the parts added up, 0 once disqualified.
        parts: Points by pillar.
        reasons: Why, in plain words, the deciding one first.
        missing: Slots not known yet, in the order worth asking.
    """

    status: Status
    score: float
    parts: dict[str, float]
    reasons: list[str]
    missing: list[str]


def qualify(facts: Mapping[str, FactValue], flags: Collection[str] = ()) -> Verdict:
    """The verdict on these facts."""
    pillars = pillars_of(facts, flags)
    missing = missing_slots(facts)
    against = disqualifiers(facts, flags)
    if against:
        return Verdict("not_qualified", 0.0, dict.fromkeys(WEIGHTS, 0.0), against, missing)
    parts = {name: round(WEIGHTS[name] * share, 3) for name, share in _shares(facts, flags).items()}
    score = round(sum(parts.values()), 3)
    if len(pillars) >= PILLARS_NEEDED and "dm_conflict" not in flags:
        return Verdict("qualified", score, parts, list(pillars.values()), missing)
    reasons = [f"{len(pillars)} of 4 pillars, {PILLARS_NEEDED} are needed", *pillars.values()]
    if "dm_conflict" in flags:
        reasons.insert(0, "somebody who must agree does not, or the authority to sell is missing")
    return Verdict("pending", score, parts, reasons, missing)


def pillars_of(facts: Mapping[str, FactValue], flags: Collection[str]) -> dict[str, str]:
    """The pillars that stand, each with its reason."""
    pillars: dict[str, str] = {}
    motivation = facts.get("motivation")
    if isinstance(motivation, list) and motivation:
        pillars["motivation"] = "motivation: " + ", ".join(motivation)
    days = high_end(facts.get("timeline_days"))
    if days is not None and days <= SOON_DAYS:
        pillars["timeline"] = f"wants to be done within {round(days)} days"
    if facts.get("asking_price") is not None:
        pillars["price"] = f"names a price: {spoken_price(facts['asking_price'])}"
    elif "open_to_offer" in flags:
        pillars["price"] = "asks for an offer"
    if facts.get("condition"):
        pillars["condition"] = f"condition stated: {facts['condition']}"
    return pillars


def disqualifiers(facts: Mapping[str, FactValue], flags: Collection[str]) -> list[str]:
    """What ends the talk whatever else was said."""
    against = [
        (bool(facts.get("opted_out")), "asked not to be contacted"),
        (bool(facts.get("wrong_number")), "wrong number"),
        (facts.get("decision_maker") == "not_owner", "does not own the house"),
        (facts.get("listed_with_agent") is True, "listed with an agent"),
        ("not_interested" in flags, "does not want to sell"),
    ]
    return [reason for holds, reason in against if holds]


def missing_slots(facts: Mapping[str, FactValue]) -> list[str]:
    """Slots nobody has spoken of, in the order worth asking: the reason first, money late."""
    known = {
        "motivation": bool(facts.get("motivation")),
        "timeline": "timeline_days" in facts,
        "condition": "condition" in facts,
        "occupancy": "occupancy" in facts,
        "decision_maker": "decision_maker" in facts,
        "price": "asking_price" in facts,
        "mortgage": "mortgage_balance" in facts,
        "liens": "liens" in facts,
        "listed": "listed_with_agent" in facts,
    }
    return [slot for slot, is_known in known.items() if not is_known]


def high_end(value: FactValue | None) -> float | None:
    """The high end of a number or range; None for anything else."""
    if isinstance(value, tuple):
        return float(value[1])
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def spoken_price(value: FactValue) -> str:
    """A price or a range of prices in whole dollars."""
    ends = value if isinstance(value, tuple) else (value,)
    return " to ".join(f"${end:,.0f}" for end in ends if isinstance(end, int | float))


def _shares(facts: Mapping[str, FactValue], flags: Collection[str]) -> dict[str, float]:
    """How much of each part is earned, 0 to 1."""
    motivation = facts.get("motivation")
    reasons = set(motivation) if isinstance(motivation, list) else set()
    days = high_end(facts.get("timeline_days"))
    decides = {"sole": 1.0, "joint": 0.5}.get(str(facts.get("decision_maker")), 0.0)
    price = 1.0 if "asking_price" in facts else (0.7 if "open_to_offer" in flags else 0.0)
    return {
        "motivation": 1.0 if reasons & URGENT else (0.7 if reasons else 0.0),
        "timeline": _timeline_share(days),
        "price": price,
        "condition": NEEDS_WORK.get(str(facts.get("condition")), 0.0),
        "decision_maker": 0.0 if "dm_conflict" in flags else decides,
    }


def _timeline_share(days: float | None) -> float:
    """Hot within 30 days, warm within 90, cold within 180 (four-pillar rubric)."""
    if days is None:
        return 0.0
    return next((share for limit, share in ((30, 1.0), (SOON_DAYS, 0.7), (180, 0.3)) if days <= limit), 0.1)
