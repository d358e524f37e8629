"""Tells which numbers are prices of houses, and how many dollars a short number stands for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from realestate.domain.chat.amounts import Amount
from realestate.domain.chat.hearing.turn import Turn
from realestate.domain.chat.message import Word
from realestate.domain.chat.wordlist import listed

LEAST_UNPROMPTED_PRICE = 8_000
JOKE_PRICE = 900_000
OF_A_DECADE = listed("ranch house home kitchen colonial style build place bungalow bath decor split carpet cabinets")
ENDS = frozenset({"", ".", ",", "?"})
PRICE_GOES_ON = listed(
    "even cash firm flat total obo or is and would takes gets for as if sounds works i we but so because tops max to "
    "then"
)
"""What follows a price that no cue announced."""

NO_PRICE_AFTER = listed(
    "# number unit apt apartment lot suite room box code zip at in on since before after by turned am is was are "
    "were age aged year class grade route highway hwy street st chapter section stage form channel of than size "
    "about until every per built da dan pagan paga / - x plus minus times not no you they he she it his her has have "
    "had with got weighs runs has only all these those the my our other last first next over under past another exit "
    "bus gate"
)
"""What stands before numbers that are no prices."""

PADDING = listed(
    ". , ? k yes ok fine so well firm cash about around like maybe roughly almost just say lets obo then alright hmm "
    "sure seriously though honestly actually realistically call it make deal thousand grand price for everything all "
    "final lol man bro please pesos dolares mil entonces pues"
)
"""Words beside which a number still stands alone."""


def is_price_range(turn: Turn, i: int, amount: Amount) -> bool:
    """As in "The 280s", "low 90s"; "the 80s" alone is a decade, and so is "an 80s ranch"."""
    if turn.text(i + 2) in OF_A_DECADE:
        return False
    return (
        amount.money
        or amount.low >= 100
        or bool({"low", "mid", "high", "upper", "lower", "middle"} & set(turn.before(i, 2)))
    )


def is_left_over(turn: Turn, i: int, amount: Amount) -> bool:
    """A bare number of the size of a price, which no other word explains: "would sell the lot for 600", "100 even"."""
    if turn.asked is not None or not (30 <= amount.low < 1000 or is_round(amount)):
        return False
    before, after = turn.text(i - 1), turn.text(i + 1)
    return before not in NO_PRICE_AFTER and (after in ENDS or after in PRICE_GOES_ON)


def could_be_price(turn: Turn, amount: Amount) -> bool:
    """A bare number after a mere "for" or "about" is a price when it has the size of one."""
    if amount.money:
        return amount.high >= LEAST_UNPROMPTED_PRICE or turn.asked == "price"
    return 20 <= amount.low < 1000 or amount.low >= LEAST_UNPROMPTED_PRICE


def stands_alone(turn: Turn, i: int, amount: Amount) -> bool:
    """The number is all there is to its sentence or clause, and has the size and shape of a price: "fine. 155."."""
    if turn.asked is not None or not (20 <= amount.low < 1000 or is_round(amount)):
        return False
    return any(
        all(
            word.amount is amount or word.text in PADDING for word, one in _numbered(turn, numbers) if one == numbers[i]
        )
        for numbers in (turn.message.sentences, turn.message.clauses)
    )


def _numbered(turn: Turn, numbers: Sequence[int]) -> Iterator[tuple[Word, int]]:
    return zip(turn.message.words, numbers, strict=True)


def is_round(amount: Amount) -> bool:
    """Written as a price and not as a house number or a ZIP code."""
    return amount.low >= LEAST_UNPROMPTED_PRICE and (amount.low % 500 == 0 or "," in amount.raw)


def is_joke(turn: Turn, dollars: float) -> bool:
    """A sum that nobody pays for a house, or one said with a laugh."""
    jokes = [turn.text(match.first) for match in turn.matches("context.joking")]
    absurd = [word for word in jokes if word not in {"lol", "lmao", "haha", "moon", "dream", "star", "messing", "cow"}]
    return (
        dollars > 20e6
        or (dollars >= JOKE_PRICE and bool(jokes or turn.text(0) in {"sure", "yes", "ok"}))
        or bool(absurd and dollars >= 500_000)
    )


def dollars_of(turn: Turn, i: int, amount: Amount, role: str) -> tuple[float, float]:
    """Whole dollars: bare prices and balances are in thousands where the number is too small for a house."""
    spread = _spread(turn, i, amount)
    limit = 100 if role == "liens" else 1000
    factor = 1000 if spread.high < limit and (role != "liens" or not amount.money) else 1
    return round(spread.low * factor), round(spread.high * factor)


def _spread(turn: Turn, i: int, amount: Amount) -> Amount:
    """As in "Low 200s", "mid 80s", "the upper 100s" as ranges."""
    if turn.text(i + 1) != "s" or amount.low != amount.high:
        return amount
    step = 100 if amount.low % 100 == 0 else 10
    scale = 1000 if amount.low >= 10_000 else 1
    step *= scale
    parts = {
        "low": (0.1, 0.3),
        "lower": (0.1, 0.3),
        "mid": (0.45, 0.55),
        "middle": (0.45, 0.55),
        "high": (0.8, 0.95),
        "upper": (0.8, 0.95),
    }
    word = next((w for w in reversed(turn.before(i, 3)) if w in parts), None)
    low, high = parts[word] if word else (0.2, 0.8)
    return replace(amount, low=amount.low + low * step, high=amount.low + high * step)
