"""Photos of every kind, whole and broken, decoded at full size and at less."""

from __future__ import annotations

import io
import struct
import sys
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from pictures import FORMATS, SMALL, decoded, difference, encoded, room, turned
from realestate.adapters.photo_decoding import UprightPhoto, Wanted, decode, reduction
from realestate.adapters.photo_headers import (
    MOST_PIXELS,
    MOST_SCANS,
    BadPhotoError,
    photo_format,
    require_sane_size,
)

PICTURE: NDArray[np.uint8] = np.asarray(room())


def reason(data: bytes) -> str:
    """Why a photo is refused."""
    with pytest.raises(BadPhotoError) as caught:
        decode(data, SMALL)
    return caught.value.reason


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_gives_the_same_picture(kind: str) -> None:
    photo = decoded(encoded(room(), kind))

    assert (photo.width, photo.height) == (320, 240)
    assert photo.rgb.shape == (240, 320, 3)
    # A palette of 256 colours is as far off as any format gets.
    assert difference(photo.rgb, PICTURE) < 6


@pytest.mark.parametrize("kind", FORMATS)
def test_a_photo_cut_anywhere_is_refused(kind: str) -> None:
    data = encoded(room(), kind)

    for share in (0.02, 0.3, 0.5, 0.8, 0.97):
        assert reason(data[: int(len(data) * share)]).startswith(("damaged", "not a photo")), share


@pytest.mark.parametrize("mode", ["L", "CMYK", "YCbCr"])
def test_a_jpeg_of_any_colour_space_becomes_rgb(mode: str) -> None:
    photo = decoded(encoded(room().convert(mode)))

    assert difference(photo.rgb, np.asarray(room().convert(mode).convert("RGB"))) < 4


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGBA", "I;16"])
def test_a_png_of_any_mode_becomes_rgb(mode: str) -> None:
    if mode == "I;16":
        image = Image.fromarray(np.asarray(room().convert("L")).astype(np.uint16) * 257)
    else:
        image = room().convert("L" if mode in ("1", "LA") else "RGBA" if mode == "PA" else "RGB").convert(mode)

    photo = decoded(encoded(image, "TIFF" if mode == "PA" else "PNG"))

    expected = room().convert("L").convert("RGB") if mode in ("L", "LA", "I;16") else image.convert("RGB")
    assert difference(photo.rgb, np.asarray(expected)) < 1


def test_what_is_transparent_is_white_paper() -> None:
    image = room().convert("RGBA")
    image.putalpha(0)

    assert decoded(encoded(image, "PNG")).rgb.min() == 255


def test_measurements_are_not_a_photo() -> None:
    image = Image.fromarray(np.ones((40, 40), np.float32))

    assert reason(encoded(image, "TIFF")) == "not a photo: its pixels are measurements"


def test_of_a_moving_picture_the_first_is_taken() -> None:
    frames = [room(64, 48, seed).quantize(32, Image.Quantize.MEDIANCUT) for seed in (1, 2, 3)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])

    assert difference(decoded(data).rgb, np.asarray(frames[0].convert("RGB"))) < 1


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("wanted", [Wanted(1_000, 1_000), Wanted(100, 100)])
def test_a_photo_is_upright_however_the_camera_was_held(orientation: int, wanted: Wanted) -> None:
    photo = decode(turned(orientation), wanted)

    assert (photo.width, photo.height) == (640, 480)
    upright = np.asarray(room(640, 480).resize((photo.rgb.shape[1], photo.rgb.shape[0]), Image.Resampling.BOX))
    assert photo.rgb.shape == ((480, 640, 3) if wanted.width == 1_000 else (240, 320, 3))
    assert difference(photo.rgb, upright) < 3


def test_png_and_tiff_are_turned_too() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = room().transpose(Image.Transpose.ROTATE_90)

    for kind in ("PNG", "TIFF"):
        assert difference(decoded(encoded(lying, kind, exif=exif)).rgb, PICTURE) < 1, kind


def test_a_damaged_exif_block_leaves_the_photo_as_it_is() -> None:
    data = turned(6)
    start = data.index(b"Exif\0\0") + 6

    assert decoded(data[:start] + b"\xff" * 20 + data[start + 20 :]).height == 640


