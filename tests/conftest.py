"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest_plugins = ["databases"]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of measurement data; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("REALESTATE_SHARED", Path(__file__).parents[2] / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip("measurement data is not here; point REALESTATE_SHARED at it")
    return folder
