"""Calibration and thresholds on invented logits whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from invented_photos import ROOMS, invented

from realestate.domain.repairs.taxonomy import CLASSES
from realestate.training.false_alarms import quieten
from realestate.training.measuring import (
    LEAST_POSITIVES,
    best_f1_threshold,
    calibrate,
    choose_thresholds,
    probabilities,
)


def test_calibrated_probabilities_mean_what_they_say() -> None:
    chance = np.random.default_rng(2)
    true_logit = chance.normal(0, 2, (20_000, len(CLASSES)))
    labels = (chance.random(true_logit.shape) < 1 / (1 + np.exp(-true_logit))).astype(np.int8)
    shifted = (true_logit * 3 + 5).astype(np.float32)
    scores = probabilities(shifted, calibrate(shifted, labels))
    for low in (0.1, 0.3, 0.5, 0.7):
        near = (scores >= low) & (scores < low + 0.1)
        assert labels[near].mean() == pytest.approx(scores[near].mean(), abs=0.02)


def test_unknown_labels_count_for_nothing() -> None:
    chance = np.random.default_rng(2)
    logits = chance.normal(size=(400, len(CLASSES))).astype(np.float32)
    labels = (logits > 0).astype(np.int8)
    fitted = calibrate(logits, labels)
    more = np.vstack([logits, np.full((100, len(CLASSES)), 9, np.float32)])
    unknown = np.vstack([labels, np.full((100, len(CLASSES)), -1, np.int8)])
    assert calibrate(more, unknown).slope == pytest.approx(fitted.slope)


def test_the_best_threshold_lies_between_right_and_wrong() -> None:
    scores = np.array([0.9, 0.8, 0.4, 0.3], dtype=np.float32)
    shown = np.array([True, True, False, False])
    assert best_f1_threshold(scores, shown, np.ones(4, dtype=np.intp)) == pytest.approx(0.6)


def test_a_class_with_few_photos_gets_no_threshold_and_asks_for_an_inspection() -> None:
    photos = invented(600)
    scores = np.clip(photos.labels, 0, 1).astype(np.float32) * 0.8 + 0.1
    thresholds = choose_thresholds(scores, photos)
    for c, name in enumerate(CLASSES):
        enough = (photos.labels[:, c] == 1).sum() >= LEAST_POSITIVES
        assert (thresholds.report[name] is not None) == enough
        assert (name in thresholds.inspect) != enough


def test_a_source_that_is_flagged_too_often_raises_the_threshold_that_costs_least() -> None:
    photos = invented(400)
    shown = photos.labels == 1
    scores = np.where(shown, 0.9, 0.1).astype(np.float32)
    rooms = np.flatnonzero((photos.sources == ROOMS) & (photos.labels[:, :2] == 0).all(axis=1) & ~shown.any(axis=1))
    scores[rooms[:20], 0] = 0.6
    raised = quieten(np.full(len(CLASSES), 0.5), scores, photos)
    assert 0.6 < raised[0] < 0.9
    assert (raised[1:] == 0.5).all()


def test_quiet_is_not_bought_with_what_is_found() -> None:
    photos = invented(400)
    shown = photos.labels == 1
    scores = np.where(shown, 0.6, 0.1).astype(np.float32)
    rooms = np.flatnonzero((photos.sources == ROOMS) & (photos.labels[:, :2] == 0).all(axis=1) & ~shown.any(axis=1))
    scores[rooms[:20], 0] = 0.95
    assert (quieten(np.full(len(CLASSES), 0.5), scores, photos) == 0.5).all()
