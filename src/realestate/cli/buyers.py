"""``realestate buyers``: bring cash buyers in, tell them apart, and match them to a property."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from realestate.cli.output import Format, OutputOption, emit, emit_one, next_step, say, write
from realestate.cli.session import toolkit
from realestate.errors import ExitCode, RealestateError, UnusableInputError

if TYPE_CHECKING:
    from realestate.services.buyer_intake import IntakeReport
    from realestate.services.buyers import NamedMatch

app = typer.Typer()

BuyerArgument = Annotated[int, typer.Argument(help="Number of the buyer, as `realestate buyers list` shows it.")]
MapOption = Annotated[
    list[str] | None, typer.Option("--map", metavar="HEADER=FIELD", help="Say what a column is; may repeat.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what would happen and keep nothing.")]
TolerateOption = Annotated[float, typer.Option(help="Percent of rows that may be unusable without exit code 3.")]
IndexOption = Annotated[bool, typer.Option("--index/--no-index", help="Use the vector index, or SQL alone.")]
LIST_COLUMNS = ("id", "name", "purchases", "average_price", "last_purchase", "areas", "types", "source")
MATCH_COLUMNS = ("property", "rank", "buyer", "name", "score", "reasons")


@app.command("import")
def import_buyers(
    file: Annotated[str, typer.Argument(help="List of buyers (CSV, XLSX ...), or - for standard input.")],
    mapping: MapOption = None,
    tolerate: TolerateOption = 1.0,
    dry_run: DryRunOption = False,
    output: OutputOption = None,
) -> None:
    """Import a list of buyers; importing it again changes nothing."""
    report = toolkit().buyer_intake.import_list(file, _mapping(mapping), dry_run=dry_run)
    _finish(report, tolerate, output, dry_run=dry_run, learn=False)


@app.command("discover")
def discover_buyers(
    file: Annotated[str, typer.Argument(help="Recorded sales with their buyers (CSV, XLSX ...), or -.")],
    min_purchases: Annotated[int, typer.Option(min=1, help="Purchases a buyer must have.")] = 1,
    all_buyers: Annotated[
        bool, typer.Option("--all-buyers", help="Keep every purchaser, where files tell neither loan nor address.")
    ] = False,
    mapping: MapOption = None,
    tolerate: TolerateOption = 1.0,
    dry_run: DryRunOption = False,
    output: OutputOption = None,
) -> None:
    """Find buyers in recorded deeds, and learn from them what makes buyers here buy again."""
    intake = toolkit().buyer_intake
    report = intake.discover(file, _mapping(mapping), min_purchases, all_buyers=all_buyers, dry_run=dry_run)
    _finish(report, tolerate, output, dry_run=dry_run, learn=True)


def _mapping(pairs: list[str] | None) -> dict[str, str]:
    found = {}
    for text in pairs or ():
        header, equals, name = text.rpartition("=")
        if not equals or not header:
            raise typer.BadParameter(f"{text!r} is not HEADER=FIELD, e.g. 'Grantee=buyer'")
        found[header] = name
    return found


def _finish(report: IntakeReport, tolerate: float, output: Format | None, *, dry_run: bool, learn: bool) -> None:
    for note in report.notes:
        say(f"{report.file}: {note}")
    for reason, count in sorted(report.left_out.items(), key=lambda pair: -pair[1]):
        say(f"{count} left out: {reason}")
    if not dry_run:
        _index(report.touched, learn=learn)
    if output in (Format.JSON, Format.JSONL):
        emit_one(report.as_json(), output)
    else:
        shown = ("file", "rows", "used", "created", "known", "purchases")
        emit([{name: getattr(report, name) for name in shown}], output)
    next_step("the same command without --dry-run" if dry_run else "realestate buyers match LEAD")
    if report.is_partial(tolerate):
        raise typer.Exit(ExitCode.PARTIAL)


def _index(touched: list[int], *, learn: bool) -> None:
    """Bring weights and vectors up to date; the buyers are kept already, so a lost index is only said."""
    index = toolkit().buyer_index
    if learn:
        index.learn()
    index.embed(set(touched))
    try:
        index.write()
    except RealestateError as error:
        say(f"The buyers are kept, but not in the vector index: {error.message} Later: realestate buyers reindex")


@app.command("add")
def add_buyer(
    name: Annotated[str, typer.Argument(help="The buyer, or who speaks for the company.")],
    company: Annotated[str, typer.Option(help="The company.")] = "",
    area: Annotated[list[str] | None, typer.Option(help="ZIP or city the buyer wants; may repeat.")] = None,
    kind: Annotated[list[str] | None, typer.Option("--type", help="Property type wanted; may repeat.")] = None,
    price_min: Annotated[float | None, typer.Option(help="Lowest price, US dollars.")] = None,
    price_max: Annotated[float | None, typer.Option(help="Highest price, US dollars.")] = None,
    phone: Annotated[str, typer.Option(help="Kept encrypted.")] = "",
    email: Annotated[str, typer.Option(help="Kept encrypted.")] = "",
    do_not_contact: Annotated[bool, typer.Option("--do-not-contact", help="Never offer this buyer anything.")] = False,
    output: OutputOption = None,
) -> None:
    """Add one buyer; a known name gains what is said."""
    from realestate.domain.buyers.records import BuyerFacts
    from realestate.services.buyer_intake import IntakeReport

    facts = BuyerFacts(
        name, company, email, phone, areas=area or [], types=kind or [],
        price_min=price_min, price_max=price_max, do_not_contact=do_not_contact,
    )  # fmt: skip
    report = toolkit().buyer_intake.keep([facts], "manual", IntakeReport("", rows=1))
    if not report.touched:
        raise UnusableInputError("That names nobody.", "Write a name: realestate buyers add 'Oak Homes LLC'")
    _index(report.touched, learn=False)
    emit_one({"buyer": report.touched[0], "created": bool(report.created)}, output)
    next_step(f"realestate buyers show {report.touched[0]}")


@app.command("list")
def list_buyers(
    area: Annotated[str | None, typer.Option(help="Only buyers of this ZIP or city.")] = None,
    min_purchases: Annotated[int | None, typer.Option(help="Purchases at least.")] = None,
    source: Annotated[str | None, typer.Option(help="deeds, manual or scraper.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="How many at most.")] = None,
    output: OutputOption = None,
) -> None:
    """List buyers."""
    from realestate.domain.buyers.place import city_key
    from realestate.domain.buyers.records import BuyerFilter

    wanted = BuyerFilter(city_key(area) if area else None, min_purchases, source, limit)
    emit((_row(record) for record in toolkit().buyers.search(wanted)), output)


def _row(record: Any) -> dict[str, Any]:  # noqa: ANN401 - a record of the buyer flow
    return {name: getattr(record, name) for name in LIST_COLUMNS}


@app.command("show")
def show_buyer(buyer: BuyerArgument, output: OutputOption = None) -> None:
    """Show one buyer: contacts, spellings, and the leads matched."""
    emit_one(toolkit().buyers.show(buyer).as_json(), output)


@app.command("match")
def match(
    lead: Annotated[
        str | None, typer.Argument(help="Number of a lead, or - for one property per line of JSON.")
    ] = None,
    limit: Annotated[int, typer.Option("-n", "--limit", min=0, help="Buyers per property; 0 for all.")] = 10,
    address: Annotated[str | None, typer.Option(help="Match an address instead of a lead.")] = None,
    city: Annotated[str | None, typer.Option(help="Of that address.")] = None,
    zip_code: Annotated[str | None, typer.Option("--zip", help="Of that address.")] = None,
    parcel: Annotated[str | None, typer.Option(help="Of that address.")] = None,
    lat: Annotated[float | None, typer.Option(help="Latitude.")] = None,
    lon: Annotated[float | None, typer.Option(help="Longitude.")] = None,
    price: Annotated[float | None, typer.Option(help="What it will cost the buyer, US dollars.")] = None,
    kind: Annotated[str | None, typer.Option("--type", help="Property type.")] = None,
    beds: Annotated[float | None, typer.Option(help="Bedrooms.")] = None,
    sqft: Annotated[float | None, typer.Option(help="Square feet.")] = None,
    index: IndexOption = True,
    explain: Annotated[bool, typer.Option("--explain", help="Show how much each part lifts a buyer.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="With -: the ids are leads; keep their matches.")] = False,
    output: OutputOption = None,
) -> None:
    """Rank the buyers of a lead, of an address, or of every property on standard input."""
    from realestate.domain.buyers.offers import read_offer

    said = {"address": address, "city": city, "zip": zip_code, "parcel": parcel, "lat": lat, "lon": lon}
    said |= {"price": price, "type": kind, "beds": beds, "sqft": sqft}
    if lead == "-":
        _match_lines(limit, output, keep=keep)
        return
    if lead is None:
        if not any((address, city, zip_code, parcel, lat is not None and lon is not None)):
            raise typer.BadParameter("name a lead, an address by --address, --city, --zip or --parcel, or - for lines")
        found = toolkit().buyers.match(read_offer(said), limit, use_index=index)
    else:
        found = toolkit().buyers.match_lead(_number(lead), limit, price, use_index=index)
        next_step(f"realestate buyers why {lead} BUYER")
    _print(found, output, explain=explain)
    if not found:
        say("No buyer fits. See: realestate buyers list")


def _number(text: str) -> int:
    if not text.isdigit():
        raise typer.BadParameter(f"{text!r} is no lead; write its number, or - for lines of JSON")
    return int(text)


def _print(found: Iterable[NamedMatch], output: Format | None, *, explain: bool) -> None:
    if output in (Format.JSON, Format.JSONL):
        emit((one.as_json() for one in found), output)
        return
    rows = [one.as_json() for one in found]
    for row in rows:
        row |= row["parts"] if explain else {}
    parts = list(dict.fromkeys(part for row in rows for part in row["parts"])) if explain else []
    shown = [name for name in MATCH_COLUMNS if name != "property" or any(row["property"] for row in rows)]
    emit(({name: row.get(name) for name in (*shown, *parts)} for row in rows), output)


def _match_lines(limit: int, output: Format | None, *, keep: bool) -> None:
    lines = _Lines(sys.stdin)
    found = toolkit().buyers.match_many(lines, limit)
    if keep:
        found = _kept(found)
    if output is Format.JSONL:
        for one in found:
            write(_as_line(one))
    else:
        _print(found, output, explain=False)
    if lines.read and not lines.used:
        raise UnusableInputError("No line holds a JSON object.", 'Write lines like {"id": "1", "zip": "30301"}')
    if lines.bad:
        say(f"{lines.bad} of {lines.read} lines are no JSON object and were left out.")
    if lines.bad > lines.read / 100:
        raise typer.Exit(ExitCode.PARTIAL)


def _as_line(one: NamedMatch) -> str:
    """One match as JSON, without the parts, which a script gets from ``why``."""
    match = one.match
    return (
        f'{{"property": {json.dumps(one.property)}, "rank": {match.rank}, "buyer": {match.buyer},'
        f' "name": {json.dumps(one.name, ensure_ascii=False)}, "score": {match.score},'
        f' "reasons": {json.dumps(match.reasons, ensure_ascii=False)}}}'
    )


class _Lines:
    """The JSON objects on standard input, and how many lines were none."""

    def __init__(self, source: Iterable[str]) -> None:
        self._source = source
        self.read = self.used = self.bad = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for line in self._source:
            if not line.strip():
                continue
            self.read += 1
            try:
                said = json.loads(line)
            except ValueError:
                said = None
            if isinstance(said, dict):
                self.used += 1
                yield said
            else:
                self.bad += 1


def _kept(found: Iterator[NamedMatch]) -> Iterator[NamedMatch]:
    """Keep each lead's matches as they go by."""
    group: list[NamedMatch] = []
    for one in found:
        if group and group[0].property != one.property:
            toolkit().buyers.keep(_number(group[0].property), group)
            group = []
        group.append(one)
        yield one
    if group:
        toolkit().buyers.keep(_number(group[0].property), group)


