"""Names of streets by sound, so that misspelt and shortened ones meet."""

from __future__ import annotations

from functools import lru_cache

SURNAMES = {
    "MARTIN LUTHER KING": "KING",
    "JOHN F KENNEDY": "KENNEDY",
    "CESAR CHAVEZ": "CHAVEZ",
    "FRANKLIN D ROOSEVELT": "ROOSEVELT",
    "DWIGHT D EISENHOWER": "EISENHOWER",
}
"""Streets named in honour of a person that lists also call by the surname alone."""

LENGTH = 3
"""Consonant classes kept behind the first letter; more would part misspelt names, fewer would crowd the blocks."""

_CLASSES = {"BFPV": "1", "CGJKQSXZ": "2", "DT": "3", "L": "4", "MN": "5", "AEIOUYHWR": None}
_CODES = str.maketrans({letter: code for letters, code in _CLASSES.items() for letter in letters})


@lru_cache(maxsize=500_000)
def sound_of(name: str) -> str:
    """Return first letter and next consonant classes of a street's name; one with figures stays as it is.

    ``BURNHAM`` and ``BURNHAN``, ``SHUBERT`` and ``SCHUBERT``, ``NORTH`` and ``NOTH``, ``OLD TOWN`` and ``OLDTOWN``
    sound alike, and so do ``MARTIN LUTHER KING`` and ``KING``.
    """
    joined = SURNAMES.get(name, name).replace(" ", "")
    if not joined.isalpha():
        return joined
    codes = joined.translate(_CODES)
    kept = "".join(code for i, code in enumerate(codes) if i == 0 or code != codes[i - 1])
    return joined[0] + kept[joined[0] not in "AEIOUYHWR" :][:LENGTH]
