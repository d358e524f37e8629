"""Pages about many leads: a map of where they are, and a report of what they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from realestate.reports import charts
from realestate.reports.pages import page

if TYPE_CHECKING:
    from realestate.domain.leads.pictures import MapData, ReportData


def map_page(data: MapData, day: date) -> str:
    """Write a map."""
    return _page("map.html", data=data, day=day, chart=charts.scatter(data), height=charts.MAP_HEIGHT)


def report_page(data: ReportData, day: date) -> str:
    """Write a report."""
    several = sum(count for signals, count in data.combinations.items() if len(signals) > 1)
    bars, overlap = charts.histogram(data.bins), charts.overlap(data)
    return _page("report.html", data=data, day=day, bars=bars, overlap=overlap, several=several)


def _page(template: str, **values: Any) -> str:  # noqa: ANN401 - whatever the template shows
    filters: dict[str, Callable[..., Any]] = {"colour": charts.colour, "spoken": charts.spoken}
    return page(template, "style.css", filters, width=charts.WIDTH, heat=charts.HEAT, **values)
