"""Writes a trained network as one ONNX file that takes photos as they are and gives calibrated probabilities."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from realestate.training.backbone import LAYERS, BackboneFile, Layers
from realestate.training.linear_head import LinearHead, pooled
from realestate.training.measuring import Calibration
from realestate.training.network import CUT, FINE, Upper, pool
from realestate.training.quantizing import quantize_model
from realestate.training.views import SIDE

OPSET = 17


@dataclass(frozen=True, slots=True)
class Familiar:
    """The features of photos seen in training: what lies far from their main directions is strange.

    Attributes:
        mean: float32 (features,), of the mean feature of a photo.
        directions: float32 (features, kept), orthonormal.
        scale: Distance that 1.0 of strangeness stands for.
        farthest: Strangeness of the strangest photo that distances were measured on.
    """

    mean: NDArray[np.float32]
    directions: NDArray[np.float32]
    scale: float
    farthest: float


@dataclass(frozen=True, slots=True)
class Parts:
    """What a trained model is made of.

    Attributes:
        backbone: As it came: its layers below the cut serve both branches, those above it the linear head.
        upper: The branch that was trained.
        head: On the pooled features of the backbone.
    """

    backbone: BackboneFile
    upper: Upper
    head: LinearHead


class Judge(nn.Module):
    """Photos to logits, (batch, classes), and the heat map of logits of the trained branch."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.lower = Layers(parts.backbone, last=CUT)
        self.frozen = Layers(parts.backbone, after=CUT, keep=FINE)
        self.upper = parts.upper
        self.weight = nn.Parameter(torch.from_numpy(parts.head.weight), requires_grad=False)
        self.bias = nn.Parameter(torch.from_numpy(parts.head.bias), requires_grad=False)

    def forward(self, photos: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Take uint8 (batch, side, side, 3); the third output is the mean feature of the trained branch."""
        below, _ = self.lower(scaled(photos))
        frozen_coarse, frozen_fine = self.frozen(below)
        untouched = pooled(below, frozen_fine, frozen_coarse)
        coarse, fine = self.upper.features(below)
        heat = self.upper.heat(coarse, fine)
        return pool(heat) + untouched @ self.weight + self.bias, heat, coarse.mean(dim=(2, 3))


class LogitsOnly(nn.Module):
    """A judge for measuring."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.judge = Judge(parts)

    def forward(self, photos: torch.Tensor) -> torch.Tensor:
        """Logits (batch, classes)."""
        logits: torch.Tensor = self.judge(photos)[0]
        return logits


class Shipped(nn.Module):
    """Photos in, probabilities out; everything a user of the model would otherwise have to know is inside."""

    def __init__(self, parts: Parts, calibration: Calibration, local: Calibration, familiar: Familiar) -> None:
        super().__init__()
        self.judge = Judge(parts)
        self.slope = nn.Parameter(torch.from_numpy(calibration.slope), requires_grad=False)
        self.offset = nn.Parameter(torch.from_numpy(calibration.offset), requires_grad=False)
        self.local_slope = nn.Parameter(torch.from_numpy(local.slope)[:, None, None], requires_grad=False)
        self.local_offset = nn.Parameter(torch.from_numpy(local.offset)[:, None, None], requires_grad=False)
        self.mean = nn.Parameter(torch.from_numpy(familiar.mean), requires_grad=False)
        self.directions = nn.Parameter(torch.from_numpy(familiar.directions), requires_grad=False)
        self.scale = familiar.scale

    def forward(self, photos: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """``scores`` (batch, classes), ``heat`` (batch, classes, rows, columns), ``strangeness`` (batch,)."""
        logits, heat, feature = self.judge(photos)
        scores = torch.sigmoid(logits * self.slope + self.offset)
        return scores, torch.sigmoid(heat * self.local_slope + self.local_offset), self._strangeness(feature)

    def _strangeness(self, feature: torch.Tensor) -> torch.Tensor:
        away = feature - self.mean
        left = away - functional.linear(functional.linear(away, self.directions.T), self.directions)
        return left.norm(dim=1) / self.scale


class Lower(nn.Module):
    """Photos to features at the cut, float16."""

    def __init__(self, backbone: BackboneFile) -> None:
        super().__init__()
        self.layers = Layers(backbone, last=CUT)

    def forward(self, photos: torch.Tensor) -> torch.Tensor:
        """Take uint8 (batch, side, side, 3)."""
        return self.layers(scaled(photos))[0].half()


def scaled(photos: torch.Tensor) -> torch.Tensor:
    """Float32 (batch, 3, side, side), -1 to 1, as MobileNetV2 takes them."""
    return photos.permute(0, 3, 1, 2).float() / 127.5 - 1.0


def export_lower(backbone: BackboneFile, file: Path) -> None:
    """Write the frozen layers alone, for computing features."""
    _export(Lower(backbone), file, ["features"])


def export_judge(parts: Parts, squares: Iterable[NDArray[np.uint8]], file: Path) -> None:
    """Write what measures a network: quantized as the model that ships, with logits as its only output."""
    _export(LogitsOnly(parts), file, ["logits"])
    quantize_model(file, squares, file)


def export_model(
    parts: Parts,
    calibration: Calibration,
    local: Calibration,
    familiar: Familiar,
    squares: Iterable[NDArray[np.uint8]] | None,
    file: Path,
) -> None:
    """Write the whole model with the list of its layers, so that it can be trained further.

    Args:
        parts: What it is made of.
        calibration: Of its logits.
        local: Of the trained branch alone, which says where damage is.
        familiar: Features of the photos it was trained on.
        squares: Some of these photos, uint8 RGB (side, side, 3), to quantize it by; with 32 bits when ``None``.
        file: Where to write.
    """
    import onnx

    _export(Shipped(parts, calibration, local, familiar), file, ["scores", "heat", "strangeness"])
    if squares is not None:
        quantize_model(file, squares, file)
    model = onnx.load(str(file))
    backbone = parts.backbone
    described = {"layers": backbone.layers, "input": backbone.start, "features": backbone.end}
    model.metadata_props.add(key=LAYERS, value=json.dumps(described, separators=(",", ":")))
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(file))


def _export(module: nn.Module, file: Path, outputs: list[str]) -> None:
    """The batch is dynamic, the side of a photo is fixed."""
    photos = torch.zeros(1, SIDE, SIDE, 3, dtype=torch.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter of old is deprecated; the new one needs another package
        torch.onnx.export(
            module.eval(),
            (photos,),
            str(file),
            input_names=["photos"],
            output_names=outputs,
            dynamic_axes={name: {0: "batch"} for name in ["photos", *outputs]},
            opset_version=OPSET,
            dynamo=False,
        )
