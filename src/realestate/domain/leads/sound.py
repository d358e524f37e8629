"""Names of streets by sound, so that misspelt ones can be found."""

from __future__ import annotations

_CODES = str.maketrans(
    {**dict.fromkeys("BFPV", "1"), **dict.fromkeys("CGJKQSXZ", "2"), **dict.fromkeys("DT", "3"),
     "L": "4", **dict.fromkeys("MN", "5"), "R": "6", **dict.fromkeys("AEIOUYHW", None)}
)  # fmt: skip
LENGTH = 3


def skeleton(name: str) -> str:
    """Return first letter and the next consonant classes of a name; a name with figures stays as it is.

    ``BURNHAM`` and ``BURNHAN``, ``SHUBERT`` and ``SCHUBERT``, ``OLD TOWN`` and ``OLDTOWN`` have one skeleton.
    """
    joined = name.replace(" ", "")
    if not joined.isalpha():
        return joined
    codes = joined[1:].translate(_CODES)
    kept = [code for code, before in zip(codes, " " + codes, strict=False) if code != before]
    return joined[0] + "".join(kept[:LENGTH])
