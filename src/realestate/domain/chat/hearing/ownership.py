"""Hears who lives there, who decides, and whether an agent has it."""

from __future__ import annotations

from collections.abc import Iterator

from realestate.domain.chat.facts import OCCUPANCIES, Heard
from realestate.domain.chat.hearing.turn import Turn
from realestate.domain.chat.phrases import Match
from realestate.domain.chat.wordlist import listed

COMING = frozenset(
    {
        "will",
        "going",
        "once",
        "when",
        "soon",
        "after",
        "until",
        "till",
        "would",
        "could",
        "if",
        "wish",
        "get",
        "might",
    }
)
AUTHORITY = frozenset(
    {
        "executor",
        "executrix",
        "administrator",
        "administratrix",
        "trustee",
        "poa",
        "attorney",
        "letters",
        "representative",
        "conservator",
        "albacea",
        "authorized",
        "rep",
    }
)
GONE = frozenset({"moved", "left", "out", "evicted", "skipped", "vacated", "gone", "bounced", "fueron", "fue"})
LOOSE_SOLE = frozenset({"own", "owner", "bought", "llc", "widow", "widowed"})
BARE_OCCUPANCY = {
    "owner": "me us we i myself yo nosotros myself family",
    "tenant": "tenant tenants renter renters rented rental inquilino inquilinos leased lease section rentada",
    "vacant": "nobody noone empty vacant none no nadie vacia unoccupied sola",
}
BARE_DECISION = {
    "joint": "wife husband both brother sister we spouse partner siblings ex mother son daughter cousins kids two",
    "sole": "me just only myself yes i mine yo solo si sole",
}
CO_OWNERS = listed(
    "he she wife husband ex brother sister siblings mother father son daughter cousin partner aunt uncle"
)
PARTED = frozenset({"split", "separated", "divorced", "divorcing", "splitting", "separating"})
ADVISED = {(verb, "me") for verb in ("want", "wants", "told", "asked", "tell", "tells")}
"""As in "my kids want me to sell": who advises is no owner yet."""

OTHER_HOUSE = frozenset({"other", "last", "another", "first", "old", "one"})


def hear_occupancy(turn: Turn) -> Iterator[Heard]:
    """Owner, tenant or vacant; the last that is said of now."""
    found = [m for m in turn.stated(*(f"occupancy.{value}" for value in OCCUPANCIES)) if _is_now(turn, m)]
    found = [match for match in found if not _tenant_who_left(match, found)]
    found = [match for match in found if not (_family_lives_there(turn, match) or _own_lease(turn, match))]
    if found:
        last = max(found, key=lambda match: (match.first, match.last))
        yield turn.heard("occupancy", last.label.removeprefix("occupancy."), last)
    elif turn.asked == "occupancy":
        yield from _bare(turn, "occupancy", BARE_OCCUPANCY)


def hear_decision_maker(turn: Turn) -> Iterator[Heard]:
    """Sole, joint or not the owner, and whether somebody who must agree does not."""
    conflict = next((m for m in turn.matches("decision.conflict") if not _harmless_conflict(turn, m)), None)
    if turn.has("opt_out.phrase"):
        conflict = None
    if conflict:
        yield turn.heard("dm_conflict", True, conflict)
    found = _decisions(turn)
    if found is None and conflict and turn.text(conflict.first) in CO_OWNERS:
        found = ("joint", conflict)
    if found:
        value, match = found
        yield turn.heard("decision_maker", value, match)
    elif turn.asked == "decision_maker":
        yield from _bare(turn, "decision_maker", BARE_DECISION)


def hear_listed(turn: Turn) -> Iterator[Heard]:
    """Whether an agent has the house under contract; an expired or unsigned listing is a no."""
    signs: list[tuple[Match, bool]] = []
    for match in turn.matches("listed.yes", "listed.no"):
        if turn.of_others(match) or turn.of_kept_house(match):
            continue
        says_yes = match.label == "listed.yes"
        if says_yes and (turn.supposed(match) or {"be", "get", "go"} & set(turn.before(match.first, 2))):
            continue
        signs.append((match, says_yes and not turn.denied(match)))
    if signs:
        match, value = _latest_sign(signs)
        yield turn.heard("listed_with_agent", value, match)
    elif turn.asked == "listed" and turn.text(0) in {"no", "not", "never", "yes", "si"}:
        yield turn.heard("listed_with_agent", turn.text(0) in {"yes", "si"}, Match("listed", 0, 0))


def _latest_sign(signs: list[tuple[Match, bool]]) -> tuple[Match, bool]:
    """The last sign; a no that overlaps a yes explains it: "was listed but it expired"."""
    match, value = signs[-1]
    explained = [no for no, is_listed in signs if not is_listed and no.last >= match.first - 8]
    return (explained[-1], False) if value and explained else (match, value)


