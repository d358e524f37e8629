"""What a password must be, and the one change that is made to it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

SHORTEST, LONGEST = 12, 1024
"""Characters; the shortest is ASVS 6.2.1's 8 and half as much again, the longest guards the server."""

LOOKALIKES = str.maketrans("013457@$!", "oieastasi")
"""Digits and signs that stand for letters in words everybody thinks of."""

OWN_WORDS = frozenset({"realestate", "wholesaler", "wholesaling", "distressed"})
"""Words of this product, which a guesser tries first."""


def normalised(password: str) -> str:
    """The password as it is hashed: NFKC, so that all keyboards write the same letters alike."""
    return unicodedata.normalize("NFKC", password)


def weakness(password: str, common_words: Collection[str], account: str = "") -> str | None:
    """Why a password will not do, or ``None`` when it will.

    A password made of nothing but common words, their look-alikes, digits and signs is refused,
    and so is one with fewer than five different characters.

    Args:
        password: As typed.
        common_words: Lower-case words that guessers try first.
        account: E-mail address of the account, whose words count as common.
    """
    text = normalised(password)
    if len(text) < SHORTEST:
        return f"it has {len(text)} characters, and at least {SHORTEST} are needed"
    if len(text) > LONGEST:
        return f"it has {len(text)} characters, and {LONGEST} is the most"
    if len(set(text)) < 5:
        return "it has too few different characters"
    own = {word for word in re.split(r"[^a-z]+", account.lower()) if len(word) > 2}
    if _only_words(text.lower(), OWN_WORDS | own | set(common_words)):
        return "it is only digits, signs and words that everybody tries first"
    return None


def _only_words(text: str, words: Collection[str]) -> bool:
    """Whether nothing is left of the text once common words, digits and signs are taken out."""
    ordered = sorted(words, key=len, reverse=True)
    return any(_rest(spelling, ordered) < 4 for spelling in (text, text.translate(LOOKALIKES)))


def _rest(text: str, words: Collection[str]) -> int:
    """Letters that are left when the longest words are cut out first; a picture, which no list has, is one too."""
    for word in words:
        text = text.replace(word, " ")
    return sum(character.isalpha() or not (character.isascii() or character.isspace()) for character in text)
