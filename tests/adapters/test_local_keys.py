"""The local key: made once, never written over, refused when others can read it."""

from __future__ import annotations

import base64
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from realestate.adapters.local_keys import LocalKey, LocalKeyFile, parse
from realestate.errors import NotAllowedError


def test_a_key_is_made_once_with_mode_0600_in_a_folder_of_mode_0700(tmp_path: Path) -> None:
    file = LocalKeyFile(tmp_path / "config" / "master.key")
    first = file.make()
    assert file.make().name == first.name == file.read().name
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in file.path.parent.iterdir()] == ["master.key"]


def test_processes_that_make_the_key_at_once_agree_on_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: LocalKeyFile(tmp_path / "c" / "master.key").make().name, range(16)))
    assert len(set(made)) == 1


def test_another_key_is_never_written_over(tmp_path: Path) -> None:
    file = LocalKeyFile(tmp_path / "master.key")
    kept = file.make()
    file.keep(LocalKey(os.urandom(32)))
    assert file.read().name == kept.name


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_can_read_is_refused_with_the_mend(tmp_path: Path, mode: int) -> None:
    file = LocalKeyFile(tmp_path / "master.key")
    file.make()
    file.path.chmod(mode)
    with pytest.raises(NotAllowedError) as refusal:
        file.read()
    assert "chmod 600" in refusal.value.hint


def test_a_missing_key_names_the_way_back(tmp_path: Path) -> None:
    with pytest.raises(NotAllowedError) as refusal:
        LocalKeyFile(tmp_path / "master.key").read()
    assert "keys restore" in refusal.value.hint


@pytest.mark.parametrize(
    "text",
    ["", "{}", "null", "[]", '{"v": 1, "id": "0", "key_b64": "AAAA"}', '{"key_b64": 5}', "[" * 100_000, "\x00"],
)
def test_a_damaged_key_file_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(NotAllowedError, match="does not hold a key"):
        parse(text, "master.key")


def test_one_wrong_letter_in_the_key_is_noticed() -> None:
    record = json.loads(LocalKey(bytes(32)).to_json())
    record["key_b64"] = base64.b64encode(b"\x01" + bytes(31)).decode()
    with pytest.raises(NotAllowedError):
        parse(json.dumps(record), "master.key")


def test_a_key_may_come_from_the_environment() -> None:
    given = base64.b64encode(bytes(32)).decode()
    assert LocalKeyFile(Path("/nowhere/master.key"), given).make().name == LocalKey(bytes(32)).name
    with pytest.raises(NotAllowedError):
        LocalKeyFile(Path("/nowhere/master.key"), "AAAA").read()


def test_wrapping_is_bound_to_the_key_and_the_purpose() -> None:
    key, other = LocalKey(os.urandom(32)), LocalKey(os.urandom(32))
    wrapped = key.wrap(b"d" * 32, "pii")
    assert key.unwrap(wrapped, "pii") == b"d" * 32
    for reader, value, purpose in ((other, wrapped, "pii"), (key, wrapped, "index"), (key, wrapped[:5], "pii")):
        with pytest.raises(NotAllowedError):
            reader.unwrap(value, purpose)
