"""How fast photos are read, in how much memory, and what decoding less of them costs in truth.

    python tests/benchmarks/photos.py [speed] [processes] [memory] [again] [truth] [--photos 1000] [--every 1]

Without a word, all of them. The photos are generated (generated_photos.py), 12 megapixels each; `truth` takes the
labelled photos of the shared folder, blown up.

- speed: processor seconds for a photo in one process, against decoding it whole and looking at it one at a time with
  the same model, as it ships and with 32 bits. All ways are taken in turn; the fastest of several turns counts, so that
  other work on the machine distorts little. Whole decoding by OpenCV with the cheapest sound way to shrink, and by
  Pillow as most scripts do it.
- processes: photos a second by the clock with one process and with two, both already started. Needs an idle machine.
- memory: most memory of all processes together while 1,000 photos are read, and after the first 100 of them.
- again: the same folder of --photos photos a second time, by the clock: reading alone, and the command `analyze` with
  its start and all that it makes of the readings.
- truth: mean average precision on the validation photos, every one or every N-th, each blown up so that the reader
  decodes an eighth of each side and no more than it has to: decoded whole and averaged, and by the reader.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
from generated_photos import write_photos
from numpy.typing import NDArray
from PIL import Image

from realestate.adapters.damage_model import DamageModel
from realestate.adapters.executors import LocalProcesses, workers
from realestate.adapters.in_order import in_order
from realestate.adapters.model_shelf import ModelFiles, ModelShelf
from realestate.adapters.photo_decoding import SPARE
from realestate.adapters.photo_reader import BATCH, ModelPhotoReader
from realestate.adapters.photo_reading import ReadingTask, read_photos
from realestate.adapters.photo_sources import LocalPhoto
from realestate.domain.repairs.readings import PhotoReading

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("REALESTATE_SHARED", ROOT.parent / "shared"))
MIB = 1 << 20
TURNS = 5
EIGHTH = 8

Square = NDArray[np.uint8]


def shipped() -> ModelFiles:
    """The model of the package."""
    return ModelShelf(Path("no models of our own")).find("damage")


def by_opencv(path: Path, side: tuple[int, int]) -> Square:
    """Decode whole, shrink by averaging."""
    rgb = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    return np.asarray(cv2.resize(rgb, side[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def by_pillow(path: Path, side: tuple[int, int]) -> Square:
    """Decode whole, shrink as Pillow does by itself."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB").resize(side[::-1]))


def speed(folder: Path, _: argparse.Namespace) -> None:
    """Print processor seconds for a photo, ours and two plain ways."""
    paths = write_photos(folder, 6, 6)
    files = shipped()
    model = DamageModel.load(files.onnx, files.card)
    look_with_32_bits = with_32_bits(files.onnx)
    cv2.setNumThreads(1)
    task = ReadingTask(files, previews=False, cache=None)

    def plain(decoded: Callable[[Path, tuple[int, int]], Square], look: Callable[[Square], object]) -> None:
        for path in paths:
            look(decoded(path, model.side)[None])

    ways: dict[str, Callable[[], object]] = {
        "read": lambda: read_photos(task, [LocalPhoto(path) for path in paths]),
        "whole by OpenCV": lambda: plain(by_opencv, model.look),
        "whole by Pillow": lambda: plain(by_pillow, model.look),
        "whole by OpenCV, 32 bits": lambda: plain(by_opencv, look_with_32_bits),
        "whole by Pillow, 32 bits": lambda: plain(by_pillow, look_with_32_bits),
        "the model alone": lambda: [model.look(np.zeros((1, *model.side, 3), np.uint8)) for _ in paths],
        "the model with 32 bits": lambda: [look_with_32_bits(np.zeros((1, *model.side, 3), np.uint8)) for _ in paths],
    }
    least = dict.fromkeys(ways, 1e9)
    for _turn in range(TURNS):
        for name, way in ways.items():
            begun = time.process_time()
            way()
            least[name] = min(least[name], (time.process_time() - begun) / len(paths))
    size = sum(path.stat().st_size for path in paths) / len(paths) / 1e6
    print(f"speed: photos of 12 megapixels, {size:.1f} MB, model of {model.side[0]} pixels, one core")
    for name, seconds in least.items():
        print(f"  {name:24} {seconds * 1e3:6.1f} ms  {1 / seconds:6.1f} a second  {seconds / least['read']:5.2f} x")


