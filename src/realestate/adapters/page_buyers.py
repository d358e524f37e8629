"""Finds buyers in the HTML of a page: by the CSS selectors of a recipe, or by JSON-LD."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from realestate.domain.buyers.records import BuyerFacts
from realestate.errors import UnusableInputError

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

FIELDS = (
    *("name", "company", "email", "phone", "city", "state", "zip", "areas", "types"),
    *("price_min", "price_max", "purchases"),
)
"""What a recipe's ``fields`` may hold."""

_PEOPLE = {"Organization", "LocalBusiness", "RealEstateAgent", "Corporation", "Person"}
MOST_DEEP = 12
MOST_NESTED = 3_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_LEFT_OPEN = frozenset(
    (
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"),
        *("p", "li", "dt", "dd", "td", "th", "tr", "option", "tbody", "thead"),
    )
)
"""Elements that pages leave open or that hold nothing."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to read one site.

    Attributes:
        start: The first pages.
        item: Selector of one buyer on the page; empty where JSON-LD tells everything.
        fields: Field to selector inside the item; ``selector@attribute`` takes an attribute.
        next: Selector of the link to the next page; empty for none.
    """

    name: str
    start: Sequence[str]
    item: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    next: str = ""


@dataclass(frozen=True, slots=True)
class PageBuyers:
    """The buyers of one page, and the address of the next."""

    buyers: Sequence[BuyerFacts]
    next_url: str | None


def read_recipe(path: Path) -> Recipe:
    """Read a recipe.

    Raises:
        UnusableInputError: If it is no recipe; the message says what is wrong.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise UnusableInputError(f"{path} is no recipe: {error}", "See: realestate buyers scrape --help") from error
    start = said.get("start", [])
    fields = said.get("fields", {})
    unknown = set(fields) - set(FIELDS)
    if not start or unknown or not isinstance(fields, dict):
        what = f"unknown fields {', '.join(sorted(unknown))}" if unknown else "no start = [addresses]"
        raise UnusableInputError(f"{path} is no recipe: {what}.", f"The fields are: {', '.join(FIELDS)}")
    starts = [start] if isinstance(start, str) else list(start)
    return Recipe(said.get("name", path.stem), starts, said.get("item", ""), fields, said.get("next", ""))


def find_buyers(html: str, url: str, recipe: Recipe) -> PageBuyers:
    """Buyers of a page by the recipe, or by JSON-LD where the recipe has no selectors.

    Raises:
        UnusableInputError: If a selector of the recipe cannot be understood, or the page is nested without end.
    """
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    _refuse_depth(html, url)
    tree = LexborHTMLParser(html)
    try:
        items = tree.css(recipe.item) if recipe.item else []
        found = [_by_selectors(node, recipe.fields) for node in items]
        link = tree.css_first(recipe.next) if recipe.next else None
    except (SelectolaxError, ValueError) as error:
        raise UnusableInputError(f"The recipe {recipe.name} holds a selector that is none: {error}") from error
    if not recipe.item:
        scripts = tree.css('script[type="application/ld+json"]')
        found = [one for script in scripts for one in _by_linked_data(script.text(strip=True))]
    target = link.attributes.get("href") if link is not None else None
    return PageBuyers([one for one in found if one.name or one.company], urljoin(url, target) if target else None)


def _refuse_depth(html: str, url: str) -> None:
    """Refuse a page nested deeper than any honest one: the time to parse it grows with the square of its depth."""
    depth = 0
    for found in _TAG.finditer(html):
        if found[2].lower() not in _LEFT_OPEN:
            depth = max(depth + (-1 if found[1] else 1), 0)
        if depth > MOST_NESTED:
            raise UnusableInputError(f"{url} is not read: it is nested {MOST_NESTED:,} deep and more.")


def _by_selectors(node: LexborNode, fields: Mapping[str, str]) -> BuyerFacts:
    return _facts({name: _cell(node, selector) for name, selector in fields.items()})


def _cell(node: LexborNode, selector: str) -> str:
    path, _, attribute = selector.partition("@")
    found = node.css_first(path) if path else node
    if found is None:
        return ""
    text = found.attributes.get(attribute) if attribute else found.text(separator=" ", strip=True)
    return " ".join((text or "").removeprefix("mailto:").removeprefix("tel:").split())


def _facts(said: Mapping[str, str]) -> BuyerFacts:
    return BuyerFacts(
        name=said.get("name", ""), company=said.get("company", ""), email=said.get("email", ""),
        phone=said.get("phone", ""), city=said.get("city", ""), state=said.get("state", ""), zip=said.get("zip", ""),
        areas=_parts(said.get("areas", "")), types=_parts(said.get("types", "")),
        price_min=_amount(said.get("price_min", "")), price_max=_amount(said.get("price_max", "")),
        purchases=int(_amount(said.get("purchases", "")) or 0),
    )  # fmt: skip


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace(";", ",").replace("|", ",").split(",") if part.strip()]


def _amount(text: str) -> float | None:
    """US dollars of ``$120k``, ``1.2M`` or ``90,000``."""
    plain = text.lower().replace("$", "").replace(",", "").strip().rstrip("+")
    factor = {"k": 1e3, "m": 1e6}.get(plain[-1:], 1.0)
    with suppress(ValueError, OverflowError):
        value = float(plain.rstrip("km")) * factor
        return value if 0 <= value < 1e12 else None
    return None


def _by_linked_data(text: str) -> Iterator[BuyerFacts]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return
    for thing in _things(said, MOST_DEEP):
        stated = thing.get("address")
        address: dict[str, Any] = stated if isinstance(stated, dict) else {}
        company = "Person" not in _kinds(thing)
        name = _word(thing.get("name"))
        yield BuyerFacts(
            name=name, company=name if company else "", email=_word(thing.get("email")).removeprefix("mailto:"),
            phone=_word(thing.get("telephone")), city=_word(address.get("addressLocality")),
            state=_word(address.get("addressRegion")), zip=_word(address.get("postalCode")),
            areas=[_word(area) for area in _listed(thing.get("areaServed")) if _word(area)],
        )  # fmt: skip


def _things(said: Any, deep: int) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - any JSON
    if deep and isinstance(said, list):
        for one in said:
            yield from _things(one, deep - 1)
    elif deep and isinstance(said, dict):
        if _PEOPLE & _kinds(said):
            yield said
        for key in ("@graph", "itemListElement", "item", "member"):
            yield from _things(said.get(key), deep - 1)


def _kinds(thing: Mapping[str, Any]) -> set[str]:
    return {kind for kind in _listed(thing.get("@type")) if isinstance(kind, str)}


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    return value if isinstance(value, list) else [] if value is None else [value]


def _word(value: Any) -> str:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        value = value.get("name")
    return " ".join(str(value).split())[:300] if isinstance(value, str | int) else ""
