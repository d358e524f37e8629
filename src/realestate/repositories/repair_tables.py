"""The tables of the repair flow, described for Alembic."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

RATINGS = ("C3", "C4", "C5", "C6")
_RANGE = "0 <= estimate_low AND estimate_low <= repair_cost_estimate AND repair_cost_estimate <= estimate_high"
_ISSUES = "Of the house: class, score, severity, area, photos by SHA-256."


def define(metadata: sa.MetaData) -> None:
    """Add the repair flow's tables to the schema."""
    _price_books(metadata)
    _property_analyses(metadata)


def _price_books(metadata: sa.MetaData) -> None:
    sa.Table(
        "price_books",
        metadata,
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.Integer, nullable=False, comment="Whose row it is; read by the policy."),
        sa.Column("digest", sa.String(64), nullable=False, comment="SHA-256 of the prices."),
        sa.Column("prices", JSONB, nullable=False, comment="Every item; US dollars for one unit."),
        sa.Column("created_at", TIMESTAMP(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.UniqueConstraint("user_id", "digest", name="uq_price_books_user_id_digest"),
        comment="Prices of repairs as they were when an estimate was made.",
    )


def _property_analyses(metadata: sa.MetaData) -> None:
    sa.Table(
        "property_analyses",
        metadata,
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("lead_id", sa.ForeignKey("leads.id"), nullable=False, index=True),
        sa.Column("detected_issues", JSONB, nullable=False, server_default="[]", comment=_ISSUES),
        sa.Column("repair_cost_estimate", sa.Float, comment="Likely cost in US dollars; null: not priced."),
        sa.Column("images_analyzed", sa.Integer, nullable=False, server_default="0"),
        sa.Column("created_at", TIMESTAMP(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("images_skipped", sa.Integer, nullable=False, server_default="0"),
        sa.Column("condition", sa.String(2), comment="By the appraisal dataset; null: too little seen."),
        sa.Column("condition_reasons", JSONB, nullable=False, server_default="[]"),
        sa.Column("estimate_low", sa.Float, comment="US dollars; null: not priced."),
        sa.Column("estimate_high", sa.Float, comment="US dollars; null: not priced."),
        sa.Column("estimate_lines", JSONB, nullable=False, server_default="[]", comment="As they were printed."),
        sa.Column("house", JSONB, comment="What quantities rest on: sqft, photos that count, region, year built."),
        sa.Column("model_name", sa.String, comment="Of the photo model."),
        sa.Column("model_sha256", sa.String(64), comment="Of its ONNX file."),
        sa.Column("price_date", sa.Date, comment="Day of the youngest price."),
        sa.Column("price_book_id", sa.ForeignKey("price_books.id"), comment="The prices of that time."),
        sa.CheckConstraint(f"condition IN ({', '.join(map(repr, RATINGS))})", name="condition"),
        sa.CheckConstraint(_RANGE, name="range"),
        comment="What photos of a house show, and what it costs.",
    )
