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
SELECT spots.lead_id, sightings.id, sightings.list_id, lists.priority, sightings.kinds, spots.address, spots.city,
    spots.state, spots.zip, spots.parcel, spots.many_parcels, count(*) OVER (PARTITION BY spots.lead_id) AS rows,
    row_number() OVER (PARTITION BY spots.lead_id ORDER BY {BEST_FIRST}) AS rank
FROM touched
JOIN spots ON spots.lead_id = touched.lead_id
JOIN sightings ON sightings.user_id = spots.user_id AND sightings.spot_key = spots.spot_key
JOIN lists ON lists.id = sightings.list_id
"""  # noqa: S608 - constant text

# Most leads rest on one row; only the others are worth grouping.
_FOLDED = """
CREATE TEMP TABLE folded ON COMMIT DROP AS
SELECT lead_id, CASE WHEN priority >= 0 AND priority < %(returned)s THEN 1 ELSE 0 END AS lists, many_parcels,
    address, city, state, zip, parcel, CASE WHEN kinds & 1 <> 0 THEN id END AS name_from,
    CASE WHEN kinds & 2 <> 0 THEN id END AS phone_from, CASE WHEN kinds & 4 <> 0 THEN id END AS email_from
FROM ranked WHERE rows = 1
UNION ALL
SELECT lead_id, count(DISTINCT list_id) FILTER (WHERE priority >= 0 AND priority < %(returned)s), bool_or(many_parcels),
    (array_agg(address ORDER BY rank))[1],
    (array_agg(city ORDER BY rank) FILTER (WHERE city IS NOT NULL))[1],
    (array_agg(state ORDER BY rank) FILTER (WHERE state IS NOT NULL))[1],
    (array_agg(zip ORDER BY rank) FILTER (WHERE zip IS NOT NULL))[1],
    (array_agg(parcel ORDER BY rank) FILTER (WHERE parcel IS NOT NULL))[1],
    (array_agg(id ORDER BY rank) FILTER (WHERE kinds & 1 <> 0))[1],
    (array_agg(id ORDER BY rank) FILTER (WHERE kinds & 2 <> 0))[1],
    (array_agg(id ORDER BY rank) FILTER (WHERE kinds & 4 <> 0))[1]
FROM ranked WHERE rows > 1 GROUP BY lead_id
"""

_TOLD = """
FROM folded
LEFT JOIN known USING (lead_id)
LEFT JOIN scored USING (lead_id)
LEFT JOIN contacts AS name ON name.sighting_id = name_from AND name.kind = 'name' AND name.position = 0
LEFT JOIN contacts AS phone ON phone.sighting_id = phone_from AND phone.kind = 'phone' AND phone.position = 0
LEFT JOIN contacts AS email ON email.sighting_id = email_from AND email.kind = 'email' AND email.position = 0
"""
_ANY_KNOWN = "SELECT EXISTS (SELECT FROM folded JOIN leads ON leads.id = folded.lead_id)"

# Apart from one another, for ON CONFLICT costs a new row a third more.
_CHANGE = f"""
UPDATE leads SET
    property_address = folded.address, property_city = folded.city, property_state = folded.state,
    property_zip = folded.zip, parcel = folded.parcel, lists = folded.lists, many_parcels = folded.many_parcels,
    facts = known.facts, owner_name = name.value, owner_name_contact = name.id, owner_phone = phone.value,
    owner_phone_contact = phone.id, owner_email = email.value, owner_email_contact = email.id, orphan_group = NULL,
    lead_score = coalesce(scored.score, 0), distress_signals = coalesce(scored.signals, '[]'), updated_at = now()
{_TOLD} WHERE leads.id = folded.lead_id
"""  # noqa: S608 - constant text
_OPEN = f"""
INSERT INTO leads (id, user_id, property_address, property_city, property_state, property_zip, parcel, lists,
    many_parcels, facts, owner_name, owner_name_contact, owner_phone, owner_phone_contact, owner_email,
    owner_email_contact, source, lead_score, distress_signals)
SELECT folded.lead_id, %(user)s, address, city, state, zip, parcel, lists, many_parcels, known.facts,
    name.value, name.id, phone.value, phone.id, email.value, email.id, %(source)s,
    coalesce(scored.score, 0), coalesce(scored.signals, '[]')
{_TOLD} WHERE NOT EXISTS (SELECT FROM leads WHERE leads.id = folded.lead_id) ORDER BY folded.lead_id
"""  # noqa: S608 - constant text


class LeadFolder:
    """Rewrites the leads of the temporary table ``touched``; ``known`` holds their facts, ``scored`` the scores."""

    def __init__(self, connection: psycopg.Connection[Any], user: int) -> None:
        self._connection = connection
        self._user = user

    def fold(self, source: str = "list_stacking") -> int:
        """Insert or update every touched lead that still has a sighting; returns how many."""
        names = {"user": self._user, "source": source, "returned": RETURNED_PRIORITY}
        self._connection.execute(_RANKED)
        self._connection.execute(_FOLDED, names)
        self._connection.execute("ANALYZE folded")
        known = self._connection.execute(_ANY_KNOWN).fetchone()
        changed = self._connection.execute(_CHANGE).rowcount if known and known[0] else 0
        opened = self._connection.execute(_OPEN, names).rowcount
        self._connection.execute("DROP TABLE ranked, folded")
        return changed + opened
