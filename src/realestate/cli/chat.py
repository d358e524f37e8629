"""``realestate chat``: talk a seller through, on a terminal or line by line in a pipe."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from realestate.cli.output import Format, OutputOption, confirm, emit, emit_one, say, write
from realestate.cli.session import toolkit
from realestate.errors import ExitCode, UnusableInputError, UsageError

if TYPE_CHECKING:
    from realestate.domain.chat.talk import TurnResult
    from realestate.services.chat import Qualifier

LONGEST_LINE = 1_000_000
"""Bytes of a line that are read; what is beyond was never a text message."""

Row = dict[str, Any]


class _TalkByDefault(TyperGroup):
    """``chat 17`` is ``chat with 17``: whatever is no subcommand begins a talk."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  typer keeps its contexts private
        """Put the subcommand in front where the line names none."""
        named = next((word for word in args if not word.startswith("-")), None)
        if args and args != ["--help"] and named not in self.commands:
            args = ["with", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=_TalkByDefault)

EngineOption = Annotated[
    str | None, typer.Option("--engine", help="rules (offline) or openai; the setting chat_engine when omitted.")
]


@app.command("with")
def talk(
    lead: Annotated[int | None, typer.Argument(help="Number of the lead; none with --scratch.")] = None,
    engine: EngineOption = None,
    scratch: Annotated[bool, typer.Option("--scratch", help="Keep nothing, need no database.")] = False,
    conversations: Annotated[
        str | None, typer.Option("--conversations", help="Judge a JSONL file of conversations, - for standard input.")
    ] = None,
    export: Annotated[str | None, typer.Option("--export", help="Print the talk so far: text or html.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Let the lead's status go backwards.")] = False,
    output: OutputOption = None,
) -> None:
    """Talk with the seller of a lead: type or pipe what they say, one message a line."""
    if conversations is not None:
        raise typer.Exit(_judge_file(conversations, engine, output))
    if lead is None and not scratch:
        raise UsageError("Which lead?", "Name one: realestate chat 17, or keep nothing: realestate chat --scratch")
    if export is not None:
        _export(_named(lead), export)
        return
    take = _scratch_talk(engine) if scratch or lead is None else _lead_talk(lead, engine, force=force)
    if sys.stdin.isatty():
        from realestate.cli.chat_screen import converse

        converse(take, None if scratch or lead is None else lead)
        return
    _answer_lines(take, output)


@app.command("eval")
def evaluate(
    file: Annotated[str, typer.Argument(help="JSONL of labelled conversations, - for standard input.")],
    engine: EngineOption = None,
    strict: Annotated[bool, typer.Option("--strict", help="Ignore the leniency of `accept`.")] = False,
    output: OutputOption = None,
) -> None:
    """Measure an engine on labelled conversations."""
    from realestate.domain.chat.evaluation import Evaluation

    measured = Evaluation(strict=strict)
    left_out = 0
    for row, result in _judged(file, engine):
        if result is None or not isinstance(row.get("facts"), dict) or "status" not in row:
            left_out += 1
            continue
        measured.add(row, result.facts, result.verdict.status)
    if not measured.counts["all"]:
        raise UnusableInputError(
            f"{file} holds no labelled conversation.", "Each line needs messages, facts and status."
        )
    emit_one(measured.figures(), output or (None if sys.stdout.isatty() else Format.JSON))
    raise typer.Exit(_partial(left_out, file))


def _judge_file(file: str, engine: str | None, output: Format | None) -> int:
    """Facts and verdict of every conversation of a file, one object a line."""
    left_out = total = 0

    def rows() -> Iterator[Row]:
        nonlocal left_out, total
        for row, result in _judged(file, engine):
            if result is None:
                left_out += 1
                continue
            total += 1
            verdict = result.verdict
            yield {
                "id": row.get("id"),
                "facts": result.facts,
                "status": verdict.status,
                "score": verdict.score,
                "reasons": verdict.reasons,
            }

    emit(rows(), output or Format.JSONL)
    if not total:
        raise UnusableInputError(f"{file} holds no conversation.", 'Each line needs "messages": ["...", "..."].')
    return _partial(left_out, file)


def _judged(file: str, engine: str | None) -> Iterator[tuple[Row, TurnResult | None]]:
    """Each line with its result; None for a line that is no conversation."""
    chat = toolkit().chat
    other = chat.engine(engine, _agree)
    rules = chat.qualifier()
    for line in _lines(file):
        if not line.strip():
            continue
        row = _as_row(line)
        messages, asked, day = row.get("messages"), row.get("asked"), _day(row.get("date"))
        if not isinstance(messages, list) or not all(isinstance(one, str) for one in messages) or day is None:
            yield row, None
            continue
        slots = asked if isinstance(asked, list) else None
        judge = chat.qualifier(other, lambda day=day: day) if other else rules  # type: ignore[misc]
        yield row, judge.judge(messages, slots, day) if other is None else _through(judge, messages, slots)


