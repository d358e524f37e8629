"""Hears what shape the house is in: grades, defects, what was mended."""

from __future__ import annotations

import re
from collections.abc import Iterator

from realestate.domain.chat.facts import CONDITIONS, Heard
from realestate.domain.chat.hearing.parts import ORDER, PARTS, YOUNG, defects_of_parts, detail_of, outermost, systems_in
from realestate.domain.chat.hearing.turn import Turn
from realestate.domain.chat.phrases import Match
from realestate.domain.chat.wordlist import listed

NOT_THE_HOUSE = listed("lot yard neighborhood area street block guy lady tenant tenants people offer price deal day")
NO_LACK = listed("damage leaks leak issues problems bill bills stains intrusion pressure heater")
"""After these "no water" lacks nothing."""

PAPERS = listed("note mortgage papers bridge bridges")
"""What people burn who have paid, or have fallen out."""

REBUILT = listed("rebuilt redone redid renovated remodeled restored new everything")
DENIED_PRAISE = {"excellent": "fair", "good": "poor"}
GRADE_WORDS = {
    "excellent": "excellent perfect amazing mint great turnkey excelente perfecta",
    "good": "good nice solid fine clean buena bien buen",
    "fair": "fair ok okay average alright decent livable regular meh",
    "poor": "poor bad rough terrible awful horrible trash mala mal fea ugly",
}
ONE_WORD_GRADE = {word: grade for grade, words in GRADE_WORDS.items() for word in words.split()}
OUT_OF_TEN = re.compile(r"(10|[1-9])/10")
SCALE = ((9, "excellent"), (7, "good"), (5, "fair"), (0, "poor"))


def hear_condition(turn: Turn) -> Iterator[Heard]:
    """Remarks on the house in the order of the message; what they add up to is for `facts.overall_condition`."""
    found = turn.matches(*(f"condition.{label}" for label in (*CONDITIONS, "system", "mended")))
    remarks = [one for match in outermost(found) for one in _remark(turn, match)]
    remarks += defects_of_parts(turn)
    remarks += _out_of_ten(turn)
    if not remarks and turn.asked == "condition":
        remarks = list(_bare_answer(turn))
    if _starts_with_correction(turn) and remarks and turn.memory.knows("condition"):
        worst = max(remarks, key=lambda one: ORDER.get(str(one.value), 0))
        yield Heard("condition", worst.value, worst.words, worst.turn, "correction")
    yield from remarks


def _out_of_ten(turn: Turn) -> Iterator[Heard]:
    """As in "the house is a 9/10", "like a 6 out of 10"."""
    for i in range(len(turn.message.words)):
        mark, last = _mark(turn, i)
        if mark and {"is", "a", "like", "solid", "about", "condition", "shape"} & set(turn.before(i, 3)):
            grade = next(grade for low, grade in SCALE if mark >= low)
            yield turn.heard("condition", grade, Match("condition", i, last))


def _mark(turn: Turn, i: int) -> tuple[int, int]:
    """The mark of ten that begins at word i and its last word; 0 where there is none."""
    word = turn.message.words[i]
    if written := OUT_OF_TEN.fullmatch(word.raw):
        return int(written[1]), i
    if [turn.text(j) for j in range(i + 1, i + 4)] == ["out", "of", "#"]:
        mark, most = word.amount, turn.message.words[i + 3].amount
        if mark and most and most.low == 10 and 0 < mark.low <= 10:
            return int(mark.low), i + 3
    return 0, i


def _remark(turn: Turn, match: Match) -> Iterator[Heard]:
    label = match.label.removeprefix("condition.")
    if turn.supposed(match) or turn.of_others(match) or turn.of_kept_house(match):
        return
    following = turn.text(match.last + 1)
    burnt_out = turn.text(match.first).startswith("burn") and "out" in {
        turn.text(i) for i in range(match.first, match.last + 1)
    }
    if label == "uninhabitable" and burnt_out and (following == "on" or turn.text(match.last) in {"on", "from", "by"}):
        return
    if turn.text(match.first).startswith("burn") and (
        PAPERS & set(turn.after(match.first, 3)) or turn.text(match.first - 1) in {"am", "feel", "feeling"}
    ):
        return
    if following in (NOT_THE_HOUSE if label in DENIED_PRAISE else NO_LACK if label == "uninhabitable" else ()):
        return
    denied = turn.denied(match) or _denies_itself(turn, match)
    if label in {"system", "mended"}:
        yield from _system_remark(turn, match, label, denied=denied)
    elif not denied:
        if label in {"poor", "uninhabitable", "fair"} and _since_mended(turn, match):
            return
        if label == "poor" and _since_rebuilt(turn, match):
            return
        yield turn.heard("condition", "fair" if _only_cosmetic(turn, match) else label, match)
    elif label in DENIED_PRAISE and _denies_a_grade(turn, match):
        yield turn.heard("condition", DENIED_PRAISE[label], match)


