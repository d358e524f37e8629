"""Hears why somebody would sell."""

from __future__ import annotations

from collections.abc import Iterator

from realestate.domain.chat.facts import MOTIVATIONS, Heard
from realestate.domain.chat.hearing.turn import Turn
from realestate.domain.chat.phrases import Match

LASTS_WHEN_PAST = frozenset({"probate", "landlord_fatigue", "vacancy", "repairs", "downsizing", "health", "violations"})
"""An inheritance of years ago is still a reason; a foreclosure or a divorce of years ago is none."""


def hear_motivation(turn: Turn) -> Iterator[Heard]:
    """Every reason the seller gives; one that is denied is taken back if it was given before."""
    if _asks_about_us(turn):
        return
    yield from _fed_up_with_tenants(turn)
    for reason in MOTIVATIONS:
        label = f"motivation.{reason}"
        last_denied = max((match.first for match in turn.matches(label) if turn.denied(match)), default=-1)
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


def _is_verbs_denial(turn: Turn, match: Match) -> bool:
    """As in "we are not behind"; "no child support" and "no other heirs" lack a thing and deny no reason."""
    return bool({"not", "never"} & set(turn.before(match.first, 6)))


def _told_otherwise(turn: Turn, reason: str) -> Iterator[Heard]:
    """The reason in words that no phrase knows; a phrase that was found and did not count has the last word."""
    label = f"motivation.{reason}"
    if turn.has(label):
        return
    for match in turn.stated_pairs(label):
        if reason in LASTS_WHEN_PAST or not turn.long_past(match):
            yield turn.heard("motivation", reason, match)
            return


def _fed_up_with_tenants(turn: Turn) -> Iterator[Heard]:
    """As in "I'm over it" is a reason of its own where tenants were spoken of."""
    let = turn.memory.last("occupancy")
    if turn.has("occupancy.tenant") or (let is not None and let.value == "tenant"):
        for match in turn.stated("motivation.fed_up"):
            yield turn.heard("motivation", "landlord_fatigue", match)
            return


def _holds(turn: Turn, match: Match, reason: str) -> bool:
    if turn.supposed(match) or turn.of_others(match) or turn.of_kept_house(match):
        return False
    return reason in LASTS_WHEN_PAST or not turn.long_past(match)


def _is_about_repairs(turn: Turn, match: Match) -> bool:
    """As in "Can't afford the roof" is no money trouble in general."""
    return any(repair.first == match.first for repair in turn.matches("motivation.repairs"))


def _given(turn: Turn, reason: str) -> bool:
    return any(one.fact == "motivation" and one.value == reason for one in turn.memory.heard)


def _asks_about_us(turn: Turn) -> bool:
    """As in "Do you buy houses in foreclosure?" says nothing of the seller."""
    opening = [turn.text(0), turn.text(1)]
    return opening[1:] == ["you"] and opening[0] in {"do", "are", "can", "would", "did"} and "?" in turn.message.line
