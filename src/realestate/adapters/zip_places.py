"""Where ZIP codes are, from the table that the package `zipcodes` carries."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def zip_center(zip_code: str) -> tuple[float, float] | None:
    """Give latitude and longitude of a ZIP code's middle; ``None`` for one that is not known."""
    import zipcodes

    matching: Any = zipcodes.matching
    try:
        found = matching(zip_code)
        return (float(found[0]["lat"]), float(found[0]["long"])) if found else None
    except (ValueError, TypeError):
        return None


@cache
def state_of_zip(zip_code: str) -> str | None:
    """Give the two letters of the state that a ZIP code lies in; ``None`` for one that is not known."""
    import zipcodes

    matching: Any = zipcodes.matching
    try:
        found = matching(zip_code)
        return str(found[0]["state"]) if found else None
    except (ValueError, TypeError):
        return None
