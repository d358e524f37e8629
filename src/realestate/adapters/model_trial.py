"""Tries a model in a process of its own, with a limit on memory and time: a file may ask for more than a machine has.

Run as a program it loads the model it is given, shows it noise, and prints what is wrong as one line of JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from realestate.adapters.platform import confine_memory
from realestate.errors import ExitCode, UnusableInputError

LONGEST_S = 60
"""Seconds for loading and three photos; a heavy detector takes five of them on a slow core."""

MEMORY_BYTES = 2 << 30
"""On top of the engine itself, and of the file as often as it is held while the engine gets it ready."""

COPIES = 4

HINT = "Take it from where you trust it, or make it smaller."


def try_apart(onnx_path: Path, card_path: Path, longest_s: float = LONGEST_S) -> None:
    """Try a model in a child process.

    Raises:
        UnusableInputError: If it is refused, takes too long or too much, or ends its process.
    """
    # -P keeps modules that happen to lie in the working folder out.
    command = [sys.executable, "-P", "-m", __name__, str(onnx_path), str(card_path), str(int(longest_s) + 1)]
    try:
        child = subprocess.run(
            command, capture_output=True, timeout=longest_s, check=False, text=True, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        raise UnusableInputError(
            f"{onnx_path.name} is refused: it is not done after {longest_s:g} seconds.", HINT
        ) from None
    if child.returncode == ExitCode.DONE:
        return
    raise _why(onnx_path.name, child.returncode, child.stdout)


def _why(name: str, code: int, words: str) -> UnusableInputError:
    if code == ExitCode.NOTHING_USABLE:
        with suppress(ValueError):
            told = json.loads(words)
            return UnusableInputError(told["message"], told["hint"])
    end = f"signal {-code}" if code < 0 else f"exit code {code}"
    return UnusableInputError(f"{name} is refused: it ends the process that tries it ({end}).", HINT)


def main(arguments: list[str]) -> int:
    """Load a model within limits and show it noise; gives the exit code."""
    import numpy  # noqa: F401  what takes address space comes before its limit
    import onnxruntime  # noqa: F401

    onnx_path, card_path = map(Path, arguments[:2])
    confine_memory(MEMORY_BYTES + COPIES * _size(onnx_path))
    _limit_time(int(arguments[2]))
    try:
        _show_noise(onnx_path, card_path)
    except UnusableInputError as error:
        sys.stdout.write(json.dumps({"message": error.message, "hint": error.hint}))
        return ExitCode.NOTHING_USABLE
    except MemoryError:
        message = f"{onnx_path.name} is refused: it takes more than {MEMORY_BYTES >> 20} MiB."
        sys.stdout.write(json.dumps({"message": message, "hint": HINT}))
        return ExitCode.NOTHING_USABLE
    return ExitCode.DONE


def _show_noise(onnx_path: Path, card_path: Path) -> None:
    import numpy as np

    from realestate.adapters.damage_model import DamageModel

    model = DamageModel.load(onnx_path, card_path)
    # Two at once: an exported graph may have the batch of its example burnt in.
    model.look(np.random.default_rng(0).integers(0, 256, (2, *model.side, 3), np.uint8))


def _limit_time(seconds: int) -> None:
    """End this process even when nobody waits for it any more."""
    import resource

    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
