"""Recipes and JSON-LD; invented pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from realestate.adapters.page_buyers import Recipe, find_buyers, read_recipe
from realestate.errors import UnusableInputError

PAGE = """
<div class="buyer"><h2>Oak Hollow Homes LLC</h2><a class="mail" href="mailto:oak@example.com">mail</a>
  <span class="areas">30301, 30302</span><span class="top">$150k</span></div>
<div class="buyer"><h2></h2></div>
<div class="buyer"><h2>Terry Sample</h2></div><a rel="next" href="?page=2">next</a>
"""
RECIPE = Recipe(
    "directory", ["http://example.com/buyers"], ".buyer",
    {"name": "h2", "email": "a.mail@href", "areas": ".areas", "price_max": ".top"}, "a[rel=next]",
)  # fmt: skip


def test_a_recipe_finds_buyers_and_the_next_page() -> None:
    found = find_buyers(PAGE, "http://example.com/buyers", RECIPE)
    first, second = found.buyers
    assert (first.name, first.email, first.areas) == ("Oak Hollow Homes LLC", "oak@example.com", ["30301", "30302"])
    assert first.price_max == 150_000
    assert second.name == "Terry Sample"
    assert found.next_url == "http://example.com/buyers?page=2"


def test_json_ld_needs_no_recipe() -> None:
    page = """<script type="application/ld+json">{"@graph": [{"@type": "ItemList", "itemListElement": [
        {"item": {"@type": ["Organization"], "name": "Elm Fund", "telephone": "404-555-0134",
                  "address": {"addressLocality": "Millbrook", "postalCode": "30301"}}}]}]}</script>
        <script type="application/ld+json">{broken</script>"""
    (one,) = find_buyers(page, "http://example.com/", Recipe("x", ["http://example.com/"])).buyers
    assert (one.company, one.phone, one.city, one.zip) == ("Elm Fund", "404-555-0134", "Millbrook", "30301")


def test_a_deep_page_is_no_trouble() -> None:
    with pytest.raises(UnusableInputError, match="nested"):
        find_buyers("<div>" * 100_000, "http://example.com/", RECIPE)
    deep = '<script type="application/ld+json">' + "[" * 50_000 + "]" * 50_000 + "</script>"
    assert find_buyers(deep, "http://example.com/", Recipe("x", ["http://example.com/"])).buyers == []


@pytest.mark.parametrize("text", ["start = []", "x = [", 'start = "http://a"\n[fields]\nage = "p"', ""])
def test_a_wrong_recipe_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.toml").write_text(text)
    with pytest.raises(UnusableInputError, match="no recipe"):
        read_recipe(tmp_path / "r.toml")


def test_a_wrong_selector_is_named() -> None:
    with pytest.raises(UnusableInputError, match="selector"):
        find_buyers(PAGE, "http://example.com/", Recipe("x", ["http://example.com/"], "div[[["))
