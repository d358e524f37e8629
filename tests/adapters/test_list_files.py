"""Lists of every kind are opened, and every record ends in a row, a reject or an empty."""

from __future__ import annotations

import csv
import gzip
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realestate.adapters.delimited import RecordReader, Records
from realestate.adapters.list_files import ListBatch, open_list
from realestate.adapters.text_encoding import BLOCK_BYTES, LineBlock, LineReader
from realestate.errors import UnusableInputError

HEADER = "Owner Name,Property Address,City,Amount Owed"
ROW = "Ann Lee,12 Oak St,Memphis,100.50"


def read(data: bytes | str, name: str = "-", encoding: str | None = None) -> tuple[ListBatch, list[str]]:
    """All batches of a list as one, and the notes."""
    raw = data.encode() if isinstance(data, str) else data
    with open_list(name, stdin=io.BytesIO(raw), encoding=encoding) as opened:
        whole = ListBatch([[] for _ in opened.header])
        for batch in opened.batches():
            for column, cells in zip(whole.columns, batch.columns, strict=True):
                column.extend(cells)
            whole.lines += batch.lines
            whole.rejected += batch.rejected
            whole.empty += batch.empty
            whole.padded += batch.padded
        return whole, opened.notes


def test_rows_come_by_column_with_the_line_they_start_on() -> None:
    batch, _ = read(f'{HEADER}\n{ROW}\n"Bo\nand Al",3 Elm,Ames,7\n{ROW}\n')
    assert batch.columns[0] == ["Ann Lee", "Bo\nand Al", "Ann Lee"]
    assert batch.lines == [2, 3, 5]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_the_encoding_is_found_out(encoding: str) -> None:
    batch, _ = read(f"{HEADER}\nJosé Muñoz,12 Oak St,Memphis,1\n".encode(encoding))
    assert batch.columns[0] == ["José Muñoz"]


def test_one_byte_text_is_named_in_the_notes() -> None:
    _, notes = read(f"{HEADER}\nJosé Muñoz,1 A St,X,1\n".encode("cp1252"))
    assert notes == ["the text was read as cp1252"]


def test_broken_bytes_reject_their_row_only() -> None:
    batch, _ = read(f"{HEADER}\n{ROW}\n".encode() + b"Bad \xc3,9 B St,X,1\n" + f"{ROW}\n".encode())
    assert (len(batch), [row.line for row in batch.rejected]) == (2, [3])


def test_a_stated_encoding_wins() -> None:
    batch, _ = read(f"{HEADER}\nJosé,1 A St,X,1\n".encode("mac_roman"), encoding="mac_roman")
    assert batch.columns[0] == ["José"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found_out(delimiter: str) -> None:
    batch, _ = read(f"{HEADER}\n{ROW}\n{ROW}\n".replace(",", delimiter))
    assert len(batch.columns) == 4


def test_the_line_that_tells_excel_the_delimiter_is_obeyed() -> None:
    batch, _ = read(f"sep=;\n{HEADER}\n{ROW}\n".replace(",", ";"))
    assert (batch.columns[2], batch.lines) == (["Memphis"], [3])


def test_a_list_of_one_column_is_a_list() -> None:
    batch, _ = read("Situs Address\n12 OAK ST\n 0014  N ELM AVE\n")
    assert batch.columns == [["12 OAK ST", " 0014  N ELM AVE"]]


def test_titles_above_the_header_are_left_out_and_said() -> None:
    batch, notes = read(f"County Tax Roll\nPrinted 01/02/2026\n\n{HEADER}\n{ROW}\n")
    assert batch.lines == [5]
    assert notes == ["the header is on line 4; the lines above it were left out"]


def test_rows_full_of_the_words_of_headers_are_not_taken_for_one() -> None:
    rows = "".join(f"Owner {i},{i} Oak St,value,value,value,value,value,value\n" for i in range(5))
    batch, _ = read(f"{HEADER},c1,c2,c3,c4\n{rows}")
    assert len(batch) == 5


def test_a_title_above_a_single_column_is_left_out() -> None:
    batch, _ = read("Delinquent Tax List\nProperty Location\n12 OAK ST\n14 OAK ST\n")
    assert batch.lines == [3, 4]


def test_a_list_without_header_loses_no_row() -> None:
    batch, notes = read(f"{ROW}\n{ROW}\n")
    assert batch.lines == [1, 2]
    assert notes == ["no header was found; the columns are called 'column 1', 'column 2' ..."]


def test_column_names_are_made_unique() -> None:
    with open_list("-", stdin=io.BytesIO(b"Address,Phone,Phone,\n1 Oak St,2,3,4\n")) as opened:
        assert opened.header == ["Address", "Phone", "Phone_2", "column 4"]


def test_totals_and_blank_rows_are_no_rows() -> None:
    batch, _ = read(f'{HEADER}\n{ROW}\n,,,\n  , ,,\n\n"","","",""\nTOTAL,,,100.50\n')
    assert (len(batch), batch.empty) == (1, [3, 4, 5, 6])
    assert [row.reason for row in batch.rejected] == ["a row of totals"]


def test_a_person_called_total_is_no_total() -> None:
    batch, _ = read(f"{HEADER}\nTotal Homes LLC,12 Oak St,Memphis,1\nTotal,12 Oak St,Memphis,1\n")
    assert len(batch) == 2


def test_short_rows_are_filled_and_long_rows_rejected() -> None:
    batch, _ = read(f"{HEADER}\nBo,5 Elm St\n{ROW},extra\n{ROW},,\n")
    assert batch.padded == [2]
    assert [row.reason for row in batch.rejected] == ["5 cells where the header has 4"]
    assert batch.lines == [2, 4]


def test_rows_behind_a_quote_that_is_never_closed_are_recovered() -> None:
    batch, _ = read(f'{HEADER}\n{ROW}\n"Open,7 Fir St,X,1\n{ROW}\n"Lee, Bo",1 Elm St,X,2\n{ROW}\n')
    assert batch.lines == [2, 4, 5, 6]
    assert [(row.line, row.reason) for row in batch.rejected] == [(3, "a quote opened here is never closed")]


def test_a_quote_left_open_at_the_end_of_a_large_file_costs_one_row() -> None:
    rows = f"{ROW}\n" * (3 * BLOCK_BYTES // len(ROW))
    batch, _ = read(f'{HEADER}\n{rows}"Open,7 Fir St,X,1\n{rows}')
    assert len(batch) == 2 * rows.count("\n")
    assert len(batch.rejected) == 1


def test_the_raw_text_of_a_rejected_row_is_kept_to_be_mended() -> None:
    batch, _ = read(f'{HEADER}\n"A \\"B\\"",9 Fir St,X,1\n')
    assert batch.rejected[0].raw == '"A \\"B\\"",9 Fir St,X,1'


def test_a_line_without_end_takes_no_memory() -> None:
    class Endless(io.RawIOBase):
        left = 64 << 20

        def read(self, size: int = -1, /) -> bytes:
            self.left -= size
            return b"A" * size if self.left > 0 else b""

    tracemalloc.start()
    blocks = list(LineReader(Endless(), "utf-8").blocks())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert blocks[0].bad[0][0] == "a line of more than 1 MiB"
    assert peak < 8 << 20


def test_a_gzip_file_is_read_when_its_name_says_so(tmp_path: Path) -> None:
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress(f"{HEADER}\n{ROW}\n".encode()))
    with open_list(str(path)) as opened:
        assert [len(batch) for batch in opened.batches()] == [1]


def test_a_gzip_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress(f"{HEADER}\n{ROW}\n".encode())[:-6])
    with pytest.raises(UnusableInputError, match="damaged or cut short"):
        open_list(str(path))


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(f"{HEADER}\n".encode() + f"{ROW}\n".encode() * 150_000))
    with open_list(str(path)) as opened, pytest.raises(UnusableInputError, match="times its size"):
        list(opened.batches())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b" \n\n\t\n", "no data in it"),
        (b"<!DOCTYPE html><html>", "a web page or XML"),
        (b"\n  <table><tr>", "a web page or XML"),
        (b'[{"a": 1}]', "JSON"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\0" * 4096, "control codes"),
        (bytes(range(32)) * 200, "control codes"),
        (b"PK\x03\x04 broken", "damaged or cut short"),
    ],
)
def test_what_is_no_list_is_refused_with_a_reason(data: bytes, said: str) -> None:
    with pytest.raises(UnusableInputError, match=said):
        open_list("-", stdin=io.BytesIO(data))


