"""Puts spots on leads: loads the neighbourhood that new spots touch, and keeps what the rule decides of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from realestate.domain.leads.spots import SpotKeys, Spots, spot_keys
from realestate.repositories.copying import copy_columns

if TYPE_CHECKING:
    import psycopg

_AREA = """
CREATE TEMP TABLE area (spot_key bigint PRIMARY KEY, hop int) ON COMMIT DROP;
CREATE TEMP TABLE last_groups (lead_id int, group_key bigint) ON COMMIT DROP;
CREATE TEMP TABLE area_streets (street_key bigint PRIMARY KEY, hop int) ON COMMIT DROP;
CREATE TEMP TABLE area_parcels (parcel_key bigint PRIMARY KEY, hop int) ON COMMIT DROP
"""

_FROM_FRESH = """
INSERT INTO area SELECT spot_key, 0 FROM fresh UNION SELECT spot_key, 0 FROM recrowded JOIN spots USING (spot_key);
INSERT INTO area_streets SELECT street_key, 0 FROM fresh WHERE street_key IS NOT NULL
    UNION SELECT street_key, 0 FROM fresh_ranges
    UNION SELECT street_key, 0 FROM recrowded JOIN spots USING (spot_key) WHERE street_key IS NOT NULL
    UNION SELECT street_key, 0 FROM recrowded JOIN spot_ranges USING (spot_key);
INSERT INTO area_parcels SELECT DISTINCT parcel_key, 0 FROM fresh WHERE parcel_key IS NOT NULL
"""

_SEEDED = """
INSERT INTO area SELECT spot_key, 0 FROM empty_spots ON CONFLICT DO NOTHING;
INSERT INTO last_groups SELECT lead_id, group_key FROM empty_spots JOIN spots USING (spot_key);
INSERT INTO area_streets SELECT street_key, 0 FROM (
    SELECT street_key FROM empty_spots JOIN spots USING (spot_key) WHERE street_key IS NOT NULL
    UNION SELECT street_key FROM empty_spots JOIN spot_ranges USING (spot_key)
) AS found ON CONFLICT DO NOTHING;
INSERT INTO area_parcels SELECT DISTINCT parcel_key, 0 FROM empty_spots JOIN spots USING (spot_key)
    WHERE parcel_key IS NOT NULL ON CONFLICT DO NOTHING
"""

# One step outwards: the spots that share a key with the last ring, then the keys these bring.
_RING = """
INSERT INTO area SELECT spot_key, {hop} FROM (
    SELECT spot_key FROM area_streets JOIN spots USING (street_key) WHERE hop = {last}
    UNION SELECT spot_key FROM area_streets JOIN spot_ranges USING (street_key) WHERE hop = {last}
    UNION SELECT spot_key FROM area_parcels JOIN spots USING (parcel_key) WHERE hop = {last}
    UNION SELECT one FROM area JOIN decisions ON other = spot_key WHERE hop = {last}
    UNION SELECT other FROM area JOIN decisions ON one = spot_key WHERE hop = {last}
) AS found WHERE EXISTS (SELECT FROM spots WHERE spots.spot_key = found.spot_key)
ON CONFLICT DO NOTHING
"""
_RING_KEYS = """
INSERT INTO area_streets SELECT street_key, {hop} FROM (
    SELECT street_key FROM area JOIN spots USING (spot_key) WHERE hop = {hop} AND street_key IS NOT NULL
    UNION SELECT street_key FROM area JOIN spot_ranges USING (spot_key) WHERE hop = {hop}
) AS found ON CONFLICT DO NOTHING;
INSERT INTO area_parcels SELECT DISTINCT parcel_key, {hop} FROM area JOIN spots USING (spot_key)
    WHERE hop = {hop} AND parcel_key IS NOT NULL ON CONFLICT DO NOTHING
