"""The tables of the repair flow, described for Alembic."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP


def define(metadata: sa.MetaData) -> None:
    """Add the repair flow's tables to the schema."""
    sa.Table(
        "property_analyses",
        metadata,
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("lead_id", sa.ForeignKey("leads.id"), nullable=False, index=True),
        sa.Column("detected_issues", JSONB, nullable=False, server_default="[]"),
        sa.Column("repair_cost_estimate", sa.Float, comment="Likely cost in US dollars; null: not priced."),
        sa.Column("images_analyzed", sa.Integer, nullable=False, server_default="0"),
        sa.Column("created_at", TIMESTAMP(timezone=True), nullable=False, server_default=sa.text("now()")),
        comment="What photos of a house show, and what it costs.",
    )
