"""Hears money: what the seller asks, what is owed on the house, and which numbers are neither."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from realestate.domain.chat.amounts import Amount
from realestate.domain.chat.facts import Heard
from realestate.domain.chat.hearing.numerals import LEAST_BARE_PRICE, counts_dollars, is_dollars
from realestate.domain.chat.hearing.prices import (
    LEAST_UNPROMPTED_PRICE,
    could_be_price,
    dollars_of,
    is_joke,
    is_left_over,
    is_price_range,
    stands_alone,
)
from realestate.domain.chat.hearing.turn import Turn
from realestate.domain.chat.phrases import Match
from realestate.domain.chat.wordlist import listed

ROLE_FACTS = {"price": "asking_price", "mortgage": "mortgage_balance", "liens": "liens"}
FACT_ROLES = {fact: role for role, fact in ROLE_FACTS.items()}
BEFORE = {
    "other": "other_before",
    "liens": "liens",
    "mortgage": "mortgage",
    "price": "price",
    "if": "price_if",
    "weak": "price_weak",
}
AFTER = {"other": "other_after", "liens": "liens_after", "mortgage": "mortgage_after", "price": "price_after"}
TIE = {"other": 0.1, "liens": 0.0, "mortgage": 0.2, "price": 0.3, "if": -0.2, "weak": 4.5}
"""What wins when two cues stand equally near; a mere "for" or "about" gives way to any cue within four words."""

FACT_OF_QUESTION = {"mortgage": "mortgage_balance", "liens": "liens"}
NONE = listed("no none nothing zero ninguna ninguno cero nope nada")
HAS_NONE = frozenset({"do not have one", "do not have any", "i do not have one", "we do not have one", "never had one"})
NOT_YET = listed("almost nearly until once when after get not never if to car truck be half")
TROUBLES = listed("trouble troubles issues issue problem problems company insurance")
REACH_BEFORE, REACH_AFTER = 6, 3
ACROSS_CLAUSES = 3.0
ASKED_DISTANCE = 3.4
OWED = listed("owe owed owing behind back late delinquent due unpaid past debo debemos arrears total")
FLOORS = frozenset({"less", "under", "lower", "below", "least"})
APPROXIMATORS = frozenset({"about", "around", "like", "maybe", "roughly", "almost", "just"})


@dataclass(frozen=True, slots=True)
class Said:
    """One number in the message with the part it plays."""

    place: int
    amount: Amount
    role: str | None
    score: float


def hear_money(turn: Turn) -> Iterator[Heard]:
    """Asking price, mortgage balance and liens; the last number said for each stands."""
    yield from _none_owed(turn)
    yield from _taken_for_another(turn)
    said = list(_roles(turn))
    for role, fact in ROLE_FACTS.items():
        ours = [one for one in said if one.role == role and not _void(turn, one, role)]
        if role == "price" and any(_for_all_houses(turn, one) for one in ours):
            ours = [one for one in ours if _for_all_houses(turn, one)]
        for one in ours[-1:]:
            low, high = dollars_of(turn, one.place, one.amount, role)
            match = Match(fact, max(0, one.place - 2), one.place)
            yield turn.heard(fact, low if low == high else (low, high), match)


def _none_owed(turn: Turn) -> Iterator[Heard]:
    """Paid off, free and clear, no liens; a bare no to the question counts too."""
    for label, fact in (("money.mortgage_none", "mortgage_balance"), ("money.liens_none", "liens")):
        for match in turn.matches(label):
            if not _is_unsure(turn, match) and not turn.of_kept_house(match) and not turn.of_others(match):
                yield turn.heard(fact, 0, match)
    numbers = [word.amount.high for word in turn.message.words if word.amount]
    says_none = (
        turn.text(0) in NONE
        or (turn.text(0) == "#" and numbers[:1] == [0])
        or turn.message.line.rstrip(" .").strip() in HAS_NONE
    )
    if turn.asked in {"mortgage", "liens"} and says_none and not any(numbers):
        yield turn.heard(FACT_OF_QUESTION[turn.asked], 0, Match("none", 0, 0))


def _taken_for_another(turn: Turn) -> Iterator[Heard]:
    """As in "120. wait no that's what we owe": the price heard last was a balance, or no price at all."""
    last = turn.memory.last("asking_price")
    if last is None or last.turn < turn.memory.turns - 1 or any(word.amount for word in turn.message.words):
        return
    for match in turn.matches("money.that_is_owed", "money.that_is_other")[:1]:
        yield turn.heard("asking_price", last.value, match, withdrawn=True)
        if match.label == "money.that_is_owed":
            yield turn.heard("mortgage_balance", last.value, match)


def _is_unsure(turn: Turn, match: Match) -> bool:
    """Almost paid off, not yet, the car; or "no mortgage trouble", which says nothing of a balance."""
    return bool(NOT_YET & set(turn.before(match.first, 5))) or turn.text(match.last + 1) in TROUBLES


def _roles(turn: Turn) -> Iterator[Said]:
    last_role: str | None = None
    for i, word in enumerate(turn.message.words):
        amount = word.amount
        if amount is None or not counts_dollars(turn, i, amount):
            continue
        role, score = _nearest_role(turn, i, amount)
        corrects = _is_correction(turn, i)
        if corrects and (role is None or score > 2):
            inherited = last_role or _role_heard_last(turn)
            role, score = (inherited, 1.0) if inherited else (role, score)
        if role == "mortgage" and _is_owed_in_taxes(turn):
            role = "liens"
        if role == "liens" and not (
            amount.money or amount.low >= 100 or turn.asked == "liens" or "owe" in turn.before(i, 4)
        ):
            role = None
        if role == "liens" and _is_yearly_tax(turn, i):
            role = None
        if role == "weak":
            role = "price" if could_be_price(turn, amount) else None
        if role not in {None, "other"}:
            last_role = role
        yield Said(i, amount, role, score)


def _is_owed_in_taxes(turn: Turn) -> bool:
    """As in "6,200 owed", said of taxes just before, with no word of a bank or a loan."""
    taxed = turn.has("motivation.taxes") or any(
        one.value == "taxes" for one in turn.memory.heard if one.turn >= turn.memory.turns - 1
    )
    lent = {"mortgage", "loan", "bank", "payoff", "balance", "note", "lender", "heloc", "principal"}
    return taxed and not lent & {word.text for word in turn.message.words}


def _is_yearly_tax(turn: Turn, i: int) -> bool:
    """As in "taxes are 2,310": what everybody pays, unless something is owed, late or was asked for."""
    cue = next((m for m in reversed(turn.matches("money.liens")) if m.last < i), None)
    if cue is None or turn.text(cue.last) not in {"taxes", "tax", "impuestos"} or turn.asked == "liens":
        return False
    owed = turn.has("motivation.taxes") or turn.memory.knows("liens")
    return not (owed or OWED & {word.text for word in turn.message.words})


def _nearest_role(turn: Turn, i: int, amount: Amount) -> tuple[str | None, float]:
    """The part of the number: that of the nearest cue, else of the question asked, else a price if it can be one."""
    scores: dict[str, float] = {}
    for role, label in BEFORE.items():
        for match in turn.matches(f"money.{label}"):
            if role == "other" and _is_part_of_more(turn, match):
                continue
            distance = _distance_before(turn, match.last, i)
            if distance is not None:
                scores[role] = min(scores.get(role, 99), distance + TIE[role])
    for role, label in AFTER.items():
        for match in turn.matches(f"money.{label}"):
            distance = _distance_after(turn, i, match.first)
            if distance is not None and (role != "other" or distance < 2) and _is_joined(turn, i, match, role):
                scores[role] = min(scores.get(role, 99), distance + TIE[role] - 0.15)
    if turn.text(i + 1) == "s" and is_price_range(turn, i, amount):
        scores["price"] = min(scores.get("price", 99), 1.0)
    asked = turn.asked if turn.asked in {"price", "mortgage", "liens"} else None
    if asked:
        scores[asked] = min(scores.get(asked, 99), ASKED_DISTANCE)
    elif ("other" not in scores and amount.money and amount.low >= LEAST_UNPROMPTED_PRICE) or stands_alone(
        turn, i, amount
    ):
        scores["price"] = min(scores.get("price", 99), 5.5)
    elif not scores and is_left_over(turn, i, amount):
        scores["price"] = 6.5
    if not scores:
        return None, 99.0
    role = min(scores, key=lambda name: scores[name])
    return "price" if role == "if" else role, scores[role]


def _is_part_of_more(turn: Turn, cue: Match) -> bool:
    """As in "make that 140", which is no income, and "remaining note is", which is no payment."""
    return any(
        one.first <= cue.first and cue.last <= one.last and one.last - one.first > cue.last - cue.first
        for one in turn.matches("money.correction", "money.mortgage")
    )


def _is_joined(turn: Turn, i: int, cue: Match, role: str) -> bool:
    """What is owed stands in one clause with its number; "265 to make it work" names no work that costs it."""
    if role == "other" and turn.text(cue.last) == "make" and turn.text(cue.last + 2) in {"work", "worth"}:
        return False
    return role != "liens" or turn.same_clause(i, cue.first)


def _distance_before(turn: Turn, cue: int, i: int) -> float | None:
    if not 0 < i - cue <= REACH_BEFORE + 1 or not turn.same_sentence(cue, i):
        return None
    between = range(cue + 1, i)
    if any(is_dollars(turn, j) for j in between):
        return None
    skipped = sum(turn.text(j) in APPROXIMATORS or turn.text(j) in {",", "a", "the", "it", "for"} for j in between)
    penalty = 0.0 if turn.same_clause(cue, i) else ACROSS_CLAUSES
    return len(between) - 0.5 * skipped + penalty


def _distance_after(turn: Turn, i: int, cue: int) -> float | None:
    if not 0 < cue - i <= REACH_AFTER or not turn.same_sentence(cue, i):
        return None
    between = range(i + 1, cue)
    if any(turn.message.words[j].amount for j in between) or "but" in {turn.text(j) for j in between}:
        return None
    return len(between) + (0.0 if turn.same_clause(cue, i) else 1.0)


def _is_correction(turn: Turn, i: int) -> bool:
    """A number right after "no", "sorry", "i mean", "make it", or an opening "*": it replaces the last one said."""
    if i == 1 and turn.text(0) == "*":
        return True
    return any(i - 5 <= match.last < i and match.last >= i - 4 for match in turn.matches("money.correction"))


def _role_heard_last(turn: Turn) -> str | None:
    last = turn.memory.last(*ROLE_FACTS.values())
    return FACT_ROLES[last.fact] if last else None


def _void(turn: Turn, one: Said, role: str) -> bool:
    """Numbers that nobody means: turned down, joked, somebody else's, or for a house that is kept."""
    match = Match(role, one.place, one.place)
    if turn.of_kept_house(match) and not _for_all_houses(turn, one):
        return True
    if role != "price":
        return turn.of_others(match)
    dollars = dollars_of(turn, one.place, one.amount, role)[1]
    if not one.amount.money and one.amount.high < LEAST_BARE_PRICE and turn.asked != "price":
        return True
    return _turned_down(turn, one) or is_joke(turn, dollars) or turn.of_others(match)


def _turned_down(turn: Turn, one: Said) -> bool:
    ahead = turn.before(one.place, 5)
    if FLOORS & set(ahead):
        return False
    if any(match.first < one.place <= match.last + 3 for match in turn.matches("money.scorned")):
        return True
    if "not" in ahead[-2:] or turn.denied(Match("price", one.place, one.place)):
        return not _is_correction(turn, one.place) or "not" in ahead[-1:]
    return any(
        0 < match.first - one.place <= 4 and turn.same_sentence(match.first, one.place)
        for match in turn.matches("money.rejected_after")
    )


def _for_all_houses(turn: Turn, one: Said) -> bool:
    return any(
        turn.same_clause(match.first, one.place) and match.first > one.place
        for match in turn.matches("context.package")
    ) and (turn.memory.several or turn.has("context.several"))
