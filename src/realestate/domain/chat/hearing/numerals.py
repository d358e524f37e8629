"""Tells numbers that can be dollars from ages, house numbers, durations and the like."""

from __future__ import annotations

from realestate.domain.chat.amounts import TIME_UNITS, Amount
from realestate.domain.chat.hearing.calendar import MONTHS
from realestate.domain.chat.hearing.turn import Turn
from realestate.domain.chat.wordlist import listed

PEOPLE = listed("she he i mother father who husband wife grandmother grandfather uncle aunt")
NO_STREET = listed(
    "cash obo firm i k and but is or we grand thousand as it that the you they he she my our if so then for total best "
    "minimum dollars net usd take call text please thanks thank final max tops not no yes"
)
"""Words that begin with a capital after a price too: "230 I'd take"."""

DEBTS = listed("lien liens mortgages loans judgments fines citations")
LEAST_BARE_PRICE = 10
"""A bare number below this is never a sum."""


def is_quantity_of_time(turn: Turn, i: int) -> bool:
    """Whether the number at word i counts days, weeks, months or years."""
    return turn.text(i + 1) in TIME_UNITS


def corrects_a_time(turn: Turn, i: int) -> str:
    """The unit of time that a bare number after a correction stands for, "" if it stands for none.

    As in "60 days. actually make that 30": the nearest thing said before it, with a number, is a time.
    """
    amount = turn.message.words[i].amount
    if amount is None or amount.kind != "plain" or amount.money or turn.text(i + 1) in TIME_UNITS or amount.high > 400:
        return ""
    if not any(i - 4 <= match.last < i for match in turn.matches("money.correction")):
        return ""
    before = next((j for j in range(i - 1, -1, -1) if turn.message.words[j].amount is not None), None)
    unit = turn.text(before + 1) if before is not None else ""
    return unit if unit in {"days", "weeks", "months", "years"} else ""


def counts_dollars(turn: Turn, i: int, amount: Amount) -> bool:
    """Whether the number at word i may be a sum of money at all."""
    if (
        amount.kind != "plain"
        or amount.low <= 0
        or amount.high > 5e8
        or turn.text(i + 1) in {"^", "%", "*"}
        or turn.text(i - 1) == "^"
        or _counts_debts(turn, i, amount)
        or _is_spoken_year(turn, i, amount)
    ):
        return False
    if turn.text(i - 1) in MONTHS or turn.text(i + 1) in MONTHS.keys() - {"may", "march"}:
        return False
    if is_quantity_of_time(turn, i) or corrects_a_time(turn, i) or _names_a_street(turn, i) or _is_age(turn, i, amount):
        return False
    return not ("/" in (turn.text(i + 1), turn.text(i - 1)) and not amount.money and turn.text(i + 2) != "months")


def _counts_debts(turn: Turn, i: int, amount: Amount) -> bool:
    """As in "2 liens on it"."""
    return not amount.money and amount.high < LEAST_BARE_PRICE and turn.text(i + 1) in DEBTS


def _is_spoken_year(turn: Turn, i: int, amount: Amount) -> bool:
    """As in "paid off in oh eight"."""
    return not amount.money and amount.raw.startswith(("oh ", "o ")) and turn.text(i - 1) in {"in", "since", "of"}


def _is_age(turn: Turn, i: int, amount: Amount) -> bool:
    """As in "she's 90", "I am 71"."""
    named = turn.text(i - 1) in PEOPLE - {"i", "she", "he", "who"}
    said_of = turn.text(i - 1) in {"is", "am", "turned"} and turn.text(i - 2) in PEOPLE
    return not amount.money and amount.high < 110 and (named or said_of)


def _names_a_street(turn: Turn, i: int) -> bool:
    """A house number: a bare number before a word that the seller writes as a name."""
    words = turn.message.words
    number = words[i].amount
    if i + 1 >= len(words) or number is None or number.money:
        return False
    following = turn.message.text[words[i + 1].start : words[i + 1].end]
    shouting = turn.message.text.isupper()
    named = following[:1].isupper() and not shouting and len(following) > 1 and words[i + 1].text.isalpha()
    plain = following.lower().partition("'")[0]
    return named and plain not in NO_STREET and not following.isupper()


def is_dollars(turn: Turn, j: int) -> bool:
    """Whether word j is a number of the size of a sum."""
    amount = turn.message.words[j].amount
    return amount is not None and counts_dollars(turn, j, amount) and (amount.money or amount.low >= LEAST_BARE_PRICE)