@pytest.mark.parametrize(
    ("size", "longest", "factor"),
    [
        ((4_000, 3_200), 0, 8),
        ((4_000, 3_199), 0, 4),
        ((4_000, 3_000), 960, 4),
        ((8_000, 6_000), 960, 8),
        ((5_200, 5_200), 960, 4),
        ((799, 3_000), 0, 1),
        ((320, 240), 960, 1),
    ],
)
def test_a_quarter_more_is_decoded_along_each_side_than_is_wanted(
    size: tuple[int, int], longest: int, factor: int
) -> None:
    assert reduction(*size, Wanted(320, 320, longest)) == factor


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("side", [30, 60, 120])
def test_a_reduced_photo_is_the_full_one_averaged(kind: str, side: int) -> None:
    data = encoded(room(1_000, 800), kind)
    photo = decode(data, Wanted(side, side))
    full = decoded(data).rgb

    assert (photo.width, photo.height) == (1_000, 800)
    size = (photo.rgb.shape[1], photo.rgb.shape[0])
    assert min(size) >= 1.25 * side
    assert difference(photo.rgb, np.asarray(Image.fromarray(full).resize(size, Image.Resampling.BOX))) < 1


def test_what_follows_the_end_of_a_jpeg_is_let_be() -> None:
    assert difference(decoded(encoded(room()) + b"\0" * 5_000 + b"\xff\xd8").rgb, PICTURE) < 3


