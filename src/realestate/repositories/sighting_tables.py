"""The tables of lists and what their rows say, described for Alembic; the statements stand beside their use."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from realestate.repositories.table_parts import now, one_of, owner, owner_in_key

RUN_STATES = ("done", "undone")
JOINS = ("parcel", "address", "range", "fuzzy", "manual")
DECISIONS = ("together", "apart")
CONTACT_KINDS = ("name", "phone", "email", "mailing")


def define(metadata: sa.MetaData) -> None:
    """Add the tables to the schema."""
    _lists_and_runs(metadata)
    _spots(metadata)
    _sightings(metadata)


def _lists_and_runs(metadata: sa.MetaData) -> None:
    sa.Table(
        "lists",
        metadata,
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        owner(),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("signal", sa.String, comment="What a plain row of the list stands for; null for none."),
        sa.Column("mapping", JSONB, comment="Header to field, as the user decided."),
        sa.Column("priority", sa.SmallInteger, nullable=False, server_default="100", comment="Smaller wins."),
        now("created_at"),
        sa.UniqueConstraint("user_id", "name", name="uq_lists_user_id_name"),
        comment="A named source of rows, imported again and again.",
    )
    sa.Table(
        "runs",
        metadata,
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        owner(),
        sa.Column("list_id", sa.ForeignKey("lists.id"), nullable=False),
        sa.Column("file", sa.String, nullable=False, comment="Name of the file, without its folder."),
        sa.Column("file_hash", sa.LargeBinary, nullable=False, comment="SHA-256 of the bytes and the options."),
        sa.Column("signal", sa.String),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("state", sa.String, nullable=False, server_default="done"),
        sa.Column("same_as", sa.BigInteger, comment="The run that brought these very bytes before."),
        *(
            sa.Column(name, sa.Integer, nullable=False, server_default="0")
            for name in ("rows", "created", "merged", "unchanged", "rejected", "empty", "lossy")
        ),
        sa.Column("header", ARRAY(sa.String), nullable=False, server_default="{}"),
        sa.Column("columns", JSONB, nullable=False, server_default="{}"),
        sa.Column("seconds", sa.Float, nullable=False, server_default="0"),
        now("created_at"),
        sa.CheckConstraint(one_of("state", RUN_STATES), name="state"),
        sa.CheckConstraint("rows = created + merged + unchanged + rejected + empty", name="every_row_is_counted"),
        sa.Index("ix_runs_user_id_list_id", "user_id", "list_id"),
        comment="One import of one file.",
    )
    sa.Table(
        "run_rows",
        metadata,
        sa.Column("run_id", sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("chunk", sa.Integer, primary_key=True, autoincrement=False),
        owner(),
        sa.Column("key", sa.BigInteger, nullable=False, comment="Row key the ciphertext is bound to."),
        sa.Column("lines", ARRAY(sa.Integer), nullable=False, comment="Line at which each record starts."),
        sa.Column("sightings", ARRAY(sa.BigInteger), nullable=False, comment="Null where a row made none."),
        sa.Column("outcomes", sa.String, nullable=False, comment="One letter per row."),
        sa.Column("matches", sa.String, nullable=False, comment="One letter per row."),
        sa.Column(
            "reasons",
            JSONB,
            nullable=False,
            server_default="{}",
            comment="Position to words, for rejected rows.",
        ),
        sa.Column("data", sa.LargeBinary, nullable=False, comment="The raw rows, compressed and encrypted."),
        comment="Every row of a run as it came, about 1,000 to a chunk.",
    )


def _spots(metadata: sa.MetaData) -> None:
    sa.Table(
        "spots",
        metadata,
        owner_in_key(),
        sa.Column(
            "spot_key",
            sa.BigInteger,
            primary_key=True,
            autoincrement=False,
            comment="Hash of parcel, address and place.",
        ),
        sa.Column("lead_id", sa.Integer, nullable=False, index=True),
        sa.Column("street_key", sa.BigInteger, comment="Hash of number and street, without the place."),
        sa.Column("parcel_key", sa.BigInteger, comment="Hash of the parcel number, whatever the county."),
        sa.Column("address_key", sa.String, nullable=False, comment="What tells addresses of one place apart."),
        sa.Column("address", sa.String, nullable=False, comment="Canonical line with its unit."),
        sa.Column("city", sa.String),
        sa.Column("state", sa.String(2)),
        sa.Column("zip", sa.String(10)),
        sa.Column("parcel", sa.String),
        sa.Column("county", sa.String),
        sa.Column("group_key", sa.BigInteger, nullable=False, comment="What holds the lead together."),
        sa.Column("how", sa.String, nullable=False, comment="parcel, address, range, fuzzy or manual."),
        sa.Column("many_parcels", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.CheckConstraint(one_of("how", JOINS), name="how"),
        sa.Index("ix_spots_street_key", "street_key"),
        sa.Index("ix_spots_parcel_key", "parcel_key", postgresql_where=sa.text("parcel_key IS NOT NULL")),
        comment="A distinct parcel and address that rows name; spots of one property share a lead.",
    )
    sa.Table(
        "spot_ranges",
        metadata,
        owner_in_key(),
        sa.Column("street_key", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("spot_key", sa.BigInteger, primary_key=True, autoincrement=False),
        comment="The street keys of the other house numbers inside a range.",
    )
    sa.Table(
        "crowds",
        metadata,
        owner_in_key(),
        sa.Column("run_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("spot_key", sa.BigInteger, primary_key=True, autoincrement=False),
        comment="Spots without parcel that several rows of one file name: an address of several properties.",
    )
    sa.Table(
        "decisions",
        metadata,
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        owner(),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("one", sa.BigInteger, nullable=False, comment="Spot that stays."),
        sa.Column("other", sa.BigInteger, nullable=False, comment="Spot that joins it, or leaves it."),
        now("created_at"),
        sa.CheckConstraint(one_of("kind", DECISIONS), name="kind"),
        comment="What a person decided about two spots; outlives later imports.",
    )


def _sightings(metadata: sa.MetaData) -> None:
    sa.Table(
        "sightings",
        metadata,
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        owner(),
        sa.Column("list_id", sa.Integer, nullable=False),
        sa.Column("spot_key", sa.BigInteger, nullable=False, index=True),
        sa.Column("row_hash", UUID, nullable=False, comment="Keyed hash of the normalised row."),
        sa.Column("first_run", sa.BigInteger, nullable=False),
        sa.Column("line", sa.Integer, nullable=False, comment="Where its record starts in the file of first_run."),
        sa.Column("event_date", sa.Date, comment="Newest date the row states."),
        sa.Column("facts", JSONB, comment="What the row says of the house."),
        sa.Column(
            "kinds",
            sa.SmallInteger,
            nullable=False,
            server_default="0",
            comment="Bits: 1 name, 2 phone, 4 e-mail.",
        ),
        sa.UniqueConstraint("list_id", "row_hash", name="uq_sightings_list_id_row_hash"),
        comment="A row of a list that named a property; seen again, it changes nothing.",
    )
    sa.Table(
        "signals",
        metadata,
        sa.Column("sighting_id", sa.BigInteger, nullable=False, index=True),
        owner(),
        sa.Column("signal", sa.String, nullable=False),
        sa.Column("event_date", sa.Date),
        sa.Column("amount", sa.BigInteger, comment="US cents."),
        sa.Column("years", sa.Float, comment="Years owed, where a list says so."),
        sa.Column("deadline", sa.Date),
        sa.Column("closed_on", sa.Date),
        comment="What a sighting says about distress: none, one, or several at once.",
    )
    sa.Table(
        "contacts",
        metadata,
        sa.Column("id", sa.BigInteger, nullable=False, comment="Reserved before writing; bound into the ciphertext."),
        owner(),
        sa.Column("sighting_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False, comment="Ciphertext."),
        sa.Column("blind", sa.LargeBinary, nullable=False, comment="Keyed hash to search by."),
        sa.Column(
            "position",
            sa.SmallInteger,
            nullable=False,
            server_default="0",
            comment="0: the row's first of the kind.",
        ),
        sa.Column("label", sa.String, comment="owner, owner 2, relative, mobile ..."),
        sa.Column(
            "restrictions",
            ARRAY(sa.String),
            comment="do_not_call, litigator, opt_out, do_not_mail, deceased.",
        ),
        sa.CheckConstraint(one_of("kind", CONTACT_KINDS), name="kind"),
        sa.Index("ix_contacts_blind", "blind"),
        comment="A person's name, phone, e-mail or mailing address, as one row of one list states it.",
    )
