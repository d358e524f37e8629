"""The five tables of the product hold the columns that other programs rely on, whatever else they hold."""

from __future__ import annotations

import re

import pytest

from realestate.repositories.connection import Connection

INT, TEXT, BYTES, FLOAT, FLAG = "integer", "character varying", "bytea", "double precision", "boolean"
JSON, TIME = "jsonb", "timestamp with time zone"
TABLES = {
    "users": {
        "id": INT,
        "email": TEXT,
        "hashed_password": TEXT,
        "full_name": TEXT,
        "is_active": FLAG,
        "is_admin": FLAG,
        "encrypted_phone": BYTES,
        "encrypted_address": BYTES,
        "created_at": TIME,
        "updated_at": TIME,
    },
    "leads": {
        "id": INT,
        "user_id": INT,
        **dict.fromkeys(("property_address", "property_city", "property_state", "property_zip"), TEXT),
        **dict.fromkeys(("owner_name", "owner_email", "owner_phone"), BYTES),
        "lead_score": FLOAT,
        "distress_signals": JSON,
        "status": TEXT,
        "source": TEXT,
        "created_at": TIME,
        "updated_at": TIME,
    },
    "conversations": {
        "id": INT,
        "lead_id": INT,
        "user_id": INT,
        "messages": JSON,
        "qualification_status": TEXT,
        "qualification_score": FLOAT,
        "created_at": TIME,
        "updated_at": TIME,
    },
    "property_analyses": {
        "id": INT,
        "lead_id": INT,
        "detected_issues": JSON,
        "repair_cost_estimate": FLOAT,
        "images_analyzed": INT,
        "created_at": TIME,
    },
    "cash_buyers": {
        "id": INT,
        "name": TEXT,
        "company_name": TEXT,
        "email": BYTES,
        "phone": BYTES,
        **dict.fromkeys(("city", "state", "zip_code"), TEXT),
        "preferred_property_types": JSON,
        "price_range_min": FLOAT,
        "price_range_max": FLOAT,
        "investment_areas": JSON,
        "total_purchases": INT,
        "average_purchase_price": FLOAT,
        "last_purchase_date": TIME,
        "embedding": JSON,
        "source": TEXT,
        "created_at": TIME,
        "updated_at": TIME,
    },
}
OPTIONAL = {
    "users": {"hashed_password", "full_name", "encrypted_phone", "encrypted_address"},
    "cash_buyers": {"company_name"},
}
"""Columns that have to be allowed to be empty."""
ALLOWED = {
    ("leads", "status"): {"new", "qualified", "contacted", "converted", "lost"},
    ("leads", "source"): {"list_stacking", "manual", "referral"},
    ("conversations", "qualification_status"): {"pending", "qualified", "not_qualified"},
    ("cash_buyers", "source"): {"scraper", "manual", "deeds"},
}
REFERENCES = {
    ("leads", "user_id", "users"),
    ("conversations", "lead_id", "leads"),
    ("conversations", "user_id", "users"),
    ("property_analyses", "lead_id", "leads"),
    ("cash_buyers", "user_id", "users"),
}
SHARES = {("leads", "lead_score"), ("conversations", "qualification_score")}
"""Columns that hold 0 to 1."""


def checks(owner: Connection, table: str) -> list[str]:
    """The conditions on the rows of a table, as the server words them."""
    query = "select pg_get_constraintdef(oid) from pg_constraint where contype = 'c' and conrelid = %s::regclass"
    return [str(row[0]) for row in owner.execute(query, (table,))]


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_its_columns(owner: Connection, table: str) -> None:
    query = "select column_name, data_type, is_nullable from information_schema.columns where table_name = %s"
    found = {name: (kind, nullable) for name, kind, nullable in owner.execute(query, (table,))}

    assert {name: found.get(name, ("missing",))[0] for name in TABLES[table]} == TABLES[table]
    assert {name for name in OPTIONAL.get(table, ()) if found[name][1] != "YES"} == set()


@pytest.mark.parametrize(("table", "column"), ALLOWED)
def test_a_column_allows_the_agreed_words_and_no_others(owner: Connection, table: str, column: str) -> None:
    (condition,) = [check for check in checks(owner, table) if f"({column})::text" in check]

    assert set(re.findall(r"'(\w+)'::", condition)) == ALLOWED[table, column]


@pytest.mark.parametrize(("table", "column"), SHARES)
def test_a_share_is_kept_within_0_and_1(owner: Connection, table: str, column: str) -> None:
    (condition,) = [check for check in checks(owner, table) if f"{column} >=" in check]

    assert "(0)::double precision" in condition
    assert "(1)::double precision" in condition


def test_the_tables_refer_to_each_other(owner: Connection) -> None:
    query = """
        select conrelid::regclass::text, attname::text, confrelid::regclass::text
        from pg_constraint join pg_attribute on attrelid = conrelid and attnum = conkey[1] where contype = 'f'
    """
    assert set(owner.execute(query)) >= REFERENCES


def test_what_is_looked_up_has_an_index(owner: Connection) -> None:
    query = "select tablename::text || ': ' || indexdef from pg_indexes where schemaname = 'public'"
    indexes = [str(row[0]) for row in owner.execute(query)]

    def indexed(pattern: str) -> bool:
        return any(re.search(pattern, index) for index in indexes)

    assert indexed(r"^users: CREATE UNIQUE INDEX .* \(email\)$")
    assert indexed(r"^leads: .*\(user_id, property_address\)$")
    assert indexed(r"^leads: .*\(lead_score\)$")
    assert indexed(r"^lead_scores: .*\(user_id, score DESC, lead_id\)$")
    assert indexed(r"^conversations: .*\(lead_id\)$")
    assert indexed(r"^property_analyses: .*\(lead_id\)$")
