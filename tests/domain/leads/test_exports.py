"""What goes out comes back: guarded cells, statements, names and mailing addresses; restrictions close their ways."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate.domain.leads.exports import OutgoingLead, Reached, cells, split_mailing, split_name, without_closed
from realestate.domain.leads.layouts import BATCHLEADS, DEALMACHINE, DIALER, LAYOUTS, OWN, PROPSTREAM, PURPOSES
from realestate.domain.leads.reach import closed_by
from realestate.domain.leads.returning import KnownSpot, lead_id, spot_named
from realestate.domain.leads.spreadsheet_cells import as_text, guarded, unguarded
from realestate.domain.leads.statements import Statement, read_statements, write_statements

DANGER = ("=", "+", "-", "@", "\t", "\r", "\n")
days = st.dates(date(1900, 1, 1), date(2100, 1, 1))
statements = st.builds(
    Statement,
    st.sampled_from(("tax_delinquent", "vacant", "foreclosure_auction")),
    days,
    st.none() | st.integers(-(10**13), 10**13),
    st.none() | st.floats(0, 100, allow_nan=False),
    st.none() | days,
)


@given(st.text())
def test_no_text_begins_a_formula_and_every_text_comes_back(text: str) -> None:
    assert not guarded(text).startswith(DANGER)
    assert unguarded(guarded(text)) == text


@given(st.text(alphabet=st.sampled_from("='+-@\t\r\nab"), max_size=6))
def test_texts_that_look_guarded_come_back_as_well(text: str) -> None:
    assert not guarded(text).startswith(DANGER)
    assert unguarded(guarded(text)) == text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_a_cell_survives_the_csv_module(text: str) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerow([as_text(text), "end"])

    (row,) = csv.reader(io.StringIO(written.getvalue(), newline=""))
    assert unguarded(row[0]) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-83.0044, "-83.0044"),
        (-5, "-5"),
        (250000.0, "250000"),
        (None, ""),
        (True, "Yes"),
        (date(2026, 1, 31), "2026-01-31"),
    ],
)
def test_numbers_stay_numbers(value: float | bool | date | None, text: str) -> None:
    assert as_text(value) == text


@given(st.lists(statements, max_size=5))
def test_statements_are_read_back_as_they_were(written: list[Statement]) -> None:
    assert list(read_statements(write_statements(written))) == written


@given(st.text())
def test_any_text_is_read_for_statements_without_failing(text: str) -> None:
    list(read_statements(text))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Avery Ashdown", ("Avery", "Ashdown")),
        ("Mary Ann Ashdown", ("Mary Ann", "Ashdown")),
        ("ASHDOWN, AVERY", ("AVERY", "ASHDOWN")),
        ("ASHDOWN HOLDINGS LLC", ("ASHDOWN HOLDINGS", "LLC")),
        ("ASHDOWN", ("", "ASHDOWN")),
        (None, ("", "")),
    ],
)
def test_a_name_is_parted(name: str | None, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("PO BOX 9, FARWELL OH 43998", ("PO BOX 9", "FARWELL", "OH", "43998")),
        ("12 OAK ST, NEW ALBANY OH", ("12 OAK ST", "NEW ALBANY", "OH", "")),
        ("12 OAK ST, 43998", ("12 OAK ST", "", "", "43998")),
        ("12 OAK ST, OH", ("12 OAK ST", "", "OH", "")),
        ("KAISERSTR. 5, BERLIN", ("KAISERSTR. 5, BERLIN", "", "", "")),
    ],
)
def test_a_mailing_address_is_parted(value: str, parts: tuple[str, ...]) -> None:
    assert tuple(split_mailing(value)) == parts


@pytest.mark.parametrize(
    ("kind", "restriction", "is_closed"),
    [
        ("phone", "do_not_call", True),
        ("phone", "do_not_mail", False),
        ("mailing", "do_not_mail", True),
        ("mailing", "do_not_call", False),
        ("email", "opt_out", True),
        ("mailing", "deceased", True),
        ("name", "litigator", False),
    ],
)
def test_a_restriction_closes_its_ways(kind: str, restriction: str, is_closed: bool) -> None:
    assert bool(closed_by(kind, [restriction])) is is_closed


def lead() -> OutgoingLead:
    return OutgoingLead(
        id=17, score=0.5, signals=["vacant"], address="12 OAK ST", city="LARKFIELD", state="OH", zip="43999",
        county=None, parcel=None, status="new", lists=2, created=date(2026, 1, 31), owner="AVERY ASHDOWN",
        people=[Reached("phone", "+16145550101", ["do_not_call"]), Reached("phone", "+442079460000")],
    )  # fmt: skip


def test_what_is_closed_stays_behind_and_is_named() -> None:
    left = without_closed(lead())

    assert left.closed == [("phone", "do_not_call")]
    assert [each.value for each in left.lead.people] == ["+442079460000"]


def test_phones_are_ten_digits_where_they_are_american() -> None:
    known = cells(lead(), date(2026, 1, 31))

    assert (known["phone1"], known["phone2"]) == ("6145550101", "+442079460000")


@pytest.mark.parametrize("layout", [*LAYOUTS.values(), *PURPOSES.values()])
def test_every_column_of_a_layout_has_its_own_name(layout: object) -> None:
    header = layout.header  # type: ignore[attr-defined]
    assert len(set(header)) == len(header)


def test_layouts_are_as_their_tools_write_them() -> None:
    assert PROPSTREAM.header[:7] == ["Address", "Unit #", "City", "State", "Zip", "County", "APN"]
    assert len(PROPSTREAM.header) == 61
    assert (BATCHLEADS.header[0], BATCHLEADS.header[-1]) == ("Lead Status", "List")
    assert {"property_address_line_1", "owner_1_name", "property_flags", "dealmachine_url"} <= set(DEALMACHINE.header)
    assert (OWN.phones, OWN.emails, DIALER.phones, DEALMACHINE.phones) == (10, 5, 10, 3)


@pytest.mark.parametrize(
    ("cell", "number"),
    [("17", 17), (" 17.0 ", 17), ("", None), ("L17", None), ("1e3", None), ("-4", None), ("٣", None)],
)
def test_an_id_is_read_as_spreadsheets_leave_it(cell: str, number: int | None) -> None:
    assert lead_id(cell) == number


def test_a_row_goes_to_the_lead_it_names_only_where_it_agrees() -> None:
    known = [KnownSpot(17, 100, 5, None, "43999", "12||OAK|ST||"), KnownSpot(17, 101, 6, 9, "43999", "14||OAK|ST||")]

    def at(street: int | None, parcel: int | None, zip5: str, address: str, own: int | None = None) -> int | None:
        return spot_named(KnownSpot(17, 0, street, parcel, zip5, address), own, known)

    assert at(5, None, "", "12||OAK|||") == 100
    assert at(8, 9, "", "99||ELM|AVE||") == 101
    assert at(8, None, "43999", "12||KING|BLVD||") == 100
    assert at(8, None, "43998", "12||KING|BLVD||") is None
    assert at(None, None, "", "") == 100
    assert at(8, None, "", "9||ELM|AVE||", own=101) == 101
