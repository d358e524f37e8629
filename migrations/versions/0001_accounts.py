"""Accounts, keys and walls.

Users, the keys of personal data, the audit log, the two lists of people to leave alone, and the
``auth`` schema that every other table's row-level security asks. It comes first because no table
with an owner may exist without its wall: later migrations say ``select auth.wall('my_table')``.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "0001_accounts"
down_revision = None
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"

MAKE_ROLE = """
do $$
begin
    -- Asked first, because a role that may not create roles is refused even where this one exists.
    if not exists (select from pg_roles where rolname = 're_app') then
        create role re_app nologin;
    end if;
exception
    -- Another database of the cluster, or another process at this moment, has made it.
    when duplicate_object or unique_violation then null;
    when insufficient_privilege then
        raise exception 'role re_app is missing and % may not create it', current_user
        using hint = 'As a superuser run: CREATE ROLE re_app NOLOGIN';
end $$;
do $$
begin
    execute format('grant re_app to %I', current_user);
exception
    -- A superuser needs no membership, and on a managed server it was granted beforehand.
    when insufficient_privilege or invalid_grant_operation then null;
end $$;
"""

WALLS = """
alter table public.users enable row level security;
create policy own_or_admin on public.users for select
    using (id = (select auth.uid()) or (select auth.is_admin()));
create policy own_profile on public.users for update using (id = (select auth.writer()));
grant select (ctid, id, email, full_name, is_active, is_admin, encrypted_phone, encrypted_address, created_at,
              updated_at),
      update (full_name, encrypted_phone, encrypted_address, updated_at) on public.users to re_app;

alter table public.data_keys enable row level security;
alter table public.data_keys force row level security;
create policy signed_in on public.data_keys for select using ((select auth.uid()) is not null);
create policy admin_insert on public.data_keys for insert with check ((select auth.is_admin()));
create policy admin_update on public.data_keys for update using ((select auth.is_admin()));
grant select, insert, update on public.data_keys to re_app;

alter table public.audit_log enable row level security;
create policy own_or_admin on public.audit_log for select
    using (actor_id = (select auth.uid()) or (select auth.is_admin()));
grant select on public.audit_log to re_app;

alter table public.audit_seals enable row level security;
create policy admin on public.audit_seals for select using ((select auth.is_admin()));
grant select on public.audit_seals to re_app;

select auth.wall('public.do_not_contact');
select auth.wall('public.suppressed');

grant select on public.alembic_version to re_app;
"""


def _run(script: str) -> None:
    """Run statements as they are: the driver sends them in one message when there are no parameters."""
    connection = op.get_bind().connection.driver_connection
    assert connection is not None  # noqa: S101 - told to the type checker; a bind is always connected here
    connection.execute(script, None)


def upgrade() -> None:
    """Create the role, the tables, the ``auth`` schema and the walls."""
    _run(MAKE_ROLE)
    _users()
    _data_keys()
    _audit()
    _hashes("do_not_contact", ("phone", "email"), "Who asked not to be contacted; outlives erasure.")
    _hashes("suppressed", ("phone", "email", "person", "row"), "Who was erased: imports drop their fields.")
    for script in ("auth_sessions.sql", "auth_login.sql", "auth_accounts.sql"):
        _run((SQL / script).read_text(encoding="utf-8"))
    _run(WALLS)


def downgrade() -> None:
    """Remove everything but the role, which other databases of the cluster may be using."""
    _run("revoke select on public.alembic_version from re_app")
    _run("drop table public.suppressed, public.do_not_contact, public.audit_seals, public.data_keys cascade")
    _run("drop schema auth cascade")
    _run("drop table public.audit_log, public.users")


def _now(name: str = "created_at") -> sa.Column[sa.DateTime]:
    return sa.Column(name, TIMESTAMP(timezone=True), nullable=False, server_default=sa.text("now()"))


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, sa.Identity(), nullable=False),
        sa.Column("email", sa.String, nullable=False, comment="Lower case; the name to sign in with."),
        sa.Column("hashed_password", sa.String, comment="bcrypt; null: no sign-in by password."),
        sa.Column("full_name", sa.String),
        sa.Column("is_active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("is_admin", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("encrypted_phone", sa.LargeBinary, comment="Ciphertext of column users.phone."),
        sa.Column("encrypted_address", sa.LargeBinary, comment="Ciphertext of column users.address."),
        _now(),
        _now("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        comment="Who may sign in, and whose rows are whose.",
    )
    op.create_index("ix_users_email", "users", ["email"], unique=True)


def _data_keys() -> None:
    op.create_table(
        "data_keys",
        sa.Column("id", sa.Integer, sa.Identity(), nullable=False, comment="Stands in every ciphertext."),
        sa.Column("purpose", sa.String, nullable=False, comment="pii encrypts, index makes blind indexes."),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("kek", sa.String, nullable=False, comment="local:<fingerprint> or aws-kms:<ARN>."),
        sa.Column("wrapped", sa.LargeBinary, nullable=False, comment="The key, encrypted by the kek."),
        sa.Column("canary", sa.LargeBinary, nullable=False, comment="A known text under the key."),
        _now(),
        sa.Column("retired_at", TIMESTAMP(timezone=True)),
        sa.CheckConstraint("purpose IN ('pii', 'index')", name=op.f("ck_data_keys_purpose")),
        sa.CheckConstraint("state IN ('active', 'decrypt', 'retired')", name=op.f("ck_data_keys_state")),
        sa.PrimaryKeyConstraint("id", name="pk_data_keys"),
        comment="The keys of personal data, readable only with the key that wraps them.",
    )
    op.create_index("one_active", "data_keys", ["purpose"], unique=True, postgresql_where=sa.text("state = 'active'"))


def _audit() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        _now("at"),
        sa.Column("actor_id", sa.Integer, comment="users.id; null before anybody is known."),
        sa.Column("session_id", sa.String),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("detail", JSONB, nullable=False, server_default="{}", comment="Ids, counts, keyed hashes."),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
        comment="What was done by whom; append-only, and never personal data.",
    )
    op.create_index("ix_audit_log_actor_id", "audit_log", ["actor_id"])
    op.create_table(
        "audit_seals",
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False, comment="1, 2, 3 ..."),
        sa.Column("entry_id", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False, comment="SHA-256 of the last digest and the entry."),
        sa.PrimaryKeyConstraint("position", name="pk_audit_seals"),
        sa.UniqueConstraint("entry_id", name="uq_audit_seals_entry_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_log.id"], name="fk_audit_seals_entry_id_audit_log"),
        comment="The chain over the audit log, one link per entry in the order of sealing.",
    )


def _hashes(name: str, kinds: tuple[str, ...], comment: str) -> None:
    op.create_table(
        name,
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("blind", sa.LargeBinary, nullable=False, comment="Keyed hash, 128 bits."),
        sa.Column("reason", sa.String, comment="Where it comes from, e.g. stop, list, erasure."),
        _now(),
        sa.CheckConstraint(f"kind IN ({', '.join(map(repr, kinds))})", name=op.f(f"ck_{name}_kind")),
        sa.PrimaryKeyConstraint("user_id", "kind", "blind", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=f"fk_{name}_user_id_users"),
        comment=comment,
    )
