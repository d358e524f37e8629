"""Names to photos: folders, links, patterns, lists, and what is passed over or refused."""

from __future__ import annotations

import io
import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pictures import encoded, room
from realestate.adapters.photo_files import find_photos
from realestate.adapters.photo_headers import MOST_BYTES, BadPhotoError
from realestate.adapters.photo_sources import LocalPhoto, shown
from realestate.domain.repairs.readings import SkippedPhoto

PHOTO = encoded(room(64, 48))


@pytest.fixture
def visit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which we are."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(*names: str, data: bytes = PHOTO) -> None:
    """Write files, with the folders that they are in."""
    for name in names:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def found(*names: str, stdin: bytes = b"") -> list[str]:
    """Names of photos; those skipped with a colon and the reason."""
    items = find_photos(names, io.BytesIO(stdin))
    return [f"{item.file}: {item.reason}" if isinstance(item, SkippedPhoto) else item.name for item in items]


def refusal(path: str) -> str:
    """Why a file is refused, both before and while it is read."""
    photo = LocalPhoto(Path(path))
    reasons = []
    for step in (photo.stamp, photo.read):
        with pytest.raises(BadPhotoError) as caught:
            step()
        reasons.append(caught.value.reason)
    assert reasons[0] == reasons[1]
    return reasons[0]


@pytest.mark.usefixtures("visit")
class TestFolders:
    """What a folder leads to."""

    def test_photos_of_all_folders_come_in_the_order_of_their_names(self) -> None:
        put("v/b.jpg", "v/a.png", "v/b/2.HEIC", "v/b/1.jpeg", "v/c.webp", "w/z.jpg")

        assert found("w", "v") == ["w/z.jpg", "v/a.png", "v/b/1.jpeg", "v/b/2.HEIC", "v/b.jpg", "v/c.webp"]

    def test_what_is_plainly_no_photo_is_passed_over(self) -> None:
        put("v/notes.txt", "v/list.csv", "v/film.mov", "v/empty", data=b"text")
        put("v/.hidden.jpg", "v/.git/a.jpg", "v/@eaDir/a.jpg", "v/__MACOSX/a.jpg", "v/a.jpg")

        assert found("v") == ["v/a.jpg"]

    def test_a_photo_without_a_name_for_it_is_found_by_its_first_bytes(self) -> None:
        put("v/IMG_0001", "v/upload.tmp")

        assert found("v") == ["v/IMG_0001", "v/upload.tmp"]

    def test_what_is_named_like_a_photo_is_not_passed_over_whatever_it_holds(self) -> None:
        put("v/text.jpg", data=b"hello")

        assert found("v") == ["v/text.jpg"]

    def test_raw_camera_files_say_what_to_do(self) -> None:
        put("v/a.CR2", "v/b.dng")

        assert found("v", "v/b.dng") == [
            "v/a.CR2: a raw camera file: export it as JPEG",
            "v/b.dng: a raw camera file: export it as JPEG",
        ]

    def test_each_real_file_comes_once_by_whatever_ways(self) -> None:
        put("v/a.jpg", "v/b.jpg")
        Path("v/link.jpg").symlink_to("a.jpg")
        Path("v/also").symlink_to(".", target_is_directory=True)
        Path("v/z").symlink_to("../v", target_is_directory=True)
        os.link("v/b.jpg", "v/hard.jpg")

        assert found("v", "v/b.jpg", "v/../v", "v/*.jpg") == ["v/a.jpg", "v/b.jpg"]

    def test_a_link_to_itself_or_to_nothing_is_skipped_with_the_reason(self) -> None:
        Path("loop.jpg").symlink_to("loop.jpg")
        Path("gone.jpg").symlink_to("nothing.jpg")
        Path("other").symlink_to("nothing")

        assert found(".") == ["gone.jpg: no such file", "loop.jpg: cannot be read: Too many levels of symbolic links"]

    def test_an_empty_folder_is_said_to_be_one_when_asked_for_or_named_like_a_photo(self) -> None:
        Path("v/dir.jpg").mkdir(parents=True)
        Path("v/empty").mkdir()

        assert found("v/empty") == ["v/empty: no photo in this folder"]
        assert found("v") == ["v/dir.jpg: no photo in this folder"]

    def test_pipes_and_sockets_named_like_a_photo_are_found_and_never_waited_for(self) -> None:
        os.mkfifo("fifo.jpg")
        os.mkfifo("fifo")
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("socket.png")

            assert found(".") == ["fifo.jpg", "socket.png"]
        assert refusal("fifo.jpg") == "not a file but a pipe or device"
        assert refusal("socket.png") == "not a file but a pipe or device"

    def test_a_pipe_that_takes_the_place_of_a_photo_is_not_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        put("a.jpg")
        os.mkfifo("fifo")
        real_open = os.open
        monkeypatch.setattr(os, "open", lambda _, flags: real_open("fifo", flags))

        with pytest.raises(BadPhotoError, match="not a file but a pipe"):
            LocalPhoto(Path("a.jpg")).read()


