"""Columns are found by header, neighbours and cells, and never mapped wrongly with certainty."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from realestate.adapters import reference_data
from realestate.domain.leads.columns import SURE_FROM, USED_FROM, ColumnPlan, compose, plan_columns
from realestate.errors import UsageError

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def plan(header: str, *rows: str, **overrides: str) -> ColumnPlan:
    """The plan of a comma-separated header and sample rows."""
    names = header.split(",")
    cells = [list(column) for column in zip(*(row.split(",") for row in rows), strict=True)] if rows else []
    words, formats = reference_data.header_words(), reference_data.vendor_formats()
    return plan_columns(names, cells, words, formats, overrides)


@pytest.fixture(scope="module")
def benchmark_of_headers() -> ModuleType:
    spec = importlib.util.spec_from_file_location("headers_benchmark", BENCHMARKS / "headers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_published_headers_are_mapped_right(benchmark_of_headers: ModuleType) -> None:
    right = wrong = surely = 0
    for name, truth in benchmark_of_headers.header_rows(BENCHMARKS / "header_rows.txt").items():
        counts, _ = benchmark_of_headers.judge(name, truth)
        right, wrong, surely = (
            right + counts["right"],
            wrong + counts["wrong"],
            surely + counts["surely wrong"],
        )
    assert right / (right + wrong) >= 0.98
    assert surely == 0


def test_mail_columns_without_a_subject_belong_to_the_address_before_them() -> None:
    found = plan("Situs Address,Situs City,Owner,Mailing Address,City,State,Zip").shown()
    assert (found["City"], found["State"], found["Zip"]) == ("mailing_city", "mailing_state", "mailing_zip")


def test_a_second_address_beside_the_property_address_is_the_owners() -> None:
    found = plan("Owner,Address,City,State,Zip,Property Address,Property Zip").shown()
    assert (found["Address"], found["Zip"]) == ("mailing_address", "mailing_zip")


def test_parts_of_a_street_address_are_put_together() -> None:
    made = plan("Loc No,Loc Dir,Loc Street,Loc Suffix,Loc City")
    cells = [["12", "9"], ["N", ""], ["OAK", "ELM"], ["ST", "AVE"], ["X", "X"]]
    assert compose(cells, made.fields["address"]) == ["12 N OAK ST", "9 ELM AVE"]


def test_a_last_line_completes_an_address_that_has_no_city_of_its_own() -> None:
    made = plan("Property Location,Owner,Mailing Address,City State Zip")
    assert (made.fields["address"], made.fields["mailing_address"]) == ((0,), (2, 3))
    assert plan("Property Location,City State Zip,City,Zip").fields["address"] == (0,)


def test_first_and_last_names_make_an_owner_where_no_full_name_is() -> None:
    assert plan("First Name,Last Name,Property Address").fields["owner_name"] == (0, 1)
    assert plan("Owner Name,First Name,Last Name,Property Address").fields["owner_name"] == (0,)


def test_a_full_address_loses_against_the_line_without_city() -> None:
    assert plan("property_address_full,property_address_line_1").fields["address"] == (1,)


def test_phones_know_their_kind_and_their_restriction() -> None:
    made = plan("Address,Phone 1,Phone 1 Type,Phone 1 DNC,Phone 2,Phone 2 Type,Phone 2 DNC,Litigator")
    assert [(phone.index, phone.type_index) for phone in made.phones] == [(1, 2), (4, 5)]
    assert [(each.kind, each.contact) for each in made.restrictions] == [
        ("do_not_call", 1),
        ("do_not_call", 4),
        ("litigator", None),
    ]


def test_flags_of_one_contact_speak_of_all_its_phones() -> None:
    made = plan("property_address,contact_1_flags,contact_1_phone1,contact_1_phone2,contact_2_phone1")
    assert [each.contact for each in made.restrictions] == [2, 3]


@pytest.mark.parametrize(
    "header",
    [
        "MLS Agent Phone",
        "Mls Agent Email",
        "Relative1 Phone1",
        "Loan Lender Name",
        "Foreclosure Trustee/Attorney Name",
        "Inspector Name",
        "Petitioner Phone",
        "Next of Kin Phone",
        "Ticket Number",
        "Marketing Lists",
        "tax_amt",
    ],
)
def test_what_belongs_to_others_or_means_nothing_is_left_alone(header: str) -> None:
    assert plan(f"{header},Property Address").shown() == {"Property Address": "address"}


def test_cells_overrule_a_header_that_they_contradict() -> None:
    rows = ["(41.8 -87.6),12 Oak St", "(41.9 -87.7),14 Oak St", "(41.7 -87.5),16 Oak St"]
    assert plan("Location,Street Address", *rows).shown() == {"Street Address": "address"}


def test_cells_alone_only_suggest() -> None:
    rows = ["12 Oak St,2175550100", "14 Oak St,2175550101", "16 Oak St,2175550102"]
    made = plan("c1,c2", *rows)
    assert not made.shown()
    assert made.suggestions() == {"c1": "address", "c2": "phone"}
    assert all(column.confidence < USED_FROM for column in made.columns)


def test_a_person_may_overrule_everything() -> None:
    made = plan("Zip,c2", "1,2", zip="parcel", C2="address")
    assert made.shown() == {"Zip": "parcel", "c2": "address"}


@pytest.mark.parametrize("wrong", [{"nope": "address"}, {"Zip": "nonsense"}])
def test_an_override_that_names_nothing_is_a_usage_error(wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        plan("Zip,Address", **wrong)


def test_misspelt_and_joined_headers_are_read_with_less_confidence() -> None:
    for column in plan("Proprety Adress,ownername").columns:
        assert USED_FROM <= column.confidence < SURE_FROM
    assert plan("Proprety Adress,ownername").shown() == {"Proprety Adress": "address", "ownername": "owner_name"}


def test_known_formats_are_recognised_with_what_they_stand_for() -> None:
    made = plan("Input Last Name,Input First Name,Input Property Address,ResultCode,Phone1")
    assert (made.vendor, made.list_signal) == ("propstream_skip_trace", "none")


def test_every_column_is_kept_with_a_reason() -> None:
    made = plan("Address,Legal Description,Weather")
    assert [column.index for column in made.columns] == [0, 1, 2]
    assert made.columns[2].role == ""
