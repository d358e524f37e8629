"""Makes the lead row out of its sightings, the same way after an import, an undo, a merge or a split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from realestate.domain.leads.returning import RETURNED_PRIORITY

if TYPE_CHECKING:
    import psycopg

# What a lead shows when lists disagree: the newest event, then the list's priority, then the smaller
# keyed hash of the row. The order of import never decides.
# A person's own word, given to a list of negative priority, comes before all of that, the latest first.
BEST_FIRST = """CASE WHEN lists.priority < 0 THEN sightings.id END DESC NULLS LAST,
    sightings.event_date DESC NULLS LAST, lists.priority, sightings.row_hash, lists.name"""

_RANKED = f"""
CREATE TEMP TABLE ranked ON COMMIT DROP AS
SELECT spots.lead_id, sightings.id, sightings.list_id, lists.priority, sightings.kinds, sightings.spot_key,
    row_number() OVER (PARTITION BY spots.lead_id ORDER BY {BEST_FIRST}) AS rank
FROM touched
JOIN spots ON spots.lead_id = touched.lead_id
JOIN sightings ON sightings.user_id = spots.user_id AND sightings.spot_key = spots.spot_key
JOIN lists ON lists.id = sightings.list_id
"""  # noqa: S608 - constant text

_FOLD = """
WITH folded AS (
    SELECT ranked.lead_id,
        count(DISTINCT ranked.list_id) FILTER (WHERE priority >= 0 AND priority < %(returned)s) AS lists,
        bool_or(spots.many_parcels) AS many_parcels,
        (array_agg(spots.address ORDER BY rank))[1] AS address,
        (array_agg(spots.city ORDER BY rank) FILTER (WHERE spots.city IS NOT NULL))[1] AS city,
        (array_agg(spots.state ORDER BY rank) FILTER (WHERE spots.state IS NOT NULL))[1] AS state,
        (array_agg(spots.zip ORDER BY rank) FILTER (WHERE spots.zip IS NOT NULL))[1] AS zip,
        (array_agg(spots.parcel ORDER BY rank) FILTER (WHERE spots.parcel IS NOT NULL))[1] AS parcel,
        (array_agg(ranked.id ORDER BY rank) FILTER (WHERE kinds & 1 <> 0))[1] AS name_from,
        (array_agg(ranked.id ORDER BY rank) FILTER (WHERE kinds & 2 <> 0))[1] AS phone_from,
        (array_agg(ranked.id ORDER BY rank) FILTER (WHERE kinds & 4 <> 0))[1] AS email_from
    FROM ranked JOIN spots ON spots.user_id = %(user)s AND spots.spot_key = ranked.spot_key
    GROUP BY ranked.lead_id
)
INSERT INTO leads (id, user_id, property_address, property_city, property_state, property_zip, parcel, lists,
    many_parcels, facts, owner_name, owner_name_contact, owner_phone, owner_phone_contact, owner_email,
    owner_email_contact, source, lead_score, distress_signals)
SELECT folded.lead_id, %(user)s, address, city, state, zip, parcel, lists, many_parcels, known.facts,
    name.value, name.id, phone.value, phone.id, email.value, email.id, %(source)s,
    coalesce(scored.score, 0), coalesce(scored.signals, '[]')
FROM folded
LEFT JOIN known USING (lead_id)
LEFT JOIN scored USING (lead_id)
LEFT JOIN contacts AS name ON name.sighting_id = name_from AND name.kind = 'name' AND name.position = 0
LEFT JOIN contacts AS phone ON phone.sighting_id = phone_from AND phone.kind = 'phone' AND phone.position = 0
LEFT JOIN contacts AS email ON email.sighting_id = email_from AND email.kind = 'email' AND email.position = 0
ON CONFLICT (id) DO UPDATE SET
    property_address = excluded.property_address, property_city = excluded.property_city,
    property_state = excluded.property_state, property_zip = excluded.property_zip, parcel = excluded.parcel,
    lists = excluded.lists, many_parcels = excluded.many_parcels, facts = excluded.facts,
    owner_name = excluded.owner_name, owner_name_contact = excluded.owner_name_contact,
    owner_phone = excluded.owner_phone, owner_phone_contact = excluded.owner_phone_contact,
    owner_email = excluded.owner_email, owner_email_contact = excluded.owner_email_contact,
    orphan_group = NULL, lead_score = excluded.lead_score, distress_signals = excluded.distress_signals,
    updated_at = now()
"""


class LeadFolder:
    """Rewrites the leads of the temporary table ``touched``; ``known`` holds their facts, ``scored`` the scores."""

    def __init__(self, connection: psycopg.Connection[Any], user: int) -> None:
        self._connection = connection
        self._user = user

    def fold(self, source: str = "list_stacking") -> int:
        """Insert or update every touched lead that still has a sighting; returns how many."""
        self._connection.execute(_RANKED)
        self._connection.execute("ANALYZE ranked")
        names = {"user": self._user, "source": source, "returned": RETURNED_PRIORITY}
        written = self._connection.execute(_FOLD, names).rowcount
        self._connection.execute("DROP TABLE ranked")
        return written