@pytest.mark.usefixtures("visit")
class TestNames:
    """Names, patterns and lists."""

    def test_names_that_lead_nowhere_are_skipped_with_the_reason(self) -> None:
        put("a.jpg")

        assert found("no.jpg", "a.jpg", "x\0y.jpg", "*.gif") == [
            "no.jpg: no such file",
            "a.jpg",
            "x\\x00y.jpg: no name of a file",
            "*.gif: no file matches",
        ]

    def test_a_file_named_by_hand_is_tried_whatever_it_is_called(self) -> None:
        put("photo.dat", ".hidden.jpg", data=b"x")

        assert found("photo.dat", ".hidden.jpg") == ["photo.dat", ".hidden.jpg"]

    def test_patterns_match_files_and_folders_in_order(self) -> None:
        put("v1/b.jpg", "v1/a.jpg", "v2/deep/c.jpg", "v2/.x/d.jpg", "v3/e.png")

        assert found("v*/*.jpg") == ["v1/a.jpg", "v1/b.jpg"]
        assert found("**/*.jpg") == ["v1/a.jpg", "v1/b.jpg", "v2/deep/c.jpg"]
        assert found("v[23]") == ["v2/deep/c.jpg", "v3/e.png"]
        assert found(str(Path.cwd() / "v?" / "a.*")) == [str(Path.cwd() / "v1/a.jpg")]

    def test_a_pattern_does_not_walk_round_in_links(self) -> None:
        put("v/a.jpg")
        for name in ("l1", "l2", "l3"):
            Path("v", name).symlink_to(".", target_is_directory=True)

        assert found("v/**/*.jpg") == ["v/a.jpg"]

    def test_a_file_whose_name_looks_like_a_pattern_is_that_file(self) -> None:
        put("kitchen [1].jpg", "kitchen 1.jpg")

        assert found("kitchen [1].jpg") == ["kitchen [1].jpg"]

    def test_a_list_comes_by_lines_or_nul_bytes_and_holds_names_not_patterns(self) -> None:
        put("a.jpg", "b c.jpg", "v/d.jpg", "new\nline.jpg")

        assert found("-", stdin=b"a.jpg\r\nb c.jpg\n\nv\nno*.jpg") == [
            "a.jpg",
            "b c.jpg",
            "v/d.jpg",
            "no*.jpg: no such file",
        ]
        assert found("-", stdin=b"new\nline.jpg\0a.jpg\0") == ["new\\nline.jpg", "a.jpg"]

    def test_a_name_that_is_no_text_is_found_and_can_be_printed(self) -> None:
        raw = b"\xff\xfe.jpg"
        try:
            put(os.fsdecode(raw))
        except OSError:
            pytest.skip("this file system takes text only")

        (photo,) = find_photos(["."])

        assert photo == LocalPhoto(Path(os.fsdecode(raw)))
        assert isinstance(photo, LocalPhoto)
        assert photo.name == "\\udcff\\udcfe.jpg"
        assert photo.read() == PHOTO

    @given(st.text())
    def test_a_shown_name_moves_no_terminal(self, name: str) -> None:
        assert not any(unfit in shown(name) for unfit in "\x1b\n\r\t\0\x7f\x9b\u202e\u2028\u200b")

    def test_a_shown_name_keeps_what_people_write(self) -> None:
        assert shown("Küche 3 \U0001f3e0 1\u202fPM.jpg") == "Küche 3 \U0001f3e0 1\u202fPM.jpg"


@pytest.mark.usefixtures("visit")
class TestReading:
    """One file."""

    def test_the_stamp_changes_with_the_file_and_only_then(self) -> None:
        put("a.jpg")
        photo = LocalPhoto(Path("a.jpg"))
        before = photo.stamp()
        assert photo.stamp() == before

        os.utime("a.jpg", ns=(1, 1))
        touched = photo.stamp()
        put("a.jpg", data=PHOTO + b"\0")
        os.utime("a.jpg", ns=(1, 1))

        assert len({before, touched, photo.stamp()}) == 3

    def test_size_is_looked_at_before_a_byte_is_read(self) -> None:
        put("zero.jpg", data=b"")
        put("huge.jpg")
        os.truncate("huge.jpg", MOST_BYTES + 1)

        assert refusal("zero.jpg") == "empty file"
        assert refusal("huge.jpg") == "too large: 40.0 MiB, at most 40"

    def test_a_folder_and_a_missing_file_say_so(self) -> None:
        Path("d.jpg").mkdir()

        assert refusal("d.jpg") == "not a file but a folder"
        assert refusal("no.jpg") == "no such file"

    def test_a_file_closed_to_us_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        put("a.jpg")
        monkeypatch.setattr(os, "access", lambda *_: False)

        assert refusal("a.jpg") == "may not be read: permission denied"
