"""Learn from a market's own history what makes its buyers buy again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from realestate.domain.buyers.market import PRIOR, Market
from realestate.domain.buyers.purchases import PurchaseTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]

REPEAT = 2
"""Purchases before a buyer's next one is worth learning from; one purchase is mostly a home."""

SNAPSHOTS = 4
FIRST_SNAPSHOT = 0.3
"""Share of the history that is only ever learnt from."""

EXAMPLES = 250
"""Purchases learnt from per snapshot, at most."""

PUPILS = 30_000
"""Buyers whose purchases are learnt from, at most: habits of so many are those of a million."""

RIVALS = 1_000
"""Buyers each purchase is compared with, at most; the others are drawn evenly."""

TRUST_IN_PRIOR = 60.0
"""Ridge towards the prior weights: about so many purchases must speak before they move far."""

STEPS = 12


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a market taught.

    Attributes:
        weights: One weight per feature of ``market.PRIOR``.
        examples: Purchases learnt from; 0 means that the prior weights stand.
    """

    weights: Mapping[str, float]
    examples: int = 0


@dataclass(slots=True)
class _Lesson:
    """Purchases after a snapshot: features (example, rival, feature), offsets of drawn rivals, weights.

    The true buyer is always rival 0.
    """

    features: Floats
    offsets: Floats
    weights: Floats


def learn(table: PurchaseTable, count: int) -> Ranking:
    """Fit the weights by time splits: what did repeat buyers buy after the history known until then?

    A conditional logit, each purchase a choice among the buyers known before it, drawn to the
    prior weights by a ridge. A buyer with many purchases counts by their square root, so that one
    big fund does not teach the ranking of all. The same table always gives the same weights.
    """
    names = list(PRIOR)
    table, count = _some_buyers(table, count)
    lessons = [lesson for start, end in _windows(table) if (lesson := _lesson(table, count, start, end, names))]
    examples = sum(len(lesson.weights) for lesson in lessons)
    if not examples:
        return Ranking(dict(PRIOR))
    fitted = _fit(lessons, [PRIOR[name] for name in names])
    return Ranking({name: round(float(weight), 4) for name, weight in zip(names, fitted, strict=True)}, examples)


def _some_buyers(table: PurchaseTable, count: int) -> tuple[PurchaseTable, int]:
    """The table of at most ``PUPILS`` buyers, drawn evenly, with all of their purchases."""
    import numpy as np

    if count <= PUPILS:
        return table, count
    position = np.full(count, -1)
    position[np.sort(np.random.default_rng(count).choice(count, PUPILS, replace=False))] = np.arange(PUPILS)
    own = position[np.asarray(table.buyer, np.int64)]
    kept = np.flatnonzero(own >= 0)
    return replace(table.rows(kept.tolist()), buyer=own[kept].tolist()), PUPILS


def _windows(table: PurchaseTable) -> list[tuple[float, float]]:
    """Up to four stretches of the later history, whole months of about equally many purchases.

    Whole months, because an auction lasts days: split in the middle, it would teach that
    whoever bought yesterday buys today.
    """
    import numpy as np

    days = np.asarray(table.day, np.float64)
    days = days[np.isfinite(days)]
    if not len(days):
        return []
    months = np.array([date.fromordinal(int(day)).replace(day=1).toordinal() for day in days])
    cuts = np.unique(np.quantile(months, np.linspace(FIRST_SNAPSHOT, 1, SNAPSHOTS + 1), method="nearest"))
    cuts = cuts[cuts > months.min()]
    ends = [*cuts[1:], days.max() + 1] if len(cuts) else []
    return [(float(start), float(end)) for start, end in zip(cuts, ends, strict=True)]


def _lesson(table: PurchaseTable, count: int, start: float, end: float, names: list[str]) -> _Lesson | None:
    """Purchases of repeat buyers in [start, end), seen from the history before it."""
    import numpy as np

    day, who = np.asarray(table.day, np.float64), np.asarray(table.buyer, np.int64)
    past = np.flatnonzero(day < start)
    bought = np.bincount(who[past], minlength=count)
    asked = np.flatnonzero((day >= start) & (day < end))
    asked = _spread(asked[bought[who[asked]] >= REPEAT], who, EXAMPLES)
    known = np.flatnonzero(bought)
    if not len(asked) or len(known) < 2:
        return None
    position = np.full(count, -1)
    position[known] = np.arange(len(known))
    earlier = replace(table.rows(past.tolist()), buyer=position[who[past]].tolist())
    market = Market(earlier, len(known))
    chosen = position[who[asked]]
    rows = [_compare(market, table, int(place), int(buyer), names) for place, buyer in zip(asked, chosen, strict=True)]
    features, offsets = (np.stack(parts) for parts in zip(*rows, strict=True))
    return _Lesson(features, offsets, (np.bincount(chosen)[chosen] ** -0.5).astype(np.float32))


def _spread(places: Ints, who: Ints, limit: int) -> Ints:
    """At most ``limit`` of the purchases: those of every buyer are thinned before anybody loses all of his."""
    import numpy as np

    mixed = np.random.default_rng(len(places)).permutation(places)
    mixed = mixed[np.argsort(who[mixed], kind="stable")]
    _, first, number = np.unique(who[mixed], return_index=True, return_counts=True)
    turn = np.arange(len(mixed)) - np.repeat(first, number) + 1
    order = np.argsort(turn / np.sqrt(np.repeat(number, number)), kind="stable")
    return np.sort(mixed[order[:limit]])


def _compare(market: Market, table: PurchaseTable, place: int, buyer: int, names: list[str]) -> tuple[Floats, Floats]:
    """Features of the true buyer and of his rivals for one purchase, and the log of how many each rival stands for.

    In a large market the likeliest rivals under the prior are all taken, the rest drawn evenly.
    """
    import numpy as np

    offer = table.offer(place)
    meeting = market.meet(offer, PRIOR)
    rivals, offsets = np.arange(market.count), np.zeros(market.count, np.float32)
    if market.count > RIVALS:
        rivals, offsets = _draw(meeting.log_odds(), place)
    others = rivals != buyer
    rivals = np.concatenate([[buyer], rivals[others]])[:RIVALS]
    offsets = np.concatenate([[0.0], offsets[others]]).astype(np.float32)[:RIVALS]
    found = meeting.features(rivals)
    blank = np.zeros(len(rivals), np.float32)
    return np.stack([found.get(name, blank) for name in names], -1), offsets


def _draw(odds: Floats, seed: int) -> tuple[Ints, Floats]:
    import numpy as np

    half = RIVALS // 2
    order = np.argpartition(-odds, half)
    drawn = np.random.default_rng(seed).choice(order[half:], half, replace=False)
    stands_for = np.log((len(odds) - half) / half)
    return np.concatenate([order[:half], drawn]), np.repeat([0.0, stands_for], half).astype(np.float32)


def _fit(lessons: list[_Lesson], prior: list[float]) -> NDArray[np.float64]:
    """Newton's method with halved steps on the penalised log likelihood, which is concave."""
    import numpy as np

    start = np.array(prior)
    weights = start.copy()
    loss, slope, curve = _penalised(lessons, weights, start)
    for _ in range(STEPS):
        step = np.linalg.solve(curve, slope)
        while (tried := _penalised(lessons, weights - step, start))[0] > loss and np.abs(step).max() > 1e-6:
            step = step / 2
        if tried[0] >= loss - 1e-6 * abs(loss):
            break
        weights, (loss, slope, curve) = weights - step, tried
    return weights


def _penalised(
    lessons: list[_Lesson], weights: NDArray[np.float64], prior: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Loss, gradient and Hessian."""
    import numpy as np

    away = weights - prior
    loss = TRUST_IN_PRIOR / 2 * float(away @ away)
    slope, curve = TRUST_IN_PRIOR * away, TRUST_IN_PRIOR * np.eye(len(prior))
    for lesson in lessons:
        odds = lesson.features @ weights + lesson.offsets
        odds -= odds.max(1, keepdims=True)
        chance = np.exp(odds)
        chance /= chance.sum(1, keepdims=True)
        loss -= float(lesson.weights @ np.log(np.maximum(chance[:, 0], 1e-30)))
        mean = np.einsum("er,erf->ef", chance, lesson.features)
        slope = slope + lesson.weights @ (mean - lesson.features[:, 0])
        weighted = lesson.features * (chance * lesson.weights[:, None])[:, :, None]
        flat = len(prior)
        curve = curve + weighted.reshape(-1, flat).T @ lesson.features.reshape(-1, flat)
        curve -= (mean * lesson.weights[:, None]).T @ mean
    return loss, slope, curve
