"""A user's own price book: laid over the packaged one, or refused with the line that is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from realestate.adapters.repair_reference import read_own_prices, read_price_book
from realestate.adapters.zip_places import state_of_zip
from realestate.errors import RealestateError, UnusableInputError, UsageError

BOOK = read_price_book()


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "prices.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_own_prices_are_laid_over_the_packaged_book(tmp_path: Path) -> None:
    path = written(tmp_path, '\ufeff# ours\n\nItem, Low,LIKELY,high\nroof_square,400,"1,000",$1200\n')
    own = read_own_prices(path, BOOK)
    assert own.price("roof_square").likely == 1_000
    assert own.price("toilet") == BOOK.price("toilet")
    assert len(own.items) == len(BOOK.items)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "lacks the column 'item'"),
        ("item,low,likely\n", "lacks the column 'high'"),
        ("item,low,likely,high,colour\n", "unknown column 'colour'"),
        ("item,low,likely,high\n\nroof_square,1,2\n", "line 3: high is empty"),
        (b"item,low,likely,high\nroof_square,1,2,\xff\n", "not text in UTF-8"),
        (b"\0" * 2_000_000, "larger than 1 MiB"),
    ],
)
def test_a_price_book_that_cannot_be_used_says_where(tmp_path: Path, content: str | bytes, told: str) -> None:
    with pytest.raises(UnusableInputError) as refused:
        read_own_prices(written(tmp_path, content), BOOK)
    assert told in refused.value.message


def test_a_file_that_is_not_there_or_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        read_own_prices(tmp_path / "none.csv", BOOK)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path, pipe):
        with pytest.raises(RealestateError):
            read_own_prices(path, BOOK)


@pytest.mark.parametrize(("zip_code", "state"), [("48201", "MI"), ("00000", None), ("nowhere", None), ("", None)])
def test_a_zip_code_tells_its_state(zip_code: str, state: str | None) -> None:
    assert state_of_zip(zip_code) == state
