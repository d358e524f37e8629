"""Adds recorded purchases up to what a buyer's own row says of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

_TOPS = """
WITH RECURSIVE chain (id, top) AS (
    SELECT id, merged_into FROM cash_buyers WHERE merged_into IS NOT NULL
    UNION ALL SELECT chain.id, next.merged_into FROM chain JOIN cash_buyers AS next ON next.id = chain.top
    WHERE next.merged_into IS NOT NULL
), tops (id, top) AS (
    SELECT id, id FROM cash_buyers WHERE merged_into IS NULL
    UNION ALL SELECT chain.id, chain.top FROM chain JOIN cash_buyers AS last ON last.id = chain.top
    WHERE last.merged_into IS NULL
)
"""

# Plain tables with statistics and keys: as parts of one statement, beside a table that was empty a
# moment ago, they are planned for one row each and take minutes.
_SUMMARISE = (
    f"CREATE TEMP TABLE tops ON COMMIT DROP AS {_TOPS} SELECT id, top FROM tops",  # noqa: S608 - two constants
    "ALTER TABLE tops ADD PRIMARY KEY (id)",
    "ANALYZE tops",
    """
    CREATE TEMP TABLE bought ON COMMIT DROP AS
    SELECT tops.top AS buyer, day, price, coalesce(nullif(zip, ''), city) AS area, type
    FROM buyer_purchases JOIN tops ON tops.id = buyer_purchases.buyer_id
    WHERE tops.top IN (SELECT top FROM tops JOIN unnest(%(buyers)s::int[]) AS wanted (id) USING (id))
    """,
    "ANALYZE bought",
    """
    CREATE TEMP TABLE areas ON COMMIT DROP AS
    SELECT buyer, jsonb_agg(area ORDER BY times DESC, area) FILTER (WHERE place <= 12) AS areas FROM (
        SELECT buyer, area, times, row_number() OVER (PARTITION BY buyer ORDER BY times DESC, area) AS place
        FROM (SELECT buyer, area, count(*) AS times FROM bought WHERE area <> '' GROUP BY 1, 2) AS counted
    ) AS ranked GROUP BY buyer
    """,
    """
    CREATE TEMP TABLE types ON COMMIT DROP AS
    SELECT buyer, jsonb_agg(type ORDER BY times DESC, type) AS types
    FROM (SELECT buyer, type, count(*) AS times FROM bought WHERE type <> '' GROUP BY 1, 2) AS counted GROUP BY buyer
    """,
    "ALTER TABLE areas ADD PRIMARY KEY (buyer)",
    "ALTER TABLE types ADD PRIMARY KEY (buyer)",
    "ANALYZE areas",
    "ANALYZE types",
    """
    CREATE TEMP TABLE summed ON COMMIT DROP AS
    SELECT buyer, count(*) AS total, avg(price) AS average, min(price) AS low, max(price) AS high, max(day) AS last
    FROM bought GROUP BY buyer
    """,
    "ALTER TABLE summed ADD PRIMARY KEY (buyer)",
    "ANALYZE summed",
    """
    UPDATE cash_buyers SET
        total_purchases = greatest(total, CASE WHEN stated THEN total_purchases ELSE 0 END),
        average_purchase_price = coalesce(round(average::numeric, 2)::float, average_purchase_price),
        last_purchase_date = coalesce(last::timestamp AT TIME ZONE 'UTC', last_purchase_date),
        price_range_min = CASE WHEN stated THEN price_range_min ELSE low END,
        price_range_max = CASE WHEN stated THEN price_range_max ELSE high END,
        investment_areas = CASE WHEN stated THEN investment_areas ELSE coalesce(areas.areas, '[]') END,
        preferred_property_types = CASE WHEN stated THEN preferred_property_types ELSE coalesce(types.types, '[]') END,
        updated_at = now()
    FROM summed LEFT JOIN areas USING (buyer) LEFT JOIN types USING (buyer)
    WHERE cash_buyers.id = summed.buyer
    """,
    "DROP TABLE tops, bought, areas, types, summed",
)


def summarise(connection: psycopg.Connection[Any], buyers: Collection[int]) -> None:
    """Fill totals, prices, areas and types of buyers; what a buyer stated himself stays."""
    for statement in _SUMMARISE:
        connection.execute(statement, {"buyers": list(buyers)} if "%(buyers)s" in statement else None)
