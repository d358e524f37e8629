"""``realestate analyze``: photos of a house to issues, condition and a priced estimate."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from realestate.cli.analysis_screen import doubts, headline, screen, summary
from realestate.cli.output import Format, OutputOption, agreed, confirm, emit, emit_one, next_step, progress, say
from realestate.cli.session import toolkit
from realestate.domain.repairs.analysis import STRANGE
from realestate.domain.repairs.documents import PHOTO_COLUMNS, as_json, estimate_as_json, issue_rows
from realestate.domain.repairs.house import LARGEST_SQFT, SMALLEST_SQFT
from realestate.domain.repairs.taxonomy import count
from realestate.errors import ExitCode, UnusableInputError, UsageError

if TYPE_CHECKING:
    from realestate.domain.repairs.analysis import Analysis
    from realestate.domain.repairs.keeping import AnalysisLine
    from realestate.domain.repairs.price_book import PriceBook
    from realestate.services.repairs import Analyzer, Opinion, Subject

ZIP_DIGITS = 5
NEEDED = "Photos of rooms and outside walls by daylight are needed, 640 pixels or more, as the camera took them."
VISIT_COLUMNS = ("folder", "condition", "low", "likely", "high", "found", "photos", "skipped")

Row = dict[str, Any]


def analyze(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH...", help="Photos, folders of them, patterns, s3:// addresses; - for a list."),
    ] = None,
    lead: Annotated[int | None, typer.Option("--lead", help="The lead whose house it is; the result is kept.")] = None,
    zip_code: Annotated[str | None, typer.Option("--zip", help="ZIP code of the house, for local prices.")] = None,
    sqft: Annotated[
        float | None, typer.Option("--sqft", min=SMALLEST_SQFT, max=LARGEST_SQFT, help="Living area in square feet.")
    ] = None,
    report: Annotated[Path | None, typer.Option("--report", help="Write a page to this HTML file.")] = None,
    overlays: Annotated[
        Path | None, typer.Option("--overlays", help="Write photos with what was found into this folder.")
    ] = None,
    price_book: Annotated[
        Path | None, typer.Option("--price-book", help="CSV of your prices: item,low,likely,high.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Name of the photo model; the setting `model` when omitted.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=0, help="Processes that read photos; 0 for none besides this one.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option("--cluster", metavar="URL", help="A Dask scheduler, tcp://host:8786.")
    ] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Look at every photo again, and keep nothing.")] = False,
    second_opinion: Annotated[
        bool, typer.Option("--second-opinion", help="Also ask the vision model that is set up; photos go to it.")
    ] = False,
    visits: Annotated[bool, typer.Option("--visits", help="Each folder in PATH is a visit of its own.")] = False,
    history: Annotated[bool, typer.Option("--history", help="List the analyses of the lead.")] = False,
    repeat: Annotated[
        int | None, typer.Option("--repeat", metavar="N", help="Make estimate N again, at the prices of its day.")
    ] = None,
    reprice: Annotated[
        int | None, typer.Option("--reprice", metavar="N", help="Make estimate N again, at the prices of today.")
    ] = None,
    output: OutputOption = None,
) -> None:
    """Find damage in photos of a house, rate its condition, and price its repairs; on this machine."""
    prices = toolkit().repairs.prices(price_book)
    if repeat is not None or reprice is not None:
        _again(repeat, reprice, prices, output)
        return
    if history:
        _history(lead, output)
        return
    if not paths:
        raise UsageError("Which photos?", "Name a folder of them: realestate analyze photos/")
    from realestate.repairing import Looking

    subject = _subject(paths, lead, zip_code, sqft)
    opinion = toolkit().second_opinion(_agree) if second_opinion else None
    looking = Looking(model, jobs, cluster, cache=not no_cache)
    with toolkit().repairs.analyzer(looking, prices) as analyzer:
        if visits:
            _refuse_with_visits(lead, report, overlays)
            raise typer.Exit(_visits(analyzer, paths, subject, opinion, output))
        pictures = report is not None or overlays is not None
        found = _looked_at(analyzer, paths, subject, opinion, pictures=pictures)
    _show(found, output)
    _write(found, report, overlays, lead)
    _require_usable(found)
    if lead is not None:
        kept = toolkit().repairs.kept.keep(lead, found, prices)
        say(f"Kept with lead {lead} as analysis {kept}.")
        next_step(f"realestate leads show {lead}")
    raise typer.Exit(_exit_code([found]))


def _subject(paths: list[str], lead: int | None, zip_code: str | None, sqft: float | None) -> Subject:
    """The house: what the lead says of it, and what the command line says over that."""
    from realestate.services.repairs import Subject

    given = Subject(", ".join(Path(path).name or path for path in paths[:3]))
    house = toolkit().repairs.kept.subject(lead) if lead is not None else given
    if zip_code is not None:
        house = replace(house, zip=_zip(zip_code), state=None)
    return replace(house, sqft=sqft) if sqft is not None else house


def _zip(text: str) -> str:
    digits = text.strip().partition("-")[0]
    if len(digits) != ZIP_DIGITS or not (digits.isascii() and digits.isdigit()):
        raise typer.BadParameter(f"{text!r} is no ZIP code; write five digits, e.g. 48201")
    return digits


def _looked_at(
    analyzer: Analyzer, names: list[str], subject: Subject, opinion: Opinion | None, *, pictures: bool = False
) -> Analysis:
    """Analyze, with a bar of photos on a terminal and one line otherwise."""
    begun = time.monotonic()
    with progress("Photos", rate=True) as tick:
        found = analyzer.run(names, subject, pictures=pictures, opinion=opinion, on_progress=tick)
    seconds, number = time.monotonic() - begun, len(found.photos) + len(found.skipped)
    each_second = number / max(seconds, 0.001)
    say(f"{subject.title}: {count(number, 'photo')} in {seconds:.1f} s, {each_second:,.1f} a second.")
    return found


def _write(found: Analysis, report: Path | None, overlays: Path | None, lead: int | None) -> None:
    if report is not None:
        toolkit().repairs.write_report(found, report, _owner(lead), lead)
        say(f"The report is in {report}.")
    if overlays is not None:
        pictures = toolkit().repairs.write_overlays(found, overlays, overwrite=agreed())
        say(f"{count(pictures, 'picture')} of what was found: {overlays}.")
        more = sum(bool(photo.issues) for photo in found.photos) - pictures
        if more:
            say(f"{count(more, 'photo')} more show something; only the surest are drawn.")


def _owner(lead: int | None) -> str:
    return (toolkit().leads.show(lead).owner or "") if lead is not None else ""


def _show(found: Analysis, output: Format | None) -> None:
    if output in (Format.JSON, Format.JSONL):
        emit_one(as_json(found), output)
    elif output is Format.TABLE or (output is None and sys.stdout.isatty()):
        screen(found)
    else:
        emit(issue_rows(found), output, PHOTO_COLUMNS)
        say(headline(found))
    for line in doubts(found):
        say(line)


def _require_usable(found: Analysis) -> None:
    """Photos of nothing are no house without damage."""
    if not found.photos:
        raise UnusableInputError(f"No photo could be read: {summary(found)}.", NEEDED)
    if not found.usable:
        raise UnusableInputError(
            f"None of {count(len(found.photos), 'photo')} can be judged: {summary(found)}.", NEEDED
        )


def _exit_code(found: list[Analysis]) -> int:
    """3 when a photo could not be read or shows no house, or most say nothing; a dark one among others is named."""
    return ExitCode.PARTIAL if any(map(_leaves_out, found)) else ExitCode.DONE


def _leaves_out(found: Analysis) -> bool:
    doubted = [photo for photo in found.photos if photo.doubts and not photo.issues]
    of_something_else = any(STRANGE in photo.doubts for photo in doubted)
    return bool(found.skipped) or of_something_else or len(doubted) > len(found.photos) / 2


def _refuse_with_visits(lead: int | None, report: Path | None, overlays: Path | None) -> None:
    named = {"--lead": lead, "--report": report, "--overlays": overlays}
    wrong = next((name for name, value in named.items() if value is not None), None)
    if wrong:
        raise UsageError(
            f"{wrong} is for one visit, and --visits for many.", f"Analyze one visit, or leave {wrong} out."
        )


def _visits(
    analyzer: Analyzer, paths: list[str], subject: Subject, opinion: Opinion | None, output: Format | None
) -> int:
    """Analyze each visit by itself; a visit without a photo that can be judged does not stop the others."""
    done: list[Analysis] = []

    def rows() -> Any:  # noqa: ANN401  a stream of rows in either shape
        for visit in toolkit().repairs.visits(paths):
            found = _looked_at(analyzer, list(visit.names), replace(subject, title=visit.folder), opinion)
            done.append(found)
            if not found.usable:
                say(f"{visit.folder}: none of its photos can be judged: {summary(found)}.")
            yield {"folder": visit.folder, **(as_json(found) if as_objects else _visit_row(found))}

    shape = output or (Format.TABLE if sys.stdout.isatty() else Format.JSONL)
    as_objects = shape in (Format.JSON, Format.JSONL)
    emit(rows(), shape, None if as_objects else VISIT_COLUMNS)
    if not any(found.usable for found in done):
        raise UnusableInputError(f"None of {len(done)} visits has a photo that can be judged.")
    return _exit_code(done)


def _visit_row(found: Analysis) -> Row:
    cost = asdict(found.estimate.cost) if found.estimate else dict.fromkeys(("low", "likely", "high"))
    return {
        "condition": found.condition.rating,
        **cost,
        "found": [issue.issue for issue in found.issues],
        "photos": len(found.photos),
        "skipped": len(found.skipped),
    }


def _history(lead: int | None, output: Format | None) -> None:
    if lead is None:
        raise UsageError("Whose analyses?", "Name the lead: realestate analyze --lead 17 --history")
    lines: list[AnalysisLine] = toolkit().repairs.kept.history(lead)
    emit((asdict(line) for line in lines), output)
    if lines:
        next_step(f"realestate analyze --repeat {lines[0].id}")
    else:
        say(f"Lead {lead} has no analysis.")


def _again(repeat: int | None, reprice: int | None, prices: PriceBook, output: Format | None) -> None:
    """Make a kept estimate again, and say how it differs from what was printed then."""
    number = repeat if repeat is not None else reprice
    assert number is not None  # noqa: S101  one of them was given
    analyses = toolkit().repairs.kept
    kept = analyses.get(number)
    made = analyses.estimate_again(kept, None if repeat is not None else prices)
    document = {"analysis": number, "lead": kept.lead, "condition": kept.line.condition, **estimate_as_json(made)}
    if output in (Format.JSON, Format.JSONL):
        emit_one(document, output)
    else:
        emit(document["lines"], output)
    say(f"Analysis {number} of {kept.line.created_at:%Y-%m-%d}, prices of {made.book_date}: {_range(document)}.")
    if made.cost.likely != kept.line.likely:
        say(f"It said ${kept.line.low:,.0f} to ${kept.line.high:,.0f}, likely ${kept.line.likely:,.0f}, then.")


def _range(document: Row) -> str:
    return f"${document['low']:,} to ${document['high']:,}, likely ${document['likely']:,}"


def _agree(host: str) -> bool:
    say(f"A second opinion: small copies of the photos, without names and places, go to {host}.")
    return confirm(f"Send photos to {host} from now on?")
