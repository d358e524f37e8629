"""The tables of leads and of work on them, described for Alembic; the statements stand beside their use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from realestate.domain.leads.records import NUMBERS, SOURCES, STATUSES
from realestate.repositories.table_parts import now, one_of, owner


def define(metadata: sa.MetaData) -> None:
    """Add the tables to the schema."""
    _leads(metadata)
    _scores(metadata)
    _work(metadata)


def _leads(metadata: sa.MetaData) -> None:
    sa.Table(
        "leads",
        metadata,
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.ForeignKey("users.id"), nullable=False),
        sa.Column("property_address", sa.String, nullable=False, comment="Canonical line with its unit."),
        sa.Column("property_city", sa.String),
        sa.Column("property_state", sa.String(2)),
        sa.Column("property_zip", sa.String(10)),
        sa.Column("parcel", sa.String, comment="Parcel number as its best list writes it."),
        sa.Column("owner_name", sa.LargeBinary, comment="Ciphertext of the contact named beside it."),
        sa.Column("owner_email", sa.LargeBinary),
        sa.Column("owner_phone", sa.LargeBinary),
        sa.Column("owner_name_contact", sa.BigInteger, comment="contacts.id the ciphertext is bound to."),
        sa.Column("owner_email_contact", sa.BigInteger),
        sa.Column("owner_phone_contact", sa.BigInteger),
        sa.Column("lead_score", sa.Float, nullable=False, server_default="0", comment="0 to 1, as last written."),
        sa.Column("distress_signals", JSONB, nullable=False, server_default="[]", comment="Open signals, by name."),
        sa.Column("lists", sa.SmallInteger, nullable=False, server_default="0", comment="Lists that name it."),
        sa.Column("facts", JSONB, comment="What lists say of the house: beds, sqft, value, equity, last sale."),
        sa.Column(
            "many_parcels",
            sa.Boolean,
            nullable=False,
            server_default=sa.false(),
            comment="One address, several parcels: kept apart.",
        ),
        sa.Column("orphan_group", sa.BigInteger, comment="What held it together, while no row names it."),
        sa.Column("status", sa.String, nullable=False, server_default="new"),
        sa.Column("source", sa.String, nullable=False, server_default="list_stacking"),
        *_following(),
        now("created_at"),
        now("updated_at"),
        sa.CheckConstraint("lead_score BETWEEN 0 AND 1", name="score_range"),
        sa.CheckConstraint(one_of("status", STATUSES), name="status"),
        sa.CheckConstraint(one_of("source", SOURCES), name="source"),
        sa.Index("ix_leads_user_id_property_address", "user_id", "property_address"),
        sa.Index("ix_leads_lead_score", "lead_score", postgresql_using="brin"),
        sa.Index("ix_leads_orphan_group", "orphan_group", postgresql_where=sa.text("orphan_group IS NOT NULL")),
        sa.Index("ix_leads_user_id_property_zip", "user_id", "property_zip"),
        sa.Index("ix_leads_user_id_created_at", "user_id", "created_at"),
        *_sorting(),
        comment="One row per property.",
    )


def _scores(metadata: sa.MetaData) -> None:
    sa.Table(
        "lead_scores",
        metadata,
        sa.Column("lead_id", sa.Integer, primary_key=True, autoincrement=False),
        owner(),
        sa.Column("score", sa.Float, nullable=False, comment="0 to 1."),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("model", sa.String, nullable=False, comment="Version of the weights."),
        sa.Column("suppressed_by", sa.String, comment="Signal by which it is not to be worked."),
        sa.Index("ix_lead_scores_user_id_score", "user_id", sa.text("score DESC"), "lead_id"),
        comment="The score of each lead; narrow, so that a nightly rescore is cheap.",
    )
    sa.Table(
        "score_models",
        metadata,
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        owner(),
        sa.Column("version", sa.String, nullable=False, comment="As scores name it."),
        sa.Column("since", sa.Date, nullable=False, comment="First day that was scored by it."),
        sa.Column("weights", JSONB, nullable=False, comment="Rules, attributes, suppressors, steps of equity."),
        sa.Index("ix_score_models_user_id_version", "user_id", "version"),
        comment="Weights of signals, a row each time they changed.",
    )


def _following() -> Iterator[sa.Column[Any]]:
    """Columns that follow from others of the row, for lists to be sorted and filtered by."""

    def made_of(name: str, kind: type[sa.types.TypeEngine[Any]], text: str, comment: str) -> sa.Column[Any]:
        return sa.Column(name, kind, sa.Computed(text, persisted=True), comment=comment)

    yield made_of("signal_count", sa.Integer, "jsonb_array_length(distress_signals)", "Distinct open signals.")
    for name in NUMBERS:
        yield made_of(name, sa.Float, f"(facts ->> '{name}'::text)::double precision", "As in facts.")
    yield made_of("sale_date", sa.Text, "facts ->> 'sale_date'::text", "As in facts; year, month and day.")
    kind = "lower(facts ->> 'property_type'::text)"
    yield made_of("property_type", sa.Text, kind, "As in facts, in small letters.")


def _sorting() -> Iterator[sa.Index]:
    """An index for each order of a list; those of columns that most leads share or lack leave these leads out."""

    def sorted_by(name: str, key: str, where: str | None = None) -> sa.Index:
        condition = sa.text(where) if where else None
        return sa.Index(f"ix_leads_user_id_{name}", "user_id", sa.text(key), "id", postgresql_where=condition)

    for name in (*NUMBERS, "sale_date"):
        yield sorted_by(name, f"{name} DESC", f"{name} IS NOT NULL")
    yield sorted_by("property_type", "property_type", "property_type IS NOT NULL")
    for name in ("lists", "signal_count"):
        yield sorted_by(name, f"{name} DESC", f"{name} <> 1")
    yield sorted_by("updated_at", "updated_at DESC")
    yield sorted_by("property_state", "property_state")
    yield sorted_by("property_city", "property_city")
    yield sorted_by("status", "status", "status <> 'new'")
    yield sorted_by("source", "source", "source <> 'list_stacking'")


def _work(metadata: sa.MetaData) -> None:
    sa.Table(
        "lead_history",
        metadata,
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        owner(),
        sa.Column("lead_id", sa.Integer, nullable=False, index=True),
        sa.Column("what", sa.String, nullable=False, comment="status, merge, split, edit."),
        sa.Column("detail", JSONB, nullable=False, server_default="{}"),
        now("created_at"),
        comment="What happened to a lead; survives it.",
    )
    sa.Table(
        "lead_signals",
        metadata,
        sa.Column("lead_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("signal", sa.String, primary_key=True),
        owner(),
        sa.Index("ix_lead_signals_user_id_signal", "user_id", "signal", "lead_id"),
        comment="Which lead carries which open signal, attributes and suppressors too.",
    )
    sa.Table(
        "lead_notes",
        metadata,
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        owner(),
        sa.Column("lead_id", sa.Integer, nullable=False, index=True),
        sa.Column("text", sa.LargeBinary, nullable=False, comment="Ciphertext."),
        now("created_at"),
        comment="What somebody wrote down about a lead.",
    )
    sa.Table(
        "lead_tags",
        metadata,
        sa.Column("lead_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("tag", sa.String, primary_key=True),
        owner(),
        sa.Index("ix_lead_tags_user_id_tag", "user_id", "tag", "lead_id"),
        comment="Words by which somebody finds leads again.",
    )
    sa.Table(
        "lead_dues",
        metadata,
        sa.Column("lead_id", sa.Integer, primary_key=True, autoincrement=False),
        owner(),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Index("ix_lead_dues_user_id_due_on", "user_id", "due_on", "lead_id"),
        comment="The day on which a lead is to be followed up next.",
    )
