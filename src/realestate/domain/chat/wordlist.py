"""Lists of words, written as people write them."""

from __future__ import annotations


def listed(words: str) -> frozenset[str]:
    """The words of a line with blanks between, as a set."""
    return frozenset(words.split())