def test_a_jpeg_cut_in_half_and_closed_again_is_refused() -> None:
    data = encoded(room())

    assert reason(data[: len(data) // 2] + b"\xff\xd9") == "damaged: part of the picture is lost"


def test_a_jpeg_with_a_thumbnail_is_not_taken_for_ended_by_the_thumbnails_end() -> None:
    exif = Image.Exif()
    exif[0x010E] = encoded(room(64, 48)).decode("latin-1")
    data = encoded(room(), exif=exif.tobytes())

    assert decoded(data).width == 320
    assert reason(data[: len(data) * 2 // 3]) == "damaged: the file ends before the picture does"


@pytest.mark.parametrize("progressive", [False, True])
def test_wrong_bytes_in_a_jpeg_are_seen_when_they_show(progressive: bool) -> None:
    data = encoded(room(640, 480), progressive=progressive)
    whole = decoded(data).rgb
    chance = np.random.default_rng(3)
    start = data.index(b"\xff\xda") + 20
    refused = 0
    for _ in range(20):
        at = int(chance.integers(start, len(data) - 302))
        damaged = data[:at] + chance.integers(0, 256, 300, np.uint8).tobytes() + data[at + 300 :]
        try:
            assert difference(decoded(damaged).rgb, whole) < 1, at
        except BadPhotoError:
            refused += 1

    assert refused >= 18


def test_bytes_of_padding_before_the_end_are_harmless() -> None:
    data = encoded(room())

    assert difference(decoded(data[:-2] + b"\0" * 8 + data[-2:]).rgb, PICTURE) < 3
    assert reason(data[:-2] + b"\x55" * 400 + data[-2:]) == "damaged: part of the picture is lost"


def test_a_jpeg_of_many_scans_is_refused_before_it_is_decoded() -> None:
    data = encoded(room(), progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]

    assert decoded(data[:-2] + scan + data[-2:]).width == 320
    assert reason(data[:-2] + scan * MOST_SCANS + data[-2:]).startswith("not a photo: 1")


def test_a_wrong_sum_in_a_png_is_damage() -> None:
    data = bytearray(encoded(room(), "PNG"))
    data[len(data) // 2] ^= 1

    assert reason(bytes(data)) == "damaged: a checksum is wrong"


def png(width: int, height: int) -> bytes:
    """The beginning of a PNG that says to be of this size."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"x")
    chunks = b"".join(
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part))
        for part in (header, body, b"IEND")
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((20_000, 20_000), "too large: over 100 megapixels"),
        ((12_000, 10_000), "too large: 12,000 x 10,000 pixels, at most 100 megapixels"),
        ((2**31 - 1, 2**31 - 1), "too large: over 100 megapixels"),
        ((50_000, 10), "too long: 50,000 x 10 pixels, at most 10 to 1"),
        ((1, 1), "too small to show anything: 1 x 1 pixels"),
        ((0, 0), "damaged: it cannot be decoded"),
    ],
)
def test_a_size_that_no_photo_has_is_refused_by_the_header(size: tuple[int, int], words: str) -> None:
    assert reason(png(*size)) == words


def test_a_large_jpeg_is_refused_by_the_header() -> None:
    data = bytearray(encoded(room()))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 60_000, 60_000)

    assert reason(bytes(data)).startswith("too large: 60,000 x 60,000")


@pytest.mark.parametrize(
    "data", [b"hello", b"<html>404</html>", b"<svg/>", b"PK\x03\x04" + b"\0" * 60, b"%PDF-1.7", b"II", b"\xff\xd8"]
)
def test_what_is_no_photo_says_so(data: bytes) -> None:
    assert reason(data).startswith("not a photo: it does not begin like")


def test_nothing_is_not_a_photo() -> None:
    assert reason(b"") == "empty file"


def test_opencv_has_our_limit_of_pixels_from_its_first_import() -> None:
    import subprocess

    script = (
        "from realestate.adapters.photo_decoding import opencv\n"
        "import numpy as np, sys\n"
        "cv2 = opencv()\n"
        "try:\n"
        "    print(cv2.imdecode(np.frombuffer(sys.stdin.buffer.read(), np.uint8), 1))\n"
        "except cv2.error as error:\n"
        "    print('refused' if 'imagesize' in str(error).lower().replace(' ', '') else error)\n"
    )

    done = subprocess.run([sys.executable, "-c", script], input=png(20_000, 20_000), capture_output=True, check=True)

    assert done.stdout.split() in ([b"refused"], [b"None"])


ORIGINALS = {kind: encoded(room(64, 48), kind) for kind in FORMATS}
ORIGINALS["progressive JPEG"] = encoded(room(64, 48), progressive=True)
ORIGINALS["JPEG with EXIF"] = turned(6)


def tried(data: bytes) -> UprightPhoto | str:
    """A photo, or why there is none."""
    try:
        return decode(data, SMALL)
    except BadPhotoError as bad:
        return bad.reason


@settings(max_examples=250, derandomize=True, deadline=None)
@given(
    kind=st.sampled_from(sorted(ORIGINALS)),
    changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6),
    keep=st.floats(0.1, 1),
)
def test_a_mangled_header_is_a_photo_or_a_reason(kind: str, changes: list[tuple[int, int]], keep: float) -> None:
    data = bytearray(ORIGINALS[kind][: max(1, int(len(ORIGINALS[kind]) * keep))])
    for at, value in changes:
        data[at % len(data)] = value

    photo = tried(bytes(data))

    if isinstance(photo, str):
        assert 5 < len(photo) < 120
        assert photo.isprintable()
    else:
        assert photo.rgb.dtype == np.uint8
        assert photo.rgb.shape[2] == 3
        assert photo.width * photo.height <= MOST_PIXELS


@settings(max_examples=250, derandomize=True, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_after_the_first_of_a_jpeg_are_refused(rest: bytes) -> None:
    photo = tried(b"\xff\xd8\xff" + rest)

    assert isinstance(photo, str)
    assert photo.startswith(("damaged", "not a photo", "too"))


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_size_is_sane_or_refused(width: int, height: int) -> None:
    try:
        require_sane_size(width, height)
    except BadPhotoError:
        return
    assert 0 < width * height <= MOST_PIXELS


@given(st.binary(max_size=64))
def test_any_first_bytes_name_a_format_or_none(head: bytes) -> None:
    assert photo_format(head) in {*FORMATS, None}


def test_decoders_print_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    data = encoded(room())
    with pytest.raises(BadPhotoError):
        decode(data[: len(data) // 2] + b"\xff\xd9", SMALL)
    Image.open(io.BytesIO(data)).load()

    assert capfd.readouterr() == ("", "")