def _system_remark(turn: Turn, match: Match, label: str, *, denied: bool) -> Iterator[Heard]:
    which = systems_in(turn, match)
    if label == "system" and _is_young(turn, match):
        label = "mended"
    if label == "mended":
        if not denied and not _is_needed(turn, match):
            yield from (turn.heard("condition", "", match, f"mended:{name}") for name in which)
        return
    if denied or _since_mended(turn, match):
        return
    yield from (turn.heard("condition", "system", match, f"system:{name}") for name in which)


def _denies_itself(turn: Turn, match: Match) -> bool:
    """As in "the roof does not leak": the denial stands inside; "the heat does not work" is none."""
    words = [turn.text(i) for i in range(match.first, match.last + 1)]
    ends_sound = words[-1].startswith(("work", "run", "pass", "hold", "turn", "close", "open"))
    return not ends_sound and "not" in words[1:-1][-2:] and words[0] not in {"no", "not", "can", "could", "has", "have"}


def _is_young(turn: Turn, match: Match) -> bool:
    """As in "2 yr old HVAC": old in name only."""
    age = turn.message.words[match.first - 2].amount if match.first > 1 else None
    return (
        turn.text(match.first) == "old"
        and turn.text(match.first - 1) == "years"
        and age is not None
        and age.high <= YOUNG
    )


def _is_needed(turn: Turn, match: Match) -> bool:
    """As in "needs a new roof and plumbing": the new things are wished for."""
    return any(
        other.first <= match.first and turn.same_clause(other.first, match.first) and not turn.denied(other)
        for other in turn.matches("condition.need")
    )


def _since_mended(turn: Turn, match: Match) -> bool:
    """The defect is told as gone: "roof leaked but we fixed it", "there was mold, all remediated"."""
    return any(
        turn.same_sentence(m.first, match.first) and m.first > match.last for m in turn.matches("context.resolved")
    )


def _since_rebuilt(turn: Turn, match: Match) -> bool:
    """As in "gutted to the studs and rebuilt in 2023"."""
    said = {turn.text(i) for i in range(match.first, match.last + 1)}
    return bool(said & {"gutted", "gut", "studs"} and REBUILT & set(turn.after(match.last, 8)))


def _denies_a_grade(turn: Turn, match: Match) -> bool:
    said = {turn.text(i) for i in range(match.first, match.last + 1)}
    return bool(said & {"shape", "condition", "condicion", "condiciones", "estado", "turnkey", "ready"})


def _starts_with_correction(turn: Turn) -> bool:
    return any(m.first == 0 for m in turn.matches("money.correction")) and turn.text(0) != "no"


def _only_cosmetic(turn: Turn, match: Match) -> bool:
    """As in "Needs everything cosmetic" is no ruin."""
    return any(turn.text(i).startswith("cosmetic") for i in range(match.first, match.last + 3))


def _bare_answer(turn: Turn) -> Iterator[Heard]:
    """A word, a mark out of ten, or a list of broken systems, given to the question about the condition."""
    words = turn.message.words
    for i, word in enumerate(words):
        one = Match("condition", i, i)
        if word.text in ONE_WORD_GRADE and not turn.denied(one):
            yield turn.heard("condition", ONE_WORD_GRADE[word.text], one)
            return
        number = re.match(r"(\d+)(?:/10)?$", word.raw)
        if number and len(words) <= 6 and int(number[1]) <= 10:
            yield turn.heard("condition", next(g for low, g in SCALE if int(number[1]) >= low), one)
            return
    for match in turn.stated(*PARTS):
        yield turn.heard("condition", "defect", match, detail_of(turn, match))
