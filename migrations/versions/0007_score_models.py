"""Which weights were in force when.

A kept score names its weights. With the weights themselves kept, an old score stays explainable after they
were changed, and a day gone by can be scored again as it was.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007_score_models"
down_revision = "0006_buyer_contacts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table behind its owner's wall; it fills with the next score."""
    op.create_table(
        "score_models",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False, comment="Whose row it is; read by the policy."),
        sa.Column("version", sa.String(), nullable=False, comment="As scores name it."),
        sa.Column("since", sa.Date(), nullable=False, comment="First day that was scored by it."),
        sa.Column("weights", JSONB(), nullable=False, comment="Rules, attributes, suppressors, steps of equity."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_models")),
        comment="Weights of signals, a row each time they changed.",
    )
    op.create_index("ix_score_models_user_id_version", "score_models", ["user_id", "version"])
    op.execute("SELECT auth.wall('score_models')")


def downgrade() -> None:
    """Drop the table; old scores are explained by the weights of today again."""
    op.drop_table("score_models")
