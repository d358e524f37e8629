"""Signals are known by name, and read from rows with their dates, amounts and deadlines."""

from __future__ import annotations

from datetime import date

import pytest

from realestate.adapters import reference_data
from realestate.domain.leads.columns import plan_columns
from realestate.domain.leads.signals import ATTRIBUTE, SUPPRESSOR, SeenSignals, SignalCatalog, read_signals

CANONICAL = (
    "tax_delinquent tax_sale tax_lien pre_foreclosure foreclosure_auction reo code_violation violation_lien vacant "
    "mailing_vacant absentee probate pre_probate inherited deceased_owner death_joint_tenant divorce bankruptcy "
    "eviction judgment hoa_lien mechanics_lien utility_lien federal_lien state_lien tired_landlord high_equity "
    "free_and_clear underwater expired_listing on_market senior_owner corporate_owner multi_property_owner cash_buyer "
    "driving_for_dollars"
)


@pytest.fixture(scope="module")
def catalog() -> SignalCatalog:
    return reference_data.signal_catalog()


def seen(header: str, *rows: str, list_signal: str = "none") -> SeenSignals:
    cells = [list(column) for column in zip(*(row.split(",") for row in rows), strict=True)]
    plan = plan_columns(header.split(","), [], reference_data.header_words(), reference_data.vendor_formats())
    return read_signals(plan, cells, reference_data.signal_catalog(), list_signal)


def pairs(found: SeenSignals) -> set[tuple[int, str]]:
    return set(zip(found.rows, found.signals, strict=True))


def test_every_canonical_signal_is_in_the_file(catalog: SignalCatalog) -> None:
    assert set(catalog.kinds) == set(CANONICAL.split())


def test_attributes_and_suppressors_never_score(catalog: SignalCatalog) -> None:
    rules = reference_data.score_model().rules
    silent = {slug for slug, kind in catalog.kinds.items() if kind in (ATTRIBUTE, SUPPRESSOR)}
    assert not silent & rules.keys()
    assert {"senior_owner", "absentee", "high_equity"} <= silent


def test_rules_are_within_reason() -> None:
    for rule in reference_data.score_model().rules.values():
        assert 0 < rule.weight <= 0.35
        assert len(rule.severities) == 1 + max(len(rule.amount_steps), len(rule.years_steps))


def test_no_phrase_names_two_signals() -> None:
    table = reference_data.table("signals")["signals"]
    phrases = [phrase for entry in table.values() for phrase in entry["words"]]
    assert len(phrases) == len(set(phrases))


@pytest.mark.parametrize(
    ("file", "signal"),
    [
        ("tax_sale_2019.csv", "tax_sale"),
        ("vacant_2016.csv", "vacant"),
        ("PreForeclosure-Shelby.csv", "pre_foreclosure"),
        ("Memphis delq taxes (3).xlsx", "tax_delinquent"),
        ("OpenCodeViolations.csv", "code_violation"),
        ("probate_weekly.csv", "probate"),
        ("d4d.csv", "driving_for_dollars"),
        ("skiptrace_results.csv", "none"),
        ("sold comps.csv", "none"),
        ("export.csv", ""),
    ],
)
def test_the_name_of_a_file_tells_its_signal(catalog: SignalCatalog, file: str, signal: str) -> None:
    assert catalog.guess("", file, []).signal == signal


def test_the_name_of_the_list_outranks_the_name_of_the_file(catalog: SignalCatalog) -> None:
    guess = catalog.guess("Probate March", "vacant.csv", [])
    assert (guess.signal, guess.why) == ("probate", "the list's name says 'probate'")


def test_headers_tell_where_names_do_not(catalog: SignalCatalog) -> None:
    assert catalog.guess("", "export.csv", ["Tax Owed", "Address"]).signal == "tax_delinquent"
    assert catalog.guess("", "export.csv", ["Sold As Vacant", "Address"]).signal == ""
    assert catalog.guess("", "export.csv", ["ResultCode", "Phone1"]).signal == "none"