@app.command("why")
def why(
    lead: Annotated[int, typer.Argument(help="Number of the lead.")],
    buyer: BuyerArgument,
    price: Annotated[float | None, typer.Option(help="What it will cost the buyer, US dollars.")] = None,
    output: OutputOption = None,
) -> None:
    """Say why a buyer does or does not fit a lead."""
    account = toolkit().buyers.why(lead, buyer, price)
    match = account.match
    facts = {
        "lead": lead, "buyer": buyer, "fits": not account.failures, "failures": list(account.failures),
        "rank": match.rank, "score": match.score, "parts": dict(match.parts), "reasons": list(match.reasons),
    }  # fmt: skip
    emit_one(facts, output)


@app.command("merge")
def merge(
    kept: Annotated[int, typer.Argument(help="The buyer to keep.")],
    others: Annotated[list[int], typer.Argument(help="Buyers that are the same one.")],
) -> None:
    """Declare buyers to be one; `buyers split OTHER` takes it back."""
    toolkit().buyers.merge(kept, others)
    _index([kept], learn=False)
    say(f"{', '.join(map(str, others))} joined buyer {kept}.")
    next_step(f"realestate buyers show {kept}")


@app.command("split")
def split(
    buyer: Annotated[int, typer.Argument(help="A merged buyer, or one whose spellings are to leave.")],
    name: Annotated[list[str] | None, typer.Option(help="A spelling that is somebody else; may repeat.")] = None,
) -> None:
    """Take a merge back, or make some spellings of a buyer a buyer of their own."""
    alone = toolkit().buyers.split(buyer, name or [])
    _index([alone], learn=False)
    write(str(alone))
    next_step(f"realestate buyers show {alone}")