"""

# A block is the spots of one street key. Blocks that a parcel, a range of numbers or a decision links to
# another one are tangled and have to be looked at together; every other block stands for itself.
_TANGLED = """
CREATE TEMP TABLE tangled ON COMMIT DROP AS
WITH scope AS (
    SELECT spot_key, parcel_key, coalesce(street_key, parcel_key) AS block FROM fresh
    UNION ALL SELECT spot_key, parcel_key, coalesce(street_key, parcel_key) FROM area JOIN spots USING (spot_key)
), parcels AS (
    SELECT parcel_key FROM scope WHERE parcel_key IS NOT NULL GROUP BY parcel_key HAVING min(block) <> max(block)
), ranges AS (
    SELECT street_key, spot_key FROM fresh_ranges
    UNION ALL SELECT street_key, spot_key FROM area JOIN spot_ranges USING (spot_key)
), linked AS (
    SELECT spot_key FROM ranges UNION SELECT one FROM decisions UNION SELECT other FROM decisions
)
SELECT block FROM scope JOIN parcels USING (parcel_key)
UNION SELECT street_key FROM ranges
UNION SELECT block FROM scope JOIN linked USING (spot_key);
ANALYZE tangled
"""

_COLUMNS = """spot_key, street_key, parcel_key, address_key, coalesce(city, ''), coalesce(state, ''), coalesce(zip, ''),
    coalesce(parcel, ''), coalesce(county, ''), coalesce(street_key, parcel_key) AS block"""
_LOAD = f"""
SELECT crowded.spot_key IS NOT NULL, scope.*, tangled.block IS NOT NULL FROM (
    SELECT {_COLUMNS}, 0 FROM fresh UNION ALL SELECT {_COLUMNS}, hop FROM area JOIN spots USING (spot_key)
) AS scope LEFT JOIN tangled USING (block) LEFT JOIN (SELECT DISTINCT spot_key FROM crowds) AS crowded USING (spot_key)
ORDER BY tangled.block IS NULL, block
"""  # noqa: S608 - constant text
_LOAD_AT_ONCE = 25_000

_GROUPED = """
CREATE TEMP TABLE grouped (spot_key bigint, group_key bigint, how text, many_parcels bool) ON COMMIT DROP
"""

# A lead goes to the group that holds its oldest sighting; every other group opens a lead of its own. Spots that
# already have a lead and share a group with one that is placed now are always within reach of it. New leads are
# numbered as the file names them: fresh spots are only ever appended, so that their place in the table is that order.
_PLACED = """
CREATE TEMP TABLE wanted ON COMMIT DROP AS SELECT DISTINCT group_key FROM grouped;
CREATE TEMP TABLE members ON COMMIT DROP AS
    SELECT coalesce(grouped.group_key, spots.group_key) AS group_key, spots.lead_id, spot_key
    FROM area JOIN spots USING (spot_key) LEFT JOIN grouped USING (spot_key)
    WHERE grouped.spot_key IS NOT NULL OR spots.group_key IN (SELECT group_key FROM wanted);
CREATE TEMP TABLE claims ON COMMIT DROP AS SELECT DISTINCT group_key, lead_id FROM members;
CREATE TEMP TABLE disputed ON COMMIT DROP AS
    SELECT group_key, lead_id, min(sightings.id) AS oldest
    FROM claims JOIN members USING (group_key, lead_id) LEFT JOIN sightings USING (spot_key)
    WHERE group_key IN (SELECT group_key FROM claims GROUP BY group_key HAVING count(*) > 1)
        OR lead_id IN (SELECT lead_id FROM claims GROUP BY lead_id HAVING count(*) > 1)
    GROUP BY group_key, lead_id;
CREATE TEMP TABLE placed ON COMMIT DROP AS
    SELECT group_key, lead_id FROM (
        SELECT DISTINCT ON (lead_id) group_key, lead_id FROM (
            SELECT DISTINCT ON (group_key) group_key, lead_id, oldest FROM disputed ORDER BY group_key, oldest, lead_id
        ) AS oldest_lead ORDER BY lead_id, oldest, group_key
    ) AS claimed
    UNION ALL (SELECT group_key, lead_id FROM claims EXCEPT SELECT group_key, lead_id FROM disputed);
INSERT INTO placed SELECT wanted.group_key, min(leads.id)
    FROM wanted JOIN leads ON leads.orphan_group = wanted.group_key
    WHERE NOT EXISTS (SELECT FROM placed WHERE placed.group_key = wanted.group_key) GROUP BY wanted.group_key;
CREATE TEMP TABLE opened ON COMMIT DROP AS
    SELECT group_key, nextval('leads_id_seq')::int AS lead_id FROM (
        SELECT group_key FROM grouped LEFT JOIN fresh USING (spot_key)
        WHERE NOT EXISTS (SELECT FROM placed WHERE placed.group_key = grouped.group_key)
        GROUP BY group_key ORDER BY min(fresh.ctid), group_key
    ) AS in_order;
INSERT INTO placed SELECT group_key, lead_id FROM opened;
ANALYZE grouped; ANALYZE placed; ANALYZE opened
"""

_MOVED = """
CREATE TEMP TABLE moved ON COMMIT DROP AS
SELECT spots.spot_key, spots.lead_id AS before, spots.group_key AS group_before, placed.lead_id, grouped.group_key,
    grouped.how, grouped.many_parcels
FROM area JOIN spots USING (spot_key) JOIN grouped USING (spot_key) JOIN placed ON placed.group_key = grouped.group_key
WHERE (spots.lead_id, spots.group_key, spots.how, spots.many_parcels)
    IS DISTINCT FROM (placed.lead_id, grouped.group_key, grouped.how, grouped.many_parcels);
