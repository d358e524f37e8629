"""The tables of accounts, keys and privacy, described for Alembic; schema ``auth`` is SQL of its own."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

KEY_PURPOSES = ("pii", "index")
KEY_STATES = ("active", "decrypt", "retired")
SILENCED_KINDS = ("phone", "email")
SUPPRESSED_KINDS = ("phone", "email", "person", "row")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _now(name: str = "created_at") -> sa.Column[datetime]:
    return sa.Column(name, TIMESTAMP(timezone=True), nullable=False, server_default=sa.text("now()"))


def define(metadata: sa.MetaData) -> None:
    """Add the tables of accounts, keys and privacy to the schema."""
    _users(metadata)
    _keys(metadata)
    _audit(metadata)
    _privacy(metadata)


def _users(metadata: sa.MetaData) -> None:
    sa.Table(
        "users",
        metadata,
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("email", sa.String, nullable=False, comment="Lower case; the name to sign in with."),
        sa.Column("hashed_password", sa.String, comment="bcrypt; null: no sign-in by password."),
        sa.Column("full_name", sa.String),
        sa.Column("is_active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("is_admin", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("encrypted_phone", sa.LargeBinary, comment="Ciphertext of column users.phone."),
        sa.Column("encrypted_address", sa.LargeBinary, comment="Ciphertext of column users.address."),
        _now(),
        _now("updated_at"),
        sa.Index("ix_users_email", "email", unique=True),
        comment="Who may sign in, and whose rows are whose.",
    )


def _keys(metadata: sa.MetaData) -> None:
    sa.Table(
        "data_keys",
        metadata,
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True, comment="Stands in every ciphertext."),
        sa.Column("purpose", sa.String, nullable=False, comment="pii encrypts, index makes blind indexes."),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("kek", sa.String, nullable=False, comment="local:<fingerprint> or aws-kms:<ARN>."),
        sa.Column("wrapped", sa.LargeBinary, nullable=False, comment="The key, encrypted by the kek."),
        sa.Column("canary", sa.LargeBinary, nullable=False, comment="A known text under the key."),
        _now(),
        sa.Column("retired_at", TIMESTAMP(timezone=True)),
        sa.CheckConstraint(_one_of("purpose", KEY_PURPOSES), name="purpose"),
        sa.CheckConstraint(_one_of("state", KEY_STATES), name="state"),
        sa.Index("one_active", "purpose", unique=True, postgresql_where=sa.text("state = 'active'")),
        comment="The keys of personal data, readable only with the key that wraps them.",
    )


def _audit(metadata: sa.MetaData) -> None:
    sa.Table(
        "audit_log",
        metadata,
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _now("at"),
        sa.Column("actor_id", sa.Integer, comment="users.id; null before anybody is known."),
        sa.Column("session_id", sa.String),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("detail", JSONB, nullable=False, server_default="{}", comment="Ids, counts, keyed hashes."),
        sa.Index("ix_audit_log_actor_id", "actor_id"),
        comment="What was done by whom; append-only, and never personal data.",
    )
    sa.Table(
        "audit_seals",
        metadata,
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False, comment="1, 2, 3 ..."),
        sa.Column("entry_id", sa.ForeignKey("audit_log.id"), nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False, comment="SHA-256 of the last digest and the entry."),
        sa.UniqueConstraint("entry_id", name="uq_audit_seals_entry_id"),
        comment="The chain over the audit log, one link per entry in the order of sealing.",
    )


def _privacy(metadata: sa.MetaData) -> None:
    _hashes(metadata, "do_not_contact", SILENCED_KINDS, "Who asked not to be contacted; outlives erasure.")
    _hashes(metadata, "suppressed", SUPPRESSED_KINDS, "Who was erased: imports drop their fields.")


def _hashes(metadata: sa.MetaData, name: str, kinds: tuple[str, ...], comment: str) -> None:
    sa.Table(
        name,
        metadata,
        sa.Column("user_id", sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("blind", sa.LargeBinary, primary_key=True, comment="Keyed hash, 128 bits."),
        sa.Column("reason", sa.String, comment="Where it comes from, e.g. stop, list, erasure."),
        _now(),
        sa.CheckConstraint(_one_of("kind", kinds), name="kind"),
        comment=comment,
    )
