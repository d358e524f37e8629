"""Examines every part of the set-up; a part that fails names the command that mends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from realestate.errors import RealestateError

OK, WARN, FAIL = "OK", "WARN", "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one part is like: ``state`` is OK, WARN or FAIL; ``mend`` is a command, or empty."""

    part: str
    state: str
    what: str
    mend: str = ""


Check = Callable[[], tuple[str, str, str]]
"""Gives state, words and mend; raises one of our errors where the part fails."""


class Doctor:
    """Runs the checks in their order.

    Args:
        checks: Part name to check.
    """

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks

    def examine(self) -> list[Finding]:
        """Run every check; one that fails does not keep the others from running."""
        return [self._examine(part, check) for part, check in self._checks.items()]

    @staticmethod
    def _examine(part: str, check: Check) -> Finding:
        try:
            return Finding(part, *check())
        except RealestateError as error:
            return Finding(part, FAIL, error.message, error.hint)
