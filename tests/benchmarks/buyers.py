"""How well recorded buyers are ranked for their next purchases, beside simpler and published ways.

    python tests/benchmarks/buyers.py [nashville|baltimore|kansas_city ...]

Learns from each history file and ranks every query whose buyer the history knows, by the library alone. Prints
recall@10, recall@50 and the mean reciprocal rank, over purchases and averaged per buyer, for all queries, for four
fifths of them (open) and for the fifth that nothing was looked at with (shut, by a hash of the query's id).
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import importlib.util
import os
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from realestate.adapters.reference_data import header_words
from realestate.domain.buyers.buybox import Buyer, Property, describe_property
from realestate.domain.buyers.columns import plan_columns
from realestate.domain.buyers.discovery import Deed, discover
from realestate.domain.buyers.learning import Ranking, learn
from realestate.domain.buyers.market import PRIOR
from realestate.domain.buyers.matching import Matcher
from realestate.domain.buyers.purchases import PurchaseTable, Statements, tabulate

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("REALESTATE_SHARED", ROOT.parent / "shared"))
Scores = NDArray[np.float64]
Method = Callable[[Property], Scores]


@dataclass(frozen=True)
class Town:
    """A history, the purchases after it, and which buyers of it count."""

    history: str
    queries: str
    at_least: int


TOWNS = {
    "nashville": Town("nashville_dev_history.csv.gz", "nashville_dev_queries.csv.gz", 2),
    "baltimore": Town("baltimore_dev_history_2006_2014.csv.gz", "baltimore_dev_queries_2015_2016.csv.gz", 3),
    "kansas_city": Town("kc_dev_history_2012_2014.csv.gz", "kc_dev_queries_2015.csv.gz", 2),
}


def read(name: str) -> tuple[list[Deed], list[str]]:
    """The deeds of a file and their ids."""
    with gzip.open(SHARED / "data/buyers" / name, "rt", newline="") as lines:
        header, *rows = csv.reader(lines)
    words = header_words()
    phrases = tomllib.loads((ROOT / "src/realestate/data/buyer_headers.toml").read_text())
    plan = plan_columns(
        header, phrases, words.canonical, lambda t: (words.meaning(t).role, words.meaning(t).confidence), {}
    )
    ids = [row[header.index("purchase_id")] for row in rows]
    return [deed({name: row[at] for name, at in plan.fields.items()}) for row in rows], ids


def number(text: str | None) -> float | None:
    """A number, or nothing."""
    try:
        return float(text or "")
    except ValueError:
        return None


def deed(row: dict[str, str]) -> Deed:
    """One row of a file."""
    numbers = {name: number(row.get(name)) for name in ("lat", "lon", "price", "beds", "sqft")}
    bought = describe_property(
        address=row.get("address"), city=row.get("city"), zip_code=row.get("zip"), parcel=row.get("parcel"),
        type_words=row.get("property_type"), day=date.fromisoformat(row["date"]), **numbers,
    )  # fmt: skip
    return Deed(row["buyer"], bought)


class Market:
    """One town's history, for any way of ranking."""

    def __init__(self, deeds: Sequence[Deed], plain: Callable[[str], str]) -> None:
        self.found = discover(deeds, all_buyers=True).buyers
        pairs = [(place, deeds[at].bought) for place, buyer in enumerate(self.found) for at in buyer.deeds]
        self.table: PurchaseTable = tabulate(pairs)
        self.who = np.array(self.table.buyer)
        self.count = len(self.found)
        self.number = np.bincount(self.who, minlength=self.count)
        self.names: dict[str, list[int]] = defaultdict(list)
        for place, buyer in enumerate(self.found):
            self.names[plain(buyer.name)].append(place)
        self.day = np.array(self.table.day)
        self.age = self.day.max() - self.day
        self.price = np.array(self.table.price)
        self.zone = np.array([parcel[:3] for parcel in self.table.parcel])
        self.type = np.array(self.table.type)
        self.lat, self.lon = np.array(self.table.lat), np.array(self.table.lon)
        self._last: tuple[Property, Scores] | None = None

    def km(self, offer: Property) -> Scores:
        """Kilometres to every purchase; the answer for the last property is kept, since most ways ask for it."""
        if self._last is None or self._last[0] is not offer:
            self._last = offer, self._km(offer)
        return self._last[1]

    def _km(self, offer: Property) -> Scores:
        """Without coordinates 0.3 on one map sheet and 30 elsewhere."""
        if offer.lat is None or offer.lon is None:
            return np.where(self.zone == offer.parcel[:3], 0.3, 30.0)
        east = (self.lon - offer.lon) * np.cos(np.radians(offer.lat))
        apart = 111.2 * np.hypot(self.lat - offer.lat, east)
        return np.nan_to_num(apart, nan=30.0)

    def add(self, weights: Scores) -> Scores:
        """Sum a weight of purchases by buyer."""
        return np.bincount(self.who, weights, self.count)

    def share(self, holds: NDArray[np.bool_]) -> Scores:
        """Share of each buyer's purchases for which something holds."""
        return self.add(holds.astype(float)) / self.number


def ours(market: Market, ranking: Ranking) -> Method:
    """The product."""
    buyers = [Buyer(place) for place in range(market.count)]
    matcher = Matcher(buyers, market.table, Statements(), ranking)

    def scores(offer: Property) -> Scores:
        found = np.zeros(market.count)
        for match in matcher.match(offer, 0):
            found[match.buyer] = -match.rank
        return found

    return scores


