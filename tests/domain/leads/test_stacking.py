"""Which spots are one lead."""

from __future__ import annotations

from realestate.domain.leads.spots import Spots, spot_keys
from realestate.domain.leads.stacking import stack


def test_a_spot_without_parcel_joins_the_only_parcel_at_its_address() -> None:
    address = "100||OAK|ST||"
    spots = Spots([address, address], ["", ""], ["", ""], ["", ""], ["12345", ""], ["", ""])
    joins = stack(spots, spot_keys(spots))
    assert joins.group[0] == joins.group[1]
    assert joins.how == ["parcel", "address"]