def with_32_bits(file: Path) -> Callable[[Square], object]:
    """The same layers in 32 bits: weights are unpacked; values between layers are limited as before but not rounded."""
    import onnx
    import onnxruntime

    model = onnx.load(str(file))
    graph = model.graph
    stored = {one.name: one for one in graph.initializer}
    as_is: dict[str, str] = {}
    kept = []
    for node in graph.node:
        if node.op_type == "QuantizeLinear":
            limits = [f"{node.output[0]} {end}" for end in ("least", "most")]
            for name, limit in zip(limits, _limits(node, stored), strict=True):
                graph.initializer.append(onnx.numpy_helper.from_array(limit, name))
            kept.append(onnx.helper.make_node("Clip", [node.input[0], *limits], [node.output[0]]))
        elif node.op_type == "DequantizeLinear" and node.input[0] not in stored:
            as_is[node.output[0]] = node.input[0]
        elif node.op_type == "DequantizeLinear":
            graph.initializer.append(onnx.numpy_helper.from_array(_unpacked(node, stored), node.output[0]))
        else:
            kept.append(node)
    for node in kept:
        node.input[:] = [as_is.get(name, name) for name in node.input]
    del graph.node[:]
    graph.node.extend(kept)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda photo: session.run(None, {session.get_inputs()[0].name: photo})


def _limits(node: Any, stored: dict[str, Any]) -> NDArray[np.float32]:  # noqa: ANN401  a node of onnx
    """The least and the most that 8 bits can say; the limit of an activation is among them."""
    from onnx.numpy_helper import to_array

    scale, zero = (np.float32(to_array(stored[name])) for name in node.input[1:3])
    return (np.array([0, 255], np.float32) - zero) * scale


def _unpacked(node: Any, stored: dict[str, Any]) -> NDArray[np.float32]:  # noqa: ANN401  a node of onnx
    """A weight or bias; zero is zero, and each output channel may have a scale of its own."""
    from onnx.numpy_helper import to_array

    packed, scale = (to_array(stored[name]).astype(np.float32) for name in node.input[:2])
    return np.asarray(packed * scale.reshape(-1, *[1] * (packed.ndim - 1)), np.float32)


def processes(folder: Path, _: argparse.Namespace) -> None:
    """Print photos a second by the clock with one process and with two."""
    sources = [LocalPhoto(path) for path in write_photos(folder, 96)]
    pieces = [(None, sources[start : start + BATCH]) for start in range(0, len(sources), BATCH)]
    task = ReadingTask(shipped(), previews=False, cache=None)
    rates = {}
    for count in (1, 2):
        team = LocalProcesses(count)
        for _warm in in_order(team, _work(task), pieces[:count], _lost):
            pass
        begun = time.perf_counter()
        for _done in in_order(team, _work(task), pieces, _lost):
            pass
        rates[count] = len(sources) / (time.perf_counter() - begun)
        team.close()
    print(
        f"processes: one {rates[1]:.1f} photos a second, two {rates[2]:.1f}, {rates[2] / rates[1]:.2f} x"
        f" (load {os.getloadavg()[0]:.1f})"
    )


def _work(task: ReadingTask) -> Callable[[Sequence[LocalPhoto]], list[Any]]:
    """What a worker does; it travels, so that it is no closure."""
    return partial(read_photos, task)


def _lost(photo: LocalPhoto) -> Any:  # noqa: ANN401  never made
    raise AssertionError(photo)


