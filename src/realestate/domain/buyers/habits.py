"""How much, how regularly and how lately each buyer buys, and what is known of him, whatever the property."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from realestate.domain.buyers.affinity import Floats, Ints
    from realestate.domain.buyers.purchases import PurchaseTable, Statements

HALF_LIFE_DAYS = 365.0
MONTH_DAYS = 30.0

HABITS = {
    "count": "frequency",
    "repeat": "frequency",
    "regular": "frequency",
    "recent": "recency",
    "since": "recency",
    "reliability": "reliability",
    "placed": "place",
    "priced": "price",
}
"""Part of a match that each habit belongs to."""


def habits(table: PurchaseTable, who: Ints, count: int, said: Statements) -> dict[str, Floats]:
    """Every habit of every buyer, by its name."""
    import numpy as np

    found = {**_frequency(table, who, count, said), **_known_facts(table, who, count, said)}
    found["reliability"] = np.nan_to_num(known_or_nan(said.reliability, count) - 0.5)
    return {name: values.astype(np.float32) for name, values in found.items()}


def _frequency(table: PurchaseTable, who: Ints, count: int, said: Statements) -> dict[str, NDArray[np.float64]]:
    """A stated number of purchases counts where more than the recorded ones, as if made on the last stated day."""
    import numpy as np

    day = np.asarray(table.day, np.float64)
    dated = np.isfinite(day)
    stated_last = known_or_nan(said.last_day, count).astype(np.float64)
    today = np.concatenate([[0.0], day[dated], stated_last[np.isfinite(stated_last)]]).max()
    recorded = np.bincount(who, minlength=count).astype(np.float64)
    number = np.maximum(recorded, np.nan_to_num(known_or_nan(said.purchases, count)))
    recent = np.bincount(who[dated], 0.5 ** ((today - day[dated]) / HALF_LIFE_DAYS), count)
    last = np.full(count, -np.inf)
    np.maximum.at(last, who[dated], day[dated])
    last = np.fmax(last, stated_last)
    recent = np.maximum(recent, (number - recorded) * 0.5 ** ((today - last) / HALF_LIFE_DAYS))
    months = np.unique(who[dated] * 100_000 + (day[dated] // MONTH_DAYS).astype(np.int64)) // 100_000
    return {
        "count": np.log(np.maximum(number, 0.5)),
        "repeat": (number >= 2).astype(np.float64),
        "regular": np.log(np.maximum(np.bincount(months, minlength=count), 0.5)),
        "recent": np.log(recent + 0.02),
        "since": -np.log1p(np.minimum(today - last, 20 * HALF_LIFE_DAYS) / MONTH_DAYS),
    }


def _known_facts(table: PurchaseTable, who: Ints, count: int, said: Statements) -> dict[str, NDArray[np.float64]]:
    """Whether anything is known of where he buys and at what price; without it he is kept, and ranked low."""
    import numpy as np

    placed, priced = np.zeros(count), np.zeros(count)
    texts = zip(table.zip, table.city, table.street, table.parcel, strict=True)
    told = np.fromiter(map(any, texts), bool, len(table)) | np.isfinite(np.asarray(table.lat, np.float64))
    placed[who[told]] = 1
    placed[[buyer for buyer, _ in said.wishes]] = 1
    priced[who[np.isfinite(np.asarray(table.price, np.float64))]] = 1
    priced[np.isfinite(known_or_nan(said.average_price, count))] = 1
    return {"placed": placed, "priced": priced}


def known_or_nan(values: Sequence[float], count: int) -> Floats:
    """One number per buyer, ``nan`` for all where nothing was said."""
    import numpy as np

    return np.asarray(values, np.float32) if len(values) else np.full(count, np.nan, np.float32)
