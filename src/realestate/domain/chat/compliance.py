"""What the law and decency ask before any sale: opt-outs, quiet hours, fair housing, people in distress."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from realestate.domain.chat.hearing.turn import Turn
from realestate.domain.chat.phrases import Match
from realestate.domain.chat.wordlist import listed

POLITE = listed(
    "please now thanks thank you it pls sir maam man bro dude ok just already all immediately stop quit me guys "
    "people today this that no lol god jesus ya por favor"
)
WHOLE_REQUESTS = frozenset({"opt out", "stop all", "remove me", "no more", "no mas", "ya no"})
FEDERAL_HOURS = (8, 21)
"""47 CFR 64.1200(c)(1): no solicitation before 8:00 or after 21:00, the called party's local time."""


def opt_out(turn: Turn, keywords: frozenset[str]) -> Match | None:
    """The words by which the seller wants no more messages, or None.

    A keyword counts as a clause of its own ("STOP", "stop please", "Cancel. who is this"); a request counts in any
    words, but not one about other callers, the hour ("dont call before 9") or the channel ("text me instead").
    """
    return _keyword(turn, keywords) or _request(turn)


def _keyword(turn: Turn, keywords: frozenset[str]) -> Match | None:
    words = turn.message.words
    for i, word in enumerate(words):
        if word.raw == "\U0001f6d1":
            return Match("opt_out", i, i)
        starts = i == 0 or words[i - 1].text in {".", ",", "?"} or words[i - 1].text in POLITE
        if word.raw not in keywords or not starts:
            continue
        rest = [
            w.text for w, number in zip(words, turn.message.clauses, strict=True) if number == turn.message.clauses[i]
        ]
        if all(text in POLITE or text in keywords or not text.isalpha() for text in rest):
            return Match("opt_out", i, i)
    return _opt_out_pair(turn)


def _opt_out_pair(turn: Turn) -> Match | None:
    """As in "OPT OUT", "stop all" and the like as a whole message."""
    message, last = turn.message, len(turn.message.words) - 1
    whole = " ".join(word.text for word in message.words if word.text.isalpha())
    if whole in WHOLE_REQUESTS:
        return Match("opt_out", 0, last)
    for end in (i for i in range(last + 1) if turn.asked is None and (i == last or message.words[i].text == ".")):
        start = message.sentences.index(message.sentences[end])
        if " ".join(w.text for w in message.words[start : end + 1] if w.text.isalpha()) == "no more" and start:
            return Match("opt_out", start, end)
    return None


def _request(turn: Turn) -> Match | None:
    for match in turn.matches("opt_out.phrase"):
        if _is_about_something_else(turn, match):
            continue
        if _of_other_callers(turn, match) or _about_hour_or_channel(turn, match) or turn.supposed(match):
            continue
        if _is_denied(turn, match) and not _is_threat(turn, match):
            continue
        return match
    return None


def _is_about_something_else(turn: Turn, match: Match) -> bool:
    """As in "please stop by", "be bothered with repairs", "off the list of owners"."""
    ended, following = turn.text(match.last), turn.text(match.last + 1)
    return (ended, following) in {
        ("bothered", "with"),
        ("list", "of"),
        ("stop", "by"),
        ("stop", "at"),
        ("stop", "over"),
    }


def _is_denied(turn: Turn, match: Match) -> bool:
    """As in "Not telling you to stop", "no need to"; a bare "no" before the request only underlines it."""
    ahead = turn.before(match.first, 6)
    plain_no = "no" in ahead and not {"need", "reason", "not", "never"} & set(ahead)
    return turn.denied(match) and not plain_no


def _of_other_callers(turn: Turn, match: Match) -> bool:
    """As in "The bank wont stop calling", "told the other guy to lose my number", "want them to stop calling"."""
    ahead = turn.before(match.first, 7)
    us = {"you", "your", "guys", "please"}
    others = any(
        m.last < match.first and turn.same_clause(m.first, match.first) and match.first - m.last <= 6
        for m in turn.matches("opt_out.elsewhere")
    )
    return others and not us & set(ahead)


