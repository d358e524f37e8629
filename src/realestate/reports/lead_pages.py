"""Pages about many leads: one HTML file each, that asks for nothing from elsewhere and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from realestate.reports import charts

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
    from jinja2 import Environment, PackageLoader, StrictUndefined

    pages = Environment(
        loader=PackageLoader("realestate.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters |= {"colour": charts.colour, "spoken": charts.spoken}
    style = (files("realestate.reports") / "templates" / "style.css").read_text(encoding="utf-8")
    # Only this very style sheet is allowed, so that nothing in the data could bring another.
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    shared = {"style": style, "allowed": f"sha256-{allowed}", "width": charts.WIDTH, "heat": charts.HEAT}
    return pages.get_template(template).render(**shared, **values)
