"""Where photo models are: the shipped one in the package, a user's own in the data folder, each with its card."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from realestate.adapters.damage_model import MOST_BYTES, DamageModel, check_files
from realestate.adapters.model_cards import NAME, CardFile, read_card
from realestate.adapters.model_trial import try_apart
from realestate.adapters.plain_files import read_file
from realestate.errors import UnusableInputError, UsageError

SHIPPED = "damage"
ONNX, CARD, TRIED = "model.onnx", "card.json", "tried.json"
LIST = "See: realestate models list"


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model and its card; the shipped one is trusted as the code around it is."""

    name: str
    onnx: Path
    card: Path
    shipped: bool = False

    @property
    def tried(self) -> bool:
        """Whether it ran here before; what was changed since shows when it is next made ready."""
        return self.shipped or self.tried_file.is_file()

    @property
    def tried_file(self) -> Path:
        """Says for which bytes, and by which version of the engine, the trial was passed."""
        return self.onnx.parent / TRIED

    def read_card(self) -> CardFile:
        """The card.

        Raises:
            UnusableInputError: If it is missing or says something that cannot be.
        """
        return read_card(self.card)


class ModelShelf:
    """Finds, checks and takes in models.

    Args:
        folder: One folder for each model of the user, by its name.
        packaged: Folder of the shipped model; that of the package when omitted.
    """

    def __init__(self, folder: Path, packaged: Path | None = None) -> None:
        self._folder = folder
        self._packaged = packaged or Path(str(files("realestate") / "models"))

    def all(self) -> Iterator[ModelFiles]:
        """The shipped model, then the user's by name."""
        shipped = self._shipped()
        if shipped.card.is_file():
            yield shipped
        for path in sorted(self._folder.glob(f"*/{CARD}")):
            if NAME.fullmatch(path.parent.name):
                yield self._own(path.parent.name)

    def find(self, name: str) -> ModelFiles:
        """The files of a model, not yet checked.

        Raises:
            UsageError: If there is no such model.
            UnusableInputError: If the shipped one is missing.
        """
        if name == SHIPPED:
            if not self._shipped().onnx.is_file():
                raise UnusableInputError(
                    "The shipped model is not in this installation.", "pip install --force-reinstall realestate"
                )
            return self._shipped()
        if not NAME.fullmatch(name) or not self._own(name).card.is_file():
            raise UsageError(f"There is no model {name!r}.", LIST)
        return self._own(name)

    def files_at(self, onnx: Path, card: Path) -> ModelFiles:
        """Files that are not on the shelf."""
        return ModelFiles(onnx.stem, onnx, card)

    def ready(self, name: str) -> ModelFiles:
        """The files of a model that may be run: one of the user's was tried apart, once for each of its versions.

        Raises:
            UsageError: If there is no such model.
            UnusableInputError: If it is refused.
        """
        model = self.find(name)
        if not model.shipped and _fingerprint(model) != _tried(model):
            self.try_out(model)
            _write(model.tried_file, json.dumps(_fingerprint(model)).encode())
        return model

    def try_out(self, model: ModelFiles) -> None:
        """Check a model and run it; one that is not shipped in a process of its own.

        Raises:
            UnusableInputError: If it is refused.
        """
        if model.shipped:
            DamageModel.load(model.onnx, model.card)
        else:
            check_files(model.onnx, model.card)
            try_apart(model.onnx, model.card)

    def add(self, onnx: Path, card: Path, name: str | None = None, *, replace: bool = False) -> ModelFiles:
        """Take a user's model in, once it has been checked and tried; what is on the shelf stays until then.

        Raises:
            UsageError: If the name is taken or cannot be one.
            UnusableInputError: If the model is refused.
        """
        data, document = read_file(onnx, MOST_BYTES), dict(read_card(card).document)
        chosen = name or str(document["name"])
        if chosen == SHIPPED or not NAME.fullmatch(chosen):
            raise UsageError(
                f"A model cannot be called {chosen!r}.", "Name it: --name roofs; small letters, digits, - _"
            )
        kept = self._own(chosen)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(prefix=".", dir=self._folder) as scratch:
            new = ModelFiles(chosen, Path(scratch) / "a" / onnx.name, Path(scratch) / "b" / card.name)
            _write(new.onnx, data)
            _write(new.card, json.dumps({**document, "name": chosen}, ensure_ascii=False, indent=1).encode())
            if kept.card.is_file() and _fingerprint(new) == _fingerprint(kept):
                return kept
            if kept.card.is_file() and not replace:
                raise UsageError(f"There is a model {chosen!r} already.", "Name it: --name NAME, or add --replace")
            self.try_out(new)
            self._put(new, kept)
        return kept

    def _put(self, new: ModelFiles, kept: ModelFiles) -> None:
        """Move a model into its place, which is a whole model at any moment; ``new`` lies in a folder that goes."""
        folder, place = new.onnx.parent, kept.onnx.parent
        _write(folder / TRIED, json.dumps(_fingerprint(new)).encode())
        new.card.rename(folder / CARD)
        new.onnx.rename(folder / ONNX)
        if place.exists():
            place.rename(folder.parent / "old")
        folder.rename(place)

    def _own(self, name: str) -> ModelFiles:
        return ModelFiles(name, self._folder / name / ONNX, self._folder / name / CARD)

    def _shipped(self) -> ModelFiles:
        return ModelFiles(SHIPPED, self._packaged / f"{SHIPPED}.onnx", self._packaged / f"{SHIPPED}.json", shipped=True)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)


def _fingerprint(model: ModelFiles) -> dict[str, str]:
    """What a trial holds for: this file, this card, this version of the engine."""
    from importlib.metadata import version

    parts = {"onnx": model.onnx, "card": model.card}
    digests = {part: hashlib.sha256(read_file(path, MOST_BYTES)).hexdigest() for part, path in parts.items()}
    return {**digests, "onnxruntime": version("onnxruntime")}


def _tried(model: ModelFiles) -> object:
    try:
        return json.loads(model.tried_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
