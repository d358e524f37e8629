"""Keeps buyers, their names, purchases and matches in Postgres."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from psycopg import sql
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from realestate.domain.buyers.buybox import Property
from realestate.domain.buyers.purchases import NAN, PurchaseTable
from realestate.domain.buyers.records import (
    BuyerFilter,
    BuyerRecord,
    MatchRecord,
    NameRecord,
    PageRecord,
    Purchase,
)
from realestate.repositories.buyer_contacts import keep_contacts, silenced_buyers
from realestate.repositories.buyer_summaries import summarise
from realestate.repositories.copying import copy_columns
from realestate.repositories.privacy import SqlPrivacy

if TYPE_CHECKING:
    import psycopg

_COLUMNS = """
SELECT id, name, company_name AS company, email, phone, city, state, zip_code AS zip,
    preferred_property_types AS types, price_range_min AS price_min, price_range_max AS price_max,
    investment_areas AS areas, total_purchases AS purchases, average_purchase_price AS average_price,
    (last_purchase_date AT TIME ZONE 'UTC')::date AS last_purchase, source, do_not_contact, active, stated,
    reliability, merged_into
FROM cash_buyers
"""

_PURCHASES = """
SELECT buyer_id, day, street, house_number, city, zip, parcel, lat, lon, price, type, beds, sqft FROM buyer_purchases
"""
_PURCHASE_COLUMNS = (
    "buyer",
    "day",
    "street",
    "number",
    "city",
    "zip",
    "parcel",
    "lat",
    "lon",
    "price",
    "type",
    "beds",
    "sqft",
)

_NEAR = """
WITH met (buyer_id, nearness) AS (
    SELECT buyer_id, 9 FROM buyer_purchases WHERE street = %(street)s AND %(street)s <> ''
    UNION ALL SELECT buyer_id, 3 FROM buyer_purchases WHERE zip = %(zip)s AND %(zip)s <> ''
    UNION ALL SELECT buyer_id, 1 FROM buyer_purchases WHERE city = %(city)s AND %(city)s <> ''
    UNION ALL SELECT id, 3 FROM cash_buyers WHERE stated AND (investment_areas ?| %(areas)s OR investment_areas = '[]')
)
SELECT buyer_id FROM met GROUP BY buyer_id ORDER BY sum(nearness) DESC, buyer_id LIMIT %(limit)s
"""

LOOKED_UP = 5_000
"""Buyers whose purchases are looked up one by one; for more, reading the whole table is faster."""

_TEXTS = ("street", "city", "zip", "parcel", "type")


class BuyerRepository:
    """Reads and writes buyers inside the caller's transaction; never commits by itself."""

    def __init__(self, connection: psycopg.Connection[Any], user: int) -> None:
        self._connection = connection
        self._user = user

    def reserve(self, count: int) -> list[int]:
        """Give ids for buyers that are about to be added."""
        query = "SELECT nextval(pg_get_serial_sequence('cash_buyers', 'id')) FROM generate_series(1, %s)"
        return [row[0] for row in self._connection.execute(query, (count,))]

    def add(self, rows: dict[str, list[Any]]) -> None:
        """Add buyers by column of ``cash_buyers``."""
        self._merge("cash_buyers", rows, "")

    def update(self, buyer: int, values: dict[str, Any]) -> None:
        """Change columns of one buyer."""
        pairs = sql.SQL(", ").join(
            sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in values
        )
        query = sql.SQL("UPDATE cash_buyers SET {}, updated_at = now() WHERE id = %(buyer)s").format(pairs)
        written = {name: Jsonb(value) if isinstance(value, list) else value for name, value in values.items()}
        self._connection.execute(query, {**written, "buyer": buyer})

    def names(self) -> list[NameRecord]:
        """Every spelling of every buyer."""
        query = "SELECT spelling, core, mailing, buyer_id AS buyer FROM buyer_names ORDER BY id"
        with self._connection.cursor(row_factory=class_row(NameRecord)) as cursor:
            return cursor.execute(query).fetchall()

    def add_names(self, names: Sequence[NameRecord]) -> None:
        """Remember spellings; one that is known stays with its buyer."""
        columns: dict[str, list[Any]] = {
            "buyer_id": [name.buyer for name in names],
            "spelling": [name.spelling for name in names],
            "core": [name.core for name in names],
            "mailing": [name.mailing for name in names],
        }
        self._merge("buyer_names", columns, "ON CONFLICT (user_id, spelling) DO NOTHING")

    def add_purchases(self, purchases: Sequence[Purchase]) -> int:
        """Keep purchases, each once; returns how many were new."""
        bought = [purchase.bought for purchase in purchases]
        columns: dict[str, list[Any]] = {
            "buyer_id": [purchase.buyer for purchase in purchases],
            "spelling": [purchase.spelling for purchase in purchases],
            "house_number": [one.number for one in bought],
            **{name: [getattr(one, name) for one in bought] for name in (*_TEXTS, "day", "price")},
            **{name: [getattr(one, name) for one in bought] for name in ("lat", "lon", "beds", "sqft")},
            "row_hash": [purchase.row_hash for purchase in purchases],
            "file": [purchase.file for purchase in purchases],
            "line": [purchase.line for purchase in purchases],
        }
        return self._merge("buyer_purchases", columns, "ON CONFLICT (user_id, row_hash) DO NOTHING")

    def add_contacts(self, contacts: Collection[tuple[int, str, bytes]]) -> None:
        """Remember phones and e-mail addresses by their keyed hashes."""
        keep_contacts(self._connection, self._user, contacts)

    def suppressed(self) -> dict[str, set[bytes]]:
        """Give the keyed hashes of everybody who was erased, by kind."""
        return SqlPrivacy(self._connection, self._user).suppressed()

    def _merge(self, table: str, columns: dict[str, list[Any]], conflict: str) -> int:
        """COPY into a temporary table, which row-level security allows, and insert from there."""
        incoming = f"incoming_{table}"
        names = {"table": sql.Identifier(table), "incoming": sql.Identifier(incoming)}
        self._connection.execute(sql.SQL("CREATE TEMP TABLE {incoming} (LIKE {table}) ON COMMIT DROP").format(**names))
        for column in ("id", "user_id", "created_at", "updated_at"):
            drop = sql.SQL("ALTER TABLE {incoming} ALTER COLUMN {column} DROP NOT NULL")
            if table == "cash_buyers" or column in ("id", "user_id"):
                self._connection.execute(drop.format(**names, column=sql.Identifier(column)))
        copy_columns(self._connection, incoming, columns)
        listed = sql.SQL(", ").join(map(sql.Identifier, columns))
        query = sql.SQL("INSERT INTO {table} (user_id, {columns}) SELECT %s, {columns} FROM {incoming} {conflict}")
        ready = query.format(**names, columns=listed, conflict=sql.SQL(conflict))
        added = self._connection.execute(ready, (self._user,)).rowcount
        self._connection.execute(sql.SQL("DROP TABLE {incoming}").format(**names))
        return added

    def summarise(self, buyers: Collection[int]) -> None:
        """Fill totals, prices, areas and types from purchases."""
        summarise(self._connection, buyers)

    def all(self, wanted: BuyerFilter | None = None) -> list[BuyerRecord]:
        """Buyers in the order of their ids, merged ones left out."""
        chosen = wanted or BuyerFilter()
        query = (
            _COLUMNS
            + """WHERE merged_into IS NULL
            AND (%(area)s::text IS NULL OR investment_areas ? %(area)s OR zip_code = %(area)s OR upper(city) = %(area)s)
            AND total_purchases >= coalesce(%(least)s, 0) AND (%(source)s::text IS NULL OR source = %(source)s)
            ORDER BY id LIMIT %(limit)s"""
        )
        names = {"area": chosen.area, "least": chosen.min_purchases, "source": chosen.source, "limit": chosen.limit}
        return self._read(query, names)

    def some(self, buyers: Sequence[int]) -> list[BuyerRecord]:
        """These buyers in the order of their ids, merged ones left out."""
        query = _COLUMNS + "WHERE merged_into IS NULL AND id = ANY(%(buyers)s) ORDER BY id"
        return self._read(query, {"buyers": list(buyers)})

    def get(self, buyer: int) -> BuyerRecord | None:
        """Find one buyer, a merged one too."""
        return next(iter(self._read(_COLUMNS + "WHERE id = %(buyer)s", {"buyer": buyer})), None)

    def _read(self, query: str, names: dict[str, Any]) -> list[BuyerRecord]:
        """Read buyers; whoever asked not to be contacted, by any phone or e-mail address, says so."""
        with self._connection.cursor(row_factory=class_row(BuyerRecord)) as cursor:
            found = cursor.execute(query, names).fetchall()
        silenced = silenced_buyers(self._connection)
        return [replace(one, do_not_contact=True) if one.id in silenced else one for one in found]

    def purchases(self, buyers: Sequence[int] | None = None) -> PurchaseTable:
        """Purchases by column, ``buyer`` being the id of the one that merged buyers joined."""
        tops = self._tops()
        wanted = set(buyers or ())
        if buyers is None or len(wanted) > LOOKED_UP:
            found = self._connection.execute(_PURCHASES).fetchall()
            rows = found if buyers is None else [row for row in found if tops.get(row[0], row[0]) in wanted]
        else:
            ids = [*wanted, *(child for child, top in tops.items() if top in wanted)]
            rows = self._connection.execute(_PURCHASES + "WHERE buyer_id = ANY(%s)", (ids,)).fetchall()
        columns: dict[str, Any] = dict(zip(_PURCHASE_COLUMNS, map(list, zip(*rows, strict=True)), strict=False))
        for name, values in columns.items():
            if name == "buyer":
                columns[name] = [tops.get(value, value) for value in values] if tops else values
            elif name == "day":
                columns[name] = [NAN if value is None else value.toordinal() for value in values]
            elif name not in _TEXTS:
                columns[name] = [NAN if value is None else value for value in values]
        return PurchaseTable(**columns)

    def _tops(self) -> dict[int, int]:
        """Each merged buyer with the one he finally joined."""
        query = "SELECT id, merged_into FROM cash_buyers WHERE merged_into IS NOT NULL"
        joined = dict(self._connection.execute(query).fetchall())
        tops = {}
        for child, parent in joined.items():
            top = parent
            while top in joined:
                top = joined[top]
            tops[child] = top
        return tops

    def near(self, offer: Property, limit: int) -> list[int]:
        """Ids of buyers with a purchase, or a wish, in the property's street, ZIP or city, the nearest first."""
        areas = [area for area in (offer.zip, offer.city) if area]
        names = {"street": offer.street, "zip": offer.zip, "city": offer.city, "areas": areas, "limit": limit}
        tops = self._tops()
        return list(dict.fromkeys(tops.get(row[0], row[0]) for row in self._connection.execute(_NEAR, names)))

    def count(self) -> int:
        """How many buyers there are, merged ones left out."""
        row = self._connection.execute("SELECT count(*) FROM cash_buyers WHERE merged_into IS NULL").fetchone()
        return int(row[0]) if row else 0

    def decide(self, kind: str, buyer: int, other: int, reason: str) -> None:
        """Note a merge or a split."""
        query = "INSERT INTO buyer_decisions (user_id, kind, buyer_id, other_id, reason) VALUES (%s, %s, %s, %s, %s)"
        self._connection.execute(query, (self._user, kind, buyer, other, reason))

    def move_names(self, spellings: Sequence[str], buyer: int) -> int:
        """Give spellings and the purchases under them to another buyer."""
        names = {"buyer": buyer, "spellings": list(spellings)}
        moved = self._connection.execute(
            "UPDATE buyer_names SET buyer_id = %(buyer)s WHERE spelling = ANY(%(spellings)s)", names
        )
        self._connection.execute(
            "UPDATE buyer_purchases SET buyer_id = %(buyer)s WHERE spelling = ANY(%(spellings)s)", names
        )
        return moved.rowcount

    def keep_matches(self, matches: Sequence[MatchRecord]) -> None:
        """Keep the matches of a lead in place of those before."""
        self._connection.execute(
            "DELETE FROM buyer_matches WHERE lead_id = ANY(%s)", (list({match.lead for match in matches}),)
        )
        query = (
            "INSERT INTO buyer_matches (user_id, lead_id, buyer_id, rank, score, parts, reasons)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)"
        )
        rows = [
            (self._user, m.lead, m.buyer, m.rank, m.score, Jsonb(dict(m.parts)), Jsonb(list(m.reasons)))
            for m in matches
        ]
        with self._connection.cursor() as cursor:
            cursor.executemany(query, rows)

    def matches(self, *, lead: int | None = None, buyer: int | None = None) -> list[MatchRecord]:
        """The kept matches of a lead, or of a buyer, best first."""
        query = """
            SELECT lead_id AS lead, buyer_id AS buyer, rank, score, parts, reasons, matched_at::date AS day
            FROM buyer_matches WHERE lead_id = coalesce(%s, lead_id) AND buyer_id = coalesce(%s, buyer_id)
            ORDER BY rank, score DESC, lead_id
        """
        with self._connection.cursor(row_factory=class_row(MatchRecord)) as cursor:
            return cursor.execute(query, (lead, buyer)).fetchall()

    def page(self, url: str) -> PageRecord | None:
        """What is known of a page."""
        with self._connection.cursor(row_factory=class_row(PageRecord)) as cursor:
            return cursor.execute("SELECT url, etag, next_url FROM buyer_pages WHERE url = %s", (url,)).fetchone()

    def keep_page(self, recipe: str, page: PageRecord) -> None:
        """Note that a page was read."""
        query = """
            INSERT INTO buyer_pages (user_id, url, recipe, etag, next_url) VALUES (%s, %s, %s, %s, %s)
            ON CONFLICT (user_id, url) DO UPDATE
            SET recipe = excluded.recipe, etag = excluded.etag, next_url = excluded.next_url, read_at = now()
        """
        self._connection.execute(query, (self._user, page.url, recipe, page.etag, page.next_url))