def _through(taking: Qualifier, messages: list[str], asked: list[Any] | None) -> TurnResult:
    """The result of a conversation taken turn by turn, the engine asked each time."""
    from realestate.domain.chat.talk import Talk

    so_far, result = Talk(), None
    for i, message in enumerate(messages or [""]):
        slot = asked[i] if asked and i < len(asked) else None
        so_far, result = taking.take(so_far, message, slot)
    assert result is not None  # noqa: S101  there is one message at least
    return result


def _scratch_talk(engine: str | None) -> Callable[[str, str | None], TurnResult]:
    """A talk that is forgotten with the process."""
    from realestate.domain.chat.talk import Talk

    taking = toolkit().chat.qualifier(toolkit().chat.engine(engine, _agree))
    so_far = Talk()

    def take(text: str, asked: str | None) -> TurnResult:
        nonlocal so_far
        so_far, result = taking.take(so_far, text, asked)
        return result

    return take


def _lead_talk(lead: int, engine: str | None, *, force: bool) -> Callable[[str, str | None], TurnResult]:
    """A talk that is kept with its lead."""
    talks = toolkit().chat.lead_talks(toolkit().chat.engine(engine, _agree))
    head, _, notes = talks.open(lead)
    say(f"Lead {lead}, {head.address}")
    for note in notes:
        say(f"A note, not advice: {note}")
    return lambda text, asked: talks.take(lead, text, asked, force=force)


def _answer_lines(take: Callable[[str, str | None], TurnResult], output: Format | None) -> None:
    """One object for each seller message on standard input, flushed so that another program can talk along."""
    results: list[Row] = []
    for line in _lines("-", or_empty=True):
        text, asked = _message(line)
        result = take(text, asked)
        for note in result.notes:
            say(note)
        if result.hand_over:
            say(f"A person should take over: {result.hand_over}.")
        if output in (None, Format.JSONL):
            write(json.dumps(result.as_json(), ensure_ascii=False))
            sys.stdout.flush()
        else:
            results.append(result.as_json())
    if results:
        emit(results, output, ("reply", "status", "score"))


def _message(line: str) -> tuple[str, str | None]:
    """The text of a line and the slot it answers; only an object with a text is taken for JSON."""
    if line.lstrip().startswith("{"):
        row = _as_row(line)
        if isinstance(row.get("text"), str):
            asked = row.get("asked")
            return row["text"], asked if isinstance(asked, str) else None
    return line, None


def _as_row(line: str) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}


def _lines(file: str, *, or_empty: bool = False) -> Iterator[str]:
    """The lines of a file or of standard input, however broken; an empty input can stand for one empty message."""
    if file == "-":
        yield from _decoded(sys.stdin.buffer, or_empty=or_empty)
        return
    path = Path(file)
    if not path.is_file():
        raise UsageError(f"There is no file {file}.")
    with path.open("rb") as stream:
        yield from _decoded(stream, or_empty=or_empty)


def _decoded(stream: Any, *, or_empty: bool) -> Iterable[str]:  # noqa: ANN401  any binary stream
    none = True
    while line := stream.readline(LONGEST_LINE):
        none = False
        whole = line.endswith(b"\n")
        yield line.decode("utf-8", "replace").rstrip("\r\n")
        while not whole and (rest := stream.readline(LONGEST_LINE)):
            whole = rest.endswith(b"\n")
    if none and or_empty:
        yield ""


def _day(written: object) -> date | None:
    """The day of a talk; today when none is given, None when it is no day."""
    if written is None:
        return date.today()  # noqa: DTZ011  a talk's day is the local one
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        return None


def _partial(left_out: int, file: str) -> int:
    if left_out:
        say(f"{file}: {left_out} lines are no conversation and were left out.")
    return ExitCode.PARTIAL if left_out else ExitCode.DONE


def _export(lead: int, form: str) -> None:
    """The talk so far as a transcript."""
    from realestate.reports.transcript import FORMS, transcript

    if form not in FORMS:
        raise UsageError(f"There is no transcript as {form!r}; there are {' and '.join(FORMS)}.")
    head, so_far, _ = toolkit().chat.lead_talks().open(lead)
    write(transcript(head, so_far, form))


def _named(lead: int | None) -> int:
    if lead is None:
        raise UsageError("Which lead's talk?", "realestate chat 17 --export text")
    return lead


def _agree(host: str) -> bool:
    say(f"Engine openai: the seller's words go to {host}; phones, e-mails and names as placeholders.")
    return confirm(f"Send the seller's words to {host} from now on?")
