"""The toolkit of this command line, made when the first command needs it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from realestate.toolkit import Toolkit


_wait_s = 0.0


def wait_for_others(seconds: float) -> None:
    """Have the toolkit wait so long for another import, undo or merge to end."""
    global _wait_s
    _wait_s = seconds


@cache
def toolkit() -> Toolkit:
    """Give the one toolkit of this process."""
    from realestate.toolkit import Toolkit

    return Toolkit(wait_s=_wait_s)
