"""The whole schema as SQLAlchemy describes it; only Alembic and its tests read it, queries are plain SQL."""

from __future__ import annotations

import sqlalchemy as sa

from realestate.repositories import (
    account_tables,
    buyer_tables,
    chat_tables,
    lead_tables,
    repair_tables,
    sighting_tables,
)

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

account_tables.define(metadata)
lead_tables.define(metadata)
sighting_tables.define(metadata)
chat_tables.define(metadata)
repair_tables.define(metadata)
buyer_tables.define(metadata)
