"""Fills a database with invented leads in one go, as imports would have left them, for benchmarks to work on."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from databases import Servers, TestDatabase
from realestate.repositories.connection import connect_as_owner
from realestate.settings import Settings
from realestate.toolkit import Toolkit

SIGNALS = ("tax_delinquent", "vacant", "code_violation", "tax_lien", "probate", "pre_foreclosure", "absentee")
PER_LEAD = 2
"""Sightings of a lead, each of another list with one signal; every third row states facts of the house."""

_FILL = """
SELECT setseed(0.5);
INSERT INTO lists (id, user_id, name, signal) OVERRIDING SYSTEM VALUE
    SELECT n, {user}, 'list ' || n, ('{{{signals}}}'::text[])[n] FROM generate_series(1, {kinds}) AS n;
INSERT INTO runs (id, user_id, list_id, file, file_hash, as_of) OVERRIDING SYSTEM VALUE
    SELECT n, {user}, n, 'list ' || n || '.csv', decode(md5(n::text), 'hex'), current_date - 30
    FROM generate_series(1, {kinds}) AS n;
INSERT INTO leads (id, user_id, property_address, property_city, property_state, property_zip, lists, facts,
        owner_name, owner_phone, created_at) OVERRIDING SYSTEM VALUE
    SELECT n, {user}, (100 + n % 9000) || ' ' || md5((n / 40)::text) || ' ST', 'CITY ' || n % 60, 'OH',
        (43000 + n % 400)::text, 1 + (n % 3 = 0)::int,
        CASE WHEN n % 3 = 0 THEN jsonb_build_object('value', 90000 + n % 300000, 'equity', n % 200000, 'beds', n % 6,
            'sale_date', (current_date - (n % 4000))::text, 'sale_price', n % 250000) END,
        CASE WHEN n % 10 < 9 THEN decode(repeat(md5(n::text), 3), 'hex') END,
        CASE WHEN n % 10 < 4 THEN decode(repeat(md5(n::text), 2), 'hex') END, now() - n % 700 * interval '1 day'
    FROM generate_series(1, {leads}) AS n;
INSERT INTO lead_scores (lead_id, user_id, score, as_of, model)
    SELECT n, {user}, 0, current_date, 'none' FROM generate_series(1, {leads}) AS n;
INSERT INTO spots (user_id, spot_key, lead_id, street_key, address_key, address, city, state, zip, group_key, how)
    SELECT user_id, id, id, id / 2, id || '', property_address, property_city, property_state, property_zip, id,
        'address' FROM leads;
INSERT INTO sightings (id, user_id, list_id, spot_key, row_hash, first_run, line, event_date, facts)
    SELECT (n - 1) * {per_lead} + k, {user}, 1 + (n * 7 + k * 3 + n / 11) % {kinds}, n, md5(n || ' ' || k)::uuid,
        1 + (n * 7 + k * 3 + n / 11) % {kinds}, n + 1, current_date - (n * 13 + k * 5) % 900, NULL
    FROM generate_series(1, {leads}) AS n, generate_series(1, {per_lead}) AS k;
INSERT INTO signals (sighting_id, user_id, signal, event_date, amount, deadline)
    SELECT id, {user}, ('{{{signals}}}'::text[])[list_id], event_date,
        CASE WHEN id % 3 = 0 THEN id % 2000000 END, CASE WHEN id % 50 = 0 THEN current_date + (id % 90)::int END
    FROM sightings;
"""


@contextmanager
def generated(leads: int) -> Iterator[tuple[Toolkit, TestDatabase]]:
    """A toolkit on a database of so many leads, scored and analysed.

    Args:
        leads: Each with ``PER_LEAD`` signals.
    """
    servers = Servers()
    try:
        database = servers.get().clone()
        with connect_as_owner(database.owner_url) as owner:
            row = owner.execute("SELECT id FROM users ORDER BY id LIMIT 1").fetchone()
            user = row[0] if row else _owner_of(database)
        with connect_as_owner(database.owner_url) as owner:
            text = _FILL.format(
                user=user, leads=leads, per_lead=PER_LEAD, kinds=len(SIGNALS), signals=",".join(SIGNALS)
            )
            owner.execute(text)  # type: ignore[arg-type]
            owner.commit()
            owner.autocommit = True
            owner.execute("VACUUM ANALYZE")
        with tempfile.TemporaryDirectory() as home:
            settings = Settings(home=Path(home), database_url=database.url, token=database.token())
            toolkit = Toolkit(settings)
            toolkit.leads.score()
            _vacuum(database)
            yield toolkit, database
            toolkit.close()
    finally:
        servers.end()


def _vacuum(database: TestDatabase) -> None:
    with connect_as_owner(database.owner_url) as owner:
        owner.autocommit = True
        owner.execute("VACUUM ANALYZE")


def _owner_of(database: TestDatabase) -> int:
    database.token()
    with connect_as_owner(database.owner_url) as owner:
        row = owner.execute("SELECT id FROM users ORDER BY id LIMIT 1").fetchone()
    assert row is not None
    return int(row[0])
