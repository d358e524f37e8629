"""Photos with what was found drawn into them, as JPEGs of their own for whoever wants them outside of a report."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from realestate.errors import UnusableInputError, UsageError
from realestate.reports.file_names import safe_names
from realestate.reports.heat_veils import VEIL, joint_heat, veil
from realestate.reports.photo_figures import badness, in_percent, main_boxes
from realestate.reports.small_pictures import opened
from realestate.reports.wording import percent

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

    from realestate.domain.repairs.analysis import Analysis, JudgedPhoto, PhotoIssue

Colour = tuple[int, int, int]
Corners = tuple[float, float, float, float]

MARK = b"realestate overlay"
"""JPEG comment by which a file of an earlier run is known for ours, and may be replaced without asking."""
QUALITY = 88
COLOURS: dict[str, tuple[Colour, Colour]] = {
    "minor": ((242, 193, 78), (43, 34, 5)),
    "moderate": ((224, 123, 36), (42, 19, 0)),
    "severe": ((163, 24, 45), (255, 255, 255)),
}
"""Of a severity: its box, and the words on it; told apart in grey and by colour-blind readers."""
OTHER: tuple[Colour, Colour] = ((91, 95, 168), (255, 255, 255))


def write_overlays(analysis: Analysis, folder: Path, *, overwrite: bool = False) -> int:
    """Write a picture of every photo with findings; those of an earlier run are replaced.

    Args:
        analysis: With previews.
        folder: Is made if it is not there.
        overwrite: Whether files that we did not write may be replaced too.

    Returns:
        How many were written.

    Raises:
        UsageError: If a file of somebody else's is in the way; nothing is written then.
        UnusableInputError: If the folder cannot be made or written to.
    """
    from realestate.adapters.outgoing_files import new_file

    photos = [photo for photo in analysis.photos if photo.issues and photo.preview]
    names = safe_names((photo.file for photo in photos), ".jpg")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnusableInputError(f"{folder} cannot be made: {error.strerror}.", "Name another folder.") from None
    foreign = [] if overwrite else [name for name in names.values() if not _is_free(folder / name)]
    if foreign:
        raise UsageError(
            f"{folder / foreign[0]} is there already and was not written by --overlays.",
            "Name another folder, or add --yes to replace it.",
        )
    for photo in photos:
        with new_file(folder / names[photo.file]) as stream:
            stream.write(drawn(photo))
    return len(photos)


def _is_free(path: Path) -> bool:
    """Whether nothing stands there, or something of ours."""
    from PIL import Image, UnidentifiedImageError

    if not path.is_symlink() and not path.exists():
        return True
    try:
        with Image.open(path) as there:
            return there.info.get("comment") == MARK
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        return False


def drawn(photo: JudgedPhoto) -> bytes:
    """Veil what shows nothing and draw boxes and words into a preview; gives a JPEG without metadata but our mark."""
    from PIL import ImageDraw

    image = _veiled(opened(photo.preview), photo)
    pen = ImageDraw.Draw(image)
    issues = sorted(photo.issues, key=badness)
    for issue in reversed(issues):
        _outline(pen, image.size, photo, issue)
    _label(pen, image.size, photo, issues)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True, comment=MARK)
    return out.getvalue()


def _veiled(image: Image, photo: JudgedPhoto) -> Image:
    import PIL.Image

    heat = joint_heat(photo.issues)
    if heat is None:
        return image
    mask = PIL.Image.fromarray(veil(heat, image.height, image.width))
    return PIL.Image.composite(PIL.Image.new("RGB", image.size, VEIL), image, mask)


def _boxes(size: tuple[int, int], photo: JudgedPhoto, issue: PhotoIssue) -> Iterator[Corners]:
    """Corners of the boxes in pixels of the picture."""
    for box in main_boxes(issue):
        left, top, width, height = (part / 100 for part in in_percent(box, photo.width, photo.height))
        yield left * size[0], top * size[1], (left + width) * size[0] - 1, (top + height) * size[1] - 1


def _outline(pen: ImageDraw, size: tuple[int, int], photo: JudgedPhoto, issue: PhotoIssue) -> None:
    thick = max(2, max(size) // 320)
    for corners in _boxes(size, photo, issue):
        left, top, right, bottom = corners
        pen.rectangle(
            (left - thick / 2, top - thick / 2, right + thick / 2, bottom + thick / 2), None, "white", thick * 2
        )
        pen.rectangle(corners, outline=COLOURS.get(issue.severity, OTHER)[0], width=thick)


def _label(pen: ImageDraw, size: tuple[int, int], photo: JudgedPhoto, issues: Sequence[PhotoIssue]) -> None:
    """Write what each is into the top of its largest box, and lower where other words stand there already."""
    from PIL import ImageFont

    letters = max(11, max(size) // 46)
    font, tall = ImageFont.load_default(letters), letters * 1.6
    taken: list[Corners] = []
    for issue in issues:
        text = f"{issue.issue.replace('_', ' ')}, {issue.severity}, {percent(issue.score)}"
        left, top, _, _ = next(_boxes(size, photo, issue))
        wide = pen.textlength(text, font) + letters
        x, y = max(0.0, min(left, size[0] - wide)), max(0.0, min(top, size[1] - tall))
        while any(_overlap((x, y, x + wide, y + tall), other) for other in taken):
            y += tall
        taken.append((x, y, x + wide, y + tall))
        colour, ink = COLOURS.get(issue.severity, OTHER)
        pen.rectangle(taken[-1], fill=colour)
        pen.text((x + letters / 2, y + tall / 2), text, fill=ink, font=font, anchor="lm")


def _overlap(one: Corners, other: Corners) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
