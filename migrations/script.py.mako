"""${message}.

Why this change is made, in a sentence or two.
"""

# Name the revision like its file: NNNN_what, the next number. The newest file is the schema's version.
# - A change on a table with rows must not hold its lock for long: lock_timeout is 5 s.
# - A column is filled by a revision of its own, not by the one that adds it.
# - A table with personal or owned rows has user_id and row-level security from its first revision.
# - Everything is undone by downgrade(), or downgrade() says why it cannot be.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    """${message}."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Take it back."""
    ${downgrades if downgrades else "pass"}
