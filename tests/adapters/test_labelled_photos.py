"""A table of labelled photos is read by the names of its columns, or refused by row and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from realestate.adapters.labelled_photos import read_labelled_photos
from realestate.domain.repairs.evaluation import LabelledPhoto
from realestate.errors import UnusableInputError, UsageError

CLASSES = ("crack", "mould")


def table(folder: Path, text: str | bytes) -> Path:
    path = folder / "labels.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_labels_are_read_with_what_else_is_known(tmp_path: Path) -> None:
    text = "file,y_crack,mould,parent,repo,split,y_attic\na.jpg,1,0,house 1,rooms,val,1\nb.jpg,-1,,,,train,7\n"
    assert read_labelled_photos(table(tmp_path, text), CLASSES) == [
        LabelledPhoto("a.jpg", {"crack"}, {"mould"}, "house 1", "rooms"),
        LabelledPhoto("b.jpg", set(), set(), "b.jpg", "all"),
    ]
    assert [photo.file for photo in read_labelled_photos(table(tmp_path, text), CLASSES, "val")] == ["a.jpg"]


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("", UnusableInputError, "no rows"),
        ("file,crack\n", UnusableInputError, "no rows"),
        ("photo,crack\na.jpg,1\n", UnusableInputError, "column `file`"),
        (b"\xff\xfe\x00", UnusableInputError, "no CSV in UTF-8"),
        ("file,crack\n" + "x" * 200_000 + ",1\n", UnusableInputError, "no CSV"),
        ("file,attic\na.jpg,1\n", UsageError, "no column for any class"),
        ("file,crack\na.jpg,1\nb.jpg,yes\n", UsageError, "row 3: 'yes' in crack is no label"),
        ("file,crack,split\na.jpg,1,val\n", UnusableInputError, "no row of the split 'test'"),
    ],
)
def test_what_is_no_table_of_labels_is_refused(
    tmp_path: Path, text: str | bytes, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        read_labelled_photos(table(tmp_path, text), CLASSES, "test" if "split" in str(words) else None)
