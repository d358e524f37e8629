"""Find, score, qualify, analyze and match off-market houses on your own machine.

``from realestate import Toolkit`` gives everything the command line does; nothing heavy is imported
until it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from realestate.errors import (
    ExitCode,
    NoDatabaseError,
    NotAllowedError,
    RealestateError,
    TryLaterError,
    UnusableInputError,
    UsageError,
)

if TYPE_CHECKING:
    from realestate.settings import Settings
    from realestate.toolkit import Toolkit

__all__ = [
    "ExitCode",
    "NoDatabaseError",
    "NotAllowedError",
    "RealestateError",
    "Settings",
    "Toolkit",
    "TryLaterError",
    "UnusableInputError",
    "UsageError",
]


def __getattr__(name: str) -> object:
    """Import the two heavier names when they are first asked for."""
    if name == "Toolkit":
        from realestate.toolkit import Toolkit

        return Toolkit
    if name == "Settings":
        from realestate.settings import Settings

        return Settings
    raise AttributeError(f"module 'realestate' has no attribute {name!r}")
