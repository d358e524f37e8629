"""Brings the text of an address to plain upper-case ASCII words."""

from __future__ import annotations

import re
import unicodedata

_VULGAR = {"½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3", "⁄": "/", "№": "#"}
_DASHES = dict.fromkeys("‐‑‒–—―−﹣－", "-")
_QUOTES = dict.fromkeys("'’‘`´ʻʼ′\"“”", None)
_BREAKS = dict.fromkeys(";|\t\r\n\v\f", ",")
_TABLE = str.maketrans({**_VULGAR, **_DASHES, **_QUOTES, **_BREAKS, ">": " 1/2", "(": ",", ")": ",", "*": " "})

_INITIALS = re.compile(r"\b([A-Z])\.\s?(?=[A-Z]\b(?:\.|\s|$))")
_SPACED = re.compile(r"\s*,[\s,]*")


def plain(text: str) -> str:
    """Return ``text`` in upper-case ASCII, single blanks, commas kept as the only separators.

    Accents, zero-width characters and quotes go; ``½`` becomes ``1/2``, and so does the ``>`` that old
    municipal exports print after a house number in its place.
    """
    text = text.translate(_TABLE)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    text = text.upper()
    if "." in text:
        text = _INITIALS.sub(r"\1", text).replace(".", " ")
    text = text.replace("#", " # ")
    return _SPACED.sub(" , ", " ".join(text.split())).strip(" ,")
