"""The tables of the chat flow, described for Alembic."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

QUALIFICATION_STATUSES = ("pending", "qualified", "not_qualified")


def define(metadata: sa.MetaData) -> None:
    """Add the chat flow's tables to the schema."""
    now = sa.text("now()")
    sa.Table(
        "conversations",
        metadata,
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("lead_id", sa.ForeignKey("leads.id"), nullable=False, index=True),
        sa.Column("user_id", sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("messages", JSONB, nullable=False, server_default="[]", comment="Turns; texts are encrypted."),
        sa.Column("qualification_status", sa.String, nullable=False, server_default="pending"),
        sa.Column("qualification_score", sa.Float, nullable=False, server_default="0", comment="0 to 1."),
        sa.Column("created_at", TIMESTAMP(timezone=True), nullable=False, server_default=now),
        sa.Column("updated_at", TIMESTAMP(timezone=True), nullable=False, server_default=now),
        sa.CheckConstraint("qualification_score BETWEEN 0 AND 1", name="score_range"),
        sa.CheckConstraint(f"qualification_status IN ({', '.join(map(repr, QUALIFICATION_STATUSES))})", name="status"),
        comment="What a seller said and what our rules make of it.",
    )
