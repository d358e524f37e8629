"""The damage network: MobileNetV2 with a heat map per class on two scales, pooled to one score per photo."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from realestate.domain.repairs.taxonomy import CLASSES
from realestate.training.backbone import BackboneFile, Layers

CUT = "conv11"
"""Up to here layers are frozen: edges and colours serve damage as they serve anything else, and their features can be
computed once per view (float16, 32 channels at 1/8)."""
FINE = "conv39"
"""Its 576 channels at 1/16 see what is too small for the last features at 1/32, such as a crack or litter."""

_FINE_CHANNELS, _COARSE_CHANNELS = 576, 1280
_DROPPED = 0.2
_SHARPNESS = 3.0


class Upper(nn.Module):
    """What is trained: all layers above the cut, and the heads.

    Takes float32 (batch, 32, rows, columns) and gives logits (batch, classes) and a heat map of logits
    (batch, classes, rows / 2, columns / 2).
    """

    def __init__(self, backbone: BackboneFile) -> None:
        super().__init__()
        self.layers = Layers(backbone, after=CUT, keep=FINE)
        self.coarse = nn.Conv2d(_COARSE_CHANNELS, len(CLASSES), 1)
        self.fine = nn.Conv2d(_FINE_CHANNELS, len(CLASSES), 1)
        for head, bias in ((self.coarse, -3.0), (self.fine, 0.0)):  # at first nothing is damaged
            nn.init.normal_(head.weight, 0, 0.003)
            nn.init.constant_(head.bias, bias)  # type: ignore[arg-type]

    def forward(self, below: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits per photo, and where they come from."""
        coarse, fine = self.features(below)
        coarse = functional.dropout2d(coarse, _DROPPED, self.training)
        fine = functional.dropout2d(fine, _DROPPED, self.training)
        heat = self.heat(coarse, fine)
        return pool(heat), heat

    def features(self, below: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The features that the heads look at, at 1/32 and 1/16."""
        coarse, fine = self.layers(below)
        return coarse, fine

    def heat(self, coarse: torch.Tensor, fine: torch.Tensor) -> torch.Tensor:
        """Local logits on the finer grid."""
        near = self.fine(fine)
        wide = functional.interpolate(self.coarse(coarse), size=near.shape[-2:], mode="bilinear", align_corners=False)
        return near + wide


def pool(heat: torch.Tensor) -> torch.Tensor:
    """One logit per class: half the mean, half a soft maximum, so that both wide and small damage count."""
    flat = heat.flatten(2)
    size = torch.log(torch.tensor(float(flat.shape[2])))
    peak = (torch.logsumexp(flat * _SHARPNESS, dim=2) - size) / _SHARPNESS
    return 0.5 * flat.mean(dim=2) + 0.5 * peak
