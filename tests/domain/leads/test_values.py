"""Cells are read as vendors write them; what cannot be read is counted, never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate.domain.leads import values


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-01-02", date(2026, 1, 2)),
        ("1/2/2026", date(2026, 1, 2)),
        ("01-02-26", date(2026, 1, 2)),
        ("1/2/2026 12:00:00 AM", date(2026, 1, 2)),
        ("2026-01-02T05:00:00Z", date(2026, 1, 2)),
        ("45659", date(2025, 1, 2)),
        ("45659.5", date(2025, 1, 2)),
        ("20260102", date(2026, 1, 2)),
        ("Jan 2, 26", date(2026, 1, 2)),
        ("January 2nd 2026", date(2026, 1, 2)),
        ("2-JAN-2026", date(2026, 1, 2)),
        ("Jun 2021", date(2021, 6, 1)),
        ("2021-06", date(2021, 6, 1)),
        ("2019", date(2019, 1, 1)),
        ("2019.0", date(2019, 1, 1)),
        ("3/4/71", date(1971, 3, 4)),
    ],
)
def test_dates_in_every_spelling(cell: str, day: date) -> None:
    assert values.dates([cell]).values == [day]


@pytest.mark.parametrize(
    "cell",
    ["13/45/2026", "0000-00-00", "2026-02-30", "12/31/9999", "01/02/1026", "1/1/1900", "soon", "25/12/2025", "99999"],
)
def test_impossible_dates_are_lost_and_counted(cell: str) -> None:
    parsed = values.dates([cell, ""])
    assert parsed.values == [None, None]
    assert [row for row, _ in parsed.bad] == [0]


@pytest.mark.parametrize("cell", ["", " ", "N/A", "null", "-", "Unknown"])
def test_cells_that_say_nothing_are_no_loss(cell: str) -> None:
    assert not values.dates([cell]).bad
    assert not values.amounts([cell]).bad
    assert not values.phones([cell]).bad
    assert not values.emails([cell]).bad


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        ("1234", 123400),
        ("$1,234.56", 123456),
        ("(1,234.56)", -123456),
        ("-5", -500),
        ("$-5.00", -500),
        ("5.00-", -500),
        ("1234.5", 123450),
        (".99", 99),
        ("0.105", 10),
        ("USD 12", 1200),
        ("350k", 35_000_000),
        ("$1.2M", 120_000_000),
        ("0", 0),
    ],
)
def test_money_is_whole_cents(cell: str, cents: int) -> None:
    assert values.amounts([cell]).values == [cents]


@pytest.mark.parametrize("cell", ["9" * 400, "1e400", "2.5E+05", "NaN", "Infinity", "1,23", "(5", "1.234,56", "ten"])
def test_what_is_no_amount_is_lost_and_counted(cell: str) -> None:
    parsed = values.amounts([cell])
    assert (parsed.values, len(parsed.bad)) == ([None], 1)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("2175550100", "+12175550100"),
        ("(217) 555-0100", "+12175550100"),
        ("217-555-0100", "+12175550100"),
        ("217.555.0100", "+12175550100"),
        ("1 217 555 0100", "+12175550100"),
        ("+1 (217) 555-0100", "+12175550100"),
        ("2175550100.0", "+12175550100"),
        ("217-555-0100 x12", "+12175550100"),
        ("217-555-0100 ext. 4", "+12175550100"),
        ("2175550100/2175550101", "+12175550100 +12175550101"),
        ("217-555-0100; 217-555-0100", "+12175550100"),
        ("+44 20 7946 0018", "+442079460018"),
    ],
)
def test_phones_in_every_spelling(cell: str, number: str) -> None:
    assert values.phones([cell]).values == [number]


@pytest.mark.parametrize("cell", ["2.17555E+09", "555-0100", "1175550100", "21755501000000", "217555010012", "call me"])
def test_what_is_no_phone_is_never_rounded_or_guessed(cell: str) -> None:
    parsed = values.phones([cell])
    assert (parsed.values, len(parsed.bad)) == ([None], 1)


def test_placeholder_phones_are_nothing() -> None:
    assert values.phones(["000-000-0000", "(   )   -"]) == values.Parsed([None, None], [])


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        ("Ann.Lee@Example.com", "ann.lee@example.com"),
        (" a@example.com; b@example.com ", "a@example.com b@example.com"),
        ("Ann Lee <ann@example.com>", "ann@example.com"),
        ("none@none.com", None),
    ],
)
def test_emails_in_every_spelling(cell: str, address: str | None) -> None:
    assert values.emails([cell]).values == [address]


@pytest.mark.parametrize("cell", ["ann@", "ann at example.com", "@example.com", "a..b@example.com"])
def test_what_is_no_email_is_counted(cell: str) -> None:
    assert len(values.emails([cell]).bad) == 1


def test_yes_and_no_in_the_vendors_spellings() -> None:
    assert (
        values.booleans(["Yes", "y", "TRUE", "1", "x", "No", "0", "", "perhaps"])
        == [True] * 5 + [False] * 2 + [None] * 2
    )
    assert values.says_yes(["DNC", "2024-01-05", "no", "", "0", "Clean"]) == [True, True, False, False, False, False]


def test_text_loses_what_cannot_be_seen() -> None:
    cells = [
        "  Ann   Lee ",
        "100\u200b Oak\u00a0St",
        "5 Pe\u0301rez",
        "abc\u202etxt",
        "\x1b[2JEvil",
        "👩\u200d👧 Smith",
    ]
    assert values.texts(cells) == ["Ann Lee", "100 Oak St", "5 Pérez", "abctxt", "[2JEvil", "👩\u200d👧 Smith"]


def test_names_keep_their_order() -> None:
    assert values.texts(["SMITH, JOHN A & MARY B"]) == ["SMITH, JOHN A & MARY B"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("SMITH JOHN", "person"),
        ("Oak Street Holdings LLC", "entity"),
        ("ABC PROPERTIES, INC.", "entity"),
        ("SMITH FAMILY TRUST", "trust"),
        ("ESTATE OF MARY JONES", "estate"),
        ("", ""),
    ],
)
def test_the_kind_of_an_owner_shows_in_the_name(name: str, kind: str) -> None:
    assert values.owner_kind(name) == kind


@given(st.lists(st.text(max_size=20)))
def test_no_cell_breaks_a_reader(cells: list[str]) -> None:
    for reader in (values.dates, values.amounts, values.numbers, values.phones, values.emails):
        parsed = reader(cells)
        assert len(parsed.values) == len(cells)
        assert all(parsed.values[row] is None for row, _ in parsed.bad)
    assert len(values.texts(cells)) == len(values.says_yes(cells)) == len(cells)


@given(st.integers(-(10**13), 10**13))
def test_printed_cents_are_read_back_exactly(cents: int) -> None:
    printed = f"${abs(cents) // 100:,}.{abs(cents) % 100:02d}"
    assert values.amounts([f"({printed})" if cents < 0 else printed]).values == [cents]


@given(st.dates(date(1950, 1, 2), date(2090, 1, 1)))
def test_printed_days_are_read_back_exactly(day: date) -> None:
    spellings = [
        day.isoformat(),
        f"{day.month}/{day.day}/{day.year}",
        day.strftime("%Y%m%d"),
        day.strftime("%b %d, %Y"),
    ]
    assert values.dates(spellings).values == [day] * 4
