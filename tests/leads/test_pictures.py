"""Pictures of imported leads: where lists or ZIP codes place them, and which lists they come from."""

from __future__ import annotations

from pathlib import Path

from list_tools import WriteList

from realestate.domain.leads.records import LeadFilter
from realestate.services.importing import ImportOptions
from realestate.toolkit import Toolkit

HEADER = "Property Address,City,State,Zip,Owner Name,Latitude,Longitude"
ROWS = [
    "12 Oak St,Columbus,OH,43201,AVERY ASHDOWN,39.99,-83.0",
    "14 Oak St,Columbus,OH,43201,BLAKE BRAMBELL,,",
    "16 Oak St,Larkfield,OH,00001,BLAKE BRAMBELL,,",
    "18 Oak St,Columbus,OH,43201,BLAKE BRAMBELL,0,0",
]


def test_a_map_and_a_report_are_drawn_without_names_of_people(
    toolkit: Toolkit, write_list: WriteList, tmp_path: Path
) -> None:
    toolkit.importer.run(write_list("vacant.csv", HEADER, ROWS), ImportOptions(signal="vacant"))

    drawn = toolkit.draw_map(LeadFilter(), tmp_path / "map.html")
    told = toolkit.draw_report(LeadFilter(), tmp_path / "report.html")

    page, report = (tmp_path / "map.html").read_text(), (tmp_path / "report.html").read_text()
    assert (drawn, told) == (4, 4)
    assert "1 stand at their house" in page
    assert "1 have no place that is known" in page
    assert "ZIP 43201: 2 leads" in page
    assert "<td>vacant<" in report
    assert "ASHDOWN" not in page + report
    assert (tmp_path / "map.html").stat().st_mode & 0o077 == 0


def test_a_filter_that_nothing_fits_gives_a_page_that_says_so(toolkit: Toolkit, tmp_path: Path) -> None:
    assert toolkit.draw_map(LeadFilter(city="Nowhere"), tmp_path / "map.html") == 0
    assert "0 leads on the map" in (tmp_path / "map.html").read_text()
