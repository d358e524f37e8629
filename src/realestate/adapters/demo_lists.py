"""Invented lists of an invented town, for trying everything on: nobody in them exists."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

SEED = 20_260_101
TOWN = ("Larkfield", "OH", "43999")
LAST_DAY = date(2026, 1, 15)
_STREETS = (
    "Alder",
    "Bishop",
    "Cobbler",
    "Dunmore",
    "Ember",
    "Fenwick",
    "Garnet",
    "Hollis",
    "Ironwood",
    "Juniper",
)
_SUFFIXES = (("St", "STREET"), ("Ave", "AVENUE"), ("Rd", "ROAD"), ("Ct", "COURT"))
_FIRST = ("Avery", "Blake", "Casey", "Devon", "Emery", "Finley", "Harper", "Jordan", "Morgan", "Riley")
_LAST = ("Ashdown", "Brambell", "Coverdale", "Dunnock", "Elmsworth", "Farrowby", "Greenhalgh", "Hartnoll")
_VIOLATIONS = ("HIGH GRASS", "UNSAFE PORCH", "BROKEN WINDOWS", "JUNK AND TRASH", "ROOF IN DISREPAIR")


class _House:
    """One invented house and the several ways in which lists write it."""

    def __init__(self, chance: random.Random, number: int) -> None:
        self.number = number
        self.street = chance.choice(_STREETS)
        self.short, self.long = chance.choice(_SUFFIXES)
        self.first, self.last = chance.choice(_FIRST), chance.choice(_LAST)
        self.parcel = f"{chance.randrange(10, 60)}-{chance.randrange(100, 999)}-{chance.randrange(1000, 9999)}"
        self.phone = f"(614) 555-01{chance.randrange(100):02d}"
        self.absentee = chance.random() < 0.4

    @property
    def plain(self) -> str:
        return f"{self.number} {self.street} {self.short}"

    @property
    def shouted(self) -> str:
        return f"{self.number:05d} {self.street.upper()} {self.long}"


def write_lists(folder: Path) -> list[Path]:
    """Write a tax roll, a violation portal's export and a vendor's vacancy list; returns the files.

    The same bytes every time; the lists overlap, and spell the same houses differently.
    """
    chance = random.Random(SEED)  # noqa: S311 - invented houses need no secrets
    houses = [_House(chance, number) for number in chance.sample(range(100, 3000), 120)]
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "tax_delinquent.csv": _tax_roll(chance, houses[:70]),
        "code_violations.csv": _violations(chance, houses[40:100]),
        "vacant_houses.csv": _vacancies(chance, houses[55:120]),
    }
    return [_write(folder / name, table) for name, table in tables.items()]


def _tax_roll(chance: random.Random, houses: list[_House]) -> list[list[str]]:
    rows = [["Parcel Number", "Owner Name", "Situs Address", "Situs City", "Situs Zip", "Mailing Address",
             "Mailing City", "Mailing State", "Mailing Zip", "Years Delinquent", "Total Due"]]  # fmt: skip
    for house in houses:
        mailing = (f"PO Box {house.number}", "Farwell", "OH", "43998") if house.absentee else (
            house.shouted, TOWN[0].upper(), *TOWN[1:])  # fmt: skip
        owed = f"${chance.randrange(400, 24_000):,}.{chance.randrange(100):02d}"
        rows.append([house.parcel, f"{house.last.upper()}, {house.first.upper()}", house.shouted, TOWN[0].upper(),
                     TOWN[2], *mailing, str(chance.randrange(1, 6)), owed])  # fmt: skip
    return rows


def _violations(chance: random.Random, houses: list[_House]) -> list[list[str]]:
    rows = [["Case ID", "Violation Date", "Violation Status", "Violation Description", "Address", "City", "State"]]
    for house in houses:
        for _ in range(chance.choice((1, 1, 2))):
            day = LAST_DAY - timedelta(days=chance.randrange(700))
            status = chance.choice(("OPEN", "OPEN", "OPEN", "CLOSED"))
            rows.append([f"CV-{chance.randrange(10_000, 99_999)}", day.strftime("%m/%d/%Y"), status,
                         chance.choice(_VIOLATIONS), house.plain, *TOWN[:2]])  # fmt: skip
    return rows


def _vacancies(chance: random.Random, houses: list[_House]) -> list[list[str]]:
    rows = [["Property Address", "Property City", "Property State", "Property Zip", "APN", "First Name",
             "Last Name", "Phone 1", "Email", "Is Vacant", "Estimated Value", "Date Added"]]  # fmt: skip
    for house in houses:
        day = LAST_DAY - timedelta(days=chance.randrange(200))
        email = f"{house.first}.{house.last}@example.com".lower() if chance.random() < 0.5 else ""
        rows.append([house.plain, *TOWN, house.parcel if chance.random() < 0.7 else "", house.first, house.last,
                     house.phone, email, "Yes", f"{chance.randrange(60, 240)},000", day.isoformat()])  # fmt: skip
    return rows


def _write(path: Path, table: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as lines:
        csv.writer(lines).writerows(table)
    return path
