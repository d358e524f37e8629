"""The filters that every command over many leads takes: ``leads list``, ``export``, ``map`` and ``report``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Annotated, Any

import typer

from realestate.cli.reading import day, share, since
from realestate.domain.leads.records import LeadFilter


def takes_filters(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options below; it gets them as one filter, ``wanted``."""
    own = inspect.signature(command, eval_str=True).parameters
    shared = inspect.signature(_wanted).parameters
    hints = inspect.get_annotations(_wanted, eval_str=True)

    @wraps(command)
    def run(**given: Any) -> None:  # noqa: ANN401 - whatever the command takes
        wanted = _wanted(**{name: given.pop(name) for name in shared})
        command(wanted=wanted, **given)

    options = [option.replace(annotation=hints[name]) for name, option in shared.items()]
    arguments = [parameter for name, parameter in own.items() if name != "wanted"]
    run.__signature__ = inspect.Signature([*arguments, *options])  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in (*arguments, *options)}
    return run


def _moment(text: str) -> date:
    """Read a day, how long ago it was, or a moment such as 2026-01-31T06:00:00Z."""
    if "T" not in text:
        return since(text)
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a moment; write 2026-01-31T06:00:00Z") from None


def _wanted(
    signal: Annotated[
        list[str] | None, typer.Option(help="Only leads with this signal, or attribute such as absentee; may repeat.")
    ] = None,
    without: Annotated[list[str] | None, typer.Option(help="Only leads without this signal; may repeat.")] = None,
    min_signals: Annotated[int | None, typer.Option(min=0, help="Distinct open signals at least.")] = None,
    min_lists: Annotated[int | None, typer.Option(min=0, help="Lists that name it at least.")] = None,
    min_score: Annotated[float | None, typer.Option(parser=share, metavar="SCORE", help="Lowest score.")] = None,
    max_score: Annotated[float | None, typer.Option(parser=share, metavar="SCORE", help="Highest score.")] = None,
    address: Annotated[str | None, typer.Option(help="Only addresses that begin so, e.g. '12 OAK'.")] = None,
    city: Annotated[str | None, typer.Option(help="Only this city.")] = None,
    state: Annotated[str | None, typer.Option(help="Only this state, by its two letters.")] = None,
    zip_code: Annotated[str | None, typer.Option("--zip", help="Only this ZIP code.")] = None,
    parcel: Annotated[str | None, typer.Option(help="Only this parcel number, in any spelling.")] = None,
    property_type: Annotated[
        str | None, typer.Option("--property-type", help="Only this type, as a list names it, e.g. 'single family'.")
    ] = None,
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
        date | None,
        typer.Option("--new-since", parser=_moment, metavar="WHEN", help="Made since this day or moment, or 7d."),
    ] = None,
    run: Annotated[int | None, typer.Option(help="Only leads that this run names.")] = None,
    sort: Annotated[str, typer.Option(help="Column to sort by.")] = "score",
    reverse: Annotated[bool, typer.Option("--reverse", help="Turn the order round.")] = False,
    limit: Annotated[int | None, typer.Option(min=0, help="How many at most.")] = None,
) -> LeadFilter:
    return LeadFilter(
        signals=signal or [],
        without=without or [],
        min_signals=min_signals,
        min_lists=min_lists,
        min_score=min_score,
        max_score=max_score,
        address=address,
        city=city,
        state=state,
        zip=zip_code,
        parcel=parcel,
        property_type=property_type,
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
        limit=limit,
    )


def _limits(texts: list[str] | None) -> dict[str, float]:
    limits = {}
    for text in texts or ():
        name, _, number = text.partition("=")
        try:
            limits[name.strip()] = float(number.replace(",", "").replace("$", ""))
        except ValueError:
            raise typer.BadParameter(f"{text!r} is not FACT=NUMBER, e.g. value=100000") from None
    return limits
