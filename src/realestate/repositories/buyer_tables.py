"""The tables of the buyer flow, described for Alembic."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

BUYER_SOURCES = ("scraper", "manual", "deeds")


def define(metadata: sa.MetaData) -> None:
    """Add the buyer flow's tables to the schema."""
    now = sa.text("now()")
    sa.Table(
        "cash_buyers",
        metadata,
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.ForeignKey("users.id"), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("company_name", sa.String),
        sa.Column("email", sa.LargeBinary, comment="Ciphertext."),
        sa.Column("phone", sa.LargeBinary, comment="Ciphertext."),
        sa.Column("city", sa.String),
        sa.Column("state", sa.String(2)),
        sa.Column("zip_code", sa.String(10)),
        sa.Column("preferred_property_types", JSONB, nullable=False, server_default="[]"),
        sa.Column("price_range_min", sa.Float, comment="US dollars."),
        sa.Column("price_range_max", sa.Float, comment="US dollars."),
        sa.Column("investment_areas", JSONB, nullable=False, server_default="[]"),
        sa.Column("total_purchases", sa.Integer, nullable=False, server_default="0"),
        sa.Column("average_purchase_price", sa.Float, comment="US dollars."),
        sa.Column("last_purchase_date", TIMESTAMP(timezone=True)),
        sa.Column("embedding", JSONB, comment="Our own vector of purchases and wishes; no personal data."),
        sa.Column("source", sa.String, nullable=False, server_default="manual"),
        sa.Column("do_not_contact", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column(
            "stated",
            sa.Boolean,
            nullable=False,
            server_default=sa.false(),
            comment="Whether areas, prices and types are the buyer's word, a hard limit, or read from purchases.",
        ),
        sa.Column("reliability", sa.Float, comment="0 to 1."),
        sa.Column("merged_into", sa.ForeignKey("cash_buyers.id")),
        sa.Column("created_at", TIMESTAMP(timezone=True), nullable=False, server_default=now),
        sa.Column("updated_at", TIMESTAMP(timezone=True), nullable=False, server_default=now),
        sa.CheckConstraint(f"source IN ({', '.join(map(repr, BUYER_SOURCES))})", name="source"),
        sa.Index("ix_cash_buyers_user_id_name", "user_id", "name"),
        comment="Who buys houses for cash.",
    )
    _names(metadata)
    _contacts(metadata)
    _purchases(metadata)
    _decisions(metadata)
    _matches(metadata)
    _state(metadata)


def _buyer(name: str = "buyer_id", *, primary_key: bool = False) -> sa.Column[int]:
    parent = sa.ForeignKey("cash_buyers.id", ondelete="CASCADE")
    return sa.Column(name, parent, nullable=False, primary_key=primary_key)


def _user(*, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column("user_id", sa.ForeignKey("users.id"), nullable=False, primary_key=primary_key)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, TIMESTAMP(timezone=True), nullable=False, server_default=sa.text("now()"))


def _names(metadata: sa.MetaData) -> None:
    sa.Table(
        "buyer_names",
        metadata,
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _user(),
        _buyer(),
        sa.Column("spelling", sa.String, nullable=False),
        sa.Column("core", sa.String, nullable=False, comment="Words of the name without its legal form."),
        sa.Column("mailing", sa.LargeBinary, comment="Keyed hash of the mailing address."),
        sa.UniqueConstraint("user_id", "spelling"),
        sa.Index("ix_buyer_names_user_id_core", "user_id", "core"),
        sa.Index("ix_buyer_names_user_id_mailing", "user_id", "mailing"),
        sa.Index("ix_buyer_names_buyer_id", "buyer_id"),
        comment="Every spelling a buyer was seen under.",
    )


def _contacts(metadata: sa.MetaData) -> None:
    sa.Table(
        "buyer_contacts",
        metadata,
        _user(),
        _buyer(primary_key=True),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("blind", sa.LargeBinary, primary_key=True, comment="Keyed hash, 128 bits."),
        sa.CheckConstraint("kind IN ('phone', 'email')", name="kind"),
        sa.Index("ix_buyer_contacts_user_id_kind_blind", "user_id", "kind", "blind"),
        comment="Phones and e-mail addresses of buyers, to be found by and to be left alone by.",
    )


def _purchases(metadata: sa.MetaData) -> None:
    sa.Table(
        "buyer_purchases",
        metadata,
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _user(),
        _buyer(),
        sa.Column("spelling", sa.String, nullable=False, comment="The name on the deed."),
        sa.Column("day", sa.Date),
        sa.Column("price", sa.Float, comment="US dollars."),
        sa.Column("street", sa.String, nullable=False),
        sa.Column("house_number", sa.Integer),
        sa.Column("city", sa.String, nullable=False),
        sa.Column("zip", sa.String, nullable=False),
        sa.Column("parcel", sa.String, nullable=False),
        sa.Column("lat", sa.Float),
        sa.Column("lon", sa.Float),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("beds", sa.Float),
        sa.Column("sqft", sa.Float),
        sa.Column("row_hash", sa.LargeBinary, nullable=False, comment="Keyed hash; the same sale is kept once."),
        sa.Column("file", sa.String, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.UniqueConstraint("user_id", "row_hash"),
        sa.Index("ix_buyer_purchases_buyer_id", "buyer_id"),
        sa.Index("ix_buyer_purchases_user_id_zip", "user_id", "zip"),
        sa.Index("ix_buyer_purchases_user_id_city", "user_id", "city"),
        sa.Index("ix_buyer_purchases_user_id_street", "user_id", "street"),
        comment="Recorded purchases, as deeds tell them.",
    )


def _decisions(metadata: sa.MetaData) -> None:
    sa.Table(
        "buyer_decisions",
        metadata,
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        _user(),
        sa.Column("kind", sa.String, nullable=False),
        _buyer(),
        _buyer("other_id"),
        sa.Column("reason", sa.String, nullable=False, server_default=""),
        _now("created_at"),
        sa.CheckConstraint("kind IN ('merge', 'split')", name="kind"),
        comment="Merges and splits, the rule's and the user's.",
    )


def _matches(metadata: sa.MetaData) -> None:
    sa.Table(
        "buyer_matches",
        metadata,
        _user(),
        sa.Column("lead_id", sa.ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True),
        _buyer(primary_key=True),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("score", sa.Float, nullable=False, comment="0 to 1."),
        sa.Column("parts", JSONB, nullable=False),
        sa.Column("reasons", JSONB, nullable=False),
        _now("matched_at"),
        sa.Index("ix_buyer_matches_buyer_id", "buyer_id"),
        comment="The buyers a lead was last matched with.",
    )


def _state(metadata: sa.MetaData) -> None:
    sa.Table(
        "buyer_vectors",
        metadata,
        _buyer(primary_key=True),
        _user(),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False, comment="Hash of the vector in the index."),
        _now("embedded_at"),
        comment="What the vector index holds.",
    )
    sa.Table(
        "buyer_rankings",
        metadata,
        _user(primary_key=True),
        sa.Column("weights", JSONB, nullable=False),
        sa.Column("examples", sa.Integer, nullable=False),
        _now("learnt_at"),
        comment="The weights a user's own deeds taught.",
    )
    sa.Table(
        "buyer_pages",
        metadata,
        _user(primary_key=True),
        sa.Column("url", sa.String, primary_key=True),
        sa.Column("recipe", sa.String, nullable=False),
        sa.Column("etag", sa.String),
        sa.Column("next_url", sa.String),
        _now("read_at"),
        comment="Pages that were read, so that a scrape resumes and unchanged pages cost nothing.",
    )
