"""Weights as they are kept: whole after a way through JSON, and told apart by what they say."""

from __future__ import annotations

import json
from dataclasses import replace

from realestate.adapters.reference_data import score_model
from realestate.domain.leads.score_models import as_record, from_record, named_by_content

MODEL = score_model()


def test_a_kept_model_is_the_same_after_a_way_through_json() -> None:
    kept = json.loads(json.dumps(as_record(MODEL)))

    assert from_record(MODEL.version, kept) == MODEL


def test_a_version_tells_edited_weights_of_one_name_apart() -> None:
    plain = replace(MODEL, version="2026-11")
    vacant = replace(MODEL.rules["vacant"], weight=0.16)
    edited = replace(plain, rules={**plain.rules, "vacant": vacant})
    turned = replace(plain, rules=dict(reversed(plain.rules.items())))

    assert named_by_content(plain).version == MODEL.version
    assert named_by_content(turned).version == MODEL.version
    assert named_by_content(edited).version not in {MODEL.version, "2026-11"}
    assert named_by_content(edited).version.startswith("2026-11.")
