"""Hears why somebody would sell."""

from __future__ import annotations

from collections.abc import Iterator

from realestate.domain.chat.facts import MOTIVATIONS, Heard
from realestate.domain.chat.hearing.calendar import DATED
from realestate.domain.chat.hearing.turn import Turn
from realestate.domain.chat.phrases import Match
from realestate.domain.chat.wordlist import listed

LASTS_WHEN_PAST = frozenset({"probate", "landlord_fatigue", "vacancy", "repairs", "downsizing", "health", "violations"})
"""An inheritance of years ago is still a reason; a foreclosure or a divorce of years ago is none."""


NO_PLACE = listed(
    "a an the my our your his her their something somewhere sell be get do see have make town in on smaller another "
    "this that it one assisted senior apartment apartments market close next some avoid fix pay take help let me us "
    "you # . , ? and so but because"
)
"""After "moving to" these begin no place."""

NOT_THE_LENDER = frozenset({"county", "taxes", "tax", "treasurer", "rent", "car", "truck", "cards", "bills", "bill"})
"""Who is behind with these may well pay the bank."""


TENANTS = frozenset({"tenant", "tenants", "renter", "renters", "inquilino", "inquilinos"})
REPAIRING = listed("fix fixing repairs repairing rehab remodel remodeling renovating project patching")
THEIR_OWN_LIVES = frozenset({"relocation", "divorce", "financial"})
RELATIVES = listed("sister brother cousin friend friends son daughter uncle aunt nephew niece neighbor cousins")
SELLERS = listed("i we me us he she they wife husband my and")


def hear_motivation(turn: Turn) -> Iterator[Heard]:
    """Every reason the seller gives; one that is denied is taken back if it was given before."""
    if _asks_about_us(turn):
        return
    yield from _fed_up(turn)
    for reason in MOTIVATIONS:
        label = f"motivation.{reason}"
        last_denied = max(
            (match.first for match in turn.matches(label) if _is_denied_outright(turn, match)), default=-1
        )
        for match in turn.matches(label):
            if turn.denied(match):
                if _given(turn, reason) and turn.memory.turns and _is_verbs_denial(turn, match):
                    yield turn.heard("motivation", reason, match, withdrawn=True)
                continue
            if reason == "foreclosure" and match.first < last_denied:
                continue
            if _holds(turn, match, reason) and not (reason == "financial" and _is_about_repairs(turn, match)):
                yield turn.heard("motivation", reason, match)
                break
        yield from _told_otherwise(turn, reason)
    if not turn.has("motivation.relocation"):
        yield from _moves_elsewhere(turn)


def _is_denied_outright(turn: Turn, match: Match) -> bool:
    """As in "not behind yet"; "cannot see no way to catch up" doubles a no."""
    return turn.denied(match) and turn.text(match.first) in {"behind", "foreclosure", "auction"}


def _is_verbs_denial(turn: Turn, match: Match) -> bool:
    """As in "we are not behind"; "no child support" and "no other heirs" lack a thing and deny no reason."""
    return bool({"not", "never"} & set(turn.before(match.first, 6)))


def _moves_elsewhere(turn: Turn) -> Iterator[Heard]:
    """As in "moving to Gatlinburg", "got the job in Mobile": towards a name, or anywhere that is no smaller home."""
    for match in turn.matches("toward.place", "toward.any"):
        named = match.last + 1 < len(turn.message.words) and _is_written_as_a_name(turn, match.last + 1)
        anywhere = match.label == "toward.any" and turn.text(match.last + 1) not in NO_PLACE
        if (named or anywhere) and not turn.denied(match) and _holds(turn, match, "relocation"):
            yield turn.heard("motivation", "relocation", Match(match.label, match.first, match.last + 1))
            return


def _is_written_as_a_name(turn: Turn, i: int) -> bool:
    word = turn.message.words[i]
    written = turn.message.text[word.start : word.end]
    capital = written[:1].isupper() and not turn.message.text.isupper()
    return capital and word.text.isalpha() and len(written) > 2 and word.text not in DATED


def _told_otherwise(turn: Turn, reason: str) -> Iterator[Heard]:
    """The reason in words that no phrase knows; a phrase that was found and did not count has the last word."""
    label = f"motivation.{reason}"
    if turn.has(label) or (reason == "violations" and turn.has("motivation.taxes")):
        return
    for match in turn.stated_pairs(label):
        if reason in LASTS_WHEN_PAST or not turn.long_past(match):
            yield turn.heard("motivation", reason, match)
            return


def _fed_up(turn: Turn) -> Iterator[Heard]:
    """As in "I'm over it" is a reason of its own where tenants or repairs were spoken of."""
    let = turn.memory.last("occupancy")
    mending = REPAIRING & {word.text for word in turn.message.words}
    is_let = turn.has("occupancy.tenant") or (let is not None and let.value == "tenant" and not mending)
    if is_let or mending:
        for match in turn.stated("motivation.fed_up"):
            yield turn.heard("motivation", "landlord_fatigue" if is_let else "repairs", match)
            return


def _holds(turn: Turn, match: Match, reason: str) -> bool:
    if turn.supposed(match) or turn.of_others(match) or turn.of_kept_house(match):
        return False
    if reason == "probate" and turn.text(match.last + 1) in {"income", "job", "pension", "check", "license", "keys"}:
        return False
    if reason == "foreclosure" and TENANTS & set(turn.before(match.first, 5)):
        return False
    if reason in THEIR_OWN_LIVES and _is_of_a_relative(turn, match):
        return False
    if reason == "foreclosure" and NOT_THE_LENDER & {turn.text(i) for i in range(match.first, match.last + 3)}:
        return False
    return reason in LASTS_WHEN_PAST or not turn.long_past(match)


def _is_of_a_relative(turn: Turn, match: Match) -> bool:
    """As in "my sister's buying in Ohio": a relative's life, unless the seller comes after them in the clause."""
    for text in reversed(turn.before(match.first, 4)):
        if text in SELLERS:
            return False
        if text in RELATIVES:
            return True
    return False


def _is_about_repairs(turn: Turn, match: Match) -> bool:
    """As in "Can't afford the roof" is no money trouble in general."""
    return any(repair.first == match.first for repair in turn.matches("motivation.repairs"))


def _given(turn: Turn, reason: str) -> bool:
    return any(one.fact == "motivation" and one.value == reason for one in turn.memory.heard)


def _asks_about_us(turn: Turn) -> bool:
    """As in "Do you buy houses in foreclosure?" says nothing of the seller."""
    opening = [turn.text(0), turn.text(1)]
    return opening[1:] == ["you"] and opening[0] in {"do", "are", "can", "would", "did"} and "?" in turn.message.line
