"""What buyers rest on.

Their purchases, the names they were seen under, merges and splits, the matches a lead was given,
the state of each vector in the index, and the weights their market taught.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "0003_buyers"
down_revision = "0002_leads"
branch_labels = None
depends_on = None

TABLES = (
    "buyer_names",
    "buyer_purchases",
    "buyer_decisions",
    "buyer_matches",
    "buyer_vectors",
    "buyer_rankings",
    "buyer_pages",
)
ADDED = ("do_not_contact", "active", "stated", "reliability", "merged_into")


def upgrade() -> None:
    """Add columns to buyers and put the new tables behind their owner's wall."""
    op.add_column("cash_buyers", sa.Column("do_not_contact", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("cash_buyers", sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column(
        "cash_buyers",
        sa.Column(
            "stated",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="Whether areas, prices and types are the buyer's word, a hard limit, or read from purchases.",
        ),
    )
    op.add_column("cash_buyers", sa.Column("reliability", sa.Float(), nullable=True, comment="0 to 1."))
    op.add_column("cash_buyers", sa.Column("merged_into", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_cash_buyers_merged_into_cash_buyers"), "cash_buyers", "cash_buyers", ["merged_into"], ["id"]
    )
    _names_and_purchases()
    _matches_and_state()
    for table in TABLES:
        op.execute(f"SELECT auth.wall('{table}')")


def downgrade() -> None:
    """Drop the tables; buyers, their own facts and contacts stay."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_constraint(op.f("fk_cash_buyers_merged_into_cash_buyers"), "cash_buyers", type_="foreignkey")
    for column in ADDED:
        op.drop_column("cash_buyers", column)


def _owned(table: str, *columns: sa.SchemaItem, comment: str) -> None:
    op.create_table(
        table,
        *columns,
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id_users")),
        comment=comment,
    )


def _of_buyer(table: str, column: str = "buyer_id") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_cash_buyers")
    return sa.ForeignKeyConstraint([column], ["cash_buyers.id"], name=name, ondelete="CASCADE")


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False)


def _names_and_purchases() -> None:
    _owned(
        "buyer_names",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("buyer_id", sa.Integer(), nullable=False),
        sa.Column("spelling", sa.String(), nullable=False),
        sa.Column("core", sa.String(), nullable=False, comment="Words of the name without its legal form."),
        sa.Column("mailing", sa.LargeBinary(), nullable=True, comment="Keyed hash of the mailing address."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buyer_names")),
        sa.UniqueConstraint("user_id", "spelling", name=op.f("uq_buyer_names_user_id_spelling")),
        _of_buyer("buyer_names"),
        comment="Every spelling a buyer was seen under.",
    )
    op.create_index(op.f("ix_buyer_names_user_id_core"), "buyer_names", ["user_id", "core"])
    op.create_index(op.f("ix_buyer_names_user_id_mailing"), "buyer_names", ["user_id", "mailing"])
    op.create_index(op.f("ix_buyer_names_buyer_id"), "buyer_names", ["buyer_id"])
    _owned(
        "buyer_purchases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("buyer_id", sa.Integer(), nullable=False),
        sa.Column("spelling", sa.String(), nullable=False, comment="The name on the deed."),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("price", sa.Float(), nullable=True, comment="US dollars."),
        sa.Column("street", sa.String(), nullable=False),
        sa.Column("house_number", sa.Integer(), nullable=True),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("zip", sa.String(), nullable=False),
        sa.Column("parcel", sa.String(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("beds", sa.Float(), nullable=True),
        sa.Column("sqft", sa.Float(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=False, comment="Keyed hash; the same sale is kept once."),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buyer_purchases")),
        sa.UniqueConstraint("user_id", "row_hash", name=op.f("uq_buyer_purchases_user_id_row_hash")),
        _of_buyer("buyer_purchases"),
        comment="Recorded purchases, as deeds tell them.",
    )
    op.create_index(op.f("ix_buyer_purchases_buyer_id"), "buyer_purchases", ["buyer_id"])
    for column in ("zip", "city", "street"):
        op.create_index(op.f(f"ix_buyer_purchases_user_id_{column}"), "buyer_purchases", ["user_id", column])


def _matches_and_state() -> None:
    _owned(
        "buyer_decisions",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("buyer_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False, server_default=""),
        _now("created_at"),
        sa.CheckConstraint("kind IN ('merge', 'split')", name=op.f("ck_buyer_decisions_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buyer_decisions")),
        _of_buyer("buyer_decisions"),
        _of_buyer("buyer_decisions", "other_id"),
        comment="Merges and splits, the rule's and the user's.",
    )
    _owned(
        "buyer_matches",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("buyer_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False, comment="0 to 1."),
        sa.Column("parts", JSONB(), nullable=False),
        sa.Column("reasons", JSONB(), nullable=False),
        _now("matched_at"),
        sa.PrimaryKeyConstraint("lead_id", "buyer_id", name=op.f("pk_buyer_matches")),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_buyer_matches_lead_id_leads"), ondelete="CASCADE"
        ),
        _of_buyer("buyer_matches"),
        comment="The buyers a lead was last matched with.",
    )
    op.create_index(op.f("ix_buyer_matches_buyer_id"), "buyer_matches", ["buyer_id"])
    _owned(
        "buyer_vectors",
        sa.Column("buyer_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="Hash of the vector in the index."),
        _now("embedded_at"),
        sa.PrimaryKeyConstraint("buyer_id", name=op.f("pk_buyer_vectors")),
        _of_buyer("buyer_vectors"),
        comment="What the vector index holds.",
    )
    _owned(
        "buyer_rankings",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("weights", JSONB(), nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        _now("learnt_at"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_buyer_rankings")),
        comment="The weights a user's own deeds taught.",
    )
    _owned(
        "buyer_pages",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("recipe", sa.String(), nullable=False),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("next_url", sa.String(), nullable=True),
        _now("read_at"),
        sa.PrimaryKeyConstraint("user_id", "url", name=op.f("pk_buyer_pages")),
        comment="Pages that were read, so that a scrape resumes and unchanged pages cost nothing.",
    )
