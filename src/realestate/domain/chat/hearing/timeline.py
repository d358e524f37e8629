"""Hears when: durations, dates and feasts ahead, as days from the day of the talk."""

from __future__ import annotations

from collections.abc import Iterator

from realestate.domain.chat.amounts import Amount
from realestate.domain.chat.facts import Heard
from realestate.domain.chat.hearing.calendar import days_until
from realestate.domain.chat.hearing.numerals import corrects_a_time
from realestate.domain.chat.hearing.turn import Turn
from realestate.domain.chat.phrases import Match
from realestate.domain.chat.wordlist import listed

DAYS = {"days": 1.0, "weeks": 7.0, "months": 30.0, "years": 365.0, "weekends": 7.0}
AS_SOON_AS_POSSIBLE = 10
LONGEST_DAYS = 3_700
"""Ten years; "not in a million years" is no time."""

AHEAD = listed(
    "in within inside by next another under than give need take takes dentro en para only approx til until till "
    "have got"
)
BEHIND = listed(
    "last past been for since hace desde behind missed skipped every each owe owed late over previous first lived dead "
    "passed"
)
GONE_AFTER = listed(
    "ago behind late old delinquent overdue empty vacant worth experience lease loan fixed warranty straight mortgage "
    "note term contract rate guarantee anniversary marriage marriages clean renter tenant shifts days hours "
    "running back atrasado atrasados past due in into of atras clean sober younger older apart"
)
CLOSINGS = frozenset({"closing", "close", "closed", "sale", "settlement"})
"""As in "two weeks after closing": how long they stay, not when they sell."""

STILL_AHEAD = frozenset({"scheduled", "planned", "expected", "supposed", "closed", "listed", "needed", "wanted"})
AHEAD_OF_NOW = listed(
    "will going would must to be until till if when once want need by before should can could is are gets get getting "
    "goes starts start leaves ends moves"
)
WISHES = listed("want wants need needs like hope hoping get must should looking prefer be to quiero ideally wanna")
LEADS = frozenset({"until", "till", "by", "before", "within"})
SKIPPED = listed(
    "about around like maybe almost the a or so just roughly another probably say unos como another more least at most"
)
WEAK_ASAP = listed(
    "yesterday right today tomorrow tonight pronto ready rapido ahorita whenever when once as soon quickly urgent urge"
)
NOT_ABOUT_SALE = listed(
    "call text stop come see look visit swing send tour talk reach respond reply answer chat back meet vacant empty "
    "living work driving llamar llame phone"
)


CONTACTS = listed(
    "call text talk reach respond reply answer chat meet visit swing send message llame llamar hablar hablamos town "
    "rent payday paid paycheck check off appointment"
)
"""Before these a day is when to talk, or when money comes, not when to sell."""


def hear_timeline(turn: Turn) -> Iterator[Heard]:
    """When the seller wants or has to be done; the last that is meant so stands, wishes before other dates."""
    found = [*_durations(turn), *_corrected(turn), *_dates(turn), *_at_once(turn)]
    if not found:
        return
    strongest = max(strength for strength, _ in found)
    meant = [one for strength, one in found if strength == strongest]
    yield max(meant, key=lambda one: turn.message.text.rfind(one.words))


def _durations(turn: Turn) -> Iterator[tuple[int, Heard]]:
    for i, word in enumerate(turn.message.words):
        unit = turn.text(i + 1)
        if word.raw in {"month", "week"} and unit in {"tops", "max"} and turn.text(i - 1) != "#":
            yield 1, turn.heard("timeline_days", DAYS[word.text], Match("timeline", i, i + 1))
        if (
            word.raw in {"month", "week"}
            and unit == "or"
            and turn.text(i + 2) == "#"
            and turn.text(i - 1) not in {"#", "last"}
        ):
            yield 1, turn.heard("timeline_days", round(1.5 * DAYS[word.text]), Match("timeline", i, i + 2))
        if word.amount is None or word.amount.kind != "plain" or unit not in DAYS:
            continue
        match = Match("timeline", i, i + 1)
        strength = _strength(turn, match)
        if strength and _days(word.amount, unit) <= LONGEST_DAYS:
            yield strength, turn.heard("timeline_days", _days(word.amount, unit), match)


