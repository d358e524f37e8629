"""Looks at photos with an ONNX model that was checked against its card before anything ran it."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from realestate.adapters.model_cards import CardFile, InputSpec, read_card
from realestate.adapters.model_fit import require_fit, wanted_outputs
from realestate.adapters.model_outputs import Looks, join, read_outputs
from realestate.adapters.onnx_file import OnnxFile, RefusedModelError, read_onnx
from realestate.adapters.plain_files import read_file
from realestate.domain.repairs.readings import ModelCard
from realestate.errors import UnusableInputError

MOST_BYTES = 256 << 20
FATAL = 4
"""Log level of the engine: what fails is raised as well, and said by us in one line."""

HINT = "See docs/photo-models.md, or a card that works: realestate models card -o json"


class DamageModel:
    """A checked model, ready to run; made by :meth:`load`."""

    def __init__(self, spec: CardFile, data: bytes, file: OnnxFile, name: str, threads: int) -> None:
        self._spec = spec
        self._data = data
        self._name = name
        self._threads = threads
        shape = file.inputs[0].shape
        self._batch = shape[0] if shape else None
        self._outputs = list(dict.fromkeys(wanted_outputs(spec)))

    @classmethod
    def load(cls, onnx_path: Path, card_path: Path, threads: int = 1) -> Self:
        """Check a model against its card and run it once on a black photo.

        Args:
            onnx_path: The model.
            card_path: Its card.
            threads: That one run may use.

        Raises:
            UnusableInputError: If the card or the model is not what it has to be; one line says why.
        """
        spec, data, file = check_files(onnx_path, card_path)
        model = cls(spec, data, file, onnx_path.name, threads)
        model.look(np.zeros((1, *model.side, 3), np.uint8))
        return model

    @property
    def card(self) -> ModelCard:
        """What the model claims."""
        return self._spec.card

    @property
    def side(self) -> tuple[int, int]:
        """Height and width of a photo as it has to come, in pixels."""
        return self._spec.input.height, self._spec.input.width

    def look(self, batch: NDArray[np.uint8]) -> Looks:
        """Look at photos.

        Args:
            batch: RGB, uint8, (photos, height, width, 3), each squashed to :attr:`side`.

        Raises:
            UnusableInputError: If the model fails or answers what is no probability for one of them: never an
                answer that could be read as "no damage".
        """
        if batch.dtype != np.uint8 or batch.shape[1:] != (*self.side, 3) or not len(batch):
            raise ValueError(f"photos of {batch.dtype} {batch.shape}; the model takes uint8 (any, {self.side}, 3)")
        step = self._batch or len(batch)
        try:
            return join([self._look(batch[i : i + step], step) for i in range(0, len(batch), step)])
        except RefusedModelError as error:
            raise _refused(self._name, error) from None

    def _look(self, photos: NDArray[np.uint8], step: int) -> Looks:
        """Look at no more photos than the model takes at once; black ones fill up a fixed batch."""
        count = len(photos)
        if count < step:
            photos = np.concatenate((photos, np.zeros((step - count, *photos.shape[1:]), np.uint8)))
        outputs = self._run({self._spec.input.name: prepare(photos, self._spec.input)})
        looks = read_outputs(outputs, self._spec, step)
        return Looks(looks.scores[:count], looks.heat[:count], looks.strangeness[:count]) if count < step else looks

    def _run(self, feed: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        try:
            values = self._session.run(self._outputs, feed)
        except Exception as error:  # noqa: BLE001  the engine raises classes of its own making
            raise RefusedModelError(_engine_words(error)) from None
        return dict(zip(self._outputs, values, strict=True))

    @cached_property
    def _session(self) -> Any:  # noqa: ANN401  the engine has no types
        import onnxruntime

        # Beside the session's own messages there are some on the machine, such as an unknown processor.
        onnxruntime.set_default_logger_severity(FATAL)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.log_severity_level = FATAL
        return onnxruntime.InferenceSession(self._data, options, providers=["CPUExecutionProvider"])


def check_files(onnx_path: Path, card_path: Path) -> tuple[CardFile, bytes, OnnxFile]:
    """Read a model and its card, and compare them; nothing is run.

    Raises:
        UnusableInputError: If one of them is not what it has to be.
    """
    data = read_file(onnx_path, MOST_BYTES)
    spec = read_card(card_path)
    found = hashlib.sha256(data).hexdigest()
    if found != spec.card.sha256:
        message = f"{onnx_path.name} is not the model of its card: its SHA-256 is {found}, the card says"
        raise UnusableInputError(f"{message} {spec.card.sha256}.", "Take both files from one place again.")
    try:
        file = read_onnx(data)
        require_fit(file, spec)
    except RefusedModelError as error:
        raise _refused(onnx_path.name, error) from None
    return spec, data, file


def prepare(photos: NDArray[np.uint8], spec: InputSpec) -> NDArray[Any]:
    """Photos as the model takes them: its layout, type and scale."""
    values: NDArray[Any] = photos
    if spec.dtype == "float32":
        std = np.array(spec.std, np.float64)
        scaled = photos.astype(np.float32)
        scaled *= np.asarray(spec.scale / std, np.float32)
        scaled -= np.asarray(np.array(spec.mean) / std, np.float32)
        values = scaled
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2) if spec.layout == "NCHW" else values)


def _engine_words(error: Exception) -> str:
    """The engine's reason in one line without its places in source files."""
    words = " ".join(str(error).split())
    reason = words.rpartition("Status Message: ")[2].rpartition("onnxruntime::")[2]
    return f"it does not run: {reason[:160] or type(error).__name__}"


def _refused(name: str, error: RefusedModelError) -> UnusableInputError:
    return UnusableInputError(f"{name} is refused: {error}.", HINT)