def _about_hour_or_channel(turn: Turn, match: Match) -> bool:
    said = {turn.text(i) for i in range(match.first, match.last + 1)}
    if said & {
        "again",
        "more",
        "anymore",
        "never",
        "list",
        "ever",
        "sue",
        "lose",
        "delete",
        "going",
        "better",
        "must",
        "permission",
        "consent",
        "right",
    }:
        return False
    return any(
        match.first - 4 <= m.first <= match.last + 6
        and not match.first <= m.first <= match.last
        and turn.same_sentence(m.first, match.first)
        for m in turn.matches("opt_out.qualified")
    )


def _is_threat(turn: Turn, match: Match) -> bool:
    said = {turn.text(i) for i in range(match.first, match.last + 1)}
    return bool(said & {"sue", "lawyer", "report", "ftc", "fcc", "attorney", "lawsuit", "legal", "tcpa"})


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When a state lets us write, by the recipient's clock.

    Attributes:
        state: Two letters.
        weekday: First and last allowed hour Monday to Friday, as (8, 21); None = not at all.
        saturday: The same for Saturdays.
        sunday: The same for Sundays and public holidays.
        zones: IANA time zones of the state; a draft must be allowed in all of them.
        source: Where the hours stand, and of which date.
    """

    state: str
    weekday: tuple[int, int] | None
    saturday: tuple[int, int] | None
    sunday: tuple[int, int] | None
    zones: tuple[str, ...]
    source: str

    def allowed(self, local: dt.datetime, holidays: frozenset[dt.date] = frozenset()) -> bool:
        """Whether a message may go out at this local time."""
        if local.weekday() == 6 or local.date() in holidays:
            hours = self.sunday
        else:
            hours = self.saturday if local.weekday() == 5 else self.weekday
        return hours is not None and hours[0] <= local.hour + local.minute / 60 < hours[1]


def strictest(rows: Iterable[QuietHours]) -> QuietHours | None:
    """The hours allowed by every one of several sources on the same state; None without a row."""
    found = list(rows)
    if not found:
        return None
    return QuietHours(
        found[0].state,
        _overlap(row.weekday for row in found),
        _overlap(row.saturday for row in found),
        _overlap(row.sunday for row in found),
        tuple(dict.fromkeys(zone for row in found for zone in row.zones)),
        "; ".join(row.source for row in found),
    )


def _overlap(hours: Iterable[tuple[int, int] | None]) -> tuple[int, int] | None:
    start, end = FEDERAL_HOURS
    for one in hours:
        if one is None:
            return None
        start, end = max(start, one[0]), min(end, one[1])
    return (start, end) if start < end else None


def public_holidays(year: int) -> frozenset[dt.date]:
    """The eleven federal holidays of a year (5 U.S.C. 6103), on their own dates."""

    def nth(month: int, weekday: int, n: int) -> dt.date:
        first = dt.date(year, month, 1)
        return first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))

    last_of_may = dt.date(year, 5, 31)
    return frozenset(
        {
            *(dt.date(year, month, day) for month, day in ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))),
            *(
                nth(month, weekday, n)
                for month, weekday, n in ((1, 0, 3), (2, 0, 3), (9, 0, 1), (10, 0, 2), (11, 3, 4))
            ),
            last_of_may - dt.timedelta(days=last_of_may.weekday()),
        }
    )


@dataclass(frozen=True, slots=True)
class StateNote:
    """What a state asks of wholesalers or of those who buy from owners in foreclosure; a note, never advice."""

    state: str
    subject: str
    note: str
    as_of: dt.date
    source: str


def notes_for(
    state: str, notes: Iterable[StateNote], shown: Mapping[str, bool] | frozenset[str] = frozenset()
) -> list[StateNote]:
    """The notes of a state, none if they were shown before."""
    return [] if state in shown else [note for note in notes if note.state == state]