def _corrected(turn: Turn) -> Iterator[tuple[int, Heard]]:
    """As in "60 days. actually make that 30": the number takes the unit of the time before it."""
    for i, word in enumerate(turn.message.words):
        unit = corrects_a_time(turn, i)
        if unit and word.amount is not None:
            match = Match("timeline", i, i)
            yield 2, turn.heard("timeline_days", _days(word.amount, unit), match)


def _days(amount: Amount, unit: str) -> float:
    """The middle of the span; months above three by the calendar."""
    middle = (amount.low + amount.high) / 2
    per_unit = 30.4 if unit == "months" and middle > 3 else DAYS[unit]
    return round(middle * per_unit)


def _dates(turn: Turn) -> Iterator[tuple[int, Heard]]:
    for match, days in days_until(
        turn.message, turn.date, bare=turn.asked == "timeline" or len(turn.message.words) <= 4
    ):
        strength = _strength(turn, match, named_day=True)
        if turn.text(match.first) == "this" and strength < 2 and turn.text(match.last) in {"years", "months"}:
            continue
        if strength:
            yield strength, turn.heard("timeline_days", days, match)


def _at_once(turn: Turn) -> Iterator[tuple[int, Heard]]:
    if turn.has("opt_out.phrase"):
        return
    for match in turn.stated("timeline.asap"):
        near = turn.before(match.first, 6) + turn.after(match.last, 4)
        if NOT_ABOUT_SALE & set(near) and turn.asked != "timeline":
            continue
        if turn.text(match.first) in WEAK_ASAP and not (
            turn.asked == "timeline"
            or (_wished(turn, match) and turn.text(match.first) != "yesterday")
            or _is_all_that_is_said(turn, match)
        ):
            continue
        yield 2 if turn.asked == "timeline" else 1, turn.heard("timeline_days", AS_SOON_AS_POSSIBLE, match)


def _is_all_that_is_said(turn: Turn, match: Match) -> bool:
    """The words make up their clause: "right away", "as quick as we can"."""
    clause = turn.message.clauses[match.first]
    if turn.text(match.first) == "yesterday":
        return turn.text(match.last + 1) in {"would", "if"} or turn.text(match.first - 1) in {
            "",
            ".",
            "sell",
            "sold",
            "gone",
        }
    if turn.text(match.first) in {"today", "when", "whenever", "once"} and turn.text(match.first + 1) not in {
        "you",
        "the",
    }:
        return False
    return turn.message.clauses.count(clause) <= match.last - match.first + 5


def _strength(turn: Turn, match: Match, *, named_day: bool = False) -> int:
    """0 for a time that is not ahead or not the sale's; 1 for a bare one, 2 where it is wished or asked for."""
    if _is_age_of_part(turn, match):
        return 0
    if turn.of_others(match) or turn.of_kept_house(match) or _is_gone(turn, match, named_day=named_day):
        return 0
    if turn.asked == "timeline" or _corrects(turn, match):
        return 2
    if "you can" in " ".join(turn.before(match.first, 4)) and turn.text(match.last + 1) in {"?", ".", ""}:
        return 0
    if {"list", "listing"} & set(turn.before(match.first, 4)):
        return 0
    if CONTACTS & set(turn.before(match.first, 6)) and not _is_cued(turn, match, "timeline.deadline"):
        return 0
    if _is_cued(turn, match, "timeline.lease"):
        return 1 if _wished(turn, match, but_not_by=LEADS) or _sale_follows(turn, match) else 0
    if _wished(turn, match):
        return 2
    if named_day or _points_ahead(turn, match):
        return 1
    return 1 if _stands_alone(turn, match) and not _tells_of_living(turn, match) else 0


def _sale_follows(turn: Turn, match: Match) -> bool:
    """As in "lease is up feb 28 and then I want to close": the end of something else begins the sale."""
    following = turn.after(match.last, 8)
    return (
        following[:1] != ["."]
        and bool({"then", "after", "afterwards"} & set(following[:3]))
        and bool({"want", "sell", "close", "ready", "done", "gone", "yours", "go"} & set(following))
    )


