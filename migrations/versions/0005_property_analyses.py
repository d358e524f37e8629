"""What an estimate rests on: the model, the prices of its day, and the house as it was taken to be.

An old estimate can be made again only with the price book of that time, so that each book in use is kept once.
Photos are named by the hash of their content: the name of a file may name a person.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "0005_property_analyses"
down_revision = "0004_lead_work"
branch_labels = None
depends_on = None

ISSUES = "Of the house: class, score, severity, area, photos by SHA-256."


def upgrade() -> None:
    """Create the table of price books behind its owner's wall, and the columns that lead to it."""
    op.create_table(
        "price_books",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False, comment="Whose row it is; read by the policy."),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256 of the prices."),
        sa.Column("prices", JSONB(), nullable=False, comment="Every item; US dollars for one unit."),
        sa.Column("created_at", TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_books")),
        sa.UniqueConstraint("user_id", "digest", name=op.f("uq_price_books_user_id_digest")),
        comment="Prices of repairs as they were when an estimate was made.",
    )
    op.execute("SELECT auth.wall('price_books')")
    for column in _columns():
        op.add_column("property_analyses", column)
    op.create_foreign_key(
        op.f("fk_property_analyses_price_book_id_price_books"),
        "property_analyses",
        "price_books",
        ["price_book_id"],
        ["id"],
    )
    op.create_check_constraint(
        op.f("ck_property_analyses_condition"), "property_analyses", "condition IN ('C3', 'C4', 'C5', 'C6')"
    )
    op.create_check_constraint(
        op.f("ck_property_analyses_range"),
        "property_analyses",
        "0 <= estimate_low AND estimate_low <= repair_cost_estimate AND repair_cost_estimate <= estimate_high",
    )
    op.alter_column("property_analyses", "detected_issues", existing_type=JSONB(), comment=ISSUES)


def downgrade() -> None:
    """Drop what came; the analyses keep issues, likely cost and number of photos."""
    op.alter_column("property_analyses", "detected_issues", existing_type=JSONB(), comment=None)
    op.drop_constraint(op.f("ck_property_analyses_range"), "property_analyses")
    op.drop_constraint(op.f("ck_property_analyses_condition"), "property_analyses")
    for column in reversed(_columns()):
        op.drop_column("property_analyses", column.name)
    op.drop_table("price_books")


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("images_skipped", sa.Integer(), server_default="0", nullable=False),
        sa.Column("condition", sa.String(length=2), comment="By the appraisal dataset; null: too little seen."),
        sa.Column("condition_reasons", JSONB(), server_default="[]", nullable=False),
        sa.Column("estimate_low", sa.Float(), comment="US dollars; null: not priced."),
        sa.Column("estimate_high", sa.Float(), comment="US dollars; null: not priced."),
        sa.Column("estimate_lines", JSONB(), server_default="[]", nullable=False, comment="As they were printed."),
        sa.Column("house", JSONB(), comment="What quantities rest on: sqft, photos that count, region, year built."),
        sa.Column("model_name", sa.String(), comment="Of the photo model."),
        sa.Column("model_sha256", sa.String(length=64), comment="Of its ONNX file."),
        sa.Column("price_date", sa.Date(), comment="Day of the youngest price."),
        sa.Column("price_book_id", sa.Integer(), comment="The prices of that time."),
    ]
