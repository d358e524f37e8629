"""One buyer behind many spellings: what two names and mailing addresses must share, and why."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

CARE_OF = re.compile(r"\s(?:C/O|C\.O\.|CARE OF|ATTN:?|ATTENTION:?)\s.*$|\s?%\s?.*$")
_DROPPED_ENDINGS = re.compile(
    r"[\s,]*\b(?:ET ?AL|ET ?UX|ET ?VIR|AND WIFE|AND HUSBAND|& WIFE|& HUSBAND|H/W|HUSBAND AND WIFE|WIFE|JT ?TEN|JTWROS"
    r"|TENANTS IN COMMON|TIC|A (?:UN)?MARRIED (?:MAN|WOMAN|COUPLE|PERSON)|SINGLE (?:MAN|WOMAN|PERSON))\.?$"
)
_FORMS = [
    ("LLC", r"L ?L ?C|LIMITED LIABILITY (?:COMPANY|CO)|LTD LIABILITY (?:COMPANY|CO)"),
    ("LLP", r"L ?L ?L ?P|L ?L ?P|LIMITED LIABILITY PARTNERSHIP"),
    ("LP", r"L ?P|(?:LIMITED|LTD) PARTNERSHIP"),
    ("INC", r"INC|INCORPORATED"),
    ("CORP", r"CORP|CORPORATION"),
    ("LTD", r"LTD|LIMITED"),
    ("CO", r"CO|COMPANY"),
]
_FORM_AT_END = [(form, re.compile(rf"\s(?:{pattern})$")) for form, pattern in _FORMS]
_SERIES = re.compile(r"\s(?:PROTECTED )?SERIES ([A-Z0-9]{1,6})$|\sSERIES$")
_GENERATION = re.compile(r"\s(JR|SR|II|III|IV)$")
_ENTITY_WORD = re.compile(
    r"\b(?:LLC|LLP|LP|INC|CORP|LTD|COMPANY|TRUST|PARTNERS|PARTNERSHIP|PROPERTIES|PROPERTY|HOLDINGS|INVESTMENTS?|INVESTORS"
    r"|CAPITAL|REALTY|VENTURES|HOMES|GROUP|ENTERPRISES?|DEVELOPMENT|DEVELOPERS|BUILDERS|CONSTRUCTION|ASSOCIATES|FUND"
    r"|MANAGEMENT|RENTALS|SOLUTIONS|SERVICES|CHURCH|FOUNDATION|MINISTRIES|ASSOCIATION|ACQUISITIONS?|EQUITIES|ESTATES?)\b"
)
CROWDED = 6
"""Differently named buyers at one mailing address from which on it is an agent's or a lawyer's."""


@dataclass(frozen=True, slots=True)
class Name:
    """A buyer's name in its parts.

    Attributes:
        core: The words that make the name, upper case, in their order.
        form: ``LLC``, ``INC`` and so on; empty for a person or where it was left out.
        series: The cell of a series LLC; empty if there is none.
        generation: ``JR``, ``III``; empty if there is none.
        entity: Whether it names a company, a trust or another body.
    """

    core: str
    form: str = ""
    series: str = ""
    generation: str = ""
    entity: bool = False


@lru_cache(maxsize=65_536)
def read_name(text: str) -> Name:
    """Take a name apart; ``core`` is empty when nothing names anybody."""
    words = unicodedata.normalize("NFKC", text).upper().strip()
    words = _cut(_DROPPED_ENDINGS, CARE_OF.sub("", words))
    plain = re.sub(r"[^A-Z0-9&]+", " ", words.replace(".", "").replace("'", "")).strip()
    plain = re.sub(r"^THE | THE$", "", plain.replace("&", " & ")).strip()
    plain = " ".join(plain.split())
    plain, series = _take(_SERIES, plain)
    plain, form = _take_form(plain)
    if form and not series:
        plain, series = _take(_SERIES, plain)
    plain, generation = _take(_GENERATION, plain)
    return Name(plain, form, series, generation, bool(form or series or _ENTITY_WORD.search(plain)))


def _cut(pattern: re.Pattern[str], text: str) -> str:
    while (shorter := pattern.sub("", text).strip()) != text:
        text = shorter
    return text


def _take(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    found = pattern.search(text)
    return (text[: found.start()], found[1] or "SERIES") if found and found.start() else (text, "")


def _take_form(text: str) -> tuple[str, str]:
    """Cut every legal form off the end; the first one written tells the form (``REALTY CO LLC`` is an LLC)."""
    form = ""
    for _ in range(3):
        ending = next(((f, p.search(text)) for f, p in _FORM_AT_END if p.search(text)), None)
        if not ending or not ending[1] or not ending[1].start():
            break
        form = form or ending[0]
        text = text[: ending[1].start()]
    return text.strip(" &"), form


@dataclass(frozen=True, slots=True)
class Party:
    """A buyer as one record spells him; ``mailing`` is any canonical form of his mailing address."""

    name: str
    mailing: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Two parties (by position) found to be one buyer, and why."""

    first: int
    second: int
    reason: str


