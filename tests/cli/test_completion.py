"""Shell completion knows every group, command and option, and is written out for the shells that typer knows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from realestate.cli.main import COMMANDS, GROUPS

ROOT = Path(__file__).parents[2]


def completed(typed: str) -> set[str]:
    """What bash is offered for the last word of a line."""
    words = typed.split(" ")
    asked = {
        "_REALESTATE_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(words) - 1),
        "PYTHONPATH": str(ROOT / "src"),
    }
    program = "import sys; sys.argv = ['realestate']; from realestate.cli.main import main; main()"
    answer = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | asked, capture_output=True, text=True, check=False
    )
    assert answer.stderr == ""
    return set(answer.stdout.split())


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("realestate ", {*GROUPS, *COMMANDS}),
        ("realestate le", {"leads"}),
        ("realestate leads set", {"set-status"}),
        ("realestate leads list --min", {"--min-signals", "--min-score", "--min-lists"}),
        ("realestate db ", {"init", "status", "upgrade", "stop", "url", "backup", "restore"}),
        ("realestate doctor --out", {"--output"}),
    ],
)
def test_bash_is_offered_what_fits(typed: str, offered: set[str]) -> None:
    assert completed(typed) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_one_that_it_reads(shell: str) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "realestate", "--show-completion", shell],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "_REALESTATE_COMPLETE" in shown.stdout
    program = shutil.which(shell)
    if program and shell != "fish":
        subprocess.run([program, "-n"], input=shown.stdout, text=True, check=True)
