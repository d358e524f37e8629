"""Believes of an engine's claims only what the seller's own words carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from realestate.domain.chat.amounts import TIME_UNITS, Amount
from realestate.domain.chat.facts import CONDITIONS, DECISION_MAKERS, MOTIVATIONS, OCCUPANCIES, Heard, Value
from realestate.domain.chat.hearing.calendar import days_until
from realestate.domain.chat.hearing.turn import Turn
from realestate.domain.chat.ports import Claim
from realestate.domain.chat.wordlist import listed

CHOICES: dict[str, tuple[str, ...]] = {
    "motivation": MOTIVATIONS,
    "condition": CONDITIONS,
    "occupancy": OCCUPANCIES,
    "decision_maker": DECISION_MAKERS,
}
MONEY = frozenset({"asking_price", "mortgage_balance", "liens"})
MONEY_SLACK = 0.005
LONGEST_TIMELINE_DAYS = 3_650
MOST = 5e8
HOUSE = listed(
    "house home place property condition shape roof kitchen bath floors foundation inside casa condicion building unit "
    "rental basement furnace everything it"
)
"""What a remark on the condition is about, unless it answers the question."""


def grounded(claims: Iterable[Claim], turn: Turn, heard: Iterable[Heard]) -> Iterator[Heard]:
    """The claims that add to what the rules heard, each with its words; all others are dropped.

    A claim must quote the message, and the quote must hold a word of its topic that is not denied, or the very number.
    Opt-outs, wrong numbers, abuse and language are the rules' alone, and a fact that the rules heard in this message is
    not heard a second time.
    """
    known = {one.fact for one in heard}
    for claim in claims:
        value = _value(claim)
        if value is None or (claim.fact in known and claim.fact != "motivation"):
            continue
        span = _span(claim.words, turn)
        if span and _is_carried(claim.fact, value, turn, span):
            yield Heard(claim.fact, value, claim.words.strip(), turn.memory.turns)


def _value(claim: Claim) -> Value | None:
    """The claim's value in the vocabulary of its fact; None outside it."""
    value = claim.value
    if isinstance(value, bool):
        return value if claim.fact == "listed_with_agent" else None
    if isinstance(value, str):
        return value if value in CHOICES.get(claim.fact, ()) else None
    if isinstance(value, int | float) and claim.fact in MONEY | {"timeline_days"} and 0 <= value < MOST:
        return float(value)
    return None


def _span(words: str, turn: Turn) -> range | None:
    """The places of the quoted words in the message; None when the seller did not write them."""
    quote = words.strip().lower()
    start = turn.message.text.lower().find(quote) if quote else -1
    if start < 0:
        return None
    inside = [i for i, word in enumerate(turn.message.words) if start <= word.start and word.end <= start + len(quote)]
    return range(inside[0], inside[-1] + 1) if inside else None


def _is_carried(fact: str, value: Value, turn: Turn, span: range) -> bool:
    amounts = [word.amount for i, word in enumerate(turn.message.words) if i in span and word.amount]
    if isinstance(value, float) and fact in MONEY:
        return any(amount.kind == "plain" and _is_amount(amount, value) for amount in amounts)
    if isinstance(value, float):
        return value <= LONGEST_TIMELINE_DAYS and (turn.has("timeline.asap") or _names_a_time(turn, span))
    if fact == "listed_with_agent":
        return turn.has("listed.yes") or turn.has("listed.no")
    if fact == "condition" and turn.asked != "condition" and not HOUSE & {word.text for word in turn.message.words}:
        return False
    topics = [match for match in turn.matches(f"topic.{value}") if match.first in span]
    return any(not (turn.denied(m) or turn.supposed(m) or turn.of_others(m)) for m in topics)


def _names_a_time(turn: Turn, span: range) -> bool:
    """Whether the quote holds a duration or a date."""
    words = turn.message.words
    duration = any(words[i].amount and turn.text(i + 1) in TIME_UNITS for i in span)
    return duration or any(match.first in span for match, _ in days_until(turn.message, turn.date))


def _is_amount(amount: Amount, value: float) -> bool:
    """Whether the number is that one, bare thousands included."""
    ends = [end * factor for end in (amount.low, amount.high) for factor in (1, 1000)]
    return any(abs(end - value) <= MONEY_SLACK * max(value, 1) for end in ends)
