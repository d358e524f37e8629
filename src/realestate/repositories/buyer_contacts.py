"""Keeps the phones and e-mail addresses of buyers as keyed hashes, and finds who of them is to be left alone."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

_KEEP = """
INSERT INTO buyer_contacts (user_id, buyer_id, kind, blind)
SELECT %s, said.* FROM unnest(%s::integer[], %s::varchar[], %s::bytea[]) AS said ON CONFLICT DO NOTHING
"""

_SILENCED = """
WITH RECURSIVE silenced (id) AS (
    SELECT buyer_id FROM do_not_contact JOIN buyer_contacts USING (user_id, kind, blind)
    UNION SELECT merged_into FROM cash_buyers JOIN silenced USING (id) WHERE merged_into IS NOT NULL
)
SELECT id FROM silenced
"""


def keep_contacts(connection: psycopg.Connection[Any], user: int, contacts: Collection[tuple[int, str, bytes]]) -> None:
    """Remember phones and e-mail addresses: buyer, kind and keyed hash."""
    rows = sorted(contacts)
    buyers, kinds, blinds = ([row[at] for row in rows] for at in range(3))
    connection.execute(_KEEP, (user, buyers, kinds, blinds))


def silenced_buyers(connection: psycopg.Connection[Any]) -> set[int]:
    """Buyers with a phone or e-mail address that is not to be contacted, and those whom they were merged into."""
    return {row[0] for row in connection.execute(_SILENCED)}
