"""Hears what shape the house is in: grades, defects, what was mended."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from realestate.domain.chat.facts import CONDITIONS, Heard
from realestate.domain.chat.hearing.turn import Turn
from realestate.domain.chat.phrases import Match

SYSTEMS = {
    "roof": "roof|techo|shingles|goteras|gotera|leak|rain|tarp|ceiling",
    "plumbing": "water heater|hot water|plumbing|pipes|pipe|plomeria|tuberia|polybutylene|galvanized",
    "hvac": "hvac|ac|air|furnace|heater|heat|boiler|aire|a c|window units|calenton",
    "electrical": "electrical|electric|wiring|panel|electricidad|fuse|knob",
    "windows": "windows",
    "sewer": "sewer|septic",
    "outside": "siding|gutters|deck|porch",
}
SYSTEM_WORD = re.compile(r"\b(" + "|".join(f"(?P<{name}>{words})" for name, words in SYSTEMS.items()) + r")\b")
PARTS = tuple(f"condition.part_{kind}" for kind in ("cosmetic", "room", "system", "serious"))
LISTING = frozenset(
    {
        "and",
        ",",
        "y",
        "plus",
        "or",
        "new",
        "a",
        "the",
        "nuevo",
        "nueva",
        "#",
        "some",
        "whole",
        "of",
        "all",
        "un",
        "una",
        "el",
        "la",
        "los",
        "e",
        "maybe",
        "also",
        "fresh",
    }
)
YOUNG = 8
"""Years up to which a roof, furnace or the like is no defect."""

PRAISING = frozenset({"new", "fresh", "nuevo", "nueva", "#"})
DENIED_PRAISE = {"excellent": "fair", "good": "poor"}
GRADE_WORDS = {
    "excellent": "excellent perfect amazing mint great turnkey excelente perfecta",
    "good": "good nice solid fine clean buena bien buen",
    "fair": "fair ok okay average alright decent livable regular meh",
    "poor": "poor bad rough terrible awful horrible trash mala mal fea ugly",
}
ONE_WORD_GRADE = {word: grade for grade, words in GRADE_WORDS.items() for word in words.split()}
SCALE = ((9, "excellent"), (7, "good"), (5, "fair"), (0, "poor"))
ORDER = {grade: weight for weight, grade in enumerate(CONDITIONS)}
SEVERITY = {f"condition.{label}": ORDER.get(label, ORDER["fair"]) for label in (*CONDITIONS, "system")} | {
    "condition.mended": ORDER["excellent"]
}


def hear_condition(turn: Turn) -> Iterator[Heard]:
    """Remarks on the house in the order of the message; what they add up to is for `facts.overall_condition`."""
    found = turn.matches(*(f"condition.{label}" for label in (*CONDITIONS, "system", "mended")))
    remarks = [one for match in _outermost(found) for one in _remark(turn, match)]
    remarks += _defects_of_parts(turn)
    if not remarks and turn.asked == "condition":
        remarks = list(_bare_answer(turn))
    if _starts_with_correction(turn) and remarks and turn.memory.knows("condition"):
        worst = max(remarks, key=lambda one: ORDER.get(str(one.value), 0))
        yield Heard("condition", worst.value, worst.words, worst.turn, "correction")
    yield from remarks


def _remark(turn: Turn, match: Match) -> Iterator[Heard]:
    label = match.label.removeprefix("condition.")
    if turn.supposed(match) or turn.of_others(match) or turn.of_kept_house(match):
        return
    denied = turn.denied(match)
    if label in {"system", "mended"}:
        yield from _system_remark(turn, match, label, denied=denied)
    elif not denied:
        if label in {"poor", "uninhabitable", "fair"} and _since_mended(turn, match):
            return
        yield turn.heard("condition", "fair" if _only_cosmetic(turn, match) else label, match)
    elif label in DENIED_PRAISE and _denies_a_grade(turn, match):
        yield turn.heard("condition", DENIED_PRAISE[label], match)


def _system_remark(turn: Turn, match: Match, label: str, *, denied: bool) -> Iterator[Heard]:
    which = _systems_in(turn, match)
    if label == "system" and _is_young(turn, match):
        label = "mended"
    if label == "mended":
        if not denied and not _is_needed(turn, match):
            yield from (turn.heard("condition", "", match, f"mended:{name}") for name in which)
        return
    if denied or _since_mended(turn, match):
        return
    yield from (turn.heard("condition", "system", match, f"system:{name}") for name in which)


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


def _systems_in(turn: Turn, match: Match) -> list[str]:
    said = " ".join(turn.text(i) for i in range(match.first, match.last + 1))
    named = [name for hit in SYSTEM_WORD.finditer(said) for name, word in hit.groupdict().items() if word]
    return list(dict.fromkeys(named)) or ["other"]


def _outermost(found: Sequence[Match]) -> list[Match]:
    """Leaves out phrases inside a longer one that weighs at least as much: "new roof" within "needs a new roof"."""
    return [match for match in found if not any(_hides(other, match) for other in found)]


def _hides(other: Match, match: Match) -> bool:
    inside = other.first <= match.first and match.last <= other.last
    longer = other.last - other.first > match.last - match.first
    return inside and longer and SEVERITY[other.label] >= SEVERITY[match.label]


def _since_mended(turn: Turn, match: Match) -> bool:
    """The defect is told as gone: "roof leaked but we fixed it", "there was mold, all remediated"."""
    return any(
        turn.same_sentence(m.first, match.first) and m.first > match.last for m in turn.matches("context.resolved")
    )


def _denies_a_grade(turn: Turn, match: Match) -> bool:
    said = {turn.text(i) for i in range(match.first, match.last + 1)}
    return bool(said & {"shape", "condition", "condicion", "condiciones", "estado", "turnkey", "ready"})


def _starts_with_correction(turn: Turn) -> bool:
    return any(m.first == 0 for m in turn.matches("money.correction")) and turn.text(0) != "no"


def _only_cosmetic(turn: Turn, match: Match) -> bool:
    """As in "Needs everything cosmetic" is no ruin."""
    return any(turn.text(i).startswith("cosmetic") for i in range(match.first, match.last + 3))


def _defects_of_parts(turn: Turn) -> Iterator[Heard]:
    """Every part of the house that is needed or said to be broken, alone or in a list."""
    for part in turn.stated(*PARTS):
        if _is_whole(turn, part):
            yield turn.heard("condition", "", part, f"mended:{_detail(turn, part).partition(':')[2]}")
        elif _is_defective(turn, part) or _is_in_list_of_needs(turn, part) or _is_bare_list(turn, part):
            yield turn.heard("condition", "defect", part, _detail(turn, part))


def _detail(turn: Turn, part: Match) -> str:
    kind = part.label.removeprefix("condition.part_")
    name = _systems_in(turn, part)[0] if kind == "system" else turn.text(part.first).rstrip("s")
    return f"{kind}:{name}"


def _is_defective(turn: Turn, part: Match) -> bool:
    """A word of ruin close by in the clause: "ceiling stain", "carpets gotta go", "rotten joists"."""
    return any(
        turn.same_clause(word.first, part.first)
        and (0 < word.first - part.last <= 4 or 0 < part.first - word.last <= 3)
        and not turn.denied(word)
        and not _other_part_between(turn, word, part)
        for word in turn.matches("condition.defect")
    )


def _other_part_between(turn: Turn, word: Match, part: Match) -> bool:
    low, high = sorted((word.first, part.first))
    return any(low < other.first < high for other in turn.matches(*PARTS))


def _is_in_list_of_needs(turn: Turn, part: Match) -> bool:
    """After a "needs", with nothing between but other parts and the words that join a list."""
    for need in turn.matches("condition.need"):
        if need.last < part.first and turn.same_sentence(need.first, part.first) and not turn.denied(need):
            parts = {i for other in turn.matches(*PARTS) for i in range(other.first, other.last + 1)}
            between = [i for i in range(need.last + 1, part.first) if i not in parts]
            if len([i for i in between if turn.text(i) not in LISTING]) <= 2 and not {
                "is",
                "are",
                "i",
                "we",
                "it",
            } & {turn.text(i) for i in between}:
                return True
    return False


def _is_bare_list(turn: Turn, part: Match) -> bool:
    """A clause of nothing but parts names what is wrong: "paint and carpet, nothing crazy"."""
    clause = turn.message.clauses[part.first]
    parts = {i for other in turn.matches(*PARTS) for i in range(other.first, other.last + 1)}
    words = [i for i, number in enumerate(turn.message.clauses) if number == clause]
    joints = LISTING - PRAISING | {".", "just", "mostly", "mainly", "really"}
    alone = all(i in parts or turn.text(i) in joints for i in words)
    return alone and len(parts) > 1 and (words[0] == 0 or turn.text(words[0] - 1) in {".", ","})


def _is_whole(turn: Turn, part: Match) -> bool:
    """The part is said to be new or sound and not merely wanted so: "new roof", "roof is fine"."""
    if _is_in_list_of_needs(turn, part):
        return False
    return any(
        turn.same_clause(word.first, part.first)
        and (0 < word.first - part.last <= 3 or 0 < part.first - word.last <= 1)
        for word in turn.matches("condition.whole")
    )


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
        yield turn.heard("condition", "defect", match, _detail(turn, match))