def _tells_of_living(turn: Turn, match: Match) -> bool:
    """As in "I have a good tenant, 3 years": how long somebody has lived there."""
    return any(turn.same_sentence(m.first, match.first) for m in turn.matches("occupancy.tenant", "occupancy.owner"))


def _is_gone(turn: Turn, match: Match, *, named_day: bool) -> bool:
    following = turn.after(match.last, 2)
    if following[:1] == ["now"] or (following[:1] == ["after"] and CLOSINGS & set(turn.after(match.last, 4)[1:])):
        return turn.asked != "timeline" or following[:1] != ["now"]
    if following == ["of", "#"] and named_day:
        following = []
    if following[:1] and following[0] in GONE_AFTER and following[1:] != ["the"]:
        return not (following[0] in {"in", "of", "into"} and turn.asked == "timeline")
    ahead = [word for word in turn.before(match.first, 5) if word not in SKIPPED]
    if ahead and ahead[-1] in {"por", "happy", "merry", "feliz"}:
        return True
    if ahead and ahead[-1] == "for" and (named_day or {"not", "another", "wait"} & set(turn.before(match.first, 6))):
        return False
    if ahead and ahead[-1] == "gone" and not named_day:
        return True
    if ahead and (ahead[-1] in BEHIND or ahead[-2:] == ["in", "past"]):
        return True
    if named_day and (_follows_a_past_verb(turn, match) or turn.before(match.first, 2) == ["back", "in"]):
        return True
    return any(
        turn.same_clause(cue.first, match.first) and 0 < match.first - cue.last <= 5 and not _is_wish(turn, cue, match)
        for cue in turn.matches("timeline.past_cue")
    )


def _follows_a_past_verb(turn: Turn, match: Match) -> bool:
    """As in "inspected in June", "cleaned it out in September"; "scheduled for June" still lies ahead."""
    before = [word for word in turn.before(match.first, 9) if word not in SKIPPED]
    if AHEAD_OF_NOW & set(before):
        return False
    near = before[-1:] if before[-1:] and before[-1] in STILL_AHEAD else before
    return any(len(word) > 4 and word.endswith("ed") and word not in STILL_AHEAD for word in near)


def _is_age_of_part(turn: Turn, match: Match) -> bool:
    """As in "Roof 5 yrs" is the roof's age."""
    return any(
        turn.same_clause(part.first, match.first) and part.last < match.first
        for part in turn.matches("condition.part_system")
    ) and not _wished(turn, match)


def _is_wish(turn: Turn, cue: Match, match: Match) -> bool:
    """As in "Need it sold in 60 days" looks ahead though "sold" looks back."""
    if WISHES & set(turn.before(cue.first, 6)):
        return True
    return any(cue.last < wish.first < match.first for wish in turn.matches("timeline.soon_cue"))


def _points_ahead(turn: Turn, match: Match) -> bool:
    first = turn.text(match.first)
    ahead = [word for word in turn.before(match.first, 4) if word not in SKIPPED]
    return bool(ahead and ahead[-1] in AHEAD) or first in {"by", "before", "next", "within", "in", "until"}


def _wished(turn: Turn, match: Match, but_not_by: frozenset[str] = frozenset()) -> bool:
    return any(
        turn.same_clause(cue.first, match.first)
        and not match.first <= cue.first <= match.last
        and turn.text(cue.first) not in but_not_by
        for cue in turn.matches("timeline.soon_cue")
    )


def _corrects(turn: Turn, match: Match) -> bool:
    return any(0 < match.first - cue.last <= 2 for cue in turn.matches("money.correction"))


def _is_cued(turn: Turn, match: Match, label: str) -> bool:
    return any(
        turn.same_clause(cue.first, match.first) and not match.first <= cue.first <= match.last
        for cue in turn.matches(label)
    )


def _stands_alone(turn: Turn, match: Match) -> bool:
    """The time makes a short sentence or clause of its own."""
    sentence, clause = turn.message.sentences[match.first], turn.message.clauses[match.first]
    return turn.message.sentences.count(sentence) <= 5 or turn.message.clauses.count(clause) <= 4
