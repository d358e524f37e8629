"""What lists of leads are sorted and filtered by stands in plain columns, each with its index.

Under row-level security an index serves plain columns only, and sorting hundreds of thousands of leads for each
list takes longer than people wait. The columns follow from others of the same row, so that nothing has to keep
them. The indexes leave out what most leads have in common, which a list reads by id: they cost an import of a
plain list next to nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_lead_columns"
down_revision = "0007_score_models"
branch_labels = None
depends_on = None

NUMBERS = ("value", "equity", "loan_balance", "sale_price", "beds", "baths", "sqft", "lot_sqft", "year_built")
COLUMNS = {
    "signal_count": ("integer", "jsonb_array_length(distress_signals)", "Distinct open signals."),
    **{name: ("double precision", f"(facts ->> '{name}')::double precision", "As in facts.") for name in NUMBERS},
    "sale_date": ("text", "facts ->> 'sale_date'", "As in facts; year, month and day."),
    "property_type": ("text", "lower(facts ->> 'property_type')", "As in facts, in small letters."),
}
FALLING = (*NUMBERS, "sale_date")
MOSTLY_ONE = ("lists", "signal_count")


def upgrade() -> None:
    """Add the columns and the indexes."""
    # In one statement, for each would write the whole table again.
    added = ", ".join(
        f"ADD {name} {kind} GENERATED ALWAYS AS ({text}) STORED" for name, (kind, text, _) in COLUMNS.items()
    )
    op.execute(f"ALTER TABLE leads {added}")
    for name, (_, _, comment) in COLUMNS.items():
        op.execute(f"COMMENT ON COLUMN leads.{name} IS '{comment}'")
    for name in FALLING:
        _index(name, f"{name} DESC", f"{name} IS NOT NULL")
    _index("property_type", "property_type", "property_type IS NOT NULL")
    for name in MOSTLY_ONE:
        _index(name, f"{name} DESC", f"{name} <> 1")
    _index("updated_at", "updated_at DESC")
    _index("property_state", "property_state")
    for name, where in WITH_ID.items():
        op.drop_index(f"ix_leads_user_id_{name}", "leads")
        _index(name, name, where)


def downgrade() -> None:
    """Drop the columns and the indexes; nothing is lost."""
    for name, where in WITH_ID.items():
        op.drop_index(f"ix_leads_user_id_{name}", "leads")
        op.create_index(
            f"ix_leads_user_id_{name}", "leads", ["user_id", name], postgresql_where=sa.text(where) if where else None
        )
    for name in ("property_state", "updated_at", *MOSTLY_ONE, "property_type", *FALLING):
        op.drop_index(f"ix_leads_user_id_{name}", "leads")
    for name in reversed(COLUMNS):
        op.drop_column("leads", name)


WITH_ID: dict[str, str | None] = {
    "property_city": None,
    "status": "status <> 'new'",
    "source": "source <> 'list_stacking'",
}
"""Indexes of before that get the id, so that leads of one city, status or source need no sorting."""


def _index(name: str, key: str, where: str | None = None) -> None:
    op.create_index(
        f"ix_leads_user_id_{name}",
        "leads",
        ["user_id", sa.text(key), "id"],
        postgresql_where=sa.text(where) if where else None,
    )