@app.command("reindex")
def reindex(
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Remove the index first; for a foreign or broken one.")
    ] = False,
    output: OutputOption = None,
) -> None:
    """Learn again, and bring the vector index in step with the buyers."""
    if fresh:
        toolkit().buyer_index.delete()
    report = toolkit().buyer_index.reindex()
    names = ("buyers", "written", "removed", "examples")
    emit_one({name: getattr(report, name) for name in names}, output)
    next_step("realestate buyers match LEAD")


@app.command("scrape")
def scrape(
    source: Annotated[str, typer.Argument(help="A recipe (TOML), or the address of a public page.")],
    limit: Annotated[int, typer.Option(min=1, help="Pages at most.")] = 100,
    contact: Annotated[
        str | None,
        typer.Option(help="E-mail or web address at which a site can reach you.", envvar="REALESTATE_CONTACT"),
    ] = None,
    dry_run: DryRunOption = False,
    output: OutputOption = None,
) -> None:
    """Read buyers from public pages: politely, within robots.txt, one request a second per host."""
    scraper = toolkit().buyer_pages(contact)
    report = scraper.run(Path(source) if not source.startswith(("http:", "https:")) else source, limit, dry_run=dry_run)
    for note in report.notes:
        say(note)
    if not dry_run and report.touched:
        _index(report.touched, learn=False)
    shown = ("pages", "unchanged", "found", "created", "known")
    emit_one({name: getattr(report, name) for name in shown}, output)
    next_step("the same command without --dry-run" if dry_run else "realestate buyers list --source scraper")
    if report.failed:
        raise typer.Exit(ExitCode.PARTIAL)
