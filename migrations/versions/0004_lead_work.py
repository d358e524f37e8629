"""What people do with leads, and what lists of leads are looked up by.

Notes, tags and follow-up dates; which lead carries which signal, because under row-level security only
plain columns are looked up by an index; and the signal by which a lead is not to be worked.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0004_lead_work"
down_revision = "0003_buyers"
branch_labels = None
depends_on = None

TABLES = ("lead_signals", "lead_notes", "lead_tags", "lead_dues")


def upgrade() -> None:
    """Create the tables behind their owner's wall, and the indexes that lists of leads are read by."""
    op.add_column(
        "lead_scores",
        sa.Column("suppressed_by", sa.String(), nullable=True, comment="Signal by which it is not to be worked."),
    )
    _create()
    op.create_index("ix_leads_user_id_property_city", "leads", ["user_id", "property_city"])
    op.create_index("ix_leads_user_id_property_zip", "leads", ["user_id", "property_zip"])
    op.create_index(
        "ix_leads_user_id_status", "leads", ["user_id", "status"], postgresql_where=sa.text("status <> 'new'")
    )
    op.create_index("ix_leads_user_id_created_at", "leads", ["user_id", "created_at"])
    op.create_index(
        "ix_leads_user_id_source", "leads", ["user_id", "source"], postgresql_where=sa.text("source <> 'list_stacking'")
    )
    for table in TABLES:
        op.execute(f"SELECT auth.wall('{table}')")
    op.execute("""
        INSERT INTO lead_signals (user_id, lead_id, signal)
        SELECT user_id, id, jsonb_array_elements_text(distress_signals) FROM leads
    """)


def downgrade() -> None:
    """Drop the tables and indexes; notes, tags and follow-up dates are gone."""
    for name in ("source", "created_at", "status", "property_zip", "property_city"):
        op.drop_index(f"ix_leads_user_id_{name}", "leads")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("lead_scores", "suppressed_by")


def _create() -> None:
    op.create_table(
        "lead_signals",
        sa.Column("lead_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("signal", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False, comment="Whose row it is; read by the policy."),
        sa.PrimaryKeyConstraint("lead_id", "signal", name=op.f("pk_lead_signals")),
        comment="Which lead carries which open signal, attributes and suppressors too.",
    )
    op.create_index("ix_lead_signals_user_id_signal", "lead_signals", ["user_id", "signal", "lead_id"])
    op.create_table(
        "lead_notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False, comment="Whose row it is; read by the policy."),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False, comment="Ciphertext."),
        _now(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_notes")),
        comment="What somebody wrote down about a lead.",
    )
    op.create_index(op.f("ix_lead_notes_lead_id"), "lead_notes", ["lead_id"])
    op.create_table(
        "lead_tags",
        sa.Column("lead_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False, comment="Whose row it is; read by the policy."),
        sa.PrimaryKeyConstraint("lead_id", "tag", name=op.f("pk_lead_tags")),
        comment="Words by which somebody finds leads again.",
    )
    op.create_index("ix_lead_tags_user_id_tag", "lead_tags", ["user_id", "tag", "lead_id"])
    op.create_table(
        "lead_dues",
        sa.Column("lead_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False, comment="Whose row it is; read by the policy."),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_lead_dues")),
        comment="The day on which a lead is to be followed up next.",
    )
    op.create_index("ix_lead_dues_user_id_due_on", "lead_dues", ["user_id", "due_on", "lead_id"])


def _now() -> sa.Column[object]:
    return sa.Column("created_at", TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False)
