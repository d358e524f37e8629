"""Asks for passwords and the like: never as an argument, where other programs could read them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from realestate.errors import UsageError

PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
]
Insecure = Annotated[
    bool, typer.Option("--insecure", help="Prove the password even to a server that has not proved who it is.")
]


def password(question: str, *, from_stdin: bool, twice: bool = False) -> str:
    """Ask on the terminal without showing what is typed, or take a line of standard input.

    Args:
        question: What to ask for.
        from_stdin: Whether the line is piped in.
        twice: Whether it is asked for again, because nobody could see it.

    Raises:
        UsageError: If nobody can be asked.
    """
    if from_stdin:
        return line()
    if not sys.stdin.isatty():
        raise UsageError("There is no terminal to ask for a password on.", "Pipe it in: ... --password-stdin < FILE")
    return str(typer.prompt(question, hide_input=True, confirmation_prompt=twice, err=True))


def line() -> str:
    """One line of standard input as it is, without its end."""
    return sys.stdin.buffer.readline().rstrip(b"\r\n").decode("utf-8", "surrogateescape")
