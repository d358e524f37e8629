"""Headers of buyers lists and deed files."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from realestate.adapters.reference_data import header_words
from realestate.domain.buyers.columns import Plan, plan_columns
from realestate.errors import UsageError

PHRASES = tomllib.loads(
    (Path(__file__).parents[3] / "src/realestate/data/buyer_headers.toml").read_text(encoding="utf-8")
)


def plan(header: list[str], **overrides: str) -> Plan:
    words = header_words()
    read = words.meaning
    meaning = lambda text: (read(text).role, read(text).confidence)  # noqa: E731
    return plan_columns(header, PHRASES, words.canonical, meaning, overrides)


def test_a_file_of_deeds() -> None:
    header = ["Grantor", "Grantee", "Recording Date", "Consideration", "Property Address", "Grantee Mailing Address"]
    assert list(plan(header).shown().values()) == ["seller", "buyer", "date", "price", "address", "mailing_address"]


def test_the_owner_after_a_sale_is_its_buyer() -> None:
    assert plan(["OwnerName", "Sale Date", "LandUse"]).shown() == {
        "OwnerName": "buyer", "Sale Date": "date", "LandUse": "property_type",
    }  # fmt: skip


def test_a_vendors_buyers_file() -> None:
    shown = plan(["BuyerFullName", "BuyerCity", "BuyerZIP", "BuyerPurchases6MSum"]).shown()
    assert list(shown.values()) == ["buyer", "mailing_city", "mailing_zip", "purchases"]


def test_numbers_of_buyers_are_no_names() -> None:
    assert "buyer_id" not in plan(["buyer_id", "buyer_name"]).shown()


def test_a_person_has_the_last_word() -> None:
    assert plan(["a", "b"], a="buyer", B="sale_price").shown() == {"a": "buyer", "b": "price"}


@pytest.mark.parametrize("overrides", [{"zz": "buyer"}, {"a": "nonsense"}])
def test_unknown_columns_and_fields_are_named(overrides: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        plan(["a"], **overrides)
