"""``realestate demo``: invented lists to try everything on."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from realestate.cli.output import next_step, say, write
from realestate.cli.session import toolkit


def demo(
    folder: Annotated[Path, typer.Argument(help="Where to write the lists.")] = Path("demo"),
) -> None:
    """Write three invented lists of one invented town and say what to type next."""
    files = toolkit().demo(folder)
    for file in files:
        write(str(file))
    say("Nobody in these lists exists.")
    next_step(f"realestate leads import {shlex.quote(str(folder))}/*.csv")