def same_buyer(first: Party, second: Party) -> str:
    """Why two parties are one buyer; empty when they may be two.

    Precision stands first: a wrong merge hides a buyer, a missed one only lists him twice.
    """
    one, other = read_name(first.name), read_name(second.name)
    if not one.core or not other.core:
        return ""
    at_one_address = bool(first.mailing) and first.mailing == second.mailing
    if one.core == other.core:
        return _same_core(one, other, at_one_address=at_one_address)
    return _near_core(one, other) if at_one_address else ""


def _same_core(one: Name, other: Name, *, at_one_address: bool) -> str:
    if one.generation != other.generation:
        return ""
    if one.series != other.series:
        return "series of one company"
    if one.form == other.form:
        return "same name"
    if not one.form or not other.form:
        return "same name, legal form left out once"
    return "same name and mailing address, legal forms differ" if at_one_address else ""


def _near_core(one: Name, other: Name) -> str:
    """Different words at one mailing address."""
    from rapidfuzz.fuzz import ratio

    if one.entity != other.entity or one.generation != other.generation:
        return ""
    if one.entity:
        if _without_numbers(one.core) == _without_numbers(other.core) and _without_numbers(one.core):
            return "numbered companies at one mailing address"
        alike = _numbers(one.core) == _numbers(other.core) and ratio(one.core, other.core) >= 90
        return "spelt alike, same mailing address" if alike else ""
    return "same people, same mailing address" if _people_overlap(one.core, other.core) else ""


def _numbers(core: str) -> list[str]:
    return re.findall(r"\d+", core)


def _without_numbers(core: str) -> str:
    """The name without years, counters and single letters: what numbered sister companies share."""
    return " ".join(word for word in core.split() if not re.fullmatch(r"\d+[A-Z]?|[IVX]+|[A-Z]", word))


def _people_overlap(one: str, other: str) -> bool:
    """Whether one list of people contains the other: ``SMITH JOHN`` in ``SMITH JOHN & MARY``."""
    fewer, more = sorted((_people_words(one), _people_words(other)), key=len)
    return len(fewer) >= 2 and fewer <= more


def _people_words(core: str) -> set[str]:
    return {word for word in core.replace("&", " ").split() if len(word) > 1 and word != "AND"}


def find_links(parties: Sequence[Party]) -> list[Link]:
    """Every pair that makes parties one buyer, enough of them to join each group.

    Only parties of one name, or at one mailing address with few others, are compared.
    """
    return [*_links_in(_by_core(parties), parties), *_links_in(_by_mailing(parties), parties)]


def _by_core(parties: Sequence[Party]) -> Iterable[list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, party in enumerate(parties):
        found[read_name(party.name).core].append(place)
    return (places for core, places in found.items() if core and len(places) > 1)


def _by_mailing(parties: Sequence[Party]) -> Iterable[list[int]]:
    found: dict[str, dict[Name, int]] = defaultdict(dict)
    for place, party in enumerate(parties):
        if party.mailing:
            found[party.mailing].setdefault(read_name(party.name), place)
    return (list(names.values()) for names in found.values() if 1 < len(names) <= CROWDED)


def _links_in(groups: Iterable[list[int]], parties: Sequence[Party]) -> Iterable[Link]:
    for places in groups:
        heads: list[int] = []
        for place in places:
            reason, head = _first_reason(parties, heads, place)
            if reason:
                yield Link(head, place, reason)
            else:
                heads.append(place)


def _first_reason(parties: Sequence[Party], heads: Sequence[int], place: int) -> tuple[str, int]:
    reasons = ((same_buyer(parties[head], parties[place]), head) for head in heads)
    return next((found for found in reasons if found[0]), ("", place))


def group(parties: Sequence[Party]) -> list[int]:
    """The group of each party, named by its first member's position."""
    first = {party: place for place, party in reversed(list(enumerate(parties)))}
    distinct = sorted(first, key=first.__getitem__)
    head = list(range(len(distinct)))
    for link in find_links(distinct):
        one, other = sorted((_top(head, link.first), _top(head, link.second)))
        head[other] = one
    tops = {party: first[distinct[_top(head, place)]] for place, party in enumerate(distinct)}
    return [tops[party] for party in parties]


def _top(head: list[int], place: int) -> int:
    while head[place] != place:
        head[place] = head[head[place]]
        place = head[place]
    return place
