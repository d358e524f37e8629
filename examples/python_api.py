"""The library is the command line's twin: import a list, look at the best leads, explain one, take it back."""

from __future__ import annotations

import sys
from pathlib import Path

from realestate import Toolkit
from realestate.domain.leads.records import LeadFilter
from realestate.services.importing import ImportOptions

LIST = Path(__file__).parent / "lists" / "tax_delinquent.csv"


def main() -> None:
    """Print the three best leads of a tax list and the reasons of the first."""
    with Toolkit() as kit:
        report = kit.importer.run(str(LIST), ImportOptions(signal="tax_delinquent"))
        print(f"{report.rows} rows: {report.created} new leads, {report.merged} joined one, {report.unchanged} known")

        best = list(kit.leads.search(LeadFilter(signals=["tax_delinquent"], limit=3)))
        for lead in best:
            print(f"{lead.score:.2f}  {lead.address}, {lead.city} {lead.state}")

        for part in kit.leads.why(best[0].id).parts:
            print(f"  {part.points:.2f}  {part.signal}  {part.file}, line {part.row}")

        if "--undo" in sys.argv:
            kit.undoer.run(report.run)


if __name__ == "__main__":
    main()