INSERT INTO last_groups SELECT before, group_before FROM moved;
UPDATE spots SET lead_id = moved.lead_id, group_key = moved.group_key, how = moved.how,
    many_parcels = moved.many_parcels FROM moved WHERE spots.spot_key = moved.spot_key
"""

# What was worked on follows the house when all its spots move to another lead.
_FOLLOW = """
CREATE TEMP TABLE emptied ON COMMIT DROP AS
    SELECT before AS lead_id, min(lead_id) AS heir FROM moved WHERE before <> lead_id
        AND NOT EXISTS (SELECT FROM spots WHERE spots.lead_id = moved.before) GROUP BY before;
INSERT INTO lead_history (user_id, lead_id, what, detail)
    SELECT {user}, before, 'restacked', jsonb_build_object('spot', spot_key, 'to', lead_id)
    FROM moved WHERE before <> lead_id;
UPDATE conversations SET lead_id = heir FROM emptied WHERE conversations.lead_id = emptied.lead_id;
UPDATE property_analyses SET lead_id = heir FROM emptied WHERE property_analyses.lead_id = emptied.lead_id;
UPDATE lead_notes SET lead_id = heir FROM emptied WHERE lead_notes.lead_id = emptied.lead_id;
INSERT INTO lead_tags (user_id, lead_id, tag) SELECT {user}, heir, tag FROM emptied JOIN lead_tags USING (lead_id)
    ON CONFLICT DO NOTHING;
DELETE FROM lead_tags USING emptied WHERE lead_tags.lead_id = emptied.lead_id;
INSERT INTO lead_dues (user_id, lead_id, due_on)
    SELECT {user}, heir, min(due_on) FROM emptied JOIN lead_dues USING (lead_id) GROUP BY heir
    ON CONFLICT (lead_id) DO UPDATE SET due_on = least(lead_dues.due_on, excluded.due_on);
DELETE FROM lead_dues USING emptied WHERE lead_dues.lead_id = emptied.lead_id;
UPDATE lead_history SET lead_id = heir FROM emptied WHERE lead_history.lead_id = emptied.lead_id
    AND what <> 'restacked'
"""

_WORKED = """(leads.status <> 'new'
    OR EXISTS (SELECT FROM conversations WHERE conversations.lead_id = leads.id)
    OR EXISTS (SELECT FROM property_analyses WHERE property_analyses.lead_id = leads.id)
    OR EXISTS (SELECT FROM lead_history WHERE lead_history.lead_id = leads.id AND what <> 'restacked'))"""

_BARE = "leads.id = touched.lead_id AND NOT EXISTS (SELECT FROM spots WHERE spots.lead_id = leads.id)"
_DROP = f"DELETE FROM leads USING touched WHERE {_BARE} AND NOT {_WORKED}"  # noqa: S608 - constant text
_DROP_SCORES = """
DELETE FROM lead_scores USING touched WHERE lead_scores.lead_id = touched.lead_id
    AND NOT EXISTS (SELECT FROM leads WHERE leads.id = touched.lead_id)
"""
_STRIP = f"""
UPDATE leads SET distress_signals = '[]', lead_score = 0, lists = 0, facts = NULL, owner_name = NULL,
    owner_name_contact = NULL, owner_phone = NULL, owner_phone_contact = NULL, owner_email = NULL,
    owner_email_contact = NULL, updated_at = now(),
    orphan_group = (SELECT min(group_key) FROM last_groups WHERE last_groups.lead_id = leads.id)
FROM touched WHERE {_BARE} RETURNING leads.id
"""  # noqa: S608 - constant text

_KEEP_FRESH = """
INSERT INTO spots (user_id, spot_key, lead_id, street_key, parcel_key, address_key, address, city, state, zip, parcel,
    county, group_key, how, many_parcels)
SELECT %(user)s, fresh.spot_key, placed.lead_id, street_key, parcel_key, address_key, address, city, state, zip, parcel,
    county, group_key, how, grouped.many_parcels
