"""Parts that many tables have, described for Alembic."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TIMESTAMP


def one_of(column: str, values: tuple[str, ...]) -> str:
    """Give the condition that a column holds one of these texts."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def owner() -> sa.Column[int]:
    """Give the column that the wall reads."""
    return sa.Column("user_id", sa.Integer, nullable=False, comment="Whose row it is; read by the policy.")


def owner_in_key() -> sa.Column[int]:
    """Give the column that the wall reads, as the first of the primary key."""
    return sa.Column("user_id", sa.Integer, primary_key=True, autoincrement=False)


def now(name: str) -> sa.Column[datetime]:
    """Give a column that holds when the row was made, until something else is said."""
    return sa.Column(name, TIMESTAMP(timezone=True), nullable=False, server_default=sa.text("now()"))