def test_one_row_carries_many_dated_signals() -> None:
    header = "Address,Is Vacant,Pre-FC Recording Date,Pre-FC Auction Date,BK Date,Divorce Date"
    found = seen(header, "1 Oak St,Yes,2026-01-02,3/4/2026,,", "2 Oak St,No,,,,")
    assert pairs(found) == {(0, "vacant"), (0, "pre_foreclosure"), (0, "foreclosure_auction")}
    at = found.signals.index("foreclosure_auction")
    assert (found.deadlines[at], found.event_dates[at]) == (date(2026, 3, 4), None)
    assert found.event_dates[found.signals.index("pre_foreclosure")] == date(2026, 1, 2)


def test_a_tax_year_counts_from_the_new_year_after_it() -> None:
    found = seen(
        "Address,tax_delinquent,tax_delinquent_year", "1 Oak St,Yes,2023", "2 Oak St,No,2019", "3 Oak St,,2021"
    )
    assert pairs(found) == {(0, "tax_delinquent"), (2, "tax_delinquent")}
    assert found.event_dates == [date(2024, 1, 1), date(2022, 1, 1)]


def test_lists_of_flags_name_signals_and_attributes() -> None:
    cell = "High Equity;Tax Delinquent;Absentee Owner;Off Market;My Own Tag"
    assert pairs(seen("Address,property_flags", f"1 Oak St,{cell}")) == {
        (0, "high_equity"),
        (0, "tax_delinquent"),
        (0, "absentee"),
    }


def test_an_owner_who_does_not_live_there_is_absent() -> None:
    assert pairs(seen("Address,Owner Occupied", "1 Oak St,No", "2 Oak St,Yes", "3 Oak St,")) == {(0, "absentee")}


def test_a_market_status_marks_listed_and_failed_listings() -> None:
    found = seen("Address,MLS Status,MLS Date", "1 Oak St,Active,2026-01-02", "2 Oak St,EXPIRED,1/2/2025", "3 Oak St,,")
    assert pairs(found) == {(0, "on_market"), (1, "expired_listing")}
    assert found.event_dates == [date(2026, 1, 2), date(2025, 1, 2)]


def test_a_lien_is_what_its_type_says() -> None:
    found = seen("Address,Lien Type,Lien Date,Lien Amount", "1 Oak St,HOA Lien,1/2/2025,$900", "2 Oak St,,,500")
    assert pairs(found) == {(0, "hoa_lien")}
    assert found.amounts == [90_000]


def test_a_plain_list_gives_each_row_its_signal_with_date_amount_and_years() -> None:
    found = seen(
        "Address,Date Filed,Amount Owed,Years Delinquent,Case Status",
        "1 Oak St,1/2/2025,$900.50,3,Open",
        "2 Oak St,,,,Closed",
        list_signal="tax_delinquent",
    )
    assert found.signals == ["tax_delinquent"] * 2
    assert (found.event_dates[0], found.amounts[0], found.years[0]) == (date(2025, 1, 2), 90_050, 3.0)
    assert found.closed == [False, True]


def test_a_column_may_name_the_signal_row_by_row() -> None:
    found = seen("list,Property Address", "tax_delinquent,1 Oak St", "Code Violations,2 Oak St", "else,3 Oak St")
    assert pairs(found) == {(0, "tax_delinquent"), (1, "code_violation")}


def test_dates_that_cannot_be_read_are_counted() -> None:
    found = seen("Address,Date Filed", "1 Oak St,2026-02-30", list_signal="vacant")
    assert found.bad == [(0, 1, "not a day of the calendar")]


@pytest.mark.parametrize(
    ("status", "over"),
    [
        ("Closed", True),
        ("CLOSED - COMPLIED", True),
        ("Paid in full", True),
        ("Open", False),
        ("Not closed", False),
        ("", False),
    ],
)
def test_a_status_tells_whether_the_matter_is_over(catalog: SignalCatalog, status: str, *, over: bool) -> None:
    assert catalog.is_over(status) == over
