"""Leads, and the tables of the flows that hang on them.

What lists say (sightings, signals, contacts), where it is (spots), what it stacks up to (leads) and
every row as it came (run_rows). What an import writes row by row (spots, scores, sightings, signals,
contacts) carries no foreign keys: a check per row costs two microseconds or more, six million times in
a large import, and the statements that write them take their ids from rows of the same transaction.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP

revision = "0002_leads"
down_revision = "0001_accounts"
branch_labels = None
depends_on = None

TABLES = (
    "leads",
    "lead_scores",
    "lists",
    "runs",
    "run_rows",
    "spots",
    "spot_ranges",
    "crowds",
    "decisions",
    "sightings",
    "signals",
    "contacts",
    "lead_history",
    "conversations",
    "property_analyses",
    "cash_buyers",
)
SEQUENCES = ("sighting_ids", "contact_ids", "chunk_ids")
"""Ids that are bound into ciphertexts are reserved by the block before the rows are written."""
IDS_PER_BLOCK = 1_000


# The statistics of what a large import wrote, for the minute until the server takes them by itself: without
# them the next small change joins tables it takes for tiny. Only what is joined by; the owner may, the role may not.
TAKE_STOCK = """
CREATE FUNCTION auth.take_stock() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    ANALYZE public.spots (user_id, spot_key, lead_id, street_key, parcel_key), public.leads (id, user_id, orphan_group),
        public.sightings (id, user_id, list_id, spot_key, row_hash, first_run), public.signals (sighting_id, user_id),
        public.contacts (id, user_id, sighting_id, kind, position), public.lead_scores (lead_id, user_id);
END $$
"""


def upgrade() -> None:
    """Create the tables and put each behind its owner's wall."""
    for sequence in SEQUENCES:
        op.execute(f"CREATE SEQUENCE {sequence} INCREMENT {IDS_PER_BLOCK}")
        op.execute(f"GRANT USAGE ON SEQUENCE {sequence} TO re_app")
    _create()
    op.execute("GRANT USAGE ON SEQUENCE leads_id_seq TO re_app")
    op.execute(TAKE_STOCK)
    op.execute("REVOKE ALL ON FUNCTION auth.take_stock() FROM public")
    op.execute("GRANT EXECUTE ON FUNCTION auth.take_stock() TO re_app")
    for table in TABLES:
        op.execute(f"SELECT auth.wall('{table}')")


def downgrade() -> None:
    """Drop the tables; what they held is gone."""
    op.execute("DROP FUNCTION auth.take_stock()")
    for table in reversed(TABLES):
        op.drop_table(table)
    for sequence in SEQUENCES:
        op.execute(f"DROP SEQUENCE {sequence}")


