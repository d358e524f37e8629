"""Takes values out of a JSON object by key; what does not fit is refused with file, key and what it has to be."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypeGuard

from realestate.errors import UnusableInputError

LONGEST_TEXT = 200
LARGEST_NUMBER = 1e15
_LONGEST_SHOWN = 60


class CardFields:
    """One object of a document.

    Args:
        file: Name of the file, for messages.
        values: The object.
        path: Keys that lead to it from the outermost object.
    """

    def __init__(self, file: str, values: Mapping[str, Any], path: tuple[str, ...] = ()) -> None:
        self.values = values
        self._file = file
        self._path = path

    def refuse(self, key: str, wanted: str) -> NoReturn:
        """Say what is there and what would fit.

        Raises:
            UnusableInputError: Always.
        """
        place = ".".join((*self._path, key))
        found = json.dumps(self.values[key])[:_LONGEST_SHOWN] if key in self.values else "missing"
        raise UnusableInputError(f"{self._file}: {place} is {found}; {wanted}.", "See: realestate models card -o json")

    def require_only(self, *known: str) -> None:
        """Refuse a key that nobody reads: most likely one that is misspelt."""
        for key in self.values:
            if key not in known:
                self.refuse(key, f"the keys here are {', '.join(known)}")

    def inner(self, key: str, default: Mapping[str, Any] | None = None) -> CardFields:
        """An object within this one."""
        value = self.values.get(key, default)
        if not isinstance(value, dict):
            self.refuse(key, "it is an object")
        return CardFields(self._file, value, (*self._path, key))

    def text(self, key: str) -> str:
        """A text that says something."""
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
            self.refuse(key, f"it is a text of 1 to {LONGEST_TEXT} characters")
        return value

    def text_or_none(self, key: str) -> str | None:
        """A text, or nothing for null and a missing key."""
        return None if self.values.get(key) is None else self.text(key)

    def texts(self, key: str, most: int) -> tuple[str, ...]:
        """A list of different texts, one at least."""
        value = self.values.get(key)
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            self.refuse(key, f"it is a list of 1 to {most} texts")
        if not all(isinstance(one, str) and 0 < len(one) <= LONGEST_TEXT for one in value):
            self.refuse(key, f"each is a text of 1 to {LONGEST_TEXT} characters")
        if len(set(value)) < len(value):
            self.refuse(key, "each stands there once")
        return tuple(value)

    def choice(self, key: str, known: Sequence[str], default: str | None = None) -> str:
        """One of a few texts."""
        value = self.values.get(key, default)
        if value is None and default is not None:
            return default
        if value not in known:
            self.refuse(key, f"it is {' or '.join(known)}")
        return str(value)

    def whole(self, key: str, low: int, high: int) -> int:
        """A whole number within limits."""
        value = self.values.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.refuse(key, f"it is a whole number from {low} to {high}")
        return value

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        """A number within limits."""
        value = self.values.get(key)
        if value is None and default is not None:
            return default
        if not _is_number(value) or not low <= value <= high:
            self.refuse(key, _between(low, high))
        return float(value)

    def number_or_none(self, key: str, low: float, high: float, *, required: bool = False) -> float | None:
        """A number within limits, or null; a missing key is like null unless it is required."""
        value = self.values.get(key)
        if value is None and (key in self.values or not required):
            return None
        if not _is_number(value) or not low <= value <= high:
            self.refuse(key, f"{_between(low, high)}, or null")
        return float(value)

    def colours(self, key: str, default: tuple[float, ...]) -> tuple[float, ...]:
        """One number, or one for each of red, green and blue."""
        value = self.values.get(key)
        if value is None:
            return default
        numbers = value if isinstance(value, list) else [value]
        if len(numbers) not in (1, 3) or not all(map(_is_number, numbers)):
            self.refuse(key, "it is a number, three numbers for red, green and blue, or null")
        return tuple(map(float, numbers))


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER


def _between(low: float, high: float) -> str:
    return f"it is a number from {low:g} up" if math.isinf(high) else f"it is a number from {low:g} to {high:g}"
