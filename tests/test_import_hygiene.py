"""Who may import whom, and what a bare ``--help`` may load."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = ("pandas", "numpy", "chromadb", "onnxruntime", "cv2", "boto3", "openai", "sqlalchemy", "alembic", "psycopg")

VIOLATIONS = (
    ("rooms", "services/leads.py", "realestate.repositories.leads"),
    ("rooms", "repositories/leads.py", "realestate.adapters.platform"),
    ("rooms", "adapters/list_files.py", "realestate.services.leads"),
    ("rooms", "services/leads.py", "realestate.settings"),
    ("rooms", "toolkit.py", "realestate.cli.output"),
    ("rooms", "domain/leads/scoring.py", "realestate.services.lookups"),
    ("cli-sql", "cli/runs.py", "psycopg"),
    ("cli-sql", "cli/runs.py", "realestate.adapters.platform"),
    ("services-vendors", "services/doctor.py", "typer"),
    ("domain-pure", "domain/leads/scoring.py", "pandas"),
    ("flows", "domain/leads/scoring.py", "realestate.domain.chat.talk"),
    ("flows", "domain/repairs/estimate.py", "realestate.domain.buyers.buybox"),
)
"""A contract, a file, and what that file may not import."""


NAMES = {
    each["id"]: each["name"]
    for each in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}


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


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package, to be bent."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__", "*.onnx"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(("contract", "file", "module"), VIOLATIONS)
def test_a_deliberate_violation_breaks_its_contract_alone(copy: Path, contract: str, file: str, module: str) -> None:
    path = copy / "src" / "realestate" / file
    text = path.read_text(encoding="utf-8")
    first = "from __future__ import annotations\n"
    path.write_text(text.replace(first, f"{first}\nimport {module}\n", 1), encoding="utf-8")

    result = lint_imports(copy)
    path.write_text(text, encoding="utf-8")

    assert result.returncode == 1
    broken = re.findall(r"^(.*) BROKEN$", result.stdout, re.MULTILINE)
    assert broken == [NAMES[contract]]
    assert module in result.stdout.replace("\n", "")


def test_every_contract_is_proven() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == set(NAMES)


def test_a_unit_of_work_loads_no_flow_but_that_of_leads() -> None:
    script = "import sys, realestate.repositories.unit_of_work as _; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()

    flows = ("realestate.domain.buyers", "realestate.domain.chat", "realestate.domain.repairs")
    assert "realestate.domain.leads" in loaded
    assert [name for name in loaded if name.startswith(flows)] == []


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
