"""By which phones and e-mail addresses a buyer is found, left alone and kept out.

Their ciphertexts tell nothing, so that a wish not to be contacted could only be heard by opening every buyer.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_buyer_contacts"
down_revision = "0005_property_analyses"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table behind its owner's wall; hashes of buyers who are here come with their next list."""
    op.create_table(
        "buyer_contacts",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("buyer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("blind", sa.LargeBinary(), nullable=False, comment="Keyed hash, 128 bits."),
        sa.CheckConstraint("kind IN ('phone', 'email')", name=op.f("ck_buyer_contacts_kind")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_buyer_contacts_user_id_users")),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["cash_buyers.id"], name=op.f("fk_buyer_contacts_buyer_id_cash_buyers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("buyer_id", "kind", "blind", name=op.f("pk_buyer_contacts")),
        comment="Phones and e-mail addresses of buyers, to be found by and to be left alone by.",
    )
    op.create_index("ix_buyer_contacts_user_id_kind_blind", "buyer_contacts", ["user_id", "kind", "blind"])
    op.execute("SELECT auth.wall('buyer_contacts')")


def downgrade() -> None:
    """Drop the table; a buyer's phone on the list of those to be left alone is not heard any more."""
    op.drop_table("buyer_contacts")
