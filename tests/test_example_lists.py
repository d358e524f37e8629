"""The example lists are invented by a script of ours, and are what it writes."""

from __future__ import annotations

from pathlib import Path

from realestate.adapters.demo_lists import write_lists

EXAMPLES = Path(__file__).parents[1] / "examples" / "lists"


def test_the_example_lists_are_those_that_demo_writes(tmp_path: Path) -> None:
    for written in write_lists(tmp_path):
        assert (EXAMPLES / written.name).read_bytes() == written.read_bytes()