def _create() -> None:
    op.create_table(
        "leads",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("property_address", sa.String(), nullable=False, comment="Canonical line with its unit."),
        sa.Column("property_city", sa.String(), nullable=True),
        sa.Column("property_state", sa.String(length=2), nullable=True),
        sa.Column("property_zip", sa.String(length=10), nullable=True),
        sa.Column("parcel", sa.String(), nullable=True, comment="Parcel number as its best list writes it."),
        sa.Column("owner_name", sa.LargeBinary(), nullable=True, comment="Ciphertext of the contact named beside it."),
        sa.Column("owner_email", sa.LargeBinary(), nullable=True),
        sa.Column("owner_phone", sa.LargeBinary(), nullable=True),
        sa.Column(
            "owner_name_contact", sa.BigInteger(), nullable=True, comment="contacts.id the ciphertext is bound to."
        ),
        sa.Column("owner_email_contact", sa.BigInteger(), nullable=True),
        sa.Column("owner_phone_contact", sa.BigInteger(), nullable=True),
        sa.Column("lead_score", sa.Float(), server_default="0", nullable=False, comment="0 to 1, as last written."),
        sa.Column("distress_signals", JSONB(), server_default="[]", nullable=False, comment="Open signals, by name."),
        sa.Column("lists", sa.SmallInteger(), server_default="0", nullable=False, comment="Lists that name it."),
        sa.Column(
            "facts",
            JSONB(),
            nullable=True,
            comment="What lists say of the house: beds, sqft, value, equity, last sale.",
        ),
        sa.Column(
            "many_parcels",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="One address, several parcels: kept apart.",
        ),
        sa.Column(
            "orphan_group", sa.BigInteger(), nullable=True, comment="What held it together, while no row names it."
        ),
        sa.Column("status", sa.String(), server_default="new", nullable=False),
        sa.Column("source", sa.String(), server_default="list_stacking", nullable=False),
        sa.Column("created_at", TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("source IN ('list_stacking', 'manual', 'referral')", name=op.f("ck_leads_source")),
        sa.CheckConstraint(
            "status IN ('new', 'contacted', 'qualified', 'converted', 'lost')", name=op.f("ck_leads_status")
        ),
        sa.CheckConstraint("lead_score BETWEEN 0 AND 1", name=op.f("ck_leads_score_range")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_leads_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
        comment="One row per property.",
    )
    op.create_index("ix_leads_lead_score", "leads", ["lead_score"], unique=False, postgresql_using="brin")
    op.create_index(
        "ix_leads_orphan_group",
        "leads",
        ["orphan_group"],
        unique=False,
        postgresql_where=sa.text("orphan_group IS NOT NULL"),
    )
    op.create_index("ix_leads_user_id_property_address", "leads", ["user_id", "property_address"], unique=False)
    op.create_table(
        "lead_scores",
        sa.Column("lead_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False, comment="Whose row it is; read by the policy."),
        sa.Column("score", sa.Float(), nullable=False, comment="0 to 1."),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("model", sa.String(), nullable=False, comment="Version of the weights."),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_lead_scores")),
        comment="The score of each lead; narrow, so that a nightly rescore is cheap.",
    )
    op.create_index(
        "ix_lead_scores_user_id_score",
        "lead_scores",
        ["user_id", sa.literal_column("score DESC"), "lead_id"],
        unique=False,
    )
    op.create_table(
        "lists",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False, comment="Whose row it is; read by the policy."),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "signal", sa.String(), nullable=True, comment="What a plain row of the list stands for; null for none."
        ),
        sa.Column("mapping", JSONB(), nullable=True, comment="Header to field, as the user decided."),
        sa.Column("priority", sa.SmallInteger(), server_default="100", nullable=False, comment="Smaller wins."),
        sa.Column("created_at", TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lists")),
        sa.UniqueConstraint("user_id", "name", name="uq_lists_user_id_name"),
        comment="A named source of rows, imported again and again.",
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False, comment="Whose row it is; read by the policy."),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(), nullable=False, comment="Name of the file, without its folder."),
        sa.Column("file_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the bytes and the options."),
        sa.Column("signal", sa.String(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), server_default="done", nullable=False),
        sa.Column("same_as", sa.BigInteger(), nullable=True, comment="The run that brought these very bytes before."),
        sa.Column("rows", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created", sa.Integer(), server_default="0", nullable=False),
        sa.Column("merged", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unchanged", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rejected", sa.Integer(), server_default="0", nullable=False),
        sa.Column("empty", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lossy", sa.Integer(), server_default="0", nullable=False),
        sa.Column("header", ARRAY(sa.String()), server_default="{}", nullable=False),
        sa.Column("columns", JSONB(), server_default="{}", nullable=False),
        sa.Column("seconds", sa.Float(), server_default="0", nullable=False),
        sa.Column("created_at", TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('done', 'undone')", name=op.f("ck_runs_state")),
        sa.CheckConstraint(
            "rows = created + merged + unchanged + rejected + empty", name=op.f("ck_runs_every_row_is_counted")
        ),
        sa.ForeignKeyConstraint(["list_id"], ["lists.id"], name=op.f("fk_runs_list_id_lists")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        comment="One import of one file.",
    )
    op.create_index("ix_runs_user_id_list_id", "runs", ["user_id", "list_id"], unique=False)
    op.create_table(
        "run_rows",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("chunk", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False, comment="Whose row it is; read by the policy."),
        sa.Column("key", sa.BigInteger(), nullable=False, comment="Row key the ciphertext is bound to."),
        sa.Column("lines", ARRAY(sa.Integer()), nullable=False, comment="Line at which each record starts."),
        sa.Column("sightings", ARRAY(sa.BigInteger()), nullable=False, comment="Null where a row made none."),
        sa.Column("outcomes", sa.String(), nullable=False, comment="One letter per row."),
        sa.Column("matches", sa.String(), nullable=False, comment="One letter per row."),
        sa.Column(
            "reasons", JSONB(), server_default="{}", nullable=False, comment="Position to words, for rejected rows."
        ),
        sa.Column("data", sa.LargeBinary(), nullable=False, comment="The raw rows, compressed and encrypted."),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_rows_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "chunk", name=op.f("pk_run_rows")),
        comment="Every row of a run as it came, about 1,000 to a chunk.",
    )
    op.create_table(
        "spots",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "spot_key",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Hash of parcel, address and place.",
        ),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column(
            "street_key", sa.BigInteger(), nullable=True, comment="Hash of number and street, without the place."
        ),
        sa.Column(
            "parcel_key", sa.BigInteger(), nullable=True, comment="Hash of the parcel number, whatever the county."
        ),
        sa.Column("address_key", sa.String(), nullable=False, comment="What tells addresses of one place apart."),
        sa.Column("address", sa.String(), nullable=False, comment="Canonical line with its unit."),
        sa.Column("city", sa.String(), nullable=True),
        sa.Column("state", sa.String(length=2), nullable=True),
        sa.Column("zip", sa.String(length=10), nullable=True),
        sa.Column("parcel", sa.String(), nullable=True),
        sa.Column("county", sa.String(), nullable=True),
        sa.Column("group_key", sa.BigInteger(), nullable=False, comment="What holds the lead together."),
        sa.Column("how", sa.String(), nullable=False, comment="parcel, address, range, fuzzy or manual."),
        sa.Column("many_parcels", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("how IN ('parcel', 'address', 'range', 'fuzzy', 'manual')", name=op.f("ck_spots_how")),
        sa.PrimaryKeyConstraint("user_id", "spot_key", name=op.f("pk_spots")),
        comment="A distinct parcel and address that rows name; spots of one property share a lead.",
    )
    op.create_index(op.f("ix_spots_lead_id"), "spots", ["lead_id"], unique=False)
    op.create_index(
        "ix_spots_parcel_key", "spots", ["parcel_key"], unique=False, postgresql_where=sa.text("parcel_key IS NOT NULL")
    )
    op.create_index("ix_spots_street_key", "spots", ["street_key"], unique=False)
    op.create_table(
        "spot_ranges",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("street_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("spot_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "street_key", "spot_key", name=op.f("pk_spot_ranges")),
        comment="The street keys of the other house numbers inside a range.",
    )
    op.create_table(
        "crowds",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("spot_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "run_id", "spot_key", name=op.f("pk_crowds")),
        comment="Spots without parcel that several rows of one file name: an address of several properties.",
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False, comment="Whose row it is; read by the policy."),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("one", sa.BigInteger(), nullable=False, comment="Spot that stays."),
        sa.Column("other", sa.BigInteger(), nullable=False, comment="Spot that joins it, or leaves it."),
        sa.Column("created_at", TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('together', 'apart')", name=op.f("ck_decisions_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        comment="What a person decided about two spots; outlives later imports.",
    )
    op.create_table(
        "sightings",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False, comment="Whose row it is; read by the policy."),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("spot_key", sa.BigInteger(), nullable=False),
        sa.Column("row_hash", sa.UUID(), nullable=False, comment="Keyed hash of the normalised row."),
        sa.Column("first_run", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False, comment="Where its record starts in the file of first_run."),
        sa.Column("event_date", sa.Date(), nullable=True, comment="Newest date the row states."),
        sa.Column("facts", JSONB(), nullable=True, comment="What the row says of the house."),
        sa.Column(
            "kinds", sa.SmallInteger(), server_default="0", nullable=False, comment="Bits: 1 name, 2 phone, 4 e-mail."
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sightings")),
        sa.UniqueConstraint("list_id", "row_hash", name="uq_sightings_list_id_row_hash"),
        comment="A row of a list that named a property; seen again, it changes nothing.",
    )
    op.create_index(op.f("ix_sightings_spot_key"), "sightings", ["spot_key"], unique=False)
    op.create_table(
        "signals",
        sa.Column("sighting_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False, comment="Whose row it is; read by the policy."),
        sa.Column("signal", sa.String(), nullable=False),
        sa.Column("event_date", sa.Date(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True, comment="US cents."),
        sa.Column("years", sa.Float(), nullable=True, comment="Years owed, where a list says so."),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        comment="What a sighting says about distress: none, one, or several at once.",
    )
    op.create_index(op.f("ix_signals_sighting_id"), "signals", ["sighting_id"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("id", sa.BigInteger(), nullable=False, comment="Reserved before writing; bound into the ciphertext."),
        sa.Column("user_id", sa.Integer(), nullable=False, comment="Whose row it is; read by the policy."),
        sa.Column("sighting_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False, comment="Ciphertext."),
        sa.Column("blind", sa.LargeBinary(), nullable=False, comment="Keyed hash to search by."),
        sa.Column(
            "position", sa.SmallInteger(), server_default="0", nullable=False, comment="0: the row's first of the kind."
        ),
        sa.Column("label", sa.String(), nullable=True, comment="owner, owner 2, relative, mobile ..."),
        sa.Column(
            "restrictions",
            ARRAY(sa.String()),
            nullable=True,
            comment="do_not_call, litigator, opt_out, do_not_mail, deceased.",
        ),
        sa.CheckConstraint("kind IN ('name', 'phone', 'email', 'mailing')", name=op.f("ck_contacts_kind")),
        comment="A person's name, phone, e-mail or mailing address, as one row of one list states it.",
    )
    op.create_index("ix_contacts_blind", "contacts", ["blind"], unique=False)
    op.create_index(op.f("ix_contacts_sighting_id"), "contacts", ["sighting_id"], unique=False)
    op.create_table(
        "lead_history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False, comment="Whose row it is; read by the policy."),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False, comment="status, merge, split, edit."),
        sa.Column("detail", JSONB(), server_default="{}", nullable=False),
        sa.Column("created_at", TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_history")),
        comment="What happened to a lead; survives it.",
    )
    op.create_index(op.f("ix_lead_history_lead_id"), "lead_history", ["lead_id"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("messages", JSONB(), server_default="[]", nullable=False, comment="Turns; texts are encrypted."),
        sa.Column("qualification_status", sa.String(), server_default="pending", nullable=False),
        sa.Column("qualification_score", sa.Float(), server_default="0", nullable=False, comment="0 to 1."),
        sa.Column("created_at", TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "qualification_status IN ('pending', 'qualified', 'not_qualified')", name=op.f("ck_conversations_status")
        ),
        sa.CheckConstraint("qualification_score BETWEEN 0 AND 1", name=op.f("ck_conversations_score_range")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_conversations_lead_id_leads")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_conversations_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        comment="What a seller said and what our rules make of it.",
    )
    op.create_index(op.f("ix_conversations_lead_id"), "conversations", ["lead_id"], unique=False)
    op.create_index(op.f("ix_conversations_user_id"), "conversations", ["user_id"], unique=False)
    op.create_table(
        "property_analyses",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("detected_issues", JSONB(), server_default="[]", nullable=False),
        sa.Column(
            "repair_cost_estimate", sa.Float(), nullable=True, comment="Likely cost in US dollars; null: not priced."
        ),
        sa.Column("images_analyzed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_property_analyses_lead_id_leads")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_property_analyses_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_property_analyses")),
        comment="What photos of a house show, and what it costs.",
    )
    op.create_index(op.f("ix_property_analyses_lead_id"), "property_analyses", ["lead_id"], unique=False)
    op.create_index(op.f("ix_property_analyses_user_id"), "property_analyses", ["user_id"], unique=False)
    op.create_table(
        "cash_buyers",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("company_name", sa.String(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True, comment="Ciphertext."),
        sa.Column("phone", sa.LargeBinary(), nullable=True, comment="Ciphertext."),
        sa.Column("city", sa.String(), nullable=True),
        sa.Column("state", sa.String(length=2), nullable=True),
        sa.Column("zip_code", sa.String(length=10), nullable=True),
        sa.Column("preferred_property_types", JSONB(), server_default="[]", nullable=False),
        sa.Column("price_range_min", sa.Float(), nullable=True, comment="US dollars."),
        sa.Column("price_range_max", sa.Float(), nullable=True, comment="US dollars."),
        sa.Column("investment_areas", JSONB(), server_default="[]", nullable=False),
        sa.Column("total_purchases", sa.Integer(), server_default="0", nullable=False),
        sa.Column("average_purchase_price", sa.Float(), nullable=True, comment="US dollars."),
        sa.Column("last_purchase_date", TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "embedding", JSONB(), nullable=True, comment="Our own vector of purchases and wishes; no personal data."
        ),
        sa.Column("source", sa.String(), server_default="manual", nullable=False),
        sa.Column("created_at", TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("source IN ('scraper', 'manual', 'deeds')", name=op.f("ck_cash_buyers_source")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_cash_buyers_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_buyers")),
        comment="Who buys houses for cash.",
    )
    op.create_index("ix_cash_buyers_user_id_name", "cash_buyers", ["user_id", "name"], unique=False)
