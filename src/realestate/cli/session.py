"""The toolkit of this command line, made when the first command needs it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from realestate.toolkit import Toolkit


@cache
def toolkit() -> Toolkit:
    """Give the one toolkit of this process."""
    from realestate.toolkit import Toolkit

    return Toolkit()
