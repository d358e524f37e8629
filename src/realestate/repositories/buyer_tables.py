"""The tables of the buyer flow, described for Alembic."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

BUYER_SOURCES = ("scraper", "manual", "deeds")


def define(metadata: sa.MetaData) -> None:
    """Add the buyer flow's tables to the schema."""
    now = sa.text("now()")
    sa.Table(
        "cash_buyers",
        metadata,
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.ForeignKey("users.id"), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("company_name", sa.String),
        sa.Column("email", sa.LargeBinary, comment="Ciphertext."),
        sa.Column("phone", sa.LargeBinary, comment="Ciphertext."),
        sa.Column("city", sa.String),
        sa.Column("state", sa.String(2)),
        sa.Column("zip_code", sa.String(10)),
        sa.Column("preferred_property_types", JSONB, nullable=False, server_default="[]"),
        sa.Column("price_range_min", sa.Float, comment="US dollars."),
        sa.Column("price_range_max", sa.Float, comment="US dollars."),
        sa.Column("investment_areas", JSONB, nullable=False, server_default="[]"),
        sa.Column("total_purchases", sa.Integer, nullable=False, server_default="0"),
        sa.Column("average_purchase_price", sa.Float, comment="US dollars."),
        sa.Column("last_purchase_date", TIMESTAMP(timezone=True)),
        sa.Column("embedding", JSONB, comment="Our own vector of purchases and wishes; no personal data."),
        sa.Column("source", sa.String, nullable=False, server_default="manual"),
        sa.Column("created_at", TIMESTAMP(timezone=True), nullable=False, server_default=now),
        sa.Column("updated_at", TIMESTAMP(timezone=True), nullable=False, server_default=now),
        sa.CheckConstraint(f"source IN ({', '.join(map(repr, BUYER_SOURCES))})", name="source"),
        sa.Index("ix_cash_buyers_user_id_name", "user_id", "name"),
        comment="Who buys houses for cash.",
    )
