"""Parts of the house and what is said of them: broken, needed, worn, new."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from realestate.domain.chat.facts import CONDITIONS, Heard
from realestate.domain.chat.hearing.turn import Turn
from realestate.domain.chat.phrases import Match
from realestate.domain.chat.wordlist import listed

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
LISTING = listed("and , y plus or new a the nuevo nueva # some whole of all un una el la los e maybe also fresh")
"""What joins the parts of a list."""

OLD = {
    "condition.part_cosmetic": 10,
    "condition.part_room": 20,
    "condition.part_system": 18,
    "condition.part_serious": 150,
}
"""Years from which the age of a part is a remark on its condition: carpets wear out in ten, a roof in about twenty."""

YOUNG = 8
"""Years up to which a roof, furnace or the like is no defect."""

REPAINTED = listed("paint painted painting repainted scuffed scuffs dirty wallpaper")
PRAISING = frozenset({"new", "fresh", "nuevo", "nueva", "#"})
ORDER = {grade: weight for weight, grade in enumerate(CONDITIONS)}
SEVERITY = (
    dict.fromkeys(PARTS, 0)
    | {f"condition.{label}": ORDER.get(label, ORDER["fair"]) for label in (*CONDITIONS, "system")}
    | {"condition.mended": ORDER["excellent"]}
)


def defects_of_parts(turn: Turn) -> Iterator[Heard]:
    """Every part of the house that is needed or said to be broken, alone or in a list."""
    for part in outermost(list(turn.stated(*PARTS))):
        age = _age_of(turn, part)
        if _is_whole(turn, part) or _is_of_late(turn, part) or (age is not None and age <= YOUNG):
            yield turn.heard("condition", "", part, f"mended:{detail_of(turn, part).partition(':')[2]}")
        elif (
            (age or 0) >= OLD[part.label]
            or _is_defective(turn, part)
            or _is_in_list_of_needs(turn, part)
            or _is_bare_list(turn, part)
        ):
            yield turn.heard("condition", "defect", part, detail_of(turn, part))


def detail_of(turn: Turn, part: Match) -> str:
    """The part with its weight, as in "system:roof" and "cosmetic:carpet"."""
    kind = part.label.removeprefix("condition.part_")
    if kind == "serious" and REPAINTED & {turn.text(i) for i in range(part.last + 1, part.last + 4)}:
        kind = "cosmetic"
    name = systems_in(turn, part)[0] if kind == "system" else turn.text(part.first).rstrip("s")
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
    if any(turn.same_sentence(m.first, part.first) for m in turn.matches("condition.good", "condition.excellent")):
        return False
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


def _age_of(turn: Turn, part: Match) -> float | None:
    """The years of a part, as in "carpet is 12 years old"."""
    for i in range(part.last + 1, min(part.last + 5, len(turn.message.words) - 2)):
        amount = turn.message.words[i].amount
        if amount and turn.text(i + 1) == "years" and turn.text(i + 2) == "old" and turn.same_clause(part.first, i):
            return amount.high
    return None


def _is_of_late(turn: Turn, part: Match) -> bool:
    """As in "roof 2019": a part with the year it was put in."""
    amount = turn.message.words[part.last + 1].amount if part.last + 1 < len(turn.message.words) else None
    return amount is not None and amount.kind == "year" and turn.date.year - YOUNG <= amount.low <= turn.date.year


def systems_in(turn: Turn, match: Match) -> list[str]:
    """The systems of the house that the phrase names, "other" where none is known."""
    said = " ".join(turn.text(i) for i in range(match.first, match.last + 1))
    named = [name for hit in SYSTEM_WORD.finditer(said) for name, word in hit.groupdict().items() if word]
    return list(dict.fromkeys(named)) or ["other"]


def outermost(found: Sequence[Match]) -> list[Match]:
    """Leaves out phrases inside a longer one that weighs at least as much: "new roof" within "needs a new roof"."""
    return [match for match in found if not any(_hides(other, match) for other in found)]


def _hides(other: Match, match: Match) -> bool:
    inside = other.first <= match.first and match.last <= other.last
    longer = other.last - other.first > match.last - match.first
    return inside and longer and SEVERITY[other.label] >= SEVERITY[match.label]