def memory(folder: Path, options: argparse.Namespace) -> None:
    """Print the most memory of this process and its workers while many photos are read, previews with them."""
    count = options.photos
    write_photos(folder, count)
    reader = ModelPhotoReader(shipped(), lambda: LocalProcesses(2), folder.parent / "cache of memory")
    # Making the photos took memory of this process that reading them does not need.
    before = _resident(os.getpid())
    marks: dict[int, float] = {}
    with _watched() as most:
        for number, item in enumerate(reader.read([str(folder)], previews=True), start=1):
            assert isinstance(item, PhotoReading), item
            if number in (count // 10, count):
                marks[number] = most[0] / MIB
    figures = ", ".join(f"{mib:,.0f} MiB after {number:,}" for number, mib in marks.items())
    print(f"memory: {count:,} photos with previews, two processes and this one: {figures} (this began with", end=" ")
    print(f"{before / MIB:,.0f}, the generator's)")


@contextmanager
def _watched() -> Iterator[list[int]]:
    """The most resident bytes so far of this process and all below it, in a list of one."""
    most, stop = [0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.05):
            most[0] = max(most[0], sum(_resident(pid) for pid in _family(os.getpid())))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        stop.set()
        thread.join()


def _family(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            below = children.read_text().split()
        except OSError:
            continue
        for child in below:
            yield from _family(int(child))


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def again(folder: Path, options: argparse.Namespace) -> None:
    """Print how long reading and the command take the first and the second time."""
    write_photos(folder, options.photos)
    reader = ModelPhotoReader(shipped(), workers, folder.parent / "cache")
    reading = [_seconds(lambda: list(reader.read([str(folder)]))) for _turn in range(2)]
    with tempfile.TemporaryDirectory() as home:
        command = [_seconds(lambda: _analyze(folder, home)) for _turn in range(2)]
    for name, (first, second) in {"reading": reading, "analyze": command}.items():
        print(f"again: {name}, {options.photos} photos: {first:.1f} s, then {second:.2f} s, {first / second:.0f} x")


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _analyze(folder: Path, home: str) -> None:
    program = Path(sys.executable).parent / "realestate"
    done = subprocess.run(
        [program, "analyze", str(folder), "-o", "json"],
        env={**os.environ, "REALESTATE_HOME": home},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 3, 4), done.stderr


def truth(folder: Path, options: argparse.Namespace) -> None:
    """Print the mean average precision with whole and with reduced decoding."""
    score = _score_photos()
    files = shipped()
    model = DamageModel.load(files.onnx, files.card)
    task = ReadingTask(files, previews=False, cache=None)
    whole: dict[str, dict[str, Any]] = {}
    reduced: dict[str, dict[str, Any]] = {}
    with (SHARED / "data" / "photos" / "manifest.csv").open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["split"] == "val"][:: options.every]
    path = folder / "large.jpg"
    folder.mkdir(parents=True, exist_ok=True)
    furthest = 0.0
    for row in rows:
        _blow_up(SHARED / "data" / "photos" / row["file"], path, int(min(model.side) * SPARE * EIGHTH))
        looks = model.look(by_opencv(path, model.side)[None])
        scores = dict(zip(model.card.classes, map(float, looks.scores[0]), strict=True))
        (outcome,) = read_photos(task, [LocalPhoto(path)])
        assert isinstance(outcome.result, PhotoReading), outcome
        whole[row["file"]] = {"scores": scores}
        reduced[row["file"]] = {"scores": outcome.result.scores}
        furthest = max(furthest, *(abs(scores[name] - outcome.result.scores[name]) for name in scores))
    one, other = score.mean_ap(rows, whole), score.mean_ap(rows, reduced)
    print(f"truth: {len(rows)} photos, mAP {one:.4f} decoded whole, {other:.4f} reduced, {other - one:+.4f};", end=" ")
    print(f"no score moved by more than {furthest:.3f}")


def _blow_up(source: Path, target: Path, shorter: int) -> None:
    image = cv2.imread(str(source))
    scale = shorter / min(image.shape[:2])
    large = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    cv2.imwrite(str(target), large, [cv2.IMWRITE_JPEG_QUALITY, 92])


def _score_photos() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score_photos", SHARED / "tools" / "score_photos.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PARTS: dict[str, Callable[[Path, argparse.Namespace], None]] = {
    "speed": speed,
    "processes": processes,
    "memory": memory,
    "again": again,
    "truth": truth,
}


def main() -> None:
    """Measure the parts that are named, or all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="what to measure")
    parser.add_argument("--photos", type=int, default=1_000, help="how many, for memory and again")
    parser.add_argument("--every", type=int, default=1, help="take every N-th photo, for truth")
    options = parser.parse_args()
    for name in options.parts or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            PARTS[name](Path(folder) / "photos", options)


if __name__ == "__main__":
    main()
