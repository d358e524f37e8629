"""Every buyer's hard limits as arrays: who cannot be offered a property, whatever it is like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from realestate.domain.buyers.buybox import BuyBox, Buyer, Property
from realestate.domain.buyers.place import PROPERTY_TYPES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

_BIT = {name: 1 << place for place, name in enumerate(PROPERTY_TYPES)}
_ANYTHING = BuyBox()


class Limits:
    """The limits of buyers in the order of their positions; agrees with ``Buyer.failures`` one by one."""

    def __init__(self, buyers: Sequence[Buyer]) -> None:
        import numpy as np

        boxes = [buyer.box or _ANYTHING for buyer in buyers]
        self._open = np.array([buyer.active and not buyer.do_not_contact for buyer in buyers], bool)
        self._low = np.array([box.price_min or 0 for box in boxes], np.float64)
        self._high = np.array([box.price_max or np.inf for box in boxes], np.float64)
        self._types = np.array([sum(_BIT.get(kind, 0) for kind in box.types) for box in boxes], np.int64)
        self._by_zip = np.array([any(area.isdigit() for area in box.areas) for box in boxes], bool)
        self._by_city = np.array([any(not area.isdigit() for area in box.areas) for box in boxes], bool)
        self._places: dict[str, list[int]] = {}
        for place, box in enumerate(boxes):
            for area in box.areas:
                self._places.setdefault(area, []).append(place)

    def allow(self, offer: Property) -> Mask:
        """Whether each buyer may be offered the property."""
        allowed = self._open.copy()
        if offer.price is not None:
            allowed &= (self._low <= offer.price) & (offer.price <= self._high)
        if offer.type:
            allowed &= (self._types == 0) | (self._types & _BIT[offer.type] != 0)
        if self._places:
            allowed &= ~self._elsewhere(offer)
        return allowed

    def _elsewhere(self, offer: Property) -> Mask:
        comparable = (self._by_zip & bool(offer.zip)) | (self._by_city & bool(offer.city))
        for area in (offer.zip, offer.city):
            comparable[self._places.get(area, []) if area else []] = False
        return comparable
