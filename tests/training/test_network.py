"""The network, where torch is: shapes, learning, and an exported model that says the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("torch", reason="torch comes with the extra train: pip install 'realestate[train]'")
pytest.importorskip("onnx", reason="onnx comes with the extra train: pip install 'realestate[train]'")

from invented_photos import invented

from realestate.domain.repairs.taxonomy import CLASSES
from realestate.training.backbone import BackboneFile, read_exported, read_shipped
from realestate.training.exporting import Familiar, Parts, export_judge, export_lower, export_model
from realestate.training.features import lower_runner
from realestate.training.folds import folds
from realestate.training.learning import Material, learn, predict_logits
from realestate.training.linear_head import FEATURES, LinearHead, fit_linear_head, pooled
from realestate.training.measuring import Calibration
from realestate.training.network import Upper
from realestate.training.planning import PLAIN, plan_views
from realestate.training.quantizing import run_logits
from realestate.training.views import SIDE


def material() -> Material:
    """Features in which the first channel tells cracks."""
    photos = invented(80)
    plan = plan_views(photos, folds(photos), seed=1)
    features = np.random.default_rng(1).normal(0, 0.3, (len(plan.photo), 32, 32, 32)).astype(np.float16)
    features[plan.labels[:, 0] == 1, 0] += 4
    return Material(photos, plan, features, np.arange(80))


def squares() -> list[NDArray[np.uint8]]:
    """The drawn photos of the examples: on noise the ranges of values between layers are not those of photos."""
    import cv2

    files = sorted((Path(__file__).parents[2] / "examples" / "photos").glob("*.jpg"))
    read = [np.asarray(cv2.imread(str(file), cv2.IMREAD_COLOR_RGB), np.uint8) for file in files]
    return [np.asarray(cv2.resize(one, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8) for one in read]


def parts(backbone: BackboneFile, network: Upper) -> Parts:
    """A network beside a linear head that says nothing."""
    return Parts(backbone, network, LinearHead(np.zeros((FEATURES, 8), np.float32), np.zeros(8, np.float32)))


def test_a_linear_head_learns_what_features_tell_and_leaves_out_what_is_unknown() -> None:
    chance = np.random.default_rng(1)
    features = chance.normal(3, 2, (300, 20)).astype(np.float32)
    labels = np.repeat((features[:, :1] > 3).astype(np.int8), len(CLASSES), axis=1)
    labels[:, 1] = np.where(features[:, 1] > 3, -1, labels[:, 1])
    logits = fit_linear_head(features, labels).logits(features)

    assert ((logits[:, 0] > 0) == (labels[:, 0] == 1)).mean() > 0.95
    assert ((logits[:, 1] > 0) == (labels[:, 0] == 1)).mean() > 0.9


def test_pooled_features_are_means_and_spreads_of_every_map() -> None:
    import torch

    maps = [torch.rand(2, channels, side, side) for channels, side in ((3, 8), (5, 4))]
    found = pooled(*maps)

    assert found.shape == (2, 16)
    assert torch.allclose(found[:, :3], maps[0].mean(dim=(2, 3)))
    assert torch.allclose(found[:, 11:], maps[1].std(dim=(2, 3), correction=0), atol=1e-5)


def test_a_run_learns_what_the_features_tell() -> None:
    given = material()
    plain = np.flatnonzero(given.plan.other == PLAIN)
    network = learn(read_shipped(), given, steps=30, seed=1)
    logits = predict_logits(network, given.features, plain)[:, CLASSES.index("crack")]
    cracked = given.photos.labels[:, 0]
    assert logits[cracked == 1].mean() > logits[cracked == 0].mean() + 1


def test_the_exported_model_answers_in_probabilities_for_any_number_of_photos(tmp_path: Path) -> None:
    import onnxruntime

    backbone, given = read_shipped(), material()
    network = learn(backbone, given, steps=1, seed=1)
    calibration = Calibration(np.ones(8, np.float32), np.zeros(8, np.float32))
    familiar = Familiar(np.zeros(1280, np.float32), np.eye(1280, 64, dtype=np.float32), 1.0, 1.2)
    export_model(parts(backbone, network), calibration, calibration, familiar, squares(), tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    side = session.get_inputs()[0].shape[1]
    for count in (1, 3):
        scores, heat, strangeness = session.run(None, {"photos": np.zeros((count, side, side, 3), np.uint8)})
        assert scores.shape == (count, len(CLASSES))
        assert heat.shape[:2] == (count, len(CLASSES))
        assert strangeness.shape == (count,)
        assert ((scores >= 0) & (scores <= 1)).all()


def test_a_quantized_network_says_about_what_it_said_before(tmp_path: Path) -> None:
    import torch

    torch.manual_seed(1)
    backbone = read_shipped()
    network = Upper(backbone)
    for head in (network.coarse, network.fine):
        torch.nn.init.normal_(head.weight, 0, 0.03)
    views = np.stack(squares())
    export_lower(backbone, tmp_path / "lower.onnx")
    below = lower_runner(tmp_path / "lower.onnx")(views)
    before = predict_logits(network, below, np.arange(len(views)))
    export_judge(parts(backbone, network), squares(), tmp_path / "judge.onnx")
    after = run_logits(tmp_path / "judge.onnx", views)

    assert np.abs(after - before).max() < 0.5
    assert min(np.corrcoef(one, other)[0, 1] for one, other in zip(before.T, after.T, strict=True)) > 0.9


def test_a_quantized_model_can_be_trained_further(tmp_path: Path) -> None:
    backbone, given = read_shipped(), material()
    network = learn(backbone, given, steps=1, seed=1)
    calibration = Calibration(np.ones(8, np.float32), np.zeros(8, np.float32))
    familiar = Familiar(np.zeros(1280, np.float32), np.eye(1280, 64, dtype=np.float32), 1.0, 1.2)
    export_model(parts(backbone, network), calibration, calibration, familiar, squares(), tmp_path / "model.onnx")
    again = read_exported(tmp_path / "model.onnx")
    learnt = {f"{name}.weight": conv.weight.detach().numpy() for name, conv in network.layers.convs.items()}

    assert again.layers == backbone.layers
    assert set(again.weights) == set(backbone.weights)
    for name, weight in learnt.items():
        assert np.abs(again.weights[name] - weight).max() <= 0.02 * np.abs(weight).max()