def _is_now(turn: Turn, match: Match) -> bool:
    """Neither a plan nor a memory: "will be empty", "used to live there"."""
    if match.label == "occupancy.vacant" and turn.text(match.last + 1).startswith("nest"):
        return False
    if (
        match.label == "occupancy.vacant"
        and turn.text(match.first) == "moved"
        and turn.text(match.first - 1) in {"he", "she"}
    ):
        return False
    if match.label == "occupancy.vacant" and COMING & set(turn.before(match.first, 4)):
        return False
    return not any(
        turn.same_clause(m.first, match.first) and m.first <= match.last and turn.text(m.first) in {"used", "back"}
        for m in turn.matches("context.past")
    )


def _tenant_who_left(match: Match, found: list[Match]) -> bool:
    """As in "Tenants moved out" is heard as tenants too; the longer reading wins."""
    return match.label == "occupancy.tenant" and any(
        other.label == "occupancy.vacant" and other.first <= match.last and match.first <= other.last for other in found
    )


def _family_lives_there(turn: Turn, match: Match) -> bool:
    return match.label == "occupancy.owner" and any(
        m.first <= match.first <= m.last and turn.text(m.first) == "my" for m in turn.matches("occupancy.family")
    )


def _own_lease(turn: Turn, match: Match) -> bool:
    """As in "My lease is up" is the seller's own flat."""
    return (
        match.label == "occupancy.tenant"
        and turn.text(match.first) == "lease"
        and turn.text(match.first - 1) in {"my", "our"}
    )


def _decisions(turn: Turn) -> tuple[str, Match] | None:
    """The strongest reading: authority by office, then not the owner, then joint, then sole."""
    readings: list[tuple[int, int, str, Match]] = []
    for match in turn.matches("decision.sole", "decision.joint", "decision.not_owner"):
        value = match.label.removeprefix("decision.")
        if turn.of_others(match) or turn.of_kept_house(match) or (value != "not_owner" and turn.supposed(match)):
            continue
        if value != "not_owner" and any(
            turn.same_sentence(m.first, match.first) for m in turn.matches("opt_out.phrase")
        ):
            continue
        weight = _weight(turn, value, match)
        if weight:
            readings.append((weight, match.first, value, match))
    if not readings:
        return None
    _, _, value, match = max(readings, key=lambda reading: reading[:2])
    return value, match


def _weight(turn: Turn, value: str, match: Match) -> int:
    said = {turn.text(i) for i in range(match.first, match.last + 1)}
    if value == "not_owner":
        if turn.text(match.last + 1) == "yet" and "authority" in said:
            return 0
        ours = any(m.first < match.first <= m.last for m in turn.matches("decision.joint"))
        return 0 if ours or _is_other_sale(turn, match) or turn.supposed(match) else 3
    if value == "joint":
        parted = PARTED & set(turn.after(match.last, 2))
        advised = ADVISED & {(turn.text(i), turn.text(i + 1)) for i in range(match.first, match.last + 1)}
        return 0 if turn.denied(match) or turn.text(match.first - 1) == "late" or parted or advised else 2
    if turn.denied(match):
        return 0
    if said & AUTHORITY:
        return 0 if turn.matches("decision.conflict") and "letters" in said else 4
    if said & LOOSE_SOLE and turn.memory.knows("decision_maker"):
        return 0
    return 1


def _is_other_sale(turn: Turn, match: Match) -> bool:
    """As in "Sold" of another house, of goods, or as a wish: "want it sold", "sold my other house"."""
    said = [turn.text(i) for i in range(match.first, match.last + 1)]
    if not {"sold", "vendimos", "vendi", "closed"} & set(said):
        return turn.denied(match) and said[:1] not in (["not"], ["never"])
    around = set(turn.before(match.first, 4)) | set(turn.after(match.last, 3))
    if turn.before(match.first, 2) == ["that", "one"]:
        around.discard("one")
    wished = {
        "want",
        "get",
        "wants",
        "need",
        "be",
        "to",
        "would",
        "wish",
        "if",
        "before",
        "until",
        "once",
        "like",
        "not",
    }
    return bool(
        wished & set(turn.before(match.first, 3))
        or OTHER_HOUSE & around
        or turn.has("context.several")
        or turn.denied(match)
    )


def _harmless_conflict(turn: Turn, match: Match) -> bool:
    said = {turn.text(i) for i in range(match.first, match.last + 1)} | set(turn.after(match.last, 3))
    return bool(said & {"lease", "rent", "leave"}) or turn.supposed(match) or turn.of_others(match)


def _bare(turn: Turn, fact: str, answers: dict[str, str]) -> Iterator[Heard]:
    for i, word in enumerate(turn.message.words[:8]):
        for value, words in answers.items():
            if word.text in words.split():
                if fact == "decision_maker" and word.text == "me" and turn.text(i + 1) == "and":
                    value = "joint"
                yield turn.heard(fact, value, Match(fact, i, i))
                return
