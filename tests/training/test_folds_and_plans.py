"""Folds tear no parent apart and plans mix no folds."""

from __future__ import annotations

import numpy as np
from invented_photos import ROOMS, WALLS, invented

from realestate.domain.repairs.taxonomy import CLASSES
from realestate.training.folds import folds
from realestate.training.planning import PLAIN, plan_views


def test_photos_of_one_parent_share_a_fold() -> None:
    photos = invented()
    fold = folds(photos)
    for parent in set(photos.parents.tolist()):
        assert len(set(fold[photos.parents == parent].tolist())) == 1


def test_every_fold_has_its_share_of_each_class_and_source() -> None:
    photos = invented(600)
    fold = folds(photos)
    shown = (photos.labels == 1).astype(int)
    for k in range(5):
        share = shown[fold == k].sum(axis=0) / np.maximum(shown.sum(axis=0), 1)
        assert (np.abs(share - 0.2) < 0.1)[shown.sum(axis=0) >= 20].all()
        assert abs((photos.sources[fold == k] == WALLS).mean() - 0.5) < 0.1


def test_the_order_of_files_decides_nothing() -> None:
    photos = invented()
    order = np.random.default_rng(1).permutation(len(photos.known))
    assert (folds(photos.some(order)) == folds(photos)[order]).all()


def test_a_pasted_view_joins_photos_of_one_fold() -> None:
    photos = invented()
    fold = folds(photos)
    plan = plan_views(photos, fold, seed=1)
    assert plan.pasted.any()
    assert (fold[plan.photo[plan.pasted]] == fold[plan.other[plan.pasted]]).all()


def test_walls_are_pasted_into_sound_rooms() -> None:
    photos = invented()
    plan = plan_views(photos, folds(photos), seed=1)
    assert set(photos.sources[plan.photo[plan.pasted]].tolist()) == {ROOMS}
    assert set(photos.sources[plan.other[plan.pasted]].tolist()) == {WALLS}


def test_a_pasted_view_shows_what_either_photo_shows_and_knows_what_both_know() -> None:
    photos = invented()
    plan = plan_views(photos, folds(photos), seed=1)
    one, other = photos.labels[plan.photo[plan.pasted]], photos.labels[plan.other[plan.pasted]]
    seen = plan.labels[plan.pasted]
    assert ((seen == 1) == ((one == 1) | (other == 1))).all()
    assert ((seen == 0) == ((one == 0) & (other == 0))).all()


def test_each_photo_has_one_plain_view_and_rare_damage_has_more_views() -> None:
    photos = invented(600)
    photos.labels[:, CLASSES.index("roof_damage")] = 0
    photos.labels[0, CLASSES.index("roof_damage")] = 1
    plan = plan_views(photos, folds(photos), seed=1)
    assert sorted(plan.photo[plan.other == PLAIN].tolist()) == list(range(600))
    alone = plan.photo[~plan.pasted]
    sound = np.flatnonzero((photos.labels != 1).all(axis=1))[0]
    assert (alone == 0).sum() > 2 * (alone == sound).sum()
