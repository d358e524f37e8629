"""The house as the estimate sees it: its size, how much of it was seen, and where it stands."""

from __future__ import annotations

import math
from dataclasses import dataclass

from realestate.domain.repairs.price_book import NATIONAL, Region

USUAL_SQFT = 1_500.0
"""Living area that is taken for a house of unknown size (ours)."""

SMALLEST_SQFT, LARGEST_SQFT = 100.0, 50_000.0
"""Living areas beyond are taken for a slip of the pen."""

PAINTABLE_PER_SQFT = 3.5
"""Walls and ceilings for each square foot of living area (SiftStack, 2025-26)."""

FEWEST_ROOMS, WALLS = 3.0, 4
"""Rooms of the smallest house, and photos' worth of surface in a room (ours)."""

ROOM_SPAN = 5.5
"""Rooms are the root of the living area over it, as larger houses have more and larger rooms: 7 in 1,500 sf (ours)."""

PHOTOS_PER_ROOM, PHOTOS_OUTSIDE = 2, 4
"""Distinct photos that show a room, and the house from outside (ours)."""

ROOF_PER_SQFT = 1.15
"""Roof for each square foot of living area on one floor, eaves and slope included (ours)."""


@dataclass(frozen=True, slots=True)
class House:
    """What quantities and allowances rest on.

    Attributes:
        stated_sqft: Living area in square feet where it is known.
        photos: Distinct photos that can be judged.
        region: Where it stands.
        year_built: Where it is known.
    """

    stated_sqft: float | None
    photos: int
    region: Region = NATIONAL
    year_built: int | None = None

    def __post_init__(self) -> None:
        sqft = self.stated_sqft
        if sqft is not None and not SMALLEST_SQFT <= sqft <= LARGEST_SQFT:
            raise ValueError(f"{sqft:g} square feet is no living area: {SMALLEST_SQFT:g} to {LARGEST_SQFT:,.0f}")

    @property
    def sqft(self) -> float:
        """Living area, the usual one when it is not known."""
        return self.stated_sqft or USUAL_SQFT

    @property
    def rooms(self) -> float:
        """How many rooms a house of this size has."""
        return max(FEWEST_ROOMS, math.sqrt(self.sqft) / ROOM_SPAN)

    @property
    def paintable_sf(self) -> float:
        """Walls and ceilings of the house."""
        return self.sqft * PAINTABLE_PER_SQFT

    @property
    def wall_sf(self) -> float:
        """What one photo shows."""
        return self.paintable_sf / self.rooms / WALLS

    @property
    def roof_squares(self) -> float:
        """Roof in units of 100 square feet."""
        return self.sqft * ROOF_PER_SQFT / 100

    @property
    def unseen(self) -> float:
        """Share of the house that no photo shows, 0 to 1."""
        return max(0.0, 1.0 - self.photos / (self.rooms * PHOTOS_PER_ROOM + PHOTOS_OUTSIDE))
