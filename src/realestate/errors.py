"""Every failure a user can meet: what is wrong, what to do next, and the exit code."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a finished command says to the shell; the numbers are a contract with scripts."""

    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    PARTIAL = 3
    NOTHING_USABLE = 4
    NOT_ALLOWED = 5
    NO_DATABASE = 10
    TRY_LATER = 75
    INTERRUPTED = 130
    TERMINATED = 143


class RealestateError(Exception):
    """Base of the family; never raised directly.

    Args:
        message: What is wrong, with the value at fault; never personal data.
        hint: What to do next, best as a command; may be empty.
    """

    exit_code = ExitCode.UNEXPECTED

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(RealestateError):
    """The command was called with something it cannot take: an unknown id, column or value."""

    exit_code = ExitCode.USAGE


class UnusableInputError(RealestateError):
    """Nothing in the input could be used, and nothing was written."""

    exit_code = ExitCode.NOTHING_USABLE


class NotAllowedError(RealestateError):
    """Not signed in, not the user's own, or the key to the personal data is missing."""

    exit_code = ExitCode.NOT_ALLOWED


class NoDatabaseError(RealestateError):
    """No Postgres answers, or it is not one we can use."""

    exit_code = ExitCode.NO_DATABASE


class TryLaterError(RealestateError):
    """Somebody else holds the lock, or a service we need does not answer now."""

    exit_code = ExitCode.TRY_LATER