FROM fresh JOIN grouped USING (spot_key) JOIN placed USING (group_key)
"""
_KEEP_RANGES = """
INSERT INTO spot_ranges (user_id, street_key, spot_key)
SELECT DISTINCT %(user)s::int, fresh_ranges.street_key, spot_key FROM fresh_ranges JOIN fresh USING (spot_key)
"""

_TOUCHED = """
CREATE TEMP TABLE touched ON COMMIT DROP AS
SELECT lead_id FROM incoming_rows JOIN spots ON spots.user_id = {user} AND spots.spot_key = incoming_rows.spot_key
UNION SELECT lead_id FROM moved UNION SELECT before FROM moved;
ANALYZE touched
"""


@dataclass(frozen=True, slots=True)
class Area:
    """Spots that are decided together.

    Attributes:
        crowded: Whether one file names the spot in several rows.
        hop: 0 is new; a spot's result counts up to the rule's reach.
    """

    spots: Spots
    keys: SpotKeys
    crowded: list[bool]
    hop: list[int]


class StackRepository:
    """Works on the temporary tables of an import, inside its transaction."""

    def __init__(self, connection: psycopg.Connection[Any], user: int) -> None:
        self._connection = connection
        self._user = user

    def reach(self, hops: int, *, removed: bool = False) -> None:
        """Find every spot within so many shared keys of the new spots, or of those about to be removed."""
        self._connection.execute(_AREA)
        if not self._any_spot():
            return
        self._connection.execute(_FROM_FRESH)
        if removed:
            self._connection.execute(_SEEDED)
        for hop in range(1, hops + 1):
            if not self._connection.execute(_RING.format(hop=hop, last=hop - 1)).rowcount:
                break
            self._connection.execute(_RING_KEYS.format(hop=hop))

    def _any_spot(self) -> bool:
        row = self._connection.execute("SELECT EXISTS (SELECT FROM spots)").fetchone()
        return bool(row and row[0])

    def areas(self, size: int) -> Iterator[Area]:
        """Give the new spots and those that :meth:`reach` found, as far as they still exist, in independent parts.

        Args:
            size: Spots of a part, about; those that are linked across streets are all in the first.
        """
        self._connection.execute(_TANGLED)
        with self._connection.cursor("areas") as cursor:
            cursor.execute(_LOAD)
            held: list[tuple[Any, ...]] = []
            while rows := cursor.fetchmany(_LOAD_AT_ONCE):
                held += rows
                end = _last_block(held)
                if end >= size:
                    yield _area(held[:end])
                    held = held[end:]
            if held:
                yield _area(held)

    def decisions(self, kind: str) -> list[tuple[int, int]]:
        """Give what people decided about spots: ``together`` or ``apart``."""
        query = "SELECT one, other FROM decisions WHERE kind = %s ORDER BY id"
        return self._connection.execute(query, (kind,)).fetchall()

    def expect_groups(self) -> None:
        """Make room for what :meth:`group` brings."""
        self._connection.execute(_GROUPED)

    def group(
        self, keys: Sequence[int], groups: Sequence[int], how: Sequence[str], many_parcels: Sequence[bool]
    ) -> None:
        """Note the groups of spots."""
        columns: dict[str, Sequence[Any]] = {"spot_key": keys, "group_key": groups, "how": how}
        copy_columns(self._connection, "grouped", {**columns, "many_parcels": many_parcels})

    def place(self) -> None:
        """Put spots on the leads of their groups, open leads for new groups, and note which leads are touched."""
        self._connection.execute(_PLACED)
        self._connection.execute(_MOVED)
        self._connection.execute(_FOLLOW.format(user=int(self._user)))
        self._connection.execute(_KEEP_FRESH, {"user": self._user})
        self._connection.execute(_KEEP_RANGES, {"user": self._user})

    def touch(self) -> None:
        """Name the leads to be folded and scored again in the temporary table ``touched``."""
        self._connection.execute(_TOUCHED.format(user=int(self._user)))

    def settle_bare(self) -> tuple[int, list[int]]:
        """Drop touched leads that no row names any more, but keep those that carry work, without signals.

        Returns:
            How many were dropped, and the ids of those kept.
        """
        dropped = self._connection.execute(_DROP).rowcount
        if dropped:
            self._connection.execute(_DROP_SCORES)
        kept = sorted(row[0] for row in self._connection.execute(_STRIP))
        return dropped, kept


def _last_block(rows: Sequence[tuple[Any, ...]]) -> int:
    """Find where the last block begins, which the next rows may continue; the tangled blocks count as one."""
    block, _, tangled = rows[-1][-3:]
    at = len(rows)
    while at and rows[at - 1][-1] == tangled and (tangled or rows[at - 1][-3] == block):
        at -= 1
    return at


def _area(rows: Sequence[tuple[Any, ...]]) -> Area:
    crowded, spot, street, parcel_key, address, city, state, zip5, parcel, county, _, hop, _ = (
        list(column) for column in zip(*rows, strict=True)
    )
    spots = Spots(address, city, state, zip5, parcel, county)
    return Area(spots, SpotKeys(spot, street, parcel_key, _inside(spots)), crowded, hop)


def _inside(spots: Spots) -> list[Sequence[int]]:
    """Compute the street keys inside the ranges; all other keys are kept with the spots."""
    inside: list[Sequence[int]] = [()] * len(spots)
    ranges = [i for i, address in enumerate(spots.address) if ":" in address.partition("|")[0]]
    columns = (spots.address, spots.city, spots.state, spots.zip5, spots.parcel, spots.county)
    keys = spot_keys(Spots(*([column[i] for i in ranges] for column in columns)))
    for i, numbers in zip(ranges, keys.inside, strict=True):
        inside[i] = numbers
    return inside
