"""MobileNetV2 in torch, from its layer list and weights, or from a model this project exported before."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from realestate.errors import UnusableInputError

Layer = dict[str, Any]

LAYERS = "layers"
"""Key under which an exported model names its layers."""
_WEIGHT = re.compile(r"(frozen|lower|upper\.layers)\.convs\.(conv\d+\.(?:weight|bias))(_quantized)?$")


@dataclass(frozen=True, slots=True)
class BackboneFile:
    """The layers in order, where they begin and end, and their weights by name.

    Attributes:
        layers: As in ``mobilenet_v2.json``: ``conv`` (name, input, output, kernel, stride, groups, relu6) and
            ``add`` (inputs, output); tensors are numbered.
        start: Number of the input tensor, float32 (batch, 3, height, width), -1 to 1.
        end: Number of the feature tensor, (batch, 1280, height / 32, width / 32).
        weights: ``NAME.weight`` and ``NAME.bias`` for every convolution, batch norm folded in.
    """

    layers: list[Layer]
    start: int
    end: int
    weights: dict[str, NDArray[np.float32]]


def read_backbone(folder: Path) -> BackboneFile:
    """Read ``mobilenet_v2.json`` and ``mobilenet_v2.npz``.

    Raises:
        UnusableInputError: If one of them is not there.
    """
    try:
        described = json.loads((folder / "mobilenet_v2.json").read_text(encoding="utf-8"))
        with np.load(folder / "mobilenet_v2.npz") as stored:
            weights = {name: stored[name].astype(np.float32) for name in stored.files}
    except FileNotFoundError as missing:
        raise UnusableInputError(
            f"The backbone lacks {Path(str(missing.filename)).name}.",
            "Name the folder of mobilenet_v2.json and .npz: realestate models train --backbone FOLDER",
        ) from None
    return BackboneFile(described["layers"], described["input"], described["features"], weights)


def read_shipped() -> BackboneFile:
    """The backbone of the model that ships with the package, as it was trained."""
    return read_exported(Path(str(files("realestate") / "models" / "damage.onnx")))


def read_exported(file: Path) -> BackboneFile:
    """The backbone of a model that was trained here.

    Raises:
        UnusableInputError: If the model does not name its layers.
    """
    import onnx

    model = onnx.load(str(file))
    told = {entry.key: entry.value for entry in model.metadata_props}
    if LAYERS not in told:
        raise UnusableInputError(f"{file.name} does not say of what layers it is made.", "Use --backbone FOLDER")
    described = json.loads(told[LAYERS])
    arrays = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}
    found = [(match, name) for name in arrays if (match := _WEIGHT.search(name))]
    # A weight that training left as it came is written once, under the untouched branch's name.
    found.sort(key=lambda pair: pair[0][1] != "frozen")
    weights = {match[2]: _whole(arrays, name) for match, name in found}
    return BackboneFile(described["layers"], described["input"], described["features"], weights)


def _whole(arrays: Mapping[str, NDArray[np.generic]], name: str) -> NDArray[np.float32]:
    """A weight with 32 bits; a quantized one has a scale for each output channel and is zero at zero."""
    weight = arrays[name].astype(np.float32)
    scale = arrays.get(f"{name.removesuffix('_quantized')}_scale")
    if scale is None:
        scale = arrays.get(f"{name}_scale", np.ones(1, np.float32))
    return weight * scale.astype(np.float32).reshape(-1, *[1] * (weight.ndim - 1))


class Layers(nn.Module):
    """A stretch of the backbone.

    Args:
        backbone: Where layers and weights come from.
        after: Name of the convolution whose output is the input here; the photo itself when omitted.
        last: Name of the convolution with which the stretch ends.
        keep: Name of a convolution whose output is returned as well.
    """

    def __init__(
        self, backbone: BackboneFile, after: str | None = None, last: str | None = None, keep: str = ""
    ) -> None:
        super().__init__()
        names = [layer.get("name") for layer in backbone.layers]
        begin = names.index(after) + 1 if after else 0
        end = names.index(last) + 1 if last else len(names)
        self._layers = backbone.layers[begin:end]
        self._start = backbone.layers[begin - 1]["output"] if after else backbone.start
        self._keep = keep
        self.convs = nn.ModuleDict({one["name"]: _conv(one, backbone) for one in self._layers if one["op"] == "conv"})

    def forward(self, tensor: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The last tensor, and the kept one (the last again when none was asked for)."""
        tensors = {self._start: tensor}
        kept = tensor
        for layer in self._layers:
            if layer["op"] == "add":
                one, other = layer["inputs"]
                value = tensors[one] + tensors[other]
            else:
                value = self._convolve(layer, tensors[layer["input"]])
            tensors[layer["output"]] = value
            if layer.get("name") == self._keep:
                kept = value
        return value, kept if self._keep else value

    def _convolve(self, layer: Layer, value: torch.Tensor) -> torch.Tensor:
        if layer["kernel"] == 3 and layer["stride"] == 2:
            value = functional.pad(value, (0, 1, 0, 1))
        value = self.convs[layer["name"]](value)
        return functional.relu6(value) if layer["relu6"] else value


def _conv(layer: Layer, backbone: BackboneFile) -> nn.Conv2d:
    weight = torch.from_numpy(backbone.weights[f"{layer['name']}.weight"].copy())
    kernel, stride, groups = layer["kernel"], layer["stride"], layer["groups"]
    padding = 1 if kernel == 3 and stride == 1 else 0
    conv = nn.Conv2d(weight.shape[1] * groups, weight.shape[0], kernel, stride, padding, groups=groups)
    with torch.no_grad():
        conv.weight.copy_(weight)
        bias = backbone.weights[f"{layer['name']}.bias"]
        assert conv.bias is not None  # noqa: S101 - tells the type checker what the constructor made
        conv.bias.copy_(torch.from_numpy(bias.copy()))
    return conv