def test_folders_loops_and_absent_files_are_refused(tmp_path: Path) -> None:
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    for name in (str(tmp_path), str(loop), str(tmp_path / "absent.csv"), "nul\0byte.csv"):
        with pytest.raises(UnusableInputError):
            open_list(name)


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n\t,"'), max_size=12)


@given(st.lists(st.tuples(cells, cells, cells), max_size=30), st.sampled_from(["\n", "\r\n", "\r"]))
@settings(max_examples=80)
def test_whatever_a_csv_writer_writes_is_read_back(rows: list[tuple[str, str, str]], end: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(("Owner Name", "Property Address", "City"))
    writer.writerows(rows)
    batch, _ = read(out.getvalue())
    kept = [list(row) for row in rows if any(cell and not cell.isspace() for cell in row)]
    totals = {row.line for row in batch.rejected if row.reason == "a row of totals"}
    assert len(batch) + len(totals) == len(kept)
    if not totals:
        assert [list(row) for row in zip(*batch.columns, strict=True)] == kept


@given(st.text(st.sampled_from('ab,"\n\r'), max_size=60), st.integers(1, 9))
@settings(max_examples=150)
def test_records_are_the_same_wherever_blocks_are_cut(text: str, lines_a_block: int) -> None:
    texts = io.StringIO(text, newline="").readlines()
    assert records_in_blocks(texts, lines_a_block) == records_in_blocks(texts, max(1, len(texts)))


@given(st.text(st.sampled_from("ab,\n\r "), max_size=60))
def test_without_quotes_every_line_is_a_row_a_reject_or_empty(text: str) -> None:
    texts = io.StringIO(text, newline="").readlines()
    records = records_in_blocks(texts, 3)
    starts = [*records.lines, *(row.line for row in records.rejected), *records.empty]
    assert sorted(starts) == list(range(1, len(texts) + 1))


@given(st.binary(max_size=300), st.sampled_from(["", HEADER + "\n", "\ufeff" + HEADER + "\r\n"]))
@settings(max_examples=200)
def test_no_bytes_break_the_reader(tail: bytes, start: str) -> None:
    try:
        batch, _ = read(start.encode() + tail)
    except UnusableInputError:
        return
    assert all(len(column) == len(batch.lines) for column in batch.columns)
    assert not any("\0" in cell or "\ufffd" in cell for column in batch.columns for cell in column)


def records_in_blocks(texts: list[str], lines_a_block: int) -> Records:
    reader = RecordReader(",", 2)
    whole = Records()
    for at in range(0, max(1, len(texts)), lines_a_block):
        last = at + lines_a_block >= len(texts)
        records = reader.read(LineBlock(at + 1, texts[at : at + lines_a_block], last=last))
        assert len(records.rows) == len(records.lines)
        whole.rows += records.rows
        whole.lines += records.lines
        whole.rejected += records.rejected
        whole.empty += records.empty
        whole.padded += records.padded
    return whole
