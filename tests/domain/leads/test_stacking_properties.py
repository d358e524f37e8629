"""Stacking is a pure, local function of the set of spots."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from realestate.domain.leads.explaining import Spot
from realestate.domain.leads.spots import Spots, spot_keys
from realestate.domain.leads.stacking import HOPS, stack

ADDRESSES = [
    f"{number}|{way}|{name}|{suffix}||{unit}"
    for number in ("100", "102", "100:104", "102:106")
    for way in ("", "N")
    for name, suffix in (("BURNHAM", "AVE"), ("BURNHAM", ""), ("BURNHAN", "AVE"), ("BURNHAM", "ST"), ("OAK", "ST"))
    for unit in ("", "2", "FL 2")
]
SPOTS = st.builds(
    Spot,
    address=st.sampled_from(["", *ADDRESSES]),
    city=st.sampled_from(["", "MEMPHIS"]),
    state=st.sampled_from(["", "TN", "OH"]),
    zip5=st.sampled_from(["", "38103", "38104"]),
    parcel=st.sampled_from(["", "", "12345", "54321", "77777"]),
    county=st.sampled_from(["", "SHELBY"]),
).filter(lambda spot: bool(spot.address or spot.parcel))
SETS = st.sets(SPOTS, min_size=1, max_size=14)


def groups(spots: Iterable[Spot]) -> dict[Spot, int]:
    rows = list(spots)
    columns = Spots(*([row[i] for row in rows] for i in range(6)))
    return dict(zip(rows, stack(columns, spot_keys(columns)).group, strict=True))


def steps(start: set[Spot], everything: set[Spot], count: int) -> set[Spot]:
    """Spots within so many shared keys of the start."""
    rows = sorted(everything)
    keys = spot_keys(Spots(*([row[i] for row in rows] for i in range(6))))
    owned = {
        row: {("street", key) for key in (street, *inside)} | {("parcel", parcel)}
        for row, street, inside, parcel in zip(rows, keys.street, keys.inside, keys.parcel, strict=True)
    }
    reached = set(start)
    for _ in range(count):
        known = {key for row in reached for key in owned[row] if key[1] is not None}
        reached |= {row for row in rows if owned[row] & known}
    return reached


@given(SETS, st.randoms(use_true_random=False))
def test_the_order_of_spots_does_not_matter(spots: set[Spot], chance: object) -> None:
    rows = sorted(spots)
    chance.shuffle(rows)  # type: ignore[attr-defined]
    assert groups(rows) == groups(sorted(spots))


@given(SETS)
def test_one_lead_never_mixes_directions_units_or_house_numbers_but_by_parcel(spots: set[Spot]) -> None:
    members: dict[int, list[Spot]] = {}
    found = groups(spots)
    for spot, group in found.items():
        if not any(found[other] == group and other.parcel for other in spots):
            members.setdefault(group, []).append(spot)
    for lead in members.values():
        parts = [spot.address.split("|") for spot in lead]
        assert len({way for _, way, *_ in parts}) == 1
        assert {unit for *_, unit in parts} in ({""}, {"2"}, {"FL 2"}, {"", "FL 2"})
        assert len({number for number, *_ in parts if ":" not in number}) <= 1


@settings(max_examples=150)
@given(SETS, SETS)
def test_stacking_the_neighbourhood_of_new_spots_equals_stacking_all(before: set[Spot], new: set[Spot]) -> None:
    everything = before | new
    changed, needed = steps(new, everything, HOPS), steps(new, everything, 2 * HOPS)
    local, old = groups(needed), groups(before)
    assert {spot: local[spot] if spot in changed else old[spot] for spot in everything} == groups(everything)


@settings(max_examples=150)
@given(SETS, SETS)
def test_taking_spots_away_again_leaves_no_trace(before: set[Spot], gone: set[Spot]) -> None:
    before = before - gone
    everything = before | gone
    changed = steps(gone, everything, HOPS) - gone
    needed = steps(gone, everything, 2 * HOPS) - gone
    local, old = groups(needed), groups(everything)
    assert {spot: local[spot] if spot in changed else old[spot] for spot in before} == groups(before)
