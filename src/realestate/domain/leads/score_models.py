"""Score models as plain records, so that a score of the past can be explained by the weights of its time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from realestate.domain.leads.scoring import ScoreModel, SignalRule

DIGITS = 8
"""Of the digest; two sets of weights share them once in four thousand million."""


def named_by_content(model: ScoreModel) -> ScoreModel:
    """Give a model whose version tells its weights apart from any others, also from edited ones of the same name."""
    text = json.dumps(as_record(model), sort_keys=True)
    digest = hashlib.blake2b(text.encode()).hexdigest()[:DIGITS]
    return replace(model, version=f"{model.version}.{digest}")


def as_record(model: ScoreModel) -> dict[str, Any]:
    """Write a model without its version, in lists, texts and numbers."""
    record = asdict(model)
    del record["version"]
    record["attributes"] = sorted(model.attributes)
    return record


def from_record(version: str, record: Mapping[str, Any]) -> ScoreModel:
    """Read what :func:`as_record` wrote, also after a way through JSON."""
    return ScoreModel(
        version=version,
        rules={name: _rule(kept) for name, kept in record["rules"].items()},
        attributes=frozenset(record["attributes"]),
        suppressors=dict(record["suppressors"]),
        equity_steps=tuple((share, factor) for share, factor in record["equity_steps"]),
    )


def _rule(kept: Mapping[str, Any]) -> SignalRule:
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    return SignalRule(**fields)
