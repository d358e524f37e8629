"""One canonical form for every spelling of a US address."""

from __future__ import annotations

from realestate.domain.address import AddressReader


def test_columns_read_as_single_rows_do() -> None:
    reader = AddressReader()
    texts = ["0220 Furrow St.", "2114-18 N Broadway", "3916 1/2 Ridgewood Ave", "(Primary)"]
    columns = reader.canonicalise(texts)
    singles = [reader.parse(text) for text in texts]
    assert columns.key == [single.key for single in singles]
    assert columns.reason == [single.reason for single in singles]
