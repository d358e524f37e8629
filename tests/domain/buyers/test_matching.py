"""Ranking: near, fitting, frequent and recent buyers come first, and the ranking learns from the history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from realestate.domain.buyers.buybox import Buyer, Property, describe_property, make_buy_box
from realestate.domain.buyers.embedding import DIMENSION, embed_buyer, embed_offer
from realestate.domain.buyers.learning import Ranking, learn
from realestate.domain.buyers.market import PRIOR, prefix_lengths
from realestate.domain.buyers.matching import Match, Matcher, scores
from realestate.domain.buyers.purchases import PurchaseTable, Statements, tabulate

TODAY = date(2024, 6, 1)


def house(street: str = "Oak St", zip_code: str = "30301", price: float | None = 90_000, **facts: object) -> Property:
    words = {"address": f"12 {street}", "zip_code": zip_code, "price": price, "type_words": "SFR", "day": TODAY}
    return describe_property(**{**words, **facts})  # type: ignore[arg-type]


def spot(lat: float, lon: float) -> Property:
    return house("", "", lat=lat, lon=lon)


def matcher(purchases: list[tuple[int, Property]], buyers: list[Buyer]) -> Matcher:
    return Matcher(buyers, tabulate(purchases), Statements(), Ranking(PRIOR))


def best(purchases: list[tuple[int, Property]], offer: Property, count: int = 2) -> Match:
    return matcher(purchases, [Buyer(place + 1) for place in range(count)]).match(offer, 1)[0]


@pytest.mark.parametrize(
    ("own", "other", "offer"),
    [
        (house(zip_code="30301"), house("Elm St", "30309"), house("Ash St", "30301")),
        (house("Oak St", ""), house("Elm St", ""), house("Oak St", "")),
        (house(price=90_000), house(price=600_000), house("Ash St", "", price=95_000)),
        (house(parcel="105-13-01"), house(parcel="260-02-77"), house("Ash St", "", parcel="105-13-99")),
        (spot(36.0, -86.0), spot(36.2, -86.3), spot(36.001, -86.001)),
        (house(type_words="duplex"), house(), house("Ash St", "", type_words="triplex")),
        (house(day=TODAY), house(day=TODAY - timedelta(900)), house()),
    ],
)  # fmt: skip
def test_the_likelier_buyer_comes_first(own: Property, other: Property, offer: Property) -> None:
    purchases = [(0, own), (0, own), (1, other), (1, other)]
    assert best(purchases, offer).buyer == 1
    assert best([(1 - buyer, bought) for buyer, bought in purchases], offer).buyer == 2


def test_repeat_buyers_come_before_single_ones() -> None:
    assert best([(0, house()), (0, house()), (1, house())], house()).buyer == 1


def test_no_similarity_overrides_a_limit() -> None:
    buyers = [Buyer(1, make_buy_box(["30301"], None, 50_000, [])), Buyer(2)]
    found = matcher([(0, house()), (0, house()), (1, house("Elm St", "30309"))], buyers).match(house(), 0)
    assert [match.buyer for match in found] == [2]


def test_a_buyer_known_by_his_wish_alone_is_found() -> None:
    buyers = [Buyer(1, make_buy_box(["30301"], None, None, [])), Buyer(2, make_buy_box(["30309"], None, None, []))]
    said = Statements(wishes=[(0, "30301"), (1, "30309")])
    found = Matcher(buyers, PurchaseTable(), said, Ranking(PRIOR)).match(house(), 0)
    assert [match.buyer for match in found] == [1]
    assert "wants 30301" in found[0].reasons
    assert "no price known" in found[0].reasons


def test_every_match_gives_parts_and_reasons() -> None:
    match = best([(0, house()), (0, house("Elm St")), (1, house("Elm St", "30309"))], house("Ash St"))
    assert {"place", "price", "recency", "frequency"} <= match.parts.keys()
    assert "2 bought in 30301" in match.reasons
    assert "2 purchases, last 2024-06" in match.reasons
    assert 0 < match.score <= 1


def test_zero_means_all_and_order_is_stable() -> None:
    buyers = [Buyer(number) for number in range(1, 8)]
    found = matcher([(place, house()) for place in range(7)], buyers).match(house(), 0)
    assert [match.buyer for match in found] == [1, 2, 3, 4, 5, 6, 7]
    assert [match.rank for match in found] == [1, 2, 3, 4, 5, 6, 7]


def test_only_the_buyers_asked_for_are_ranked() -> None:
    buyers = [Buyer(number) for number in (3, 5, 9)]
    found = matcher([(place, house()) for place in range(3)], buyers).match(house(), 0, among=[9, 4])
    assert [match.buyer for match in found] == [9]


def test_why_not_names_the_limit_and_ranks_him_all_the_same() -> None:
    buyers = [Buyer(1, make_buy_box([], None, 50_000, [])), Buyer(2)]
    account = matcher([(0, house()), (0, house()), (1, house())], buyers).account(house(), 1)
    assert account.failures == ["price"]
    assert account.match.rank == 1


def test_nobody_to_rank_is_no_error() -> None:
    assert Matcher([], PurchaseTable(), Statements(), Ranking(PRIOR)).match(house(), 0) == []


def history(loyal: bool) -> PurchaseTable:
    """Twenty buyers over three years who stay in their ZIP, or who go anywhere."""
    rows = []
    for number in range(400):
        buyer = number * 7 % 20
        area = buyer % 5 if loyal else number * 13 % 11 % 5
        day = date(2021, 1, 1) + timedelta(days=number * 3)
        rows.append((buyer, house(f"S{number % 37} St", f"3030{area}", day=day)))
    return tabulate(rows)


def test_the_ranking_learns_how_much_place_tells_here() -> None:
    loyal, roaming = learn(history(loyal=True), 20), learn(history(loyal=False), 20)
    assert loyal.examples > 50
    assert loyal.weights["zip"] > roaming.weights["zip"]


def test_learning_twice_gives_the_same_weights() -> None:
    assert learn(history(loyal=True), 20) == learn(history(loyal=True), 20)


@pytest.mark.parametrize(
    "table", [PurchaseTable(), tabulate([(0, house())]), tabulate([(0, replace(house(), day=None))])]
)
def test_too_little_history_keeps_the_prior(table: PurchaseTable) -> None:
    assert learn(table, 1) == Ranking(PRIOR)


def test_parcel_prefixes_follow_the_numbers() -> None:
    sheets = [f"{district:02d}{sheet:03d}" for district in range(6) for sheet in range(8)]
    parcels = [f"{sheet}{lot:04d}" for sheet in sheets for lot in range(30)]
    lengths = prefix_lengths(parcels)
    assert lengths[0] == 2
    assert lengths == sorted(lengths)
    assert prefix_lengths([""]) == []


def test_scores_run_from_zero_to_one() -> None:
    import numpy as np

    found = scores(np.array([0.0, -5.0, -80.0], np.float32))
    assert 0 <= found.min() <= found.max() <= 1
    assert scores(np.array([90.0, 0.0], np.float32))[0] == pytest.approx(1)


def test_vectors_are_deterministic_and_bring_like_to_like() -> None:
    near, far = [house()] * 2, [house("Elm St", "90210", price=900_000, type_words="condo")] * 2
    assert embed_buyer(near) == embed_buyer(list(near))
    assert len(embed_buyer([])) == DIMENSION
    offer = embed_offer(house("Ash St"))

    def likeness(vector: list[float]) -> float:
        return sum(a * b for a, b in zip(vector, offer, strict=True))

    assert likeness(embed_buyer(near)) > likeness(embed_buyer(far))
    assert sum(value**2 for value in offer) == pytest.approx(1, abs=1e-3)
