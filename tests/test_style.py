"""The code is linted, formatted and typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CHECKS = {
    "lint": ["ruff", "check", "--no-cache", "."],
    "format": ["ruff", "format", "--check", "--no-cache", "."],
    "types": ["mypy", "--cache-dir=/dev/null"],
}


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS)
def test_the_code_is_clean(check: str) -> None:
    tool, *words = CHECKS[check]

    result = subprocess.run(
        [Path(sys.executable).parent / tool, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout[-4000:]
