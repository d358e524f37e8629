"""Brings the text of an address to plain upper-case ASCII words."""

from __future__ import annotations

import re
import unicodedata

_FRACTIONS = {0xBC: " 1/4", 0xBD: " 1/2", 0xBE: " 3/4", 0x2153: " 1/3", 0x2154: " 2/3", 0x2044: "/", 0x2116: "#"}
_DASHES = dict.fromkeys((*range(0x2010, 0x2016), 0x2212, 0xFE63, 0xFF0D), "-")
_QUOTES = dict.fromkeys(map(ord, "'`\"\u2018\u2019\u201c\u201d\xb4\u02bb\u02bc\u2032\u2033"), "")
_BREAKS = dict.fromkeys(map(ord, ";|()[]\t\r\n\v\f"), ",")
# Municipal exports of the 2010s print ">" where a house number ended in the one-half sign.
_TABLE = {**_FRACTIONS, **_DASHES, **_QUOTES, **_BREAKS, ord(">"): " 1/2", ord("*"): " "}

_ODD = re.compile(r"[^A-Za-z0-9 ]")
_INITIALS = re.compile(r"\b([A-Z])\.(?=[A-Z]\b)")
_COMMAS = re.compile(r"\s*,[\s,]*")


def plain(text: str) -> str:
    """Return ``text`` in upper-case ASCII with single blanks, a comma being a word of its own.

    Accents, zero-width characters and quotes go; a one-half sign becomes ``1/2``; ``N.E.`` becomes ``NE``.
    """
    if not _ODD.search(text):
        return " ".join(text.upper().split())
    text = text.translate(_TABLE)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).replace("\u00df", "ss").encode("ascii", "ignore").decode()
    text = text.upper()
    if "." in text:
        text = _INITIALS.sub(r"\1", text).replace(".", " ")
    if "#" in text:
        text = text.replace("#", " # ")
    if "," in text:
        text = _COMMAS.sub(" , ", text)
    return " ".join(text.split()).strip(" ,")
