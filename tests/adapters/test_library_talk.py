"""The channel for errors, taken away for a moment and given back."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from realestate.adapters.library_talk import MOST_BYTES, caught_talk


def test_what_is_printed_in_the_block_is_caught_and_nothing_else(capfd: pytest.CaptureFixture[str]) -> None:
    os.write(2, b"before ")
    with caught_talk() as talk:
        os.write(2, b"within")
    os.write(2, b"after")

    assert talk.text == "within"
    assert capfd.readouterr().err == "before after"


def test_silence_is_an_empty_text() -> None:
    with caught_talk() as talk:
        pass

    assert talk.text == ""


def test_a_flood_is_cut_and_never_waited_for() -> None:
    with caught_talk() as talk:
        for _ in range(100):
            try:
                os.write(2, b"x" * 10_000)
            except BlockingIOError:
                break

    assert len(talk.text) == MOST_BYTES


def test_an_error_gives_the_channel_back(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="mine"), caught_talk():
        raise ValueError("mine")
    os.write(2, b"after")

    assert capfd.readouterr().err == "after"


def test_a_process_without_the_channel_does_not_get_one() -> None:
    script = (
        "import os\n"
        "from realestate.adapters.library_talk import caught_talk\n"
        "os.close(2)\n"
        "with caught_talk() as talk:\n"
        "    os.write(2, b'within')\n"
        "print(talk.text)\n"
        "try:\n"
        "    os.fstat(2)\n"
        "except OSError:\n"
        "    print('closed')\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["within", "closed"]
