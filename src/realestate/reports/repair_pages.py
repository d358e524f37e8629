"""The page about one house: what its photos show, how bad it is, and what it may cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from realestate.reports import cost_bars, photo_figures
from realestate.reports.file_names import short_names
from realestate.reports.pages import page
from realestate.reports.photo_figures import badness
from realestate.reports.wording import long_day, measured, part, percent, spoken, usd

if TYPE_CHECKING:
    from realestate.domain.repairs.analysis import Analysis, EstimateLine, HouseIssue

RATINGS = {
    "C1": "new",
    "C2": "like new",
    "C3": "well kept, some wear",
    "C4": "minor repairs due",
    "C5": "obvious repairs due",
    "C6": "severe damage",
}
"""The scale of the Uniform Appraisal Dataset, shortened; photos alone never show C1 or C2."""
CROPS = 4


@dataclass(frozen=True, slots=True)
class ShownIssue:
    """An issue of the house with cut-outs of the photos that show it best: (data URI, anchor of the photo)."""

    issue: HouseIssue
    crops: list[tuple[str, str]]
    more: int


def repair_page(analysis: Analysis, day: date, owner: str = "", lead: int | None = None) -> str:
    """Write the report of an analysis; everything in it that came from outside is shown as text, never run."""
    figures = photo_figures.figures(analysis)
    estimate = analysis.estimate
    return page(
        "repairs.html",
        "repairs.css",
        {"spoken": spoken, "usd": usd, "percent": percent, "part": part, "measured": measured, "day": long_day},
        analysis=analysis,
        today=day,
        owner=owner,
        lead=lead,
        opinion=analysis.second_opinion,
        ratings=RATINGS,
        figures=figures,
        shown=[_shown(issue, figures) for issue in sorted(analysis.issues, key=badness)],
        likely_at=cost_bars.likely_at(estimate.cost) if estimate else 0,
        parts_of_cost=cost_bars.parts(estimate) if estimate else [],
        seen=[line for line in estimate.lines if not _unseen(line)] if estimate else [],
        unseen=[line for line in estimate.lines if _unseen(line)] if estimate else [],
        anchors={figure.photo.file: figure.anchor for figure in figures.all},
        names=short_names([*(one.file for one in analysis.photos), *(one.file for one in analysis.skipped)]),
    )


def _unseen(line: EstimateLine) -> bool:
    return line.item in cost_bars.UNSEEN


def _shown(issue: HouseIssue, figures: photo_figures.Figures) -> ShownIssue:
    """Cut out each defect, the surest first, as far as there is room."""
    crops = []
    for file in issue.views[:CROPS]:
        figure = figures.of(file)
        if figure and (crop := figure.cut(issue.issue)):
            crops.append((crop, figure.anchor))
    return ShownIssue(issue, crops, max(0, issue.places - CROPS))
