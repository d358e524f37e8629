"""Hears what the seller wants of us: an offer, to be left in peace, or somebody else altogether."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from realestate.domain.chat.facts import Heard
from realestate.domain.chat.hearing.turn import Turn
from realestate.domain.chat.phrases import Match
from realestate.domain.chat.wordlist import listed

THIRD_PARTIES = listed(
    "tenant tenants renter renters ex bank banks city landlord neighbor neighbors brother sister husband he she "
    "wife realtor agent lender contractor contractors mother father kids inspector county hoa guy nephew son "
    "cousin"
)
OURS_TO_REFUSE = frozenset({"selling", "letting", "parting", "it", "that", "this", "any", "your", "moving", "what"})
ASKED_ABOUT_US = frozenset({("is", "this"), ("is", "it"), ("this", "not")})
CONDITIONS_FOLLOW = frozenset({"unless", "if", "less", "under", "below"})
CONDITIONS_AFTER_BUT = frozenset(
    {"if", "for", "would", "might", "could", "maybe", "depends", "make", "what", "everything", "how"}
)
REFUSALS_NOT_OURS = frozenset(
    {
        "wife",
        "husband",
        "brother",
        "sister",
        "he",
        "she",
        "mother",
        "father",
        "siblings",
        "ex",
        "son",
        "daughter",
        "cousin",
        "them",
        "they",
        "cousins",
        "heirs",
        "others",
    }
)
NOT_NAMES = listed(
    "interested sure for my the a an in on selling sell going here about happy ready looking yet really listed "
    "vacant empty ok okay good bad right worth true spam scam real me you zillow it going trying gonna bot ai in "
    "at that what so an too very enough fair christmas one new old his her"
)


def hear_interest(turn: Turn) -> Iterator[Heard]:
    """Wants to sell, asks for a number, or refuses; a later wish takes a refusal back."""
    events: list[tuple[int, Heard]] = []
    for match in turn.matches("interest.offer"):
        scorned = any(turn.same_sentence(m.first, match.first) for m in turn.matches("manner.hostile"))
        if not turn.denied(match) and not turn.of_others(match) and not (scorned and turn.text(match.first) == "take"):
            events.append((match.first, turn.heard("open_to_offer", True, match)))
            events.append((match.first, turn.heard("not_interested", False, match)))
    events += [
        (match.first, turn.heard("not_interested", False, match))
        for match in turn.matches("interest.wants")
        if not turn.denied(match) and not turn.supposed(match) and not _inside_refusal(turn, match)
    ]
    events += [
        (match.first, turn.heard("not_interested", True, match))
        for match in turn.matches("interest.refused")
        if _refuses(turn, match)
    ]
    if not events and _is_bare_no(turn):
        events.append((0, turn.heard("not_interested", True, Match("refused", 0, 0))))
    yield from (heard for _, heard in sorted(events, key=lambda event: event[0]))


def hear_manner(turn: Turn) -> Iterator[Heard]:
    """Abuse and threats, and messages for somebody else."""
    for match in turn.matches("manner.hostile"):
        if (
            not turn.denied(match)
            and not THIRD_PARTIES & set(turn.before(match.first, 6))
            and not _is_of_oneself(turn, match)
            and not _is_asked(turn, match)
            and not turn.of_others(match)
        ):
            yield turn.heard("hostile", True, match)
            break
    wrong = next((m for m in turn.matches("manner.wrong_number") if _disowns(turn, m)), None) or _not_that_name(turn)
    if wrong:
        yield turn.heard("wrong_number", True, wrong)


def _is_of_oneself(turn: Turn, match: Match) -> bool:
    """As in "I'd have to be an idiot"."""
    ahead = turn.before(match.first, 7)
    return bool({"i", "we"} & set(ahead)) and "be" in ahead


def _is_asked(turn: Turn, match: Match) -> bool:
    """As in "is this a scam"."""
    opening = [turn.text(i) for i in range(match.first - 4, match.first + 1)]
    return not ASKED_ABOUT_US.isdisjoint(pairwise(opening))


def _disowns(turn: Turn, match: Match) -> bool:
    """A "not me" opens the message; later in it, it tells the seller from somebody else."""
    if (turn.text(match.first), turn.text(match.first + 1)) == ("not", "me") and match.first:
        return False
    return not turn.supposed(match)


def _inside_refusal(turn: Turn, match: Match) -> bool:
    return any(m.first <= match.first <= m.last + 1 for m in turn.matches("interest.refused"))


def _refuses(turn: Turn, match: Match) -> bool:
    """A flat no of the seller's own: no "not yet", no "unless", no co-owner's no."""
    later = [m for m in turn.matches("interest.maybe_later") if turn.same_sentence(m.first, match.first)]
    if later or turn.of_kept_house(match) or turn.supposed(match) or turn.of_others(match):
        return False
    if turn.text(match.first) == "no" and (turn.asked is not None or _answers_something_else(turn, match)):
        return False
    if REFUSALS_NOT_OURS & set(turn.before(match.first, 4)):
        return False
    if turn.text(match.last) == "interested" and turn.text(match.last + 1) == "in":
        return turn.text(match.last + 2) in OURS_TO_REFUSE
    return not _is_conditional(turn.after(match.last, 6))


def _is_conditional(after: list[str]) -> bool:
    """As in "Not for sale unless", "not selling but for the right price"; a "but thanks" changes nothing."""
    if CONDITIONS_FOLLOW & set(after[:4]):
        return True
    if "but" not in after:
        return False
    opening = after.index("but") + 1
    opening += after[opening : opening + 1] in (["i"], ["we"], ["it"])
    return bool(CONDITIONS_AFTER_BUT & set(after[opening : opening + 1]))


def _answers_something_else(turn: Turn, match: Match) -> bool:
    """As in "She wants 6 percent, no thanks": the no is to the agent of the same sentence."""
    opens = match.first == 0 or not turn.same_sentence(match.first - 1, match.first)
    return not opens and any(turn.same_sentence(m.first, match.first) for m in turn.matches("listed.yes", "listed.no"))


def _is_bare_no(turn: Turn) -> bool:
    """The whole first answer is a no."""
    words = [word.text for word in turn.message.words if word.text not in {".", ",", "sir", "maam", "sorry", "thanks"}]
    return words == ["no"] and turn.asked is None and not any(one.fact != "language" for one in turn.memory.heard)


def _not_that_name(turn: Turn) -> Match | None:
    """As in "This aint Marcus", "I'm not Patricia", "no soy Maria": a name after a denial of being somebody."""
    words = turn.message.words
    for i in range(len(words) - 2):
        opening = " ".join(word.text for word in words[i : i + 3])
        if opening in {"this is not", "i am not", "it is not", "that is not", "am not no"} and i + 3 < len(words):
            named = words[i + 3]
        elif opening.startswith(("no soy", "no es")):
            named = words[i + 2]
        elif (opening == "name is not" and i + 3 < len(words)) or (opening == "am not the" and i + 3 < len(words)):
            named = words[i + 3]
        elif words[i].text == "not" and (i == 0 or words[i - 1].text == "."):
            named = words[i + 1]
        else:
            continue
        written = turn.message.text[named.start : named.end]
        if written[:1].isupper() and not written.isupper() and named.text not in NOT_NAMES and named.text.isalpha():
            return Match("manner.wrong_number", i, words.index(named))
    return None
