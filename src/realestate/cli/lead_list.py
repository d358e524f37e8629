"""``realestate leads list`` and ``leads diff``: many leads at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer

from realestate.cli.output import OutputOption, emit, say
from realestate.cli.reading import day, share, since
from realestate.cli.session import toolkit

SHOWN_ON_A_TERMINAL = 50


def list_leads(
    everything: Annotated[bool, typer.Option("--all", help="Every lead, also on a terminal.")] = False,
    limit: Annotated[int | None, typer.Option(min=0, help="How many at most.")] = None,
    signal: Annotated[
        list[str] | None, typer.Option(help="Only leads with this signal, or attribute such as absentee; may repeat.")
    ] = None,
    without: Annotated[list[str] | None, typer.Option(help="Only leads without this signal; may repeat.")] = None,
    min_signals: Annotated[int | None, typer.Option(min=0, help="Distinct open signals at least.")] = None,
    min_score: Annotated[float | None, typer.Option(parser=share, metavar="SCORE", help="Lowest score.")] = None,
    max_score: Annotated[float | None, typer.Option(parser=share, metavar="SCORE", help="Highest score.")] = None,
    address: Annotated[str | None, typer.Option(help="Only addresses that begin so, e.g. '12 OAK'.")] = None,
    city: Annotated[str | None, typer.Option(help="Only this city.")] = None,
    state: Annotated[str | None, typer.Option(help="Only this state, by its two letters.")] = None,
    zip_code: Annotated[str | None, typer.Option("--zip", help="Only this ZIP code.")] = None,
    status: Annotated[str | None, typer.Option(help="new, contacted, qualified, converted or lost.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only leads with this tag.")] = None,
    source: Annotated[str | None, typer.Option(help="list_stacking, manual or referral.")] = None,
    list_name: Annotated[str | None, typer.Option("--list", help="Only leads that this list names.")] = None,
    has: Annotated[list[str] | None, typer.Option(help="Only leads with an owner, phone or email on file.")] = None,
    at_least: Annotated[
        list[str] | None, typer.Option("--at-least", metavar="FACT=N", help="value=100000, beds=3 ...; may repeat.")
    ] = None,
    at_most: Annotated[list[str] | None, typer.Option("--at-most", metavar="FACT=N", help="The same upwards.")] = None,
    due_by: Annotated[
        date | None, typer.Option("--due-by", parser=day, metavar="DATE", help="Follow-up due by this day.")
    ] = None,
    new_since: Annotated[
        date | None, typer.Option("--new-since", parser=since, metavar="DATE", help="Made since this day, or 7d.")
    ] = None,
    run: Annotated[int | None, typer.Option(help="Only leads that this run names.")] = None,
    sort: Annotated[str, typer.Option(help="Column to sort by.")] = "score",
    reverse: Annotated[bool, typer.Option("--reverse", help="Turn the order round.")] = False,
    output: OutputOption = None,
) -> None:
    """List leads, the best first; in a pipe all of them, on a terminal the first 50."""
    import sys

    from realestate.domain.leads.records import LeadFilter

    shown = limit
    if limit is None and not everything and output is None and sys.stdout.isatty():
        shown = SHOWN_ON_A_TERMINAL
    wanted = LeadFilter(
        signals=signal or [],
        without=without or [],
        min_signals=min_signals,
        min_score=min_score,
        max_score=max_score,
        address=address,
        city=city,
        state=state,
        zip=zip_code,
        status=status,
        tag=tag,
        source=source,
        list=list_name,
        has=has or [],
        at_least=_limits(at_least),
        at_most=_limits(at_most),
        due_by=due_by,
        new_since=new_since,
        run=run,
        sort=sort,
        reverse=reverse,
        limit=shown,
    )
    counted = Counted()
    emit(counted(asdict(line) for line in toolkit().leads.search(wanted)), output)
    if not counted.count:
        say("No lead fits.")
    elif limit is None and shown == counted.count:
        say(f"The first {shown} are shown; --all shows every one.")


def diff(
    begin: Annotated[
        date, typer.Option("--since", parser=since, metavar="DATE", help="The day to compare with, or 7d, 2w, 3m.")
    ],
    least: Annotated[
        float, typer.Option(parser=share, metavar="SCORE", help="A score that moved by less is no change.")
    ] = 0.02,
    output: OutputOption = None,
) -> None:
    """Say which leads are new, hotter, cooler or closed since a day."""
    counted = Counted()
    emit(counted(asdict(change) for change in toolkit().leads.diff(begin, least)), output)
    if not counted.count:
        say(f"Nothing changed since {begin}.")


class Counted:
    """Counts rows while they stream by."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        """Pass rows on."""
        for row in rows:
            self.count += 1
            yield row


def _limits(texts: list[str] | None) -> dict[str, float]:
    limits = {}
    for text in texts or ():
        name, _, number = text.partition("=")
        try:
            limits[name.strip()] = float(number.replace(",", "").replace("$", ""))
        except ValueError:
            raise typer.BadParameter(f"{text!r} is not FACT=NUMBER, e.g. value=100000") from None
    return limits
