"""Recognises the wish for silence in any words, before anything else is heard."""

from __future__ import annotations

from realestate.domain.chat.hearing.turn import NEGATORS, Turn
from realestate.domain.chat.phrases import Match
from realestate.domain.chat.wordlist import listed

POLITE = listed(
    "please now thanks thank you it pls sir maam man bro dude ok just already all immediately stop quit me guys "
    "people today this that no lol god jesus ya por favor"
)
WHOLE_REQUESTS = frozenset({"opt out", "stop all", "remove me", "no more", "no mas", "ya no"})
LAST_WORDS = frozenset({"stop", "quit"})
BESIDE_LAST_WORDS = listed(
    "phone text texts texting texted call calls calling message messages messaging number line list selling interested"
)
"""What is spoken of where a bare "stop" at the very end of a message is meant for us."""

GOVERNS_LAST_WORDS = listed(
    "to not will would can could must should may might did do does i we he she they it you the a bus full and or "
    "never about if when had have has that this last next pit non dead"
)
OTHER_MEANINGS = frozenset(
    {("bothered", "with"), ("list", "of"), ("stop", "by"), ("stop", "at"), ("stop", "over"), ("quit", "claim")}
)
"""As in "please stop by", "be bothered with repairs", "off the list of owners"."""

WRITING = listed(
    "text texts texting texted txt call calls calling message messages messaging contact contacting email emails "
    "writing mail letters mailers bothering harassing spam spamming all sending reaching with hitting blowing the "
    "these this your"
)
US = frozenset({"you", "your", "guys", "please"})
OBJECTS = frozenset({"him", "her", "them"})
BARS = frozenset({"please", "and", "but", "so", ".", ",", "?"})
"""A "not" does not reach over these to a request: "not interested and please stop"."""

DENIAL_REACH = 4
UNCONDITIONAL = listed("again more anymore never list ever sue lose delete going better must permission consent right")
"""With one of these a request is for good, whatever it says of hours and channels."""

THREATS = frozenset({"sue", "lawyer", "report", "ftc", "fcc", "attorney", "lawsuit", "legal", "tcpa"})


def opt_out(turn: Turn, keywords: frozenset[str]) -> Match | None:
    """The words by which the seller wants no more messages, or None.

    A keyword counts as a clause of its own ("STOP", "stop please", "Cancel. who is this") or as the last word of a
    message about texts or the sale; a request counts in any words, but not one about other callers, the hour ("dont
    call before 9") or the channel ("text me instead").
    """
    return _keyword(turn, keywords) or _whole_request(turn) or _last_word(turn) or _request(turn)


def _keyword(turn: Turn, keywords: frozenset[str]) -> Match | None:
    words, clauses = turn.message.words, turn.message.clauses
    for i, word in enumerate(words):
        if word.raw == "\U0001f6d1":
            return Match("opt_out", i, i)
        starts = i == 0 or words[i - 1].text in {".", ",", "?"} or words[i - 1].text in POLITE
        if word.raw not in keywords or not starts:
            continue
        rest = [other.text for other, clause in zip(words, clauses, strict=True) if clause == clauses[i]]
        if all(text in POLITE or text in keywords or not text.isalpha() for text in rest):
            return Match("opt_out", i, i)
    return None


def _whole_request(turn: Turn) -> Match | None:
    """As in "OPT OUT" as a whole message, or "no more" as its last sentence."""
    words, last = turn.message.words, len(turn.message.words) - 1
    if " ".join(word.text for word in words if word.text.isalpha()) in WHOLE_REQUESTS:
        return Match("opt_out", 0, last)
    if turn.asked is not None or not words:
        return None
    start = turn.message.sentences.index(turn.message.sentences[last])
    sentence = " ".join(word.text for word in words[start:] if word.text.isalpha())
    return Match("opt_out", start, last) if start and sentence == "no more" else None


def _last_word(turn: Turn) -> Match | None:
    """As in "yall keep blowing up my phone quit"; "I can't quit" and "bus stop" say something else."""
    words = [i for i, word in enumerate(turn.message.words) if word.text.isalpha()]
    if len(words) < 3 or turn.text(words[-1]) not in LAST_WORDS or turn.text(words[-2]) in GOVERNS_LAST_WORDS:
        return None
    spoken_of = {turn.text(i) for i in words[:-1]}
    return Match("opt_out", words[-1], words[-1]) if spoken_of & BESIDE_LAST_WORDS else None


def _request(turn: Turn) -> Match | None:
    for match in turn.matches("opt_out.phrase"):
        if _means_something_else(turn, match) or _of_other_callers(turn, match) or turn.supposed(match):
            continue
        if _about_hour_or_channel(turn, match) or (_is_denied(turn, match) and not _said(turn, match) & THREATS):
            continue
        return match
    return None


def _said(turn: Turn, match: Match) -> set[str]:
    return {turn.text(i) for i in range(match.first, match.last + 1)}


def _means_something_else(turn: Turn, match: Match) -> bool:
    if (turn.text(match.last), turn.text(match.last + 1)) in OTHER_MEANINGS:
        return True
    inside = [turn.text(i) for i in range(match.first + 1, match.last)]
    return turn.text(match.first) in LAST_WORDS and "and" in inside and not WRITING & set(inside[: inside.index("and")])


def _is_denied(turn: Turn, match: Match) -> bool:
    """As in "Not telling you to stop", "no need to"; a bare "no" before the request only underlines it."""
    near = turn.before(match.first, DENIAL_REACH)
    for text in reversed(near):
        if text in BARS:
            return False
        if text in NEGATORS:
            return text != "no" or bool({"need", "reason"} & set(near))
    return False


def _of_other_callers(turn: Turn, match: Match) -> bool:
    """As in "The bank wont stop calling", "told the other guy to lose my number", "want them to stop calling"."""
    if US & set(turn.before(match.first, 7)):
        return False
    return any(
        m.last < match.first
        and turn.same_clause(m.first, match.first)
        and match.first - m.last <= 6
        and not (turn.text(m.last) in OBJECTS and m.last + 1 == match.first)
        for m in turn.matches("opt_out.elsewhere")
    )


def _about_hour_or_channel(turn: Turn, match: Match) -> bool:
    if _said(turn, match) & UNCONDITIONAL:
        return False
    return any(
        match.first - 4 <= m.first <= match.last + 6
        and not match.first <= m.first <= match.last
        and turn.same_sentence(m.first, match.first)
        for m in turn.matches("opt_out.qualified")
    )