def simple(market: Market) -> dict[str, Method]:
    """Ways that need no learning."""
    popular = market.number.astype(float)
    recent = 0.5 ** (market.age / 365)

    def zone_popularity(offer: Property) -> Scores:
        return market.add((market.km(offer) < 1.0).astype(float)) + popular * 1e-6

    def neighbours(offer: Property) -> Scores:
        near = np.exp(-market.km(offer))
        if offer.price and np.isfinite(market.price).any():
            apart = np.log(np.maximum(np.nan_to_num(market.price, nan=1e5), 100) / max(offer.price, 100))
            near = near * np.exp(-(apart**2))
        return market.add(near * recent)

    return {
        "popularity": lambda _: popular,
        "popularity near by": zone_popularity,
        "nearest neighbours + recency": neighbours,
    }


def published(market: Market) -> dict[str, Method]:
    """Formulas that other tools publish, on the facts that deeds hold."""
    low, high = np.full(market.count, np.inf), np.full(market.count, -np.inf)
    np.minimum.at(low, market.who, np.nan_to_num(market.price, nan=np.inf))
    np.maximum.at(high, market.who, np.nan_to_num(market.price, nan=-np.inf))
    years = market.add((market.age < 365).astype(float))
    half_year = market.add((market.age < 183).astype(float))
    deal = np.nan_to_num(market.add(np.nan_to_num(market.price)) / market.number)

    def near(offer: Property) -> Scores:
        return market.share(market.km(offer) < 1.0)

    def fits(offer: Property) -> Scores:
        if not offer.price:
            return np.ones(market.count)
        return ((low <= offer.price) & (offer.price <= high)).astype(float)

    def same_type(offer: Property) -> Scores:
        return market.share(market.type == offer.type) if offer.type else np.ones(market.count)

    def rank(values: Scores) -> Scores:
        return values / max(values.max(), 1e-9)

    return {
        "DispoStack 40/25/15/10/10": lambda p: 40 * (near(p) > 0) + 25 * fits(p) + 15 * same_type(p) + 10,
        "prime2 30/24/14/18": lambda p: 30 * (near(p) > 0) + 24 * fits(p) + 14 * same_type(p) + 18 * rank(years),
        "KB 25/20/20 + performance": lambda p: 25 * near(p) + 20 * same_type(p) + 20 * fits(p) + 25 * (years >= 4),
        "SiftStack .30/.25/.20/.15/.10": lambda p: (
            0.30 * rank(market.add(0.5 ** (market.age / 180)) > 0.2) + 0.25 * rank(half_year) + 0.20 * rank(deal)
            + 0.15 * near(p) + 0.10 * rank(market.number)
        ),
        "RBSHome: county purchases, near by": lambda p: (
            1e6 * (market.add(((market.km(p) < 0.8) & (market.age < 730)).astype(float)) > 0) + market.number
        ),
    }  # fmt: skip


def is_shut(query: str) -> bool:
    """Whether a query belongs to the fifth that is looked at last."""
    return int(hashlib.sha256(query.encode()).hexdigest(), 16) % 5 == 0


def rank_of(scores: Scores, places: Sequence[int]) -> float:
    """The best rank of the true buyer; equals share the middle of their ranks."""
    return min(1 + float((scores > scores[at]).sum()) + (float((scores == scores[at]).sum()) - 1) / 2 for at in places)


def figures(ranks: Sequence[tuple[str, float]]) -> list[float]:
    """recall@10, recall@50 and MRR over queries, then the same as means per buyer."""
    by_buyer = defaultdict(list)
    for buyer, rank in ranks:
        by_buyer[buyer].append(rank)

    def of(own: Sequence[float]) -> list[float]:
        ranks = np.array(own)
        return [float((ranks <= 10).mean()), float((ranks <= 50).mean()), float((1 / ranks).mean())]

    macro = np.mean([of(own) for own in by_buyer.values()], axis=0)
    return [*of([rank for _, rank in ranks]), *macro.tolist()]


def measure(name: str, plain: Callable[[str], str]) -> None:
    """Print the table of one town."""
    town = TOWNS[name]
    history, _ = read(town.history)
    queries, ids = read(town.queries)
    market = Market(history, plain)
    known = Counter(plain(one.buyer) for one in history)
    asked = [
        (query, plain(one.buyer), one.bought)
        for query, one in zip(ids, queries, strict=True)
        if known[plain(one.buyer)] >= town.at_least and plain(one.buyer) in market.names
    ]
    print(f"\n{name}: {market.count} buyers, {len(asked)} queries of {len({b for _, b, _ in asked})} buyers")
    print("| way | part | recall@10 | recall@50 | MRR | macro @10 | macro @50 | macro MRR |")
    print("|---|---|---|---|---|---|---|---|")
    taught = learn(market.table, market.count)
    methods = {
        "ours, learnt from the history": ours(market, taught),
        "ours, weights before learning": ours(market, Ranking(PRIOR)),
        **simple(market),
        **published(market),
    }
    ranks: dict[str, dict[str, tuple[str, float]]] = {way: {} for way in methods}
    for query, buyer, offer in asked:
        for way, method in methods.items():
            ranks[way][query] = buyer, rank_of(method(offer), market.names[buyer])
    for way, own in ranks.items():
        for part, wanted in (("all", {True, False}), ("open", {False}), ("shut", {True})):
            found = figures([rank for query, rank in own.items() if is_shut(query) in wanted])
            print(f"| {way} | {part} | " + " | ".join(f"{value:.3f}" for value in found) + " |")


def main() -> None:
    """Measure the towns named, or all."""
    spec = importlib.util.spec_from_file_location("score_ranking", SHARED / "tools/score_ranking.py")
    if spec is None or spec.loader is None or not (SHARED / "data/buyers").is_dir():
        raise SystemExit("measurement data is not here; point REALESTATE_SHARED at it")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in sys.argv[1:] or list(TOWNS):
        measure(name, module.plain)


if __name__ == "__main__":
    main()
