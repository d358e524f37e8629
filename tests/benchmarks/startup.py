"""How long commands take to start, as ratios to a bare Typer hello in the same run.

    python tests/benchmarks/startup.py [--runs 11]

Medians of turns taken one after the other, so that a machine that drifts drifts for all; bytecode is compiled
for all. The server of the embedded database is up, as it is after the first command of a day.
"""

from __future__ import annotations

import argparse
import compileall
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HELLO = """
import typer

app = typer.Typer()


@app.command()
def hello(name: str = "world") -> None:
    print("hello", name)


def main() -> None:
    app()
"""
REACH = {"help": 1.3, "leads list --limit 1": 3.0}


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Wall time of one run."""
    started = time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def main() -> None:
    """Print the medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "hello.py").write_text(HELLO)
        for place in (folder, str(Path(__file__).parents[2] / "src")):
            compileall.compile_dir(place, quiet=2)
        environment = {**os.environ, "PYTHONPATH": folder, "REALESTATE_HOME": str(Path(folder) / "home")}
        start = "import sys; sys.argv = ['realestate', *{!r}]; from realestate.cli.main import main; main()"
        commands = {
            "hello": [sys.executable, "-c", "import sys; sys.argv = ['hello']; from hello import main; main()"],
            "help": [sys.executable, "-c", start.format(["--help"])],
            "leads list --limit 1": [sys.executable, "-c", start.format(["leads", "list", "--limit", "1"])],
        }
        subprocess.run([sys.executable, "-m", "realestate", "-q", "db", "init"], env=environment, check=True)
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                taken[name].append(seconds(command, environment))
        subprocess.run([sys.executable, "-m", "realestate", "-q", "db", "stop"], env=environment, check=True)
    hello = statistics.median(taken["hello"])
    print(f"hello: {hello:.3f} s (median of {runs})")
    for name, reach in REACH.items():
        median = statistics.median(taken[name])
        print(f"{name}: {median:.3f} s, {median / hello:.2f} times hello (reach: {reach})")


if __name__ == "__main__":
    main()
