"""What the fixture ``line`` gives: a command line that runs in this process."""

from __future__ import annotations

from collections.abc import Callable

Run = Callable[..., int]
"""Takes the words after ``realestate`` and gives the exit code."""
