"""The ``realestate`` command: finds the group that is meant, loads only that, maps failures to exit codes."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType, ModuleType
from typing import Annotated, NoReturn

import typer

from realestate.cli import output, session
from realestate.cli.reading import duration
from realestate.errors import ExitCode, RealestateError, UsageError

GROUPS: dict[str, str] = {
    "leads": "Import distress lists; score, list, explain and work the leads they stack up to.",
    "chat": "Qualify a seller in conversation, on a terminal or line by line in a pipe.",
    "runs": "Look at imports, their rejected rows, and undo them.",
    "buyers": "Cash buyers: bring them in, tell them apart, match them to a property.",
    "models": "The models that look at photos: list, check, add, measure, train.",
    "db": "The database: start, status, upgrade, stop, backup and restore.",
    "accounts": "Who may sign in; signing in and out; tokens for unattended runs.",
    "keys": "The keys of personal data: turn over, move to AWS KMS, save, check.",
    "privacy": "What is kept about one person: show, export, erase, or never contact.",
    "audit": "What was done by whom, and whether that record was tampered with.",
}
"""Command groups, each in a module of its name that is imported only when the group is named."""

COMMANDS: dict[str, str] = {
    "analyze": "Find damage in photos of a house, rate its condition, and price its repairs; on this machine.",
    "analyze-images": "The same as analyze.",
    "demo": "Write invented lists to a folder, to try everything on.",
    "doctor": "Check every part of the set-up and name the command that mends it.",
}
"""Single commands, each a function of its name in a module of its name."""

WAIT = "--wait="
ANYWHERE = {"-q", "--quiet", "-v", "--verbose", "--debug", "--no-input", "--yes"}
"""Options of the root command that may stand anywhere on the line."""


class Terminated(BaseException):
    """SIGTERM arrived; unwinds like Ctrl-C so that transactions roll back, but passes by Typer, which ends those."""


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process with its exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    raise SystemExit(run(list(sys.argv[1:] if argv is None else argv)))


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code; what went wrong is said on stderr."""
    line = normalise(argv)
    output.speak_json(any(word.removeprefix("--output=").removeprefix("-o") in ("json", "jsonl") for word in line))
    try:
        code = int(build(line)(args=line, prog_name="realestate", standalone_mode=False) or 0)
        sys.stdout.flush()
        # Typer has made a code of Ctrl-C before it comes here.
        return _stopped(ExitCode.INTERRUPTED) if code == ExitCode.INTERRUPTED else code
    except RealestateError as error:
        output.report(error)
        return error.exit_code
    except typer.Exit as done:
        return done.exit_code
    except typer.TyperException as misuse:
        return _misused(misuse)
    except (typer.Abort, KeyboardInterrupt):
        return _stopped(ExitCode.INTERRUPTED)
    except Terminated:
        return _stopped(ExitCode.TERMINATED)
    except (BrokenPipeError, SystemExit):
        # The reader went away, as `| head` does, in which case Typer asks for the end of the process; stdout is
        # pointed elsewhere so that the interpreter's own flush at exit stays silent.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE
    except Exception as error:  # noqa: BLE001 - the one place where the unforeseen ends
        return _unforeseen(error, debug="--debug" in line)


def normalise(argv: Sequence[str]) -> list[str]:
    """Move the options that may stand anywhere to the front, and write ``--json`` as ``-o json``."""
    if "--" in argv:
        cut = list(argv).index("--")
        head, tail = list(argv[:cut]), list(argv[cut:])
    else:
        head, tail = list(argv), []
    front = [word for word in head if word in ANYWHERE]
    rest = _joined([word for word in head if word not in ANYWHERE])
    front += [word for word in rest if word.startswith(WAIT)]
    rest = [word for word in rest if not word.startswith(WAIT)]
    return front + [part for word in rest for part in (["-o", "json"] if word == "--json" else [word])] + tail


def _joined(words: Sequence[str]) -> list[str]:
    """Write ``--wait 5m`` as ``--wait=5m``, so that it stays one word wherever it goes."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == WAIT.removesuffix("="):
            joined[-1] = WAIT + word
        else:
            joined.append(word)
    return joined


def build(line: Sequence[str]) -> typer.Typer:
    """Make the command tree, with the real commands only where the line names them."""
    named = next((word for word in line if not word.startswith("-")), None)
    everything = "_REALESTATE_COMPLETE" in os.environ
    app = typer.Typer(
        name="realestate",
        help="Find distressed houses, score them, qualify their sellers, price repairs, match cash buyers.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_root)
    for name, text in GROUPS.items():
        group = _module(name).app if everything or name == named else typer.Typer()
        app.add_typer(group, name=name, help=text, no_args_is_help=True)
    for name, text in COMMANDS.items():
        command = getattr(_module(name), name.replace("-", "_")) if everything or name == named else _stub
        app.command(name, help=text)(command)
    return app


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"realestate.cli.{name.replace('-', '_')}")


def _stub() -> None:
    """Stand in for a command that the line does not name."""


def _root(
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where a failure happened.")] = False,
    no_input: Annotated[bool, typer.Option("--no-input", help="Never ask; fail instead.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Agree to what would be asked.")] = False,
    wait: Annotated[
        float | None,
        typer.Option(parser=duration, metavar="TIME", help="Wait so long, e.g. 5m, while another import is at work."),
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    del debug
    session.wait_for_others(wait or 0)
    output.settle(quiet=quiet, verbose=verbose, ask=not no_input, agree=yes)
    if version:
        from importlib.metadata import version as installed

        output.write(installed("realestate"))
        raise typer.Exit


def _terminate(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise Terminated


def _stopped(code: ExitCode) -> int:
    output.say("Stopped; nothing was half-done.")
    return code


def _misused(error: typer.TyperException) -> int:
    """Report a wrong option or argument in the same shape as every other failure."""
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "realestate"
    output.report(UsageError(message, f"See: {path} --help"))
    return ExitCode.USAGE


def _unforeseen(error: Exception, *, debug: bool) -> int:
    """Name the kind and place of a failure, never its values: they may be somebody's."""
    trace = error.__traceback__
    places = []
    while trace:
        places.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}")
        trace = trace.tb_next
    output.report(
        RealestateError(
            f"Unexpected failure: {type(error).__name__} at {places[-1]}.",
            "" if debug else "Run it again with --debug to see the way there; nothing was half-done.",
        )
    )
    if debug:
        output.say(" > ".join(places))
    return ExitCode.UNEXPECTED
