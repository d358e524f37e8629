"""Runs revisions: a whole upgrade in one transaction, one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import context

from realestate.adapters.migrations import take_turns
from realestate.repositories.tables import metadata


@contextmanager
def as_owner() -> Iterator[sa.Connection]:
    """The connection that realestate passes in; for a plain ``alembic`` command, one by our settings."""
    given = context.config.attributes.get("connection")
    if given is not None:
        yield given
        return
    from realestate.database import Database
    from realestate.settings import Settings

    with Database(Settings()).migrations.engine().begin() as connection:
        yield connection


# Compared are the tables of the package; the ``auth`` schema is plain SQL and described nowhere else.
with as_owner() as connection:
    take_turns(connection)
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()
