"""Rank buyers for a property, and say why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from realestate.domain.buyers.evidence import Evidence
from realestate.domain.buyers.limits import Limits
from realestate.domain.buyers.market import Market, Meeting

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from realestate.domain.buyers.affinity import Floats, Ints
    from realestate.domain.buyers.buybox import Buyer, Property
    from realestate.domain.buyers.learning import Ranking
    from realestate.domain.buyers.purchases import PurchaseTable, Statements

EXPLAINED = 50
"""Matches of one property that get the full account; those below it get their totals."""


@dataclass(frozen=True, slots=True)
class Match:
    """One buyer for one property.

    Attributes:
        score: 0 (no likelier than nobody) to 1 (certain), see ``scores``.
        parts: Natural logarithm of how much each part lifts him over the market's average buyer;
            empty beyond the first ``EXPLAINED``.
        reasons: Facts in words, the strongest part first; no personal data.
    """

    buyer: int
    rank: int
    score: float
    parts: Mapping[str, float]
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class Account:
    """Why one buyer does or does not fit one property; ``match`` ranks him as if no limit stood in the way."""

    match: Match
    failures: Sequence[str]


class Matcher:
    """Buyers of one user, warm: built once, then one property after the other.

    Args:
        buyers: In the order of their positions in ``table``.
        table: Their purchases.
        statements: What is known of them beside purchases.
        ranking: What their market taught.
    """

    def __init__(self, buyers: Sequence[Buyer], table: PurchaseTable, statements: Statements, ranking: Ranking) -> None:
        self._buyers, self._ranking = buyers, ranking
        if buyers:
            self._market = Market(table, len(buyers), statements)
        self._limits = Limits(buyers)
        self._evidence = Evidence(table, buyers)
        self._position = {buyer.id: place for place, buyer in enumerate(buyers)}

    def match(self, offer: Property, limit: int, among: Sequence[int] | None = None) -> list[Match]:
        """The buyers who may be offered the property, the likeliest first.

        Args:
            offer: What is on offer.
            limit: Matches at most; 0 for all.
            among: Ids of the only buyers wanted, ``None`` for everybody.
        """
        import numpy as np

        if not self._buyers:
            return []
        meeting = self._market.meet(offer, self._ranking.weights)
        odds = meeting.log_odds()
        allowed = self._limits.allow(offer)
        if among is not None:
            named = np.zeros(len(odds), bool)
            named[[self._position[buyer] for buyer in among if buyer in self._position]] = True
            allowed &= named
        order = _first(odds, np.flatnonzero(allowed), limit)
        return self._explain(offer, order, meeting, scores(odds))

    def account(self, offer: Property, buyer: int) -> Account:
        """Why one buyer does or does not fit.

        Raises:
            KeyError: If there is no such buyer.
        """
        import numpy as np

        place = self._position[buyer]
        meeting = self._market.meet(offer, self._ranking.weights)
        odds = meeting.log_odds()
        found = self._explain(offer, np.array([place]), meeting, scores(odds))[0]
        ahead = int((odds > odds[place]).sum())
        ranked = Match(found.buyer, ahead + 1, found.score, found.parts, found.reasons)
        return Account(ranked, self._buyers[place].failures(offer))

    def _explain(self, offer: Property, order: Ints, meeting: Meeting, scored: Floats) -> list[Match]:
        parts = meeting.lifts(order[:EXPLAINED])
        found = []
        for rank, place in enumerate(order.tolist(), 1):
            own = {part: round(float(parts[part][rank - 1]), 3) for part in parts} if rank <= EXPLAINED else {}
            reasons = self._evidence.reasons(place, offer, own) if own else self._evidence.totals(place)
            found.append(Match(self._buyers[place].id, rank, round(float(scored[place]), 4), own, reasons))
        return found


def scores(odds: Floats) -> Floats:
    """Log odds as scores from 0 to 1.

    A buyer's chance is his share of all odds. Its logarithm is put on a scale from 0 (no chance)
    over about 0.1 (an average buyer of a large market) to 1 (certain), so that equal steps are
    equal factors of the chance.
    """
    import numpy as np

    count = len(odds)
    if not count:
        return odds
    chance = np.exp(odds - odds.max())
    times_average = chance * (count / chance.sum())
    scaled: Floats = (np.log1p(times_average) / math.log1p(count)).astype(np.float32)
    return scaled


def _first(odds: Floats, places: NDArray[np.int64], limit: int) -> Ints:
    """The likeliest places in order; equals stand in the order of their positions."""
    import numpy as np

    if limit and limit < len(places):
        own = odds[places]
        edge = np.partition(own, len(own) - limit)[len(own) - limit]
        places = places[own >= edge]
    order = places[np.argsort(-odds[places], kind="stable")]
    return order[:limit] if limit else order
