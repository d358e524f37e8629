"""Dates as sellers name them: months, feasts, seasons, "the 15th of next month", "end of the year"."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator

from realestate.domain.chat.hearing.dates import (
    coming,
    day_of_month,
    last_day,
    middle_of_quarter,
    month_after,
    slashed_day,
    thanksgiving,
)
from realestate.domain.chat.message import Message
from realestate.domain.chat.phrases import Match
from realestate.domain.chat.wordlist import listed

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)} | {
    "lunes": 0, "martes": 1, "miercoles": 2, "jueves": 3, "viernes": 4, "sabado": 5, "domingo": 6,
}  # fmt: skip
SEASONS = {
    "spring": (4, 15), "springtime": (4, 15), "primavera": (4, 15), "summer": (7, 5), "summertime": (7, 5),
    "verano": (7, 5), "fall": (10, 15), "autumn": (10, 15), "otono": (10, 15), "winter": (1, 15), "invierno": (1, 15),
}  # fmt: skip
FEASTS = {
    r"christmas|holidays|the holidays": (12, 25),
    r"new years?(?: day| eve| s)?|new year s|first of the years|# of the years|ano nuevo|principios (?:de|del) ano"
    r"|turn of the years|january 1": (1, 1),
    r"valentines?(?: day)?": (2, 14),
    r"tax (?:season|day|time)": (4, 15),
    r"easter|spring break": (4, 5),
    r"memorial days?": (5, 28),
    r"school (?:lets out|gets out|is out|ends|years? (?:ends|is over|is up))|graduation"
    r"|end of (?:the )?school(?: years?)?|kids get out of school": (
        6,
        1,
    ),
    r"school (?:starts|begins|starts back)|back to school": (8, 15),
    r"(?:the )?(?:4th|fourth) of july|july 4th|independence days?": (7, 4),
    r"labor days?": (9, 5),
    r"halloween": (10, 31),
    r"thanksgiving|turkey days?": (11, 0),
}
AFTER_HOLIDAYS = (1, 5)
MONTH_NAME = "|".join(MONTHS)
ORDINAL = r"(?P<day>#)"
SPAN = "months|years|weeks|weekends|" + "|".join(SEASONS)
SEASON_NAME = "|".join(SEASONS)
WEEKDAY_NAME = "|".join(WEEKDAYS)
FEAST_NAME = "|".join(FEASTS)
PART = (
    "end|late|early|mid|(?:end|last days|last weeks?|last part|last|fin|finales|beginning|start|first|first part|"
    "first weeks?|middle|early part|latter part|principios|mediados) (?:of|de)"
)
BEFORE_SEASON = 25
"""Days from the beginning of a season to its middle: "before summer" ends early in June."""

BEFORE = "by|before|until|till|til|para"
EXPRESSIONS = tuple(
    (kind, re.compile(pattern + "(?= )"))
    for kind, pattern in (
        ("feast", f"(?P<lead>after|past|despues de|{BEFORE}|antes de|around|for) (?:the )?(?P<feast>{FEAST_NAME})"),
        ("feast", f"(?P<lead>)(?P<feast>{FEAST_NAME})"),
        (
            "month_end",
            f"(?P<part>{PART})(?: the)? ?(?P<which>this|next|that|the|coming|este|proximo)? ?"
            f"(?P<span>{SPAN}|ano|{MONTH_NAME})",
        ),
        (
            "year_end",
            "(?:years end|(?:fin|fines|finales) (?:de|del) ano|(?:acabe|termine|se acabe|se termine) el ano)",
        ),
        ("day_of", f"(?:the )?# (?:of|de) (?P<which>this|next|the|{MONTH_NAME}) ?(?P<unit>months)?"),
        ("month_day", f"(?P<month>{MONTH_NAME}) (?:the )?#"),
        ("month_day", f"# (?P<month>{MONTH_NAME})"),
        (
            "next",
            "(?P<which>next|this|coming|este|esta|proximo|proxima|following) "
            f"(?P<span>{SPAN}|{MONTH_NAME}|{WEEKDAY_NAME})(?: que viene)?",
        ),
        (
            "next",
            "(?:el|la|the)? ?(?P<span>months|weeks|years) (?P<which>que viene|entrante|proximo|proxima|after next)",
        ),
        (
            "month",
            f"(?P<month>{MONTH_NAME})(?: ,)? (?:of |de |del )?"
            "(?P<lead>next years?|the following years?|otro ano|proximo ano|ano que viene|ano entrante)",
        ),
        ("quarter", "(?P<which>first|second|third|fourth|#) quarter(?: of (?:the )?(?P<year>next|this|the))?"),
        ("either_month", f"(?:{MONTH_NAME}) (?:or|o|maybe|possibly) (?P<month>{MONTH_NAME})"),
        (
            "month",
            "(?P<lead>than|like|probably|say|about|until|in|around|after|come|for|en|antes de|hasta|this|early|mid|late"
            f"|sometime in|end of|{BEFORE}) (?:early |late |mid )?(?P<month>{MONTH_NAME})",
        ),
        (
            "season",
            f"(?P<lead>in|this|next|come|around|after|en|the|late|early|like|maybe|probably|over the|{BEFORE}) "
            "(?:the |la |el )?"
            f"(?P<season>{SEASON_NAME})",
        ),
        ("weekday", f"(?:on|this|next|el|{BEFORE}) (?P<weekday>{WEEKDAY_NAME})"),
        ("the_day", f"(?:the|el|on the|{BEFORE})(?: the)? #"),
        ("slashed", f"(?:on|due|around|starts|starting|date is|is|report|{BEFORE}) #"),
    )
)


DATED = frozenset({*MONTHS, *WEEKDAYS, *SEASONS}) | listed(
    "weeks weekends months years ano holidays christmas new easter tax thanksgiving turkey halloween labor memorial "
    "july fourth quarter independence school graduation valentine valentines spring turn first"
)
"""Without any of these words, an ordinal or a date there is no expression to look for."""

BARE = (
    ("month", re.compile(f"(?P<lead>)(?P<month>{MONTH_NAME})(?= )")),
    ("season", re.compile(f"(?P<lead>)(?P<season>{SEASON_NAME})(?= )")),
)
"""A month or a season alone answers the question for a time, and says nothing elsewhere."""


def days_until(message: Message, today: dt.date, *, bare: bool = False) -> Iterator[tuple[Match, int]]:
    """Every date named in the message, with the days from today until then; dates gone by are left out.

    Args:
        message: The message.
        today: The day of the talk.
        bare: Take "January" alone for a date.
    """
    if not any(
        word.text in DATED or (word.amount and word.amount.kind in {"ordinal", "date"}) for word in message.words
    ):
        return
    taken: set[int] = set()
    for kind, pattern in (*EXPRESSIONS, *(BARE if bare else ())):
        for found in pattern.finditer(message.line):
            first = message.line.count(" ", 0, found.start() + 1) - 1
            if message.line[found.start() - 1 : found.start()] not in {"", " "}:
                continue
            last = first + found[0].strip().count(" ")
            if taken & set(range(first, last + 1)):
                continue
            day = _day(kind, found, message, first, last, today)
            if day is not None and 0 < (day - today).days < 1500:
                taken.update(range(first, last + 1))
                yield Match("timeline", first, last), (day - today).days


def _day(kind: str, found: re.Match[str], message: Message, first: int, last: int, today: dt.date) -> dt.date | None:
    number = next((w.amount for w in message.words[first : last + 1] if w.amount), None)
    if kind == "feast":
        return _feast(found["feast"], found["lead"], today)
    if kind == "month_end":
        return _part_of(found["part"], found["which"] or "", found["span"], today)
    if kind == "year_end":
        return dt.date(today.year, 12, 31)
    if kind == "next":
        return _next(found["which"], found["span"], today)
    if kind == "month":
        return _month(found["lead"], MONTHS[found["month"]], today)
    if kind == "quarter":
        return middle_of_quarter(found["which"], number, today)
    if kind == "either_month":
        return coming(today, MONTHS[found["month"]], 10)
    if kind == "season":
        month, day = SEASONS[found["season"]]
        begins = dt.timedelta(days=BEFORE_SEASON if found["lead"] in {"before", "antes de"} else 0)
        return coming(today, month, day) - begins
    if kind == "weekday":
        return today + dt.timedelta(days=(WEEKDAYS[found["weekday"]] - today.weekday() - 1) % 7 + 1)
    if number is None:
        return None
    if kind == "slashed":
        return slashed_day(number.raw, today) if number.kind == "date" else None
    day_number = int(number.low)
    if not 1 <= day_number <= 31 or number.money or number.low != number.high:
        return None
    if kind == "the_day":
        return day_of_month(today, day_number, "this") if number.kind == "ordinal" else None
    if kind == "month_day":
        return coming(today, MONTHS[found["month"]], day_number)
    if found["which"] in MONTHS:
        return coming(today, MONTHS[found["which"]], day_number)
    return day_of_month(today, day_number, found["which"]) if found["unit"] else None


def _feast(name: str, lead: str, today: dt.date) -> dt.date:
    month, day = next(when for pattern, when in FEASTS.items() if re.fullmatch(pattern, name))
    if "holidays" in name and lead in {"after", "past", "despues de"}:
        month, day = AFTER_HOLIDAYS
    if month == 11 and day == 0:
        return thanksgiving(today)
    return coming(today, month, day) + dt.timedelta(days={"after": 4, "past": 4}.get(lead, 0))


def _part_of(part: str, which: str, span: str, today: dt.date) -> dt.date | None:
    """The end, middle or beginning of a month, year, season or week."""
    part = part.split()[0]
    late = {
        "end": 1.0,
        "last": 1.0,
        "fin": 1.0,
        "finales": 1.0,
        "late": 0.85,
        "middle": 0.5,
        "mid": 0.5,
        "mediados": 0.5,
    }.get(part, 0.1)
    if span in {"years", "ano"}:
        year = today.year + (which in {"next", "proximo"})
        return (
            dt.date(year, 12, 31)
            if late == 1.0
            else (dt.date(today.year + 1, 1, 7) if late < 0.5 else dt.date(year + (today.month > 6), 6, 30))
        )
    if span in {"weeks", "weekends"}:
        return today + dt.timedelta(days=(4 - today.weekday()) % 7 + (7 if which == "next" else 0) or 5)
    if span in SEASONS:
        month, day = SEASONS[span]
        return coming(today, month, day) + dt.timedelta(days=round((late - 0.5) * 80))
    month = MONTHS.get(span) or (month_after(today).month if which in {"next", "proximo"} else today.month)
    if span == "months" and late < 0.5 and which not in {"next", "this"}:
        month = month_after(today).month
    year = today.year + (month < today.month)
    return dt.date(year, month, max(1, round(late * calendar.monthrange(year, month)[1])))


def _next(which: str, span: str, today: dt.date) -> dt.date | None:
    this = which in {"this", "este", "esta"}
    if span in {"weeks", "weekends"}:
        return today + dt.timedelta(days=5 if this else 9)
    if span == "months":
        return last_day(today) if this else month_after(today).replace(day=15)
    if span == "years":
        return dt.date(today.year, 12, 31) if this else dt.date(today.year + 1, 6, 15)
    if span in WEEKDAYS:
        return today + dt.timedelta(days=(WEEKDAYS[span] - today.weekday() - 1) % 7 + 1)
    if span in MONTHS:
        return coming(today, MONTHS[span], 15)
    month, day = SEASONS[span]
    return coming(today, month, day)


def _month(lead: str, month: int, today: dt.date) -> dt.date:
    if "years" in lead or "ano" in lead.split():
        return dt.date(today.year + 1, month, 15)
    year = today.year + (month < today.month)
    if (
        lead in {"by", "than", "before", "until", "till", "til", "antes de", "para", "hasta", "come"}
        and month != today.month
    ):
        return dt.date(year, month, 1)
    if lead in {"after", "end of", "late"} or month == today.month:
        return last_day(dt.date(year, month, 1))
    return dt.date(year, month, 15)
