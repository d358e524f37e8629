"""Who may import whom, and what a bare ``--help`` may load."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = ("pandas", "numpy", "chromadb", "onnxruntime", "cv2", "boto3", "openai", "sqlalchemy", "alembic", "psycopg")

VIOLATIONS = {
    "rooms": ("services/leads.py", "import realestate.repositories.leads"),
    "cli-sql": ("cli/runs.py", "import psycopg"),
    "services-vendors": ("services/doctor.py", "import typer"),
    "domain-pure": ("domain/leads/scoring.py", "import pandas"),
    "flows": ("domain/leads/scoring.py", "import realestate.domain.chat"),
}
"""For each contract a file and the line that would break it."""


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on a copy of the package."""
    script = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [script, "--config", str(folder / "pyproject.toml"), "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_package_keeps_its_contracts() -> None:
    result = lint_imports(ROOT)

    assert result.returncode == 0, result.stdout


@pytest.mark.slow
@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_deliberate_violation_breaks_its_contract(contract: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "*.onnx"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    file, line = VIOLATIONS[contract]
    path = tmp_path / "src" / "realestate" / file
    path.write_text(
        path.read_text().replace(
            "\nfrom __future__ import annotations\n", f"\nfrom __future__ import annotations\n\n{line}\n", 1
        )
    )

    result = lint_imports(tmp_path)

    assert result.returncode == 1
    assert line.removeprefix("import ") in result.stdout.replace("\n", "")


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "from realestate.cli.main import run\n"
        "run(['--help'])\n"
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )

    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert result.stderr.strip() == "[]"


def test_the_package_itself_imports_only_its_errors() -> None:
    script = "import sys, realestate; print(sorted(n for n in sys.modules if n.startswith('realestate')))"

    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "['realestate', 'realestate.errors']"
