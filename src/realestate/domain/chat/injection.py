"""Finds what a seller writes to the machine instead of to us: orders, fake system lines, data, role play."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

CODE_MARKS = frozenset("{}[]<>|=`#_;!/*")
LONGEST_WORD = 27
WORD = re.compile(r"[a-z0-9]+")
LINE = re.compile(r"[^\n]+")
ENCODED = re.compile(r"(?<!\S)(?=\S*[A-Z])(?=\S*[a-z])[A-Za-z0-9+/=_-]{28,}(?!\S)")
"""One long token of mixed letters: text in base64, which no seller writes."""


class OrderGuard:
    """Blanks out orders to the machine, by the tables of orders.toml."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        patterns = [pattern.replace("@verdict", tables["verdict"]) for pattern in tables["orders"]]
        self._orders = re.compile("|".join(patterns), re.IGNORECASE | re.DOTALL)
        self._openings = frozenset(tables["openings"].split())
        self._honest_again = re.compile(tables["honest_again"], re.IGNORECASE)

    def without_orders(self, text: str, folded: str) -> tuple[str, bool]:
        """The message with orders to the machine blanked out, and whether there were any.

        From the first sign of an order the rest of its line is not the seller's own word, unless they turn serious
        again; of the other lines only those without a sign stay. Blanks keep every other word in its place.

        Args:
            text: The cleaned message.
            folded: The same, of the same length, with letters of other alphabets as the Latin ones they imitate.
        """
        if not self._could_order(folded):
            return text, False
        kept, found = text, False
        for line in LINE.finditer(folded):
            sign = self._orders.search(line[0]) or ENCODED.search(line[0])
            if sign:
                found = True
                start, end = self._extent(line[0], sign)
                kept = kept[: line.start() + start] + " " * (end - start) + kept[line.start() + end :]
        return kept, found

    def _extent(self, line: str, sign: re.Match[str]) -> tuple[int, int]:
        """From the beginning of the order's sentence to where the seller is serious again, or to the end."""
        start = max((line.rfind(mark, 0, sign.start()) + 1 for mark in ".!?;"), default=0)
        back = self._honest_again.search(line, sign.end())
        return start, back.start() if back else len(line)

    def _could_order(self, folded: str) -> bool:
        lowered = folded.lower()
        if CODE_MARKS & set(lowered) or any(len(word) > LONGEST_WORD for word in lowered.split()):
            return True
        return bool({word[:4] for word in WORD.findall(lowered)} & self._openings)
