"""Examines every part of the set-up; a part that fails names the command that mends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from realestate.errors import RealestateError

OK, WARN, FAIL = "OK", "WARN", "FAIL"
Told = tuple[str, str, str]
"""State, words, and the command that mends it, or empty."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one part is like: ``state`` is OK, WARN or FAIL; ``mend`` is a command, or empty."""

    part: str
    state: str
    what: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """How one part is examined.

    Attributes:
        part: Its name.
        look: Tells how it is; raises one of our errors where it fails.
        rests_on: Name of the earlier part without which it cannot be examined; empty for none.
    """

    part: str
    look: Callable[[], Told]
    rests_on: str = ""


class Doctor:
    """Runs the checks in their order."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self._checks = checks

    def examine(self) -> list[Finding]:
        """Run every check; one that fails keeps none from running but those that rest on it."""
        causes: dict[str, str] = {}
        findings = []
        for check in self._checks:
            cause = causes.get(check.rests_on)
            finding = self._examine(check) if cause is None else _waiting(check, cause)
            if finding.state == FAIL:
                causes[check.part] = cause or check.part
            findings.append(finding)
        return findings

    @staticmethod
    def _examine(check: Check) -> Finding:
        try:
            return Finding(check.part, *check.look())
        except RealestateError as error:
            return Finding(check.part, FAIL, error.message, error.hint)


def _waiting(check: Check, cause: str) -> Finding:
    return Finding(check.part, FAIL, f"not examined: {cause} comes first")
